import { describe, expect, test } from "vitest";
import { renderFailure } from "../../messages/render-failure.ts";
import { readFailure } from "./read-failure.ts";

type Row = readonly [status: number, type: string, message: string, kind: string];

const context = { provider: "p", requestId: "r" };

describe("Bedrock", () => {
  const read = (status: number, type: string, message: string) =>
    readFailure({ status, headers: { "x-amzn-errortype": type }, body: JSON.stringify({ message }) });

  test.each<Row>([
    [400, "ValidationException", "Input is too long for requested model.", "context-overflow"],
    [
      400,
      "ValidationException",
      "The model returned the following errors: prompt is too long: 210000 tokens > 200000 maximum",
      "context-overflow",
    ],
    [
      400,
      "ValidationException",
      "The model returned the following errors: max_tokens: 64000 > 8192, which is the maximum allowed number of output tokens for claude",
      "max-tokens-too-large",
    ],
    [400, "ValidationException:http://internal.amazon.com/coral/", "invalid beta flag", "invalid-request"],
    [400, "ValidationException", "The provided model identifier is invalid.", "not-found"],
    [403, "AccessDeniedException", "You don't have access to the model with the specified model ID.", "forbidden"],
    [403, "ExpiredTokenException", "The security token included in the request is expired", "unauthenticated"],
    [403, "UnrecognizedClientException", "The security token included in the request is invalid.", "unauthenticated"],
    [
      403,
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided.",
      "unauthenticated",
    ],
    [404, "ResourceNotFoundException", "This model version has reached the end of its life.", "not-found"],
    [408, "ModelTimeoutException", "The model took too long.", "timed-out"],
    [424, "ModelErrorException", "The model had an error.", "server-error"],
    [429, "ModelNotReadyException", "The model is not ready for inference.", "overloaded"],
    [429, "ThrottlingException", "Too many tokens, please wait before trying again.", "rate-limited"],
    [429, "ThrottlingException", "Too many tokens per day, please wait before trying again.", "quota-exhausted"],
    [400, "ServiceQuotaExceededException", "Your request exceeds the quota.", "quota-exhausted"],
    [500, "InternalServerException", "unexpected", "server-error"],
    [503, "ServiceUnavailableException", "unavailable", "overloaded"],
  ])("ERR-01 ERR-05: %i %s: %s is %s", (...[status, type, message, kind]) => {
    const failure = read(status, type, message);
    expect(failure).toMatchObject({ kind, status });
    expect(failure.message).toContain(message);
    expect(failure.original).toBeUndefined();
  });

  test("ERR-01: the client reads it in the envelope of the Messages API", () => {
    const { body } = renderFailure(read(429, "ThrottlingException", "Too many tokens"), context);
    expect(JSON.parse(body)).toMatchObject({ type: "error", error: { type: "rate_limit_error" } });
  });
});

describe("Vertex", () => {
  const google = (error: { code: number; status: string; message: string; details?: readonly unknown[] }): string =>
    JSON.stringify({ error });

  test.each<Row>([
    [401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", "unauthenticated"],
    [403, "PERMISSION_DENIED", "Permission 'aiplatform.endpoints.predict' denied on resource", "forbidden"],
    [404, "NOT_FOUND", "Publisher Model `publishers/anthropic/models/claude-9` was not found.", "not-found"],
    [
      429,
      "RESOURCE_EXHAUSTED",
      "Quota exceeded for aiplatform.googleapis.com/online_prediction_requests",
      "rate-limited",
    ],
    [503, "UNAVAILABLE", "The service is currently unavailable.", "overloaded"],
    [504, "DEADLINE_EXCEEDED", "Deadline exceeded.", "timed-out"],
    [500, "INTERNAL", "Internal error encountered.", "server-error"],
    [400, "INVALID_ARGUMENT", "Request contains an invalid argument.", "invalid-request"],
    [400, "FAILED_PRECONDITION", "The model is not servable in region us-east1.", "invalid-request"],
  ])("ERR-01 ERR-02: %i %s: %s is %s", (...[status, code, message, kind]) => {
    for (const body of [
      google({ code: status, status: code, message }),
      `[${google({ code: status, status: code, message })}]`,
    ]) {
      const failure = readFailure({ status, headers: {}, body });
      expect(failure).toMatchObject({ kind, message, status });
      expect(failure.original).toBeUndefined();
    }
  });

  test("it says when to come back", () => {
    const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "17s" }];
    const body = google({ code: 429, status: "RESOURCE_EXHAUSTED", message: "slow", details });
    expect(readFailure({ status: 429, headers: {}, body }).retryAfterSeconds).toBe(17);
  });

  test("what the model's own server says passes as it came", () => {
    const body = '{"type":"error","error":{"type":"invalid_request_error","message":"messages: bad"}}';
    expect(readFailure({ status: 400, headers: {}, body }).original).toEqual({ status: 400, headers: {}, body });
  });
});

describe("Foundry", () => {
  test.each<Row>([
    [401, "401", "Access denied due to invalid subscription key or wrong API endpoint.", "unauthenticated"],
    [403, "AuthorizationFailed", "The client does not have authorization.", "forbidden"],
    [404, "DeploymentNotFound", "The API deployment for this resource does not exist.", "not-found"],
    [429, "429", "Requests have exceeded call rate limit. Please retry after 7 seconds.", "rate-limited"],
    [503, "ServiceUnavailable", "Service unavailable", "overloaded"],
    [400, "content_filter", "The prompt was filtered by content management policy.", "content-blocked"],
    [400, "BadRequest", "prompt is too long: 210000 tokens > 200000 maximum", "context-overflow"],
  ])("ERR-01 ERR-02: %i %s: %s is %s, told in the client's envelope", (...[status, code, message, kind]) => {
    const failure = readFailure({ status, headers: {}, body: JSON.stringify({ error: { code, message } }) });
    expect(failure).toMatchObject({ kind, message, status });
    expect(failure.original).toBeUndefined();
    expect(JSON.parse(renderFailure(failure, context).body)).toMatchObject({ type: "error" });
  });
});
