import { ProviderError } from "../errors.ts";
import { azureResource } from "./azure-resource.ts";
import type { CatalogEntry, PlaceRule, Places } from "./entry.ts";
import { openai } from "./openai.ts";

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
  places: [azureResource, apiVersion],
  apiKeyVariables: ["AZURE_OPENAI_API_KEY", "AZURE_API_KEY"],
  auth: "api-key",
  cloud: "azure",
  knows: [],
  ...(openai.chatProfiles !== undefined && { chatProfiles: openai.chatProfiles }),
  modelLists: () => [],
};
