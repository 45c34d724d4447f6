import type Anthropic from "@anthropic-ai/sdk";
import { expect, expectTypeOf, test } from "vitest";
import { modelInfo, type ModelInfo } from "./model-info.ts";

test("a model is shown in the shape of Anthropic's own SDK", () => {
  expectTypeOf<ModelInfo>().toExtend<Anthropic.ModelInfo>();
});

test("a translated model tells its limits and what may be asked of it", () => {
  const facts = {
    contextWindow: 400_000,
    maxInputTokens: 272_000,
    maxOutputTokens: 128_000,
    input: ["text", "image", "pdf"],
    tools: true,
    thinking: true,
    structuredOutput: true,
  } as const;
  const yes = { supported: true };
  const no = { supported: false };
  expect(modelInfo({ name: "openai/gpt-5", facts, translated: true })).toEqual({
    type: "model",
    id: "claude-gateway/openai/gpt-5",
    display_name: "openai/gpt-5",
    created_at: "1970-01-01T00:00:00Z",
    max_input_tokens: 272_000,
    max_tokens: 128_000,
    capabilities: {
      batch: no,
      citations: no,
      code_execution: no,
      context_management: {
        supported: true,
        clear_thinking_20251015: yes,
        clear_tool_uses_20250919: yes,
        compact_20260112: null,
      },
      effort: { supported: true, low: yes, medium: yes, high: yes, xhigh: yes, max: yes },
      image_input: yes,
      pdf_input: yes,
      server_tools: { supported: false, code_execution: no, web_search: no },
      structured_outputs: yes,
      thinking: { supported: true, types: { adaptive: yes, between_tools: no, disabled: yes, enabled: yes } },
    },
    lifecycle: "active",
    line: null,
    deprecated_at: null,
    retires_at: null,
  });
});

test("a model without images or thinking says so", () => {
  const info = modelInfo({ name: "gpu/glm", facts: { input: ["text"] }, translated: true });
  expect(info.capabilities).toMatchObject({
    image_input: { supported: false },
    pdf_input: { supported: false },
    thinking: { supported: false, types: { disabled: { supported: true }, enabled: { supported: false } } },
    effort: { supported: false, max: { supported: false } },
  });
});

test("nothing is claimed of a model that nobody knows, nor of one whose provider speaks for itself", () => {
  expect(modelInfo({ name: "gpu/new", facts: {}, translated: true })).toMatchObject({
    max_input_tokens: null,
    max_tokens: null,
    capabilities: null,
  });
  const facts = { contextWindow: 200_000, input: ["text"], deprecated: true } as const;
  expect(modelInfo({ name: "eu/claude-sonnet-4-5", facts, translated: false })).toMatchObject({
    max_input_tokens: 200_000,
    capabilities: null,
    lifecycle: "deprecated",
  });
});
