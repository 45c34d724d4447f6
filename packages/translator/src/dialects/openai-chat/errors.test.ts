import { describe, expect, test } from "vitest";
import { readFailure, readSpokenFailure } from "./errors.ts";

const openAi = (message: string, more: object = {}): string =>
  JSON.stringify({ error: { message, type: "invalid_request_error", param: null, code: null, ...more } });
const read = (status: number, body: string, headers: Record<string, string> = {}): ReturnType<typeof readFailure> =>
  readFailure({ status, headers, body });

describe("overflow", () => {
  test.each([
    [
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130123 tokens. Please reduce the length of the messages.",
      130_123,
      128_000,
    ],
    [
      "This model's maximum context length is 131072 tokens. However, your request has 140000 input tokens. Please reduce the length of the input messages.",
      140_000,
      131_072,
    ],
    ["The input (50001 tokens) is longer than the model's context length (32768 tokens).", 50_001, 32_768],
    [
      "The decoder prompt (length 40000) is longer than the maximum model length of 32768. Make sure that `max_model_len` is no smaller",
      40_000,
      32_768,
    ],
    ["The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", 1_200_000, 1_048_576],
    ["prompt token count of 140000 exceeds the limit of 128000", 140_000, 128_000],
    ["the request exceeds the available context size (8192 tokens), try increasing it", undefined, 8_192],
    ["request (9000 tokens) exceeds the available context size (8192 tokens), try increasing it", 9_000, 8_192],
    [
      "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.",
      5_000,
      4_096,
    ],
    ["This model's maximum prompt length is 131072 but the request contains 140000 tokens.", 140_000, 131_072],
    ["Invalid request: Your request exceeded model token limit: 262144 (requested: 270000)", 270_000, 262_144],
    [
      "Prompt contains 140000 tokens and 0 draft tokens, too large for model with 131072 maximum context length",
      140_000,
      131_072,
    ],
    ["prompt is too long: 210000 tokens > 200000 maximum", 210_000, 200_000],
    ["Range of input length should be [1, 98304]", undefined, 98_304],
    [
      "Your input exceeds the context window of this model. Please adjust your input and try again.",
      undefined,
      undefined,
    ],
    ["Input is too long for requested model.", undefined, undefined],
    ["Please reduce the length of the messages or completion.", undefined, undefined],
    ["input token length too long", undefined, undefined],
    ["context window exceeds limit", undefined, undefined],
  ])("ERR-05: %s", (message, inputTokens, limitTokens) => {
    for (const body of [openAi(message), message, JSON.stringify({ object: "error", message, code: 400 })]) {
      const failure = read(400, body);
      expect(failure).toMatchObject({ kind: "context-overflow", status: 400 });
      expect([failure.inputTokens, failure.limitTokens]).toEqual([inputTokens, limitTokens]);
    }
  });

  test("ERR-05: a code alone says it, and numbers beside the words count", () => {
    expect(read(400, openAi("Too much.", { code: "context_length_exceeded" })).kind).toBe("context-overflow");
    const llama = {
      error: {
        code: 400,
        message: "too large",
        type: "exceed_context_size_error",
        n_prompt_tokens: 9_000,
        n_ctx: 8_192,
      },
    };
    expect(read(400, JSON.stringify(llama))).toMatchObject({
      kind: "context-overflow",
      inputTokens: 9_000,
      limitTokens: 8_192,
    });
  });

  test.each([
    [
      "This model's maximum context length is 8192 tokens. However, you requested 10000 tokens (6000 in the messages, 4000 in the completion). Please reduce the length",
      6_000,
      4_000,
      8_192,
    ],
    [
      "Requested token count exceeds the model's maximum context length of 32768 tokens. You requested a total of 41000 tokens: 9000 tokens from the input messages and 32000 tokens for the completion.",
      9_000,
      32_000,
      32_768,
    ],
    [
      "'max_tokens' or 'max_completion_tokens' is too large: 32000. This model's maximum context length is 32768 tokens and your request has 5000 input tokens (32000 > 32768 - 5000).",
      5_000,
      32_000,
      32_768,
    ],
    [
      "This endpoint's maximum context length is 131072 tokens. However, you requested about 150000 tokens (100000 of text input, 18000 of tool input, 32000 in the output).",
      118_000,
      32_000,
      131_072,
    ],
    [
      "input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000, decrease input length or `max_tokens` and try again",
      190_000,
      32_000,
      200_000,
    ],
    [
      "You passed 20000 input tokens and requested 32000 output tokens. However, the model's context length is only 32768 tokens, resulting in a maximum input length",
      20_000,
      32_000,
      32_768,
    ],
  ])("ERR-06: %s", (message, ...numbers) => {
    const { kind, inputTokens, maxTokens, limitTokens } = read(400, openAi(message));
    expect([kind, inputTokens, maxTokens, limitTokens]).toEqual(["output-overflow", ...numbers]);
  });

  test("ERR-06: when the prompt alone is too long the answer's limit is not the trouble", () => {
    const message =
      "This model's maximum context length is 8192 tokens. However, you requested 14000 tokens (10000 in the messages, 4000 in the completion).";
    expect(read(400, openAi(message))).toMatchObject({ kind: "context-overflow", inputTokens: 10_000 });
  });

  test.each([
    [
      "max_tokens is too large: 32000. This model supports at most 16384 completion tokens, whereas you provided 32000.",
      32_000,
      16_384,
    ],
    [
      "`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the `context_window` for this model",
      undefined,
      8_192,
    ],
    ["Invalid max_tokens value, the valid range of max_tokens is [1, 8192]", undefined, 8_192],
    ["Range of max_tokens should be [1, 16384]", undefined, 16_384],
    ["max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens for m", 32_000, 8_192],
  ])("PR-02: %s", (message, maxTokens, limitTokens) => {
    const failure = read(400, openAi(message));
    expect(failure.kind).toBe("max-tokens-too-large");
    expect([failure.maxTokens, failure.limitTokens]).toEqual([maxTokens, limitTokens]);
  });
});

