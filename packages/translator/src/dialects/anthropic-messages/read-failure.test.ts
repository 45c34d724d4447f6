import { describe, expect, test } from "vitest";
import { renderFailure } from "../../messages/render-failure.ts";
import { readFailure } from "./read-failure.ts";

const envelope = (type: string, message: string): string => JSON.stringify({ type: "error", error: { type, message } });
const read = (status: number, body: string, headers: Record<string, string> = {}) =>
  readFailure({ status, headers, body });

describe("readFailure", () => {
  test.each([
    [400, "invalid_request_error", "messages: bad", "invalid-request"],
    [401, "authentication_error", "invalid x-api-key", "unauthenticated"],
    [401, "invalid_request_error", "who are you", "unauthenticated"],
    [402, "billing_error", "pay", "quota-exhausted"],
    [400, "invalid_request_error", "Your credit balance is too low to access the API.", "quota-exhausted"],
    [403, "permission_error", "not yours", "forbidden"],
    [404, "not_found_error", "model: claude-9", "not-found"],
    [413, "request_too_large", "Request exceeds the maximum size", "too-large"],
    [429, "rate_limit_error", "slow down", "rate-limited"],
    [500, "api_error", "Internal server error", "server-error"],
    [504, "timeout_error", "Request timed out", "timed-out"],
    [503, "overloaded_error", "Overloaded", "overloaded"],
    [529, "overloaded_error", "Overloaded", "overloaded"],
    [400, "policy_blocked", "no", "content-blocked"],
  ])("ERR-02 ERR-03: %i %s (%s) is %s", (...row) => {
    const [status, type, message, kind] = row;
    expect(read(status, envelope(type, message))).toMatchObject({ kind, message, status });
  });

  test("ERR-03 ERR-17: keeps the body for the client as it came, and with it the wording that clients heal by", () => {
    const body = envelope("invalid_request_error", "messages.1.role: Input should be 'user' or 'assistant'");
    const failure = read(400, body);
    expect(renderFailure(failure, { provider: "p", requestId: "r" })).toMatchObject({ status: 400, body });
  });

  test("ERR-14: the client never sees what the provider said to the gateway's credential", () => {
    const failure = read(401, envelope("authentication_error", "invalid x-api-key"));
    const { status, body } = renderFailure(failure, { provider: "p", requestId: "r" });
    expect(status).toBe(502);
    expect(body).not.toContain("x-api-key");
  });

  test("ERR-05 ERR-06 PR-02: reads overflows and their numbers, and keeps Anthropic's own sentences", () => {
    const cases = [
      ["prompt is too long: 210000 tokens > 200000 maximum", { kind: "context-overflow", inputTokens: 210_000 }],
      [
        "input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000, decrease input length or `max_tokens` and try again",
        { kind: "output-overflow", inputTokens: 190_000, maxTokens: 32_000, limitTokens: 200_000 },
      ],
      [
        "max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens for claude-3",
        { kind: "max-tokens-too-large", maxTokens: 32_000, limitTokens: 8_192 },
      ],
    ] as const;
    for (const [message, expected] of cases) {
      const failure = read(400, envelope("invalid_request_error", message));
      expect(failure).toMatchObject(expected);
      expect(failure.original?.status).toBe(400);
    }
  });

  test("ERR-05: an overflow in words that the client does not know is said in words that it does", () => {
    const body = envelope(
      "invalid_request_error",
      "Your request exceeded model token limit: 262144 (requested: 300000)",
    );
    const { status, body: rendered } = renderFailure(read(400, body), { provider: "p", requestId: "r" });
    expect(status).toBe(400);
    expect(JSON.parse(rendered).error.message).toBe("prompt is too long: 300000 tokens > 262144 maximum");
  });

  test("ERR-09 ERR-13: markup and emptiness become a sentence, by the status", () => {
    for (const body of ["<html><h1>502 Bad Gateway</h1></html>", ""]) {
      const failure = read(502, body);
      expect(failure).toMatchObject({ kind: "server-error", status: 502 });
      expect(failure.original).toBeUndefined();
      expect(failure.message).not.toContain("<");
    }
    expect(read(413, "<html>").kind).toBe("too-large");
    expect(read(529, "").kind).toBe("overloaded");
  });

  test("ERR-10: JSON of another shape is read and told in the API's own", () => {
    const failure = read(400, '{"detail":"no such field"}');
    expect(failure).toMatchObject({ kind: "invalid-request", message: "no such field" });
    expect(failure.original).toBeUndefined();
  });

  test("ERR-04: reads how long to wait", () => {
    expect(read(429, envelope("rate_limit_error", "slow"), { "retry-after": "7" }).retryAfterSeconds).toBe(7);
    expect(read(529, envelope("overloaded_error", "busy"), { "retry-after-ms": "1500" }).retryAfterSeconds).toBe(1.5);
  });
});
