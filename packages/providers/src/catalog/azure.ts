import { azureFoundry } from "@drawbridge/translator";
import { ProviderError } from "../errors.ts";
import type { CatalogEntry, PlaceRule, Places } from "./entry.ts";
import { openai } from "./openai.ts";

const resource: PlaceRule = {
  name: "resource",
  variables: ["AZURE_RESOURCE_NAME", "AZURE_OPENAI_ENDPOINT"],
  pattern: /^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/i,
  wanted: "the name of the Azure resource, the first part of its host name",
  within: /^https?:\/\/([^./]+)\.(?:openai|cognitiveservices|services\.ai)\.azure\.com/i,
};

const apiVersion: PlaceRule = {
  name: "apiVersion",
  variables: ["OPENAI_API_VERSION"],
  pattern: /^\d{4}-\d{2}-\d{2}(-preview)?$|^(preview|latest|v1)$/,
  wanted: "a version such as 2024-10-21",
  optional: true,
};

function versionQuery({ apiVersion: version }: Places): string {
  return version === undefined ? "" : `?api-version=${version}`;
}

/**
 * Without a version the model stands in the body, with one it is a deployment in the path. Throws a ProviderError for a
 * name that would leave its place there.
 */
function deployment({ apiVersion: version }: Places, model: string): string {
  if (version === undefined) return "";
  if (/^\.{1,2}$/.test(model)) {
    throw new ProviderError({ kind: "invalid-request", message: `model: "${model}" is no name of a deployment` });
  }
  return `/deployments/${encodeURIComponent(model)}`;
}

// Sources: Microsoft Learn, "Azure OpenAI v1 API" and "Azure OpenAI REST API reference". Models are names of deployments,
// which no key can list.
export const azure: CatalogEntry = {
  id: "azure",
  title: "Azure OpenAI",
  dialect: "openai-responses",
  query: versionQuery,
  choices: [{ dialect: "openai-chat", path: deployment, query: versionQuery }],
  baseUrl: ({ resource: name = "", apiVersion: version }) =>
    `https://${name}.openai.azure.com/openai${version === undefined ? "/v1" : ""}`,
  places: [resource, apiVersion],
  apiKeyVariables: ["AZURE_OPENAI_API_KEY", "AZURE_API_KEY"],
  auth: "api-key",
  cloud: "azure",
  knows: [],
  ...(openai.chatProfiles !== undefined && { chatProfiles: openai.chatProfiles }),
  modelLists: () => [],
};

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
  places: [{ ...resource, variables: ["ANTHROPIC_FOUNDRY_RESOURCE", "ANTHROPIC_FOUNDRY_BASE_URL"] }],
  apiKeyVariables: ["ANTHROPIC_FOUNDRY_API_KEY"],
  switches: ["CLAUDE_CODE_USE_FOUNDRY"],
  auth: ["api-key", "x-api-key"],
  cloud: "azure",
  tokenScope: "https://ai.azure.com/.default",
  knows: [],
  ...(openai.chatProfiles !== undefined && { chatProfiles: openai.chatProfiles }),
  modelLists: () => [],
};