describe("kinds", () => {
  test.each([
    [400, openAi("Invalid schema for function 'x'"), "invalid-request"],
    [401, openAi("Incorrect API key provided: sk-abcdef123456", { code: "invalid_api_key" }), "unauthenticated"],
    [400, openAi("API key not valid. Invalid API key."), "unauthenticated"],
    [402, openAi("Insufficient Balance"), "quota-exhausted"],
    [403, openAi("Country not supported"), "forbidden"],
    [404, openAi("The model `x` does not exist", { code: "model_not_found" }), "not-found"],
    [400, openAi("The model `x` does not exist or you do not have access", { code: "model_not_found" }), "not-found"],
    [404, "404 page not found", "not-found"],
    [408, "", "timed-out"],
    [413, "<html>413 Request Entity Too Large</html>", "too-large"],
    [422, openAi("nope"), "invalid-request"],
    [429, openAi("Rate limit reached for gpt-5 in organization org-x on tokens per min"), "rate-limited"],
    [
      429,
      openAi("You exceeded your current quota, please check your plan and billing details.", {
        code: "insufficient_quota",
        type: "insufficient_quota",
      }),
      "quota-exhausted",
    ],
    [
      429,
      JSON.stringify({ error: { message: "The engine is currently overloaded", type: "engine_overloaded_error" } }),
      "overloaded",
    ],
    [500, "", "server-error"],
    [502, "<html><h1>Bad Gateway</h1></html>", "server-error"],
    [503, openAi("x"), "overloaded"],
    [504, "", "timed-out"],
    [520, "", "server-error"],
    [529, "", "overloaded"],
    [
      400,
      openAi("The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", {
        code: "content_filter",
      }),
      "content-blocked",
    ],
    [400, JSON.stringify([{ error: { code: 400, message: "bad", status: "INVALID_ARGUMENT" } }]), "invalid-request"],
  ])("ERR-02 ERR-03 ERR-04 ERR-14 ERR-15: %i %s is %s", (status, body, kind) => {
    expect(read(status, body)).toMatchObject({ kind, status });
  });

  test.each([
    ["string", '{"error":"went wrong"}'],
    ["detail", '{"detail":"went wrong"}'],
    ["detail of FastAPI", '{"detail":[{"loc":["body","messages"],"msg":"went wrong","type":"x"}]}'],
    ["message", '{"message":"went wrong"}'],
    ["list", '[{"error":{"code":400,"message":"went wrong"}}]'],
    ["flat", '{"object":"error","message":"went wrong","type":"BadRequestError","code":400}'],
    [
      "OpenRouter",
      JSON.stringify({
        error: {
          code: 400,
          message: "Provider returned error",
          metadata: { raw: '{"error":{"message":"went wrong"}}' },
        },
      }),
    ],
    [
      "OpenRouter with text",
      JSON.stringify({ error: { code: 400, message: "Provider returned error", metadata: { raw: "went wrong" } } }),
    ],
    ["text", " went wrong\n"],
    ["errors", '{"errors":[{"message":"went wrong"}]}'],
  ])("ERR-10 ERR-11: the words are found (%s)", (_, body) => {
    expect(read(400, body).message).toContain("went wrong");
  });

  test("ERR-09 ERR-13: markup and silence become a sentence without markup", () => {
    for (const body of ["<html><body>secret</body></html>", "", "  "]) {
      const { message } = read(502, body);
      expect(message).toBe("The provider answered with status 502 and nothing readable.");
    }
  });

  test("a piece of a credential is not passed on", () => {
    expect(read(401, openAi("Incorrect API key provided: sk-proj-abc*****xyz. Find it at x")).message).not.toContain(
      "proj",
    );
  });

  test("ERR-12: errors with a good status carry their own", () => {
    expect(readSpokenFailure({ error: { code: 429, message: "Rate limited, try again in 20s" } })).toMatchObject({
      kind: "rate-limited",
      status: 429,
      retryAfterSeconds: 20,
    });
    expect(readSpokenFailure({ id: "x", object: "chat.completion.chunk" })).toBeUndefined();
    expect(readSpokenFailure(null)).toBeUndefined();
  });
});

