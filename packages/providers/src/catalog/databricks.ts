import { azureFoundry, type MessagesPlatform } from "@drawbridge/translator";
import type { CatalogEntry } from "./entry.ts";

/** Anthropic's API; which betas it takes is not confirmed, so that fields which it refuses are left out. */
const messages: MessagesPlatform = { ...azureFoundry, title: "Databricks", refusedFields: "leave-out" };

// Sources: docs.databricks.com, "Use foundation models" (the OpenAI client's base URL), "Query with the Anthropic Messages
// API" (for Claude alone) and "List serving endpoints". Models are names of endpoints, Claude's with its name in them. That
// chat takes parallel_tool_calls: not confirmed.
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
