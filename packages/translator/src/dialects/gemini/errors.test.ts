import { describe, expect, test } from "vitest";
import { readFailure, readSpokenFailure } from "./errors.ts";

const google = (code: number, status: string, ...[message, details]: [message: string, details?: readonly object[]]) =>
  JSON.stringify({ error: { code, message, status, details } });
const read = (status: number, body: string, headers: Record<string, string> = {}) =>
  readFailure({ status, headers, body, receivedAtMs: 0 });
const bad = (message: string) => read(400, google(400, "INVALID_ARGUMENT", message));

const retry = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "17.5s" };
const quota = (quotaId: string) => ({
  "@type": "type.googleapis.com/google.rpc.QuotaFailure",
  violations: [{ quotaId }],
});
const exceeded = "You exceeded your current quota, please check your plan and billing details.";

describe("what an error of Google's means", () => {
  test.each([
    [400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", "unauthenticated"],
    [401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", "unauthenticated"],
    [403, "PERMISSION_DENIED", "Your API key was reported as leaked. Please use another API key.", "unauthenticated"],
    [403, "PERMISSION_DENIED", "Permission denied on resource project x.", "forbidden"],
    [404, "NOT_FOUND", "models/gemini-9 is not found for API version v1beta", "not-found"],
    [400, "FAILED_PRECONDITION", "User location is not supported for the API use.", "invalid-request"],
    [400, "INVALID_ARGUMENT", "Request payload size exceeds the limit: 20971520 bytes.", "too-large"],
    [413, "", "too large", "too-large"],
    [429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).", "rate-limited"],
    [500, "INTERNAL", "An internal error has occurred.", "server-error"],
    [503, "UNAVAILABLE", "The model is overloaded. Please try again later.", "overloaded"],
    [504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete.", "timed-out"],
    [418, "ABORTED", "odd", "invalid-request"],
    [400, "__proto__", "odd", "invalid-request"],
    [500, "constructor", "odd", "server-error"],
  ])("ERR-01 ERR-02 ERR-03 MM-14 ERR-11 ERR-14 ERR-15: %i %s %s is %s", (...[status, code, message, kind]) => {
    expect(read(status, google(status, code, message))).toMatchObject({ kind, message, status });
  });

  test("ERR-04: a limit for minutes waits as told, in details, words or headers", () => {
    const body = google(429, "RESOURCE_EXHAUSTED", exceeded, [quota("GenerateRequestsPerMinutePerProject"), retry]);
    expect(read(429, body)).toMatchObject({ kind: "rate-limited", retryAfterSeconds: 17.5 });
    const words = google(429, "RESOURCE_EXHAUSTED", "Please retry in 3s.");
    expect(read(429, words)).toMatchObject({ kind: "rate-limited", retryAfterSeconds: 3 });
    const bare = google(503, "UNAVAILABLE", "The model is overloaded.");
    expect(read(503, bare, { "retry-after": "9" })).toMatchObject({ kind: "overloaded", retryAfterSeconds: 9 });
  });

  test("ERR-04: a limit for days, or of nothing, is no limit that one waits for", () => {
    const daily = google(429, "RESOURCE_EXHAUSTED", exceeded, [
      quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier"),
      retry,
    ]);
    expect(read(429, daily)).toMatchObject({ kind: "quota-exhausted" });
    expect(read(429, daily)).not.toHaveProperty("retryAfterSeconds");
    const none = google(429, "RESOURCE_EXHAUSTED", `${exceeded}\n* Quota exceeded for metric: x, limit: 0`);
    expect(read(429, none).kind).toBe("quota-exhausted");
  });

  test("ERR-10 ERR-12: errors in a list, in a stream and of other shapes are read too", () => {
    const error = JSON.parse(google(429, "RESOURCE_EXHAUSTED", "slow", [retry]));
    expect(read(429, JSON.stringify([error]))).toMatchObject({ kind: "rate-limited", retryAfterSeconds: 17.5 });
    expect(readSpokenFailure([error])).toMatchObject({ kind: "rate-limited", retryAfterSeconds: 17.5 });
    expect(readSpokenFailure({ candidates: [] })).toBeUndefined();
    expect(readSpokenFailure({ error: 7 }, true)?.kind).toBe("server-error");
    expect(read(502, '{"error":"gone"}')).toMatchObject({ kind: "server-error", message: "gone" });
  });

  test("ERR-09 ERR-13: a web page and silence say only the status", () => {
    expect(read(502, "<html>secret</html>")).toEqual({
      kind: "server-error",
      message: "The provider answered with status 502 and nothing readable.",
      status: 502,
    });
    expect(read(503, "").kind).toBe("overloaded");
  });

  test("a key that is part of a message is not repeated", () => {
    expect(bad("API key AIzaSyA1234567890abcdef not found").message).not.toContain("AIza");
  });
});

describe("what is too long", () => {
  test.each([
    ["The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", 1_200_000, 1_048_576],
    ["The input token count exceeds the maximum number of tokens allowed 1048576.", undefined, 1_048_576],
    [
      "Unable to submit request because the input token count is 1100000 but model only supports up to 1048575. Reduce the input token count and try again.",
      1_100_000,
      1_048_575,
    ],
  ])("ERR-05: %s", (message, inputTokens, limitTokens) => {
    const failure = bad(message);
    expect(failure).toMatchObject({ kind: "context-overflow", limitTokens });
    expect(failure.inputTokens).toBe(inputTokens);
  });

  test.each([
    [
      "Unable to submit request because it has a maxOutputTokens value of 100000 but the supported range is from 1 (inclusive) to 65537 (exclusive). Update the value and try again.",
      65_536,
    ],
    ["max_output_tokens must be less than or equal to 8192", 8_192],
  ])("PR-02: %s", (message, limitTokens) => {
    expect(bad(message)).toMatchObject({ kind: "max-tokens-too-large", limitTokens });
  });

  test("the same words with another status mean something else", () => {
    const message = "The input token count exceeds the maximum number of tokens allowed 1048576.";
    expect(read(429, google(429, "RESOURCE_EXHAUSTED", message)).kind).toBe("rate-limited");
  });
});

describe("what is refused", () => {
  test.each([
    [
      `Invalid JSON payload received. Unknown name "topK" at 'generation_config': Cannot find field.`,
      "generationConfig.topK",
    ],
    [
      `Invalid JSON payload received. Unknown name "id" at 'contents[1].parts[0].function_call': Cannot find field.`,
      "contents[1].parts[0].functionCall.id",
    ],
    [
      `Invalid JSON payload received. Unknown name "parametersJsonSchema" at 'tools[0].function_declarations[0]': Cannot find field.`,
      "tools[0].functionDeclarations[0].parametersJsonSchema",
    ],
    [
      "Function call is missing a thought_signature in functionCall parts. Additional data, function call `default_api:Bash` , position 2.",
      "missingThoughtSignature",
    ],
    ["Thinking level is not supported for this model.", "thinkingLevel"],
    ["thinking_level is not supported by this model", "thinkingLevel"],
    ["The thinking budget (52428) is invalid.", "thinkingBudget"],
    ["Budget 0 is invalid. This model only works in thinking mode.", "thinkingBudget"],
    ["Unable to submit request because The model does not support setting thinking_budget to 0.", "thinkingBudget"],
    ["Thinking is not enabled for models/x", "thinkingConfig"],
    ["Developer instruction is not enabled for models/gemma-3-27b-it", "systemInstruction"],
    ["Built-in tools ({google_search}) and Function Calling cannot be combined in the same request.", "googleSearch"],
    ["Function calling with a response mime type: 'application/json' is unsupported", "responseMimeType"],
    ["Multimodal function responses are not supported for this model.", "functionResponse.parts"],
  ])("ERR-18: %s", (message, parameter) => {
    expect(bad(message)).toMatchObject({ kind: "unsupported-parameter", parameter });
  });

  test.each(["Corrupted thought signature.", "Invalid thought signature.", "Thought signature is not valid."])(
    "ERR-17: %s is about the conversation and not about the model",
    (message) => {
      expect(bad(message)).toMatchObject({ kind: "invalid-request", parameter: "thoughtSignature" });
    },
  );
});
