import { expect, test } from "vitest";
import type { FailureKind, UpstreamFailure } from "../../messages/failure.ts";
import { renderOpenAiFailure, renderOpenAiRefusal } from "./openai-errors.ts";

const context = { provider: "gpu", requestId: "req_1" };

function rendered(kind: FailureKind, more: Partial<UpstreamFailure> = {}): object {
  const { status, headers, body } = renderOpenAiFailure({ kind, message: "why", ...more }, context);
  const { error } = JSON.parse(body) as { error: object };
  return { status, headers, error };
}

test.each([
  ["context-overflow", 400, "context_length_exceeded"],
  ["output-overflow", 400, "context_length_exceeded"],
  ["max-tokens-too-large", 400, "invalid_value"],
  ["invalid-request", 400, null],
  ["unsupported-parameter", 400, "unsupported_parameter"],
  ["content-blocked", 400, "content_policy_violation"],
  ["unauthenticated", 502, "upstream_error"],
  ["forbidden", 502, "upstream_error"],
  ["not-found", 404, "model_not_found"],
  ["too-large", 413, null],
  ["rate-limited", 429, "rate_limit_exceeded"],
  ["quota-exhausted", 429, "insufficient_quota"],
  ["overloaded", 503, "server_is_overloaded"],
  ["server-error", 500, "server_error"],
  ["unreachable", 502, "upstream_error"],
  ["timed-out", 504, "upstream_timeout"],
  ["reset", 502, "upstream_error"],
  ["truncated", 502, "upstream_error"],
  ["malformed", 502, "upstream_error"],
  ["cancelled", 499, null],
] as const)("%s is a %i with the code %s", (kind, status, code) => {
  expect(rendered(kind)).toMatchObject({ status, error: { code, message: expect.stringMatching(/./) } });
});

test("a server's own status stays, but for the one that only Anthropic has", () => {
  expect(rendered("server-error", { status: 520 })).toMatchObject({ status: 520 });
  expect(rendered("server-error", { status: 529 })).toMatchObject({ status: 500 });
});

test("headers tell the id, when to come back and whether to", () => {
  expect(rendered("rate-limited", { retryAfterSeconds: 1.2 })).toMatchObject({
    headers: { "x-request-id": "req_1", "retry-after": "2" },
  });
  expect(rendered("quota-exhausted")).toMatchObject({ headers: { "x-should-retry": "false" } });
});

test("the answer of an upstream that speaks Messages is put into OpenAI's envelope", () => {
  const original = { status: 400, body: '{"type":"error"}' };
  expect(rendered("invalid-request", { original })).toMatchObject({ status: 400, error: { message: "why" } });
});

test("a refusal names the field that it is about", () => {
  const refusal = { status: 400, type: "invalid_request_error", message: "messages[1].content: Input should be text" };
  const { status, body } = renderOpenAiRefusal(refusal, "req_1");
  expect(status).toBe(400);
  expect(JSON.parse(body)).toEqual({
    error: { message: refusal.message, type: "invalid_request_error", param: "messages[1].content", code: null },
  });
});

test("a model that may not be used is not found", () => {
  const refusal = { status: 400, type: "policy_blocked", code: "model_not_found", message: "no" };
  const { status, body } = renderOpenAiRefusal(refusal, "req_1");
  expect(status).toBe(404);
  expect(JSON.parse(body)).toMatchObject({ error: { code: "model_not_found", param: null } });
});
