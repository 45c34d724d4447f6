import { describe, expect, test } from "vitest";
import type { FailureKind, UpstreamFailure } from "./failure.ts";
import { errorTypeOf, renderFailure, renderRefusal } from "./render-failure.ts";

const context = { provider: "gpu", requestId: "req_1" };

function render(failure: Partial<UpstreamFailure> & { kind: FailureKind }, model?: string) {
  const rendered = renderFailure(
    { message: "what the provider said", ...failure },
    model ? { ...context, model } : context,
  );
  return { ...rendered, parsed: JSON.parse(rendered.body) };
}

const expected: Record<FailureKind, [number, string, string | undefined]> = {
  "context-overflow": [400, "invalid_request_error", undefined],
  "output-overflow": [400, "invalid_request_error", undefined],
  "max-tokens-too-large": [400, "invalid_request_error", undefined],
  "invalid-request": [400, "invalid_request_error", undefined],
  "unsupported-parameter": [400, "invalid_request_error", undefined],
  "content-blocked": [400, "policy_blocked", "false"],
  unauthenticated: [502, "api_error", "false"],
  forbidden: [502, "api_error", "false"],
  "not-found": [404, "not_found_error", undefined],
  "too-large": [413, "request_too_large", undefined],
  "rate-limited": [429, "rate_limit_error", undefined],
  "quota-exhausted": [402, "billing_error", "false"],
  overloaded: [529, "overloaded_error", undefined],
  "server-error": [500, "api_error", undefined],
  unreachable: [502, "api_error", undefined],
  "timed-out": [504, "timeout_error", undefined],
  reset: [502, "api_error", undefined],
  truncated: [502, "api_error", undefined],
  malformed: [502, "api_error", undefined],
  cancelled: [499, "api_error", "false"],
};

