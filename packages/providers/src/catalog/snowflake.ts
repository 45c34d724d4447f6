import { azureFoundry, type MessagesPlatform } from "@drawbridge/translator";
import type { CatalogEntry, Surface } from "./entry.ts";

/** Anthropic's API; which betas it takes is not confirmed, so that fields which it refuses are left out. */
const messages: MessagesPlatform = { ...azureFoundry, title: "Snowflake Cortex", refusedFields: "leave-out" };
const chat: Surface = { dialect: "openai-chat", path: () => "/v1" };

// Sources: docs.snowflake.com, "Cortex REST API": the Messages API for Claude, chat completions for all; "Account
// identifiers": underscores are hyphens in host names. The key is a programmatic access token; nothing lists models.
export const snowflake: CatalogEntry = {
  id: "snowflake",
  title: "Snowflake Cortex",
  ...chat,
  surfaces: [{ match: ["claude-*"], dialect: "anthropic-messages", platform: messages }],
  choices: [chat],
  baseUrl: ({ account = "" }) =>
    `https://${account.toLowerCase().replaceAll("_", "-")}.snowflakecomputing.com/api/v2/cortex`,
  places: [
    {
      name: "account",
      variables: ["SNOWFLAKE_ACCOUNT"],
      pattern: /^[a-z0-9][\w.-]*$/i,
      wanted: "the account identifier, such as acme-models",
      within: /^https?:\/\/([^/]+)\.snowflakecomputing\.com/,
    },
  ],
  apiKeyVariables: ["SNOWFLAKE_PAT", "SNOWFLAKE_TOKEN"],
  keyOpensMore: true,
  auth: "bearer",
  knows: [],
  modelLists: () => [],
  chatProfiles: [{ match: "*", profile: { maxTokensField: "max_completion_tokens", files: false } }],
};
