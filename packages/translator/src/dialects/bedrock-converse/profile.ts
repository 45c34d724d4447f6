import type { Effort } from "../../messages/request.ts";

/** How a model is told to think, and how much. */
export type ConverseReasoning =
  /** It has no such setting, or always thinks. */
  | "none"
  /** Claude: `thinking` with a token budget. */
  | "claude-budget"
  /** Claude: adaptive `thinking` and `output_config.effort`. */
  | "claude-adaptive"
  /** Claude: either of the two. */
  | "claude-both"
  /** `reasoning_effort`: gpt-oss, Kimi, DeepSeek. */
  | "reasoning_effort"
  /** `reasoning: { effort }`: OpenAI's GPT models. */
  | "reasoning.effort"
  /** `reasoningConfig: { type, maxReasoningEffort }`: Amazon Nova 2. */
  | "reasoningConfig";

/** What a model behind Converse takes; Bedrock passes on what its provider refuses. */
export interface ConverseProfile {
  readonly reasoning: ConverseReasoning;
  /** Efforts that the model has, rising. */
  readonly efforts: readonly ("none" | "minimal" | Effort)[];
  /** True for Claude: signed and encrypted reasoning has the form of the Messages API, and goes back as it came. */
  readonly nativeReasoning: boolean;
  /** True when the model wants reasoning of its own back, in the form in which it gave it. */
  readonly reasoningBack: boolean;
  readonly images: boolean;
  /** PDFs as `document` blocks. */
  readonly documents: boolean;
  /** Where cache points may stand. Source: Amazon Bedrock User Guide, "Prompt caching". */
  readonly cachePoints: readonly ("system" | "tools" | "messages")[];
  /** Takes cache points that last an hour. */
  readonly cacheHour: boolean;
  /** Kinds of `toolChoice` that can be said; "auto" is what goes without saying. */
  readonly toolChoices: readonly ("auto" | "any" | "tool")[];
  /** Takes `status` on tool results. Source: `ToolResultBlock` in @aws-sdk/client-bedrock-runtime. */
  readonly toolResultStatus: boolean;
  /** Takes text beside tool calls and their results; false: "Conversation blocks and tool … blocks cannot be provided in the same turn". */
  readonly mixedTurns: boolean;
  /** Takes `strict` on tools. */
  readonly strictTools: boolean;
  /** `outputConfig.textFormat`. */
  readonly structuredOutput: boolean;
  /** Which sampling parameters it takes: all, one of temperature and top_p, or none. */
  readonly sampling: "all" | "one" | "none";
  /** The name under which top_k goes into `additionalModelRequestFields`; undefined when there is none. */
  readonly topK: "top_k" | "inferenceConfig.topK" | undefined;
  /** Goes on with a last assistant message; false when the conversation must end with the user. */
  readonly prefill: boolean;
  /** Tells which stop sequence it was, as the field `/stop_sequence` of its own answer. */
  readonly tellsStopSequence: boolean;
}

/** A model of which nothing more is known, such as one behind an application inference profile. */
export const genericConverse: ConverseProfile = {
  reasoning: "none",
  efforts: [],
  nativeReasoning: false,
  reasoningBack: false,
  images: true,
  documents: true,
  cachePoints: [],
  cacheHour: false,
  toolChoices: ["any", "tool"],
  toolResultStatus: false,
  mixedTurns: true,
  strictTools: false,
  structuredOutput: true,
  sampling: "all",
  topK: undefined,
  prefill: false,
  tellsStopSequence: false,
};