describe("renderFailure", () => {
  test.each(Object.entries(expected))("ERR-01 ERR-02: %s has its status, type and retry rule", (name, row) => {
    const kind = Object.keys(expected).find((each): each is FailureKind => each === name) ?? "malformed";
    const [status, type, shouldRetry] = row;
    const { status: given, headers, parsed } = render({ kind });
    expect(given).toBe(status);
    expect(parsed).toEqual({ type: "error", error: { type, message: expect.any(String) }, request_id: "req_1" });
    expect(headers["x-should-retry"]).toBe(shouldRetry);
    expect(headers).toMatchObject({ "content-type": "application/json", "request-id": "req_1" });
    expect(errorTypeOf(kind)).toBe(type);
  });

  test("ERR-05: context overflow is the sentence that makes the client compact", () => {
    const { parsed } = render({ kind: "context-overflow", inputTokens: 230_462, limitTokens: 200_000 });
    expect(parsed.error.message).toBe("prompt is too long: 230462 tokens > 200000 maximum");
  });

  test("ERR-06: an answer that has no room is the sentence that makes the client lower max_tokens", () => {
    const numbers = { inputTokens: 190_000, maxTokens: 32_000, limitTokens: 200_000 };
    expect(render({ kind: "output-overflow", ...numbers }).parsed.error.message).toBe(
      "input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000, decrease input length or `max_tokens` and try again",
    );
  });

  test("ERR-07: an overflow without its numbers still makes the client compact", () => {
    for (const kind of ["context-overflow", "output-overflow"] as const) {
      for (const numbers of [{}, { inputTokens: 5 }, { limitTokens: 5 }, { maxTokens: 5 }]) {
        expect(render({ kind, ...numbers }).parsed.error.message).toMatch(/^prompt is too long/u);
      }
    }
    const { parsed } = render({ kind: "output-overflow", inputTokens: 9, limitTokens: 8 });
    expect(parsed.error.message).toMatch(/^prompt is too long: 9 tokens/u);
  });

  test("PR-02: max_tokens over the model's limit is the sentence that makes the client lower it", () => {
    const { parsed } = render({ kind: "max-tokens-too-large", maxTokens: 32_000, limitTokens: 8_192 }, "claude-x");
    expect(parsed.error.message).toBe(
      "max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens for claude-x",
    );
    const failure = { kind: "max-tokens-too-large", message: "too many", limitTokens: 8_192 } as const;
    const { body } = renderFailure(failure, { ...context, model: "claude-x", maxTokens: 64_000 });
    expect(JSON.parse(body).error.message).toMatch(/^max_tokens: 64000 > 8192, which is/u);
    expect(render({ kind: "max-tokens-too-large" }).parsed.error.message).toBe("what the provider said");
  });

  test("ERR-14: a refused credential of the gateway names the provider and never looks like the user's", () => {
    for (const kind of ["unauthenticated", "forbidden"] as const) {
      const original = { status: 401, body: '{"type":"error","error":{"type":"authentication_error"}}' };
      const { status, parsed, headers } = render({ kind, status: 401, original });
      expect(status).toBe(502);
      expect(headers["x-should-retry"]).toBe("false");
      expect(parsed.error.message).toContain('"gpu"');
      expect(parsed.error.message).toContain("Drawbridge's configuration");
      expect(parsed.error.message).not.toContain("what the provider said");
    }
  });

  test("ERR-14: a credential that there is none of is told by its setting, and why in the log alone", () => {
    const { status, parsed } = render({ kind: "unauthenticated", message: "ENOENT: /home/ops/key.json" });
    expect(status).toBe(502);
    expect(parsed.error.message).toContain("correct providers.gpu in its configuration");
    expect(parsed.error.message).not.toContain("ENOENT");
  });

  test("a provider's own trouble is told under its name, a fault of the request as the provider put it", () => {
    const quota = render({ kind: "quota-exhausted", message: "You exceeded your quota." });
    expect(quota.parsed.error.message).toBe("gpu: You exceeded your quota.");
    const request = render({ kind: "invalid-request", message: "messages.1.role: no" });
    expect(request.parsed.error.message).toBe("messages.1.role: no");
  });

  test("ERR-04: retry-after is in whole seconds, rounded up", () => {
    expect(render({ kind: "rate-limited", retryAfterSeconds: 1.2 }).headers["retry-after"]).toBe("2");
    expect(render({ kind: "overloaded", retryAfterSeconds: 0 }).headers["retry-after"]).toBe("0");
    expect(render({ kind: "rate-limited" }).headers["retry-after"]).toBeUndefined();
  });

  test("a server error keeps its 5xx status and no other", () => {
    expect(render({ kind: "server-error", status: 503 }).status).toBe(503);
    expect(render({ kind: "server-error", status: 200 }).status).toBe(500);
  });

  test("ERR-03: the answer of an upstream that speaks Messages goes out as it came", () => {
    const original = {
      status: 529,
      body: '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
    };
    const rendered = render({ kind: "overloaded", status: 529, original, retryAfterSeconds: 3 });
    expect(rendered).toMatchObject({ status: 529, body: original.body });
    expect(rendered.headers["retry-after"]).toBe("3");
  });
});

describe("renderRefusal", () => {
  test("wraps the gateway's own sentence in the API's envelope", () => {
    const rendered = renderRefusal(
      { status: 401, type: "authentication_error", message: "no key", retry: false },
      "req_2",
    );
    expect(rendered.status).toBe(401);
    expect(rendered.headers).toEqual({
      "content-type": "application/json",
      "request-id": "req_2",
      "x-should-retry": "false",
    });
    expect(JSON.parse(rendered.body)).toEqual({
      type: "error",
      error: { type: "authentication_error", message: "no key" },
      request_id: "req_2",
    });
  });

  test("leaves the retry to the status when nothing is said about it", () => {
    const rendered = renderRefusal(
      { status: 429, type: "rate_limit_error", message: "slow", retryAfterSeconds: 2 },
      "r",
    );
    expect(rendered.headers["x-should-retry"]).toBeUndefined();
    expect(rendered.headers["retry-after"]).toBe("2");
  });
});
