import { longContextBeta } from "../../../conversation/read-model-name.ts";
import type { MessagesPlatform } from "../platform.ts";
import { betaNames } from "./beta-names.ts";
import { cloudAliases, cloudRules } from "./cloud-rules.ts";

/**
 * Claude behind InvokeModel of Amazon Bedrock, which refuses a request for one beta that it does not know. Source: AWS,
 * "Anthropic Claude Messages API", and what InvokeModel was seen to take.
 */
export const bedrockInvoke: MessagesPlatform = {
  ...cloudRules,
  title: "Amazon Bedrock",
  api: "invoke-model",
  bodyVersion: "bedrock-2023-05-31",
  betas: {
    in: "body",
    allowed: new Set([
      "computer-use-2024-10-22",
      "computer-use-2025-01-24",
      longContextBeta,
      betaNames.contextManagement,
      betaNames.compaction,
      "dev-full-thinking-2025-05-14",
      "effort-2025-11-24",
      betaNames.fineGrainedStreaming,
      "interleaved-thinking-2025-05-14",
      "mcp-client-2025-04-04",
      "mcp-client-2025-11-20",
      "model-context-window-exceeded-2025-08-26",
      "output-128k-2025-02-19",
      "pdfs-2024-09-25",
      "search-results-2025-06-09",
      "token-counting-2024-11-01",
      "token-efficient-tools-2025-02-19",
      betaNames.toolExamples,
      betaNames.toolSearch,
      "web-search-2025-03-05",
    ]),
    aliases: cloudAliases,
  },
  billingLine: "cut",
  systemMessages: "native",
  earlierThinking: "verified",
  webSearch: false,
  refusedFields: "leave-out",
  counts: true,
};
