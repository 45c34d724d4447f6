import { expect, test } from "vitest";
import { responsesProfileOf } from "./known-models.ts";
import { genericResponses } from "./profile.ts";

test.each([
  ["gpt-5", { reasoningOff: "minimal", sampling: false, efforts: ["minimal", "low", "medium", "high"] }],
  ["gpt-5-mini-2025-08-07", { reasoningOff: "minimal" }],
  ["gpt-5-codex", { efforts: ["low", "medium", "high"], reasoningOff: "omit" }],
  ["gpt-5-pro", { efforts: ["high"] }],
  ["gpt-5-chat-latest", { efforts: [], sampling: true, reasoningBack: false }],
  ["gpt-5.1", { reasoningOff: "none", efforts: ["none", "low", "medium", "high"] }],
  ["gpt-5.1-codex-max", { efforts: ["none", "low", "medium", "high", "xhigh"] }],
  ["openai/GPT-5.2", { efforts: ["none", "low", "medium", "high", "xhigh"], cacheBreakpoints: false }],
  ["gpt-5.6-mini", { efforts: ["none", "low", "medium", "high", "xhigh", "max"], cacheBreakpoints: true }],
  ["gpt-6", { cacheBreakpoints: true, reasoningOff: "omit" }],
  ["o4-mini", { efforts: ["low", "medium", "high"], maxTokensRange: { min: 16, max: 100_000 } }],
  ["gpt-4.1", { efforts: [], maxTokensRange: { min: 16, max: 32_768 }, webSearch: true }],
  ["gpt-4.1-nano", { webSearch: false }],
  ["gpt-4o-mini", { efforts: [], summaries: false, midSystem: "developer" }],
])("MSG-03 TK-02 TK-05 SYS-17 PR-05: %s takes what its documents say", (model, profile) => {
  expect(responsesProfileOf(model)).toMatchObject(profile);
});

test("a model that nobody knows gets the generic profile", () => {
  expect(responsesProfileOf("qwen3-coder")).toEqual(genericResponses);
  expect(responsesProfileOf("")).toEqual(genericResponses);
});
