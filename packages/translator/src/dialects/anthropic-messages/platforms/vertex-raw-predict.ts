import type { MessagesPlatform } from "../platform.ts";
import { betaNames } from "./beta-names.ts";
import { cloudAliases, cloudRules } from "./cloud-rules.ts";

/** Claude behind rawPredict of Google's Vertex AI. Source: Google Cloud, "Request predictions with Claude models". */
export const vertexRawPredict: MessagesPlatform = {
  ...cloudRules,
  title: "Vertex AI",
  api: "raw-predict",
  bodyVersion: "vertex-2023-10-16",
  betas: {
    in: "header",
    refused: new Set([
      betaNames.cacheScope,
      betaNames.perTurn,
      betaNames.fastMode,
      "files-api-2025-04-14",
      "code-execution-2025-05-22",
    ]),
    aliases: cloudAliases,
  },
  billingLine: "cut",
  systemMessages: "native",
  earlierThinking: "verified",
  webSearch: true,
  refusedFields: "leave-out",
  counts: true,
};
