import { genericResponses, type ResponsesProfile } from "./profile.ts";

interface ModelRow {
  readonly model: RegExp;
  readonly profile: Partial<ResponsesProfile>;
}

const upTo = (max: number): ResponsesProfile["maxTokensRange"] => ({ min: 16, max });
const openai: Partial<ResponsesProfile> = { midSystem: "developer", obfuscation: true };
const reasoning: Partial<ResponsesProfile> = { ...openai, sampling: false, maxTokensRange: upTo(128_000) };
const plain: Partial<ResponsesProfile> = {
  ...openai,
  efforts: [],
  summaries: false,
  reasoningBack: false,
  maxTokensRange: upTo(16_384),
};
const fromFive2: Partial<ResponsesProfile> = {
  ...reasoning,
  efforts: ["none", "low", "medium", "high", "xhigh"],
  reasoningOff: "none",
};

/**
 * What OpenAI's models take where it differs from {@link genericResponses}; the first row that fits counts. Sources:
 * OpenAI docs, "Reasoning models" and the model pages; `ReasoningEffort` in openai-node.
 */
const rows: readonly ModelRow[] = [
  { model: /^gpt-5[\d.]*-chat/, profile: plain },
  { model: /^gpt-5-pro/, profile: { ...reasoning, efforts: ["high"] } },
  { model: /^gpt-5-codex/, profile: { ...reasoning, efforts: ["low", "medium", "high"] } },
  {
    model: /^gpt-5(?:-|$)/,
    profile: { ...reasoning, efforts: ["minimal", "low", "medium", "high"], reasoningOff: "minimal" },
  },
  {
    model: /^gpt-5\.1-codex-max/,
    profile: { ...reasoning, efforts: ["none", "low", "medium", "high", "xhigh"], reasoningOff: "none" },
  },
  {
    model: /^gpt-5\.1(?:-|$)/,
    profile: { ...reasoning, efforts: ["none", "low", "medium", "high"], reasoningOff: "none" },
  },
  { model: /^gpt-5\.[2-5](?:-|$)/, profile: fromFive2 },
  {
    model: /^gpt-5\./,
    profile: { ...fromFive2, efforts: ["none", "low", "medium", "high", "xhigh", "max"], cacheBreakpoints: true },
  },
  {
    model: /^gpt-6/,
    profile: { ...reasoning, efforts: ["low", "medium", "high", "xhigh", "max"], cacheBreakpoints: true },
  },
  { model: /^o[134](?:-|$)/, profile: { ...reasoning, maxTokensRange: upTo(100_000) } },
  { model: /^gpt-4\.1-nano/, profile: { ...plain, maxTokensRange: upTo(32_768), webSearch: false } },
  { model: /^gpt-4\.1/, profile: { ...plain, maxTokensRange: upTo(32_768) } },
  { model: /^(?:gpt-4o|chatgpt-)/, profile: plain },
];

/** What a model takes, by its name with or without the vendor's before it. */
export function responsesProfileOf(model: string): ResponsesProfile {
  const name = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
  return { ...genericResponses, ...rows.find((row) => row.model.test(name))?.profile };
}
