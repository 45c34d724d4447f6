import type { ModelFacts } from "./facts.ts";

interface ModelLine {
  /** Tried on a model's plain name. */
  readonly match: RegExp;
  readonly facts: ModelFacts;
}

const text = ["text"] as const;
const images = ["text", "image"] as const;
const documents = ["text", "image", "pdf"] as const;
const everything = ["text", "image", "pdf", "audio"] as const;

const chat: ModelFacts = { input: text, tools: true };
const sizes = (contextWindow: number, maxOutputTokens: number): ModelFacts => ({ contextWindow, maxOutputTokens });

/** Source: platform.claude.com, "Models overview" and the model pages; later versions are taken to be no smaller. */
const claude: readonly ModelLine[] = [
  {
    match: /^claude-/,
    facts: {
      ...sizes(1_000_000, 128_000),
      input: documents,
      tools: true,
      parallelTools: true,
      thinking: true,
      structuredOutput: true,
      caching: true,
    },
  },
  { match: /^claude-sonnet-4[.-]6/, facts: { maxOutputTokens: 64_000 } },
  { match: /^claude-(?:opus|sonnet|haiku)-4(?:[.-][0-5](?!\d)|[-@]\d{8}|$)|^claude-4-/, facts: sizes(200_000, 64_000) },
  {
    match: /^claude-(?:opus|sonnet)-4(?:[.-][01](?!\d)|[-@]\d{8}|$)|^claude-4-|^claude-3/,
    facts: { structuredOutput: false },
  },
  { match: /^claude-opus-4(?:[.-][01](?!\d)|[-@]\d{8}|$)|^claude-4-opus/, facts: { maxOutputTokens: 32_000 } },
  { match: /^claude-3/, facts: sizes(200_000, 64_000) },
  { match: /^claude-3[.-](?:5|haiku|sonnet|opus)/, facts: { maxOutputTokens: 8_192, thinking: false } },
  { match: /^claude-3-(?:haiku|sonnet|opus)/, facts: { maxOutputTokens: 4_096 } },
];

const gptSizes: ModelFacts = { ...sizes(400_000, 128_000), maxInputTokens: 272_000 };
const longGpt: ModelFacts = { ...sizes(1_050_000, 128_000), maxInputTokens: 922_000 };
const gptNow: ModelFacts = {
  input: documents,
  tools: true,
  parallelTools: true,
  structuredOutput: true,
  caching: true,
};

/** Source: developers.openai.com, the model pages. */
const gpt: readonly ModelLine[] = [
  { match: /^gpt-3\.5/, facts: { ...chat, ...sizes(16_385, 4_096) } },
  { match: /^gpt-4(?:-0|$)/, facts: { ...chat, ...sizes(8_192, 8_192) } },
  { match: /^gpt-4-turbo/, facts: { ...chat, ...sizes(128_000, 4_096), input: images } },
  { match: /^(?:chat)?gpt-4o/, facts: { ...gptNow, ...sizes(128_000, 16_384) } },
  { match: /^gpt-4\.1/, facts: { ...gptNow, ...sizes(1_047_576, 32_768) } },
  { match: /^o[134](?:-|$)/, facts: { ...gptNow, ...sizes(200_000, 100_000), thinking: true } },
  { match: /^o3-mini/, facts: { input: text } },
  { match: /^gpt-5/, facts: { ...gptNow, ...gptSizes, thinking: true } },
  { match: /^gpt-5-pro/, facts: { maxOutputTokens: 272_000 } },
  { match: /^gpt-5\.[4-9](?!-(?:mini|nano))|^gpt-6/, facts: { ...gptNow, ...longGpt, thinking: true } },
  { match: /^gpt-5[.\d]*-chat/, facts: { ...sizes(128_000, 16_384), maxInputTokens: 128_000 } },
  { match: /^gpt-oss/, facts: { ...chat, ...sizes(131_072, 32_768), thinking: true, structuredOutput: true } },
];

/** Source: ai.google.dev, "Gemini models". */
const gemini: readonly ModelLine[] = [
  {
    match: /^gemini-/,
    facts: {
      ...sizes(1_048_576, 65_536),
      input: everything,
      tools: true,
      parallelTools: true,
      thinking: true,
      structuredOutput: true,
      caching: true,
    },
  },
  { match: /^gemini-2\.0/, facts: { maxOutputTokens: 8_192, thinking: false } },
  { match: /^gemma-4/, facts: { input: images, tools: true, thinking: true } },
];

const thinker: ModelFacts = { ...chat, thinking: true };
const seer: ModelFacts = { ...thinker, input: images };

/**
 * Models that many providers serve, each with limits of its own: sizes only where all agree. Sources: the vendors' model
 * pages (api-docs.deepseek.com, docs.z.ai, platform.moonshot.ai, docs.mistral.ai, docs.x.ai, Amazon Nova User Guide).
 */
const others: readonly ModelLine[] = [
  { match: /^deepseek-(?:v[34]|r1|chat|reasoner|flash)/, facts: { ...thinker, parallelTools: true } },
  { match: /^deepseek-(?:v4|chat|reasoner|flash)/, facts: { ...sizes(1_000_000, 384_000), structuredOutput: true } },
  { match: /^deepseek-(?:flash|v4-flash)/, facts: { input: images } },
  { match: /^grok-(?:[4-9]|build)/, facts: { ...seer, parallelTools: true, structuredOutput: true } },
  { match: /^(?:zai-)?glm-(?:4\.[5-9]|5)/, facts: thinker },
  { match: /^(?:zai-)?glm-(?:4\.[5-9]|5)v/, facts: { input: images } },
  { match: /^kimi-k2/, facts: { ...chat, parallelTools: true } },
  { match: /^kimi-k2(?:[.p][5-9]|-thinking)|^kimi-k3/, facts: thinker },
  { match: /^kimi-k2[.p][5-9]|^kimi-k3/, facts: { input: images } },
  { match: /^minimax-m[123]/, facts: thinker },
  { match: /^qwen3|^qwen-3/, facts: chat },
  { match: /^qwen3\.[5-9]/, facts: seer },
  { match: /^(?:mistral-(?:large|medium|small)|ministral)/, facts: { ...chat, input: images, parallelTools: true } },
  { match: /^(?:codestral|devstral|magistral)/, facts: { ...chat, parallelTools: true } },
  { match: /^magistral/, facts: { thinking: true } },
  { match: /^nova-(?:lite|pro|premier|2-lite)/, facts: { ...chat, input: documents, caching: true } },
  { match: /^nova-micro/, facts: { ...chat, ...sizes(128_000, 10_000) } },
  { match: /^nova-(?:lite|pro)/, facts: sizes(300_000, 10_000) },
  { match: /^llama-?3/, facts: chat },
  { match: /^llama-?4/, facts: { ...chat, input: images } },
  { match: /^command-(?:a|r)/, facts: { ...chat, structuredOutput: true } },
];

/**
 * What is known of lines of models, by their plain names; every line that matches applies, the later over the earlier.
 * A version that is not out yet is taken to be like the latest of its line.
 */
export const knownModels: readonly ModelLine[] = [...claude, ...gpt, ...gemini, ...others];
