import { describe, expect, test } from "vitest";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { readFailure } from "./errors.ts";

function read(status: number, type: string, message: string): UpstreamFailure {
  return readFailure({
    status,
    headers: { "x-amzn-errortype": `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`, "retry-after": "7" },
    body: JSON.stringify({ message }),
  });
}

test.each([
  [429, "ThrottlingException", "Too many requests, please wait before trying again.", "rate-limited"],
  [429, "ThrottlingException", "Too many tokens, please wait before trying again.", "rate-limited"],
  [429, "ThrottlingException", "Too many tokens per day, please wait before trying again.", "quota-exhausted"],
  [400, "ServiceQuotaExceededException", "Your request exceeds the service quota for your account.", "quota-exhausted"],
  [403, "AccessDeniedException", "You don't have access to the model with the specified model ID.", "forbidden"],
  [403, "AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.", "unauthenticated"],
  [403, "UnrecognizedClientException", "The security token included in the request is invalid.", "unauthenticated"],
  [403, "InvalidSignatureException", "Signature expired", "unauthenticated"],
  [403, "MissingAuthenticationTokenException", "Missing Authentication Token", "unauthenticated"],
  [404, "ResourceNotFoundException", "Model not found", "not-found"],
  [404, "UnknownOperationException", "", "not-found"],
  [400, "ValidationException", "The provided model identifier is invalid.", "not-found"],
  [400, "ValidationException", "messages.0.content is empty", "invalid-request"],
  [408, "ModelTimeoutException", "Model has timed out in processing the request.", "timed-out"],
  [424, "ModelErrorException", "The system encountered an unexpected error during processing.", "server-error"],
  [429, "ModelNotReadyException", "Model is not ready for inference.", "overloaded"],
  [500, "InternalServerException", "Try your request again.", "server-error"],
  [503, "ServiceUnavailableException", "Bedrock is unable to process your request.", "overloaded"],
])("ERR-01 ERR-03: %i %s %j is %s", (...said) => {
  const [status, type, message, kind] = said;
  const failure = read(status, type, message);
  expect(failure).toMatchObject({ kind, status });
  expect(failure.message).toBe(message === "" ? failure.message : message);
  expect(failure.message).not.toBe("");
});

describe("ERR-06 ERR-07: too long, in every wording", () => {
  test.each<[string, Partial<UpstreamFailure>]>([
    ["Input is too long for requested model.", { kind: "context-overflow" }],
    [
      "The model returned the following errors: prompt is too long: 200049 tokens > 200000 maximum",
      { kind: "context-overflow", inputTokens: 200_049, limitTokens: 200_000 },
    ],
    [
      "The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.",
      { kind: "max-tokens-too-large", limitTokens: 4_096 },
    ],
    [
      "The model returned the following errors: max_tokens: 64000 > 8192, which is the maximum allowed number of output tokens for claude-3-5-sonnet",
      { kind: "max-tokens-too-large", maxTokens: 64_000, limitTokens: 8_192 },
    ],
    [
      "input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000, decrease input length or `max_tokens` and try again",
      { kind: "output-overflow", inputTokens: 190_000, maxTokens: 32_000, limitTokens: 200_000 },
    ],
    ["Input Tokens Exceeded: Number of input tokens exceeds maximum length.", { kind: "context-overflow" }],
    [
      "400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: 11513",
      { kind: "context-overflow", inputTokens: 11_513, limitTokens: 8_192 },
    ],
    [
      "This model's maximum context length is 8192 tokens. Please reduce the length of the prompt",
      { kind: "context-overflow", limitTokens: 8_192 },
    ],
  ])("%s", (message, expected) => {
    expect(read(400, "ValidationException", message)).toMatchObject(expected);
    expect(read(424, "ModelErrorException", message)).toMatchObject(expected);
  });

  test("but not where the words mean the rate", () => {
    expect(read(429, "ThrottlingException", "Too many input tokens in the prompt").kind).toBe("rate-limited");
  });
});

describe("a refused field is named", () => {
  test.each([
    [
      "This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and try again.",
      "toolConfig.toolChoice.any",
    ],
    [
      "Malformed input request: #/toolConfig/tools/18: extraneous key [cachePoint] is not permitted, please reformat your input and try again.",
      "toolConfig.tools.cachePoint",
    ],
    [
      "You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.",
      "cachePoint",
    ],
    [
      "The model returned the following errors: output_config.effort: Extra inputs are not permitted",
      "output_config.effort",
    ],
    [
      "This model does not support assistant message prefill. The conversation must end with a user message.",
      "prefill",
    ],
    [
      "User messages cannot contain reasoning content. Please remove the reasoning content and try again.",
      "reasoningContent",
    ],
    ["messages.2.content: Conversation blocks and tool result blocks cannot be provided in the same turn.", "mixed"],
    ["`temperature` and `top_p` cannot both be specified for this model. Please use only one.", "top_p"],
    ["Thinking may not be enabled when tool_choice forces tool use.", "toolChoice"],
    ["adaptive thinking is not supported on this model", "adaptive"],
    ['"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive".', "enabled"],
    ["`temperature` is deprecated for this model.", "temperature"],
  ])("%s", (message, parameter) => {
    expect(read(400, "ValidationException", message)).toMatchObject({ kind: "unsupported-parameter", parameter });
  });
});

test("ERR-09 ERR-10: how long to wait is read where it is told", () => {
  expect(read(429, "ThrottlingException", "slow").retryAfterSeconds).toBe(7);
  expect(read(400, "ValidationException", "no")).not.toHaveProperty("retryAfterSeconds");
});

test("bodies of every shape", () => {
  const bare = (status: number, body: string): UpstreamFailure => readFailure({ status, headers: {}, body });
  expect(bare(400, '{"__type":"com.amazon.coral.validate#ValidationException","Message":"bad"}')).toEqual({
    kind: "invalid-request",
    message: "bad",
    status: 400,
  });
  const unknown = '{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}';
  expect(bare(404, unknown)).toMatchObject({ kind: "not-found", message: expect.stringContaining("no such model") });
  expect(bare(424, '{"message":"x","originalMessage":"prompt is too long: 5 tokens > 4 maximum"}').kind).toBe(
    "context-overflow",
  );
  expect(bare(503, "<html>").message).toBe("Amazon Bedrock is overloaded.");
  expect(bare(500, "")).toEqual({
    kind: "server-error",
    message: "Amazon Bedrock answered with status 500 and nothing readable.",
    status: 500,
  });
  expect(bare(418, "plain words").message).toBe("plain words");
});
