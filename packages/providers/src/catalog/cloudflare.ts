import type { CatalogEntry } from "./entry.ts";

// Source: developers.cloudflare.com/workers-ai, "OpenAI compatible API endpoints" and, in the API reference, "Model
// search". That tools can be forced: not confirmed.
export const cloudflare: CatalogEntry = {
  id: "cloudflare",
  title: "Cloudflare Workers AI",
  dialect: "openai-chat",
  path: () => "/v1",
  baseUrl: ({ account = "" }) => `https://api.cloudflare.com/client/v4/accounts/${account}/ai`,
  places: [
    {
      name: "account",
      variables: ["CLOUDFLARE_ACCOUNT_ID"],
      pattern: /^[0-9a-f]{32}$/i,
      wanted: "the account's id, 32 hexadecimal digits",
    },
  ],
  apiKeyVariables: ["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY"],
  keyOpensMore: true,
  auth: "bearer",
  knows: ["@cf/*", "@hf/*"],
  modelLists: (baseUrl) => [`${baseUrl}/models/search?task=Text%20Generation&per_page=1000`],
  chatProfiles: [{ match: "*", profile: { files: false, toolChoiceRequired: false } }],
};
