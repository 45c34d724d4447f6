import type { Dialect } from "../dialect.ts";
import { readFailure } from "./read-failure.ts";
import { repair } from "./repair.ts";
import { translate } from "./translate.ts";

/** Anthropic's Messages API, and every server that speaks it: what is native stays native. */
export const anthropicMessages: Dialect = {
  name: "anthropic-messages",
  paths: { create: "/v1/messages", models: "/v1/models", countTokens: "/v1/messages/count_tokens" },
  forwardedHeaders: ["anthropic-version", "anthropic-beta", "user-agent", "x-app"],
  translate,
  readFailure,
  repair,
};

export { filterForeignThinking, type ThinkingCuts } from "./filter-thinking.ts";
export { chooseBetas, readBetas } from "./choose-betas.ts";
export { countOnPlatform, fitToPlatform, type PlatformRequest } from "./fit-to-platform.ts";
export { platformPaths, readPlatformCount, type PlatformPaths } from "./platform-paths.ts";
export {
  azureFoundry,
  bedrockInvoke,
  deepseekMessages,
  vertexRawPredict,
  type BetaRules,
  type GatedEdit,
  type GatedField,
  type MessagesPlatform,
  type RequestPart,
} from "./platform.ts";
