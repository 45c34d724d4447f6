import { azureFoundry, type MessagesPlatform } from "@drawbridge/translator";
import type { CatalogEntry } from "./entry.ts";

/** Anthropic's API, which refuses the fields of betas that it does not know. */
const messages: MessagesPlatform = { ...azureFoundry, title: "Databricks", refusedFields: "leave-out" };

// Sources: docs.databricks.com, "Use foundation models" (the OpenAI client's base URL), "Anthropic Messages API" and "List
// serving endpoints". Models are names of endpoints, Claude's with its name in them.
export const databricks: CatalogEntry = {
  id: "databricks",
  title: "Databricks",
  dialect: "openai-chat",
  surfaces: [{ match: ["*claude*"], dialect: "anthropic-messages", platform: messages, path: () => "/anthropic" }],
  choices: [{ dialect: "openai-chat" }],
  baseUrl: ({ account = "" }) => `https://${account}/serving-endpoints`,
  places: [
    {
      name: "account",
      variables: ["DATABRICKS_HOST"],
      pattern: /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i,
      wanted: "the workspace's host, such as dbc-a1b2c3d4-e5f6.cloud.databricks.com",
      within: /^https?:\/\/([^/?#]+)/,
    },
  ],
  apiKeyVariables: ["DATABRICKS_TOKEN"],
  keyOpensMore: true,
  auth: "bearer",
  knows: ["databricks-*"],
  modelLists: (baseUrl) => [baseUrl.replace(/\/serving-endpoints$/, "/api/2.0/serving-endpoints")],
  chatProfiles: [{ match: "*", profile: { files: false, parallelToolCalls: false } }],
};
