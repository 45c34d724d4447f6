import { azureFoundry } from "@drawbridge/translator";
import { azureResource } from "./azure-resource.ts";
import type { CatalogEntry } from "./entry.ts";
import { openai } from "./openai.ts";

// Sources: Microsoft Learn, "Deploy and use Claude models in Microsoft Foundry" and "Endpoints for Foundry Models";
// @anthropic-ai/foundry-sdk: x-api-key for Claude beside OpenAI's api-key, and tokens for ai.azure.com. Deployments are
// named by their users: one of Claude without its name in it wants `dialect: anthropic-messages`.
export const foundry: CatalogEntry = {
  id: "foundry",
  title: "Microsoft Foundry",
  dialect: "openai-responses",
  path: () => "/openai/v1",
  surfaces: [{ match: ["*claude*"], dialect: "anthropic-messages", platform: azureFoundry, path: () => "/anthropic" }],
  choices: [
    { dialect: "openai-chat", path: () => "/openai/v1" },
    { dialect: "anthropic-messages", platform: azureFoundry, path: () => "/anthropic" },
  ],
  baseUrl: ({ resource: name = "" }) => `https://${name}.services.ai.azure.com`,
  places: [{ ...azureResource, variables: ["ANTHROPIC_FOUNDRY_RESOURCE", "ANTHROPIC_FOUNDRY_BASE_URL"] }],
  apiKeyVariables: ["ANTHROPIC_FOUNDRY_API_KEY"],
  switches: ["CLAUDE_CODE_USE_FOUNDRY"],
  auth: ["api-key", "x-api-key"],
  cloud: "azure",
  tokenScope: "https://ai.azure.com/.default",
  knows: [],
  ...(openai.chatProfiles !== undefined && { chatProfiles: openai.chatProfiles }),
  modelLists: () => [],
};