describe("refused parameters", () => {
  test.each([
    [
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      { code: "unsupported_parameter", param: "max_tokens" },
      "max_tokens",
    ],
    [
      "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
      { code: "unsupported_value", param: "temperature" },
      "temperature",
    ],
    ["Unsupported value: 'temperature' does not support 0.2 with this model.", {}, "temperature"],
    ["Unrecognized request argument supplied: parallel_tool_calls", {}, "parallel_tool_calls"],
    ["property 'reasoning_effort' is unsupported", {}, "reasoning_effort"],
    ["body.stream_options: Extra inputs are not permitted", {}, "stream_options"],
    ["This model does not support the parameter `top_k`.", {}, "top_k"],
    ["reasoning_effort is not supported with this model", {}, "reasoning_effort"],
    [
      "Function tools with reasoning_effort are not supported for gpt-5.4 in /v1/chat/completions.",
      {},
      "reasoning_effort",
    ],
    ["thinking options type cannot be disabled when reasoning_effort is set", {}, "reasoning_effort"],
    [
      "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 1 instead.",
      {},
      "max_output_tokens",
    ],
    [
      "Could not finish the message because max_tokens or model output limit was reached. Please try again with higher max_tokens.",
      {},
      "max_tokens",
    ],
    ["Missing reasoning_content field in the assistant message at index 2.", {}, "reasoning_content"],
    ["The encrypted content for item rs_1 could not be verified.", {}, "reasoning_details"],
  ])("ERR-18 PR-03: %s", (message, more, parameter) => {
    expect(read(400, openAi(message, more))).toMatchObject({ kind: "unsupported-parameter", parameter });
  });

  test.each([
    ["This model does not support image input"],
    ["The model gpt-x is not supported"],
    ["registry.ollama.ai/library/x does not support tools"],
    ["Invalid value: 'developer'. Supported values are: 'system'"],
  ])("%s names no parameter that could be left out", (message) => {
    expect(read(400, openAi(message)).kind).toBe("invalid-request");
  });
});

describe("waiting", () => {
  test("only failures that pass by themselves say how long to wait", () => {
    expect(read(429, openAi("Rate limit"), { "retry-after": "3" }).retryAfterSeconds).toBe(3);
    expect(
      read(429, openAi("x", { code: "insufficient_quota" }), { "retry-after": "3" }).retryAfterSeconds,
    ).toBeUndefined();
    expect(
      read(429, openAi("Rate limit"), { "retry-after": "Sun, 22 Nov 2026 12:00:30 GMT" }).retryAfterSeconds,
    ).toBeUndefined();
  });
});
