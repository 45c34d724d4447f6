import { reasons as shared } from "../../conversation/reasons.ts";

/** Why something of a Messages request stays behind in Converse, beside what holds for every dialect. */
export const reasons = {
  ...shared,
  cacheControl: "The model takes no cache points.",
  cachePlace: "The model takes no cache points in this place.",
  cacheCount: "Amazon Bedrock takes at most four cache points.",
  cacheHour: "The model's cache keeps for five minutes; an hour cannot be asked for.",
  cacheInResult: "Amazon Bedrock takes no cache points within a tool's result.",
  imageType: "Amazon Bedrock takes png, jpeg, gif and webp images only; a note stands in its place.",
  mediaOfOthers: "Amazon Bedrock takes images and documents from the user only; a note stands in its place.",
  unsigned: "Claude takes its own thinking back only with its signature.",
  foreignReasoning: "Reasoning of another model cannot be handed to this one.",
  thinkingHistory: "The model takes no earlier reasoning back.",
  reasoningAlone: "A turn of reasoning alone says nothing, and Amazon Bedrock refuses it.",
  budget: "The thinking budget must leave room for an answer and was lowered.",
  budgetTooSmall: "Thinking takes 1,024 tokens at least, for which max_tokens leaves no room.",
  adaptiveAsBudget: "The model has no adaptive thinking; the effort is written as a token budget.",
  budgetAsAdaptive: "The model decides by itself how much it thinks; the budget is written as an effort.",
  thinkingAndForcedTool: "Claude does not think when it is made to call a tool.",
  thinkingLost:
    "Claude wants the thinking before a tool call back, and that of this turn is another model's; it goes on without.",
  samplingAndThinking: "Claude takes no sampling parameters while it thinks.",
  oneOfTwo: "The model takes temperature or top_p, not both; temperature is sent.",
  toolChoiceNone: "Converse cannot say that no tool may be called; the tools are left out.",
  prefill: "The conversation must end with the user; the model is asked to go on.",
  strictTool: "The model has no strict tools.",
  topK: "The model has no top_k.",
} as const satisfies Readonly<Record<string, string>>;
