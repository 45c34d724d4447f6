import { genericConverse, type ConverseProfile } from "./profile.ts";

interface Family {
  /** Looked for anywhere in a model id, inference profile id or ARN. */
  readonly match: RegExp;
  readonly profile: Partial<ConverseProfile>;
}

const textOnly: Partial<ConverseProfile> = { images: false, documents: false };

/**
 * What is known of the model families at Bedrock; every rule that matches applies, the later over the earlier.
 * Sources: Amazon Bedrock User Guide, "Supported models and model features" and "Prompt caching"; Anthropic docs,
 * "Thinking"; the refusals of the models themselves.
 */
const families: readonly Family[] = [
  {
    match: /anthropic\.claude/,
    profile: {
      reasoning: "claude-adaptive",
      efforts: ["low", "medium", "high", "xhigh", "max"],
      nativeReasoning: true,
      reasoningBack: true,
      cachePoints: ["system", "tools", "messages"],
      cacheHour: true,
      toolChoices: ["auto", "any", "tool"],
      toolResultStatus: true,
      strictTools: true,
      sampling: "none",
      topK: "top_k",
      tellsStopSequence: true,
    },
  },
  // Before 4.7 sampling could be set, before 4.6 an answer be begun, and thinking be had by budget alone.
  {
    match: /claude-(?:opus|sonnet|haiku)-4-6/,
    profile: { reasoning: "claude-both", efforts: ["low", "medium", "high", "max"], sampling: "one" },
  },
  {
    match: /claude-(?:opus|sonnet|haiku)-4-(?:[0-5](?!\d)|\d{8})|claude-3-7/,
    profile: { reasoning: "claude-budget", sampling: "one", prefill: true },
  },
  {
    match: /claude-(?:opus|sonnet|haiku)-4-(?:[0-1](?!\d)|\d{8})|claude-3-7/,
    profile: { cacheHour: false, strictTools: false, structuredOutput: false, sampling: "all" },
  },
  {
    match: /claude-(?:3-(?:5|haiku|sonnet|opus)|v2|instant)/,
    profile: {
      reasoning: "none",
      efforts: [],
      cacheHour: false,
      strictTools: false,
      structuredOutput: false,
      sampling: "all",
      prefill: true,
    },
  },
  { match: /claude-(?:3-(?:haiku|sonnet|opus)|v2|instant)/, profile: { cachePoints: [] } },
  {
    match: /amazon\.nova/,
    profile: {
      // "#/toolConfig/tools/0: extraneous key [cachePoint] is not permitted"
      cachePoints: ["system", "messages"],
      toolChoices: ["auto", "any", "tool"],
      toolResultStatus: true,
      structuredOutput: false,
      topK: "inferenceConfig.topK",
      prefill: true,
    },
  },
  { match: /nova-micro/, profile: textOnly },
  {
    // With the effort "high" neither temperature nor a limit may be set (Amazon Nova 2 User Guide, "Extended thinking").
    match: /amazon\.nova-2/,
    profile: { reasoning: "reasoningConfig", efforts: ["low", "medium"] },
  },
  {
    match: /openai\.gpt-\d/,
    profile: {
      reasoning: "reasoning.effort",
      efforts: ["none", "low", "medium", "high", "xhigh", "max"],
      reasoningBack: true,
      sampling: "none",
    },
  },
  {
    match: /openai\.gpt-oss/,
    profile: { ...textOnly, reasoning: "reasoning_effort", efforts: ["low", "medium", "high"] },
  },
  { match: /xai\.grok/, profile: { reasoningBack: true } },
  { match: /moonshot.*kimi-k2-thinking/, profile: { ...textOnly } },
  { match: /deepseek/, profile: { ...textOnly, toolChoices: ["auto", "any"] } },
  // The only one that calls tools while it thinks.
  { match: /deepseek\.v3\.2/, profile: { reasoning: "reasoning_effort", efforts: ["high"] } },
  { match: /minimax|qwen3-(?:coder|32b|235b|next)/, profile: textOnly },
  {
    match: /meta\.llama|mistral\.mi[sx]tral|cohere\.|ai21\./,
    profile: { mixedTurns: false, structuredOutput: false, toolChoices: [] },
  },
  { match: /mistral\.mistral-large/, profile: { toolChoices: ["any"] } },
  { match: /meta\.llama3-(?:1|3)-|meta\.llama3-2-(?:1|3)b|mistral\.mixtral|cohere\.|ai21\./, profile: textOnly },
];

/** What a model takes, going by its id. */
export function converseProfileOf(model: string): ConverseProfile {
  const id = model.toLowerCase();
  let profile = genericConverse;
  for (const family of families) if (family.match.test(id)) profile = { ...profile, ...family.profile };
  return profile;
}
