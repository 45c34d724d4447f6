import { expect, test } from "vitest";
import { modelFacts } from "./model-facts.ts";

test.each([
  ["claude-opus-5-5", 1_000_000, 128_000],
  ["claude-haiku-5-5", 1_000_000, 128_000],
  ["claude-sonnet-4-6", 1_000_000, 64_000],
  ["anthropic/claude-sonnet-4.6", 1_000_000, 64_000],
  ["claude-opus-4-6", 1_000_000, 128_000],
  ["eu.anthropic.claude-sonnet-4-5-20250929-v1:0", 200_000, 64_000],
  ["claude-haiku-4-5@20251001", 200_000, 64_000],
  ["us.anthropic.claude-opus-4-1-20250805-v1:0", 200_000, 32_000],
  ["claude-opus-4-20250514", 200_000, 32_000],
  ["claude-3-7-sonnet-20250219", 200_000, 64_000],
  ["claude-3-5-haiku-20241022", 200_000, 8_192],
  ["claude-3-haiku-20240307", 200_000, 4_096],
  ["gpt-4o-mini", 128_000, 16_384],
  ["ft:gpt-4.1-2025-04-14:acme::x", 1_047_576, 32_768],
  ["o3", 200_000, 100_000],
  ["gpt-5", 400_000, 128_000],
  ["gpt-5.4-mini", 400_000, 128_000],
  ["gpt-5.4", 1_050_000, 128_000],
  ["gpt-6.2-sol", 1_050_000, 128_000],
  ["gpt-5.1-chat-latest", 128_000, 16_384],
  ["@cf/openai/gpt-oss-120b", 131_072, 32_768],
  ["models/gemini-2.5-flash", 1_048_576, 65_536],
  ["gemini-flash-latest", 1_048_576, 65_536],
  ["gemini-2.0-flash", 1_048_576, 8_192],
  ["deepseek-flash", 1_000_000, 384_000],
  ["amazon.nova-pro-v1:0", 300_000, 10_000],
  ["z-ai/glm-4.6", undefined, undefined],
  ["somebody/something", undefined, undefined],
])("%s holds %s tokens and writes at most %s", (model, contextWindow, maxOutputTokens) => {
  const facts = modelFacts({}, model);
  expect([facts.contextWindow, facts.maxOutputTokens]).toEqual([contextWindow, maxOutputTokens]);
});

test.each([
  ["claude-opus-4-8", ["text", "image", "pdf"], true],
  ["claude-3-5-sonnet-20241022", ["text", "image", "pdf"], false],
  ["gpt-5", ["text", "image", "pdf"], true],
  ["o3-mini", ["text"], true],
  ["gpt-4.1", ["text", "image", "pdf"], undefined],
  ["gemini-3-pro-preview", ["text", "image", "pdf", "audio"], true],
  ["moonshotai.kimi-k2.5", ["text", "image"], true],
  ["accounts/fireworks/models/kimi-k2p5", ["text", "image"], true],
  ["qwen.qwen3-coder-480b-a35b-v1:0", ["text"], undefined],
  ["zai.glm-4.7", ["text"], true],
  ["MiniMaxAI/MiniMax-M2.5", ["text"], true],
  ["us.meta.llama4-maverick-17b-instruct-v1:0", ["text", "image"], undefined],
  ["my-deployment", undefined, undefined],
])("%s takes %j and thinks: %s", (model, input, thinking) => {
  const facts = modelFacts({}, model);
  expect([facts.input, facts.thinking]).toEqual([input, thinking]);
});

test("a server on one's own machine has the sizes that it was started with", () => {
  expect(modelFacts({ local: true }, "gpt-oss-120b")).toMatchObject({
    contextWindow: undefined,
    maxOutputTokens: undefined,
    tools: true,
  });
});
