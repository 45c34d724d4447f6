import type { Dialect } from "../dialect.ts";
import { messagesOn } from "./messages-on.ts";
import { anthropicItself } from "./platforms/anthropic-itself.ts";

/** Anthropic's Messages API, and every server that speaks it: what is native stays native. */
export const anthropicMessages: Dialect = messagesOn(anthropicItself);

export { filterForeignThinking, type ThinkingCuts } from "./filter-thinking.ts";
export { messagesOn } from "./messages-on.ts";
export type { BetaRules, BlockTypes, GatedEdit, GatedField, MessagesPlatform, RequestPart } from "./platform.ts";
export { azureFoundry } from "./platforms/azure-foundry.ts";
export { bedrockInvoke } from "./platforms/bedrock-invoke.ts";
export { bedrockMessages } from "./platforms/bedrock-messages.ts";
export { compatibleMessages } from "./platforms/compatible-messages.ts";
export { deepseekMessages } from "./platforms/deepseek-messages.ts";
export { minimaxMessages } from "./platforms/minimax-messages.ts";
export { moonshotMessages } from "./platforms/moonshot-messages.ts";
export { vertexRawPredict } from "./platforms/vertex-raw-predict.ts";
export { readBetas } from "./read-betas.ts";
