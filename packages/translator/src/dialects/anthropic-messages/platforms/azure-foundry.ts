import type { MessagesPlatform } from "../platform.ts";
import { betaNames } from "./beta-names.ts";
import { firstPartyFields } from "./first-party-fields.ts";

/** Claude in Azure AI Foundry: Anthropic's own API, where the model is the name of a deployment. */
export const azureFoundry: MessagesPlatform = {
  title: "Azure AI Foundry",
  api: "messages",
  betas: {
    in: "header",
    refused: new Set([betaNames.cacheScope, betaNames.perTurn, betaNames.fastMode]),
    aliases: {},
  },
  gatedFields: firstPartyFields,
  gatedEdits: [],
  billingLine: "keep",
  systemMessages: "native",
  earlierThinking: "verified",
  webSearch: true,
  refusedFields: "tell",
  counts: true,
};
