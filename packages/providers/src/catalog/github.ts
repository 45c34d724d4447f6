import { openai } from "./openai.ts";
import type { CatalogEntry } from "./entry.ts";

// Source: docs.github.com, "REST API endpoints for models inference" and "for the model catalog". GitHub ended the service
// on 30 July 2026 (github.com/orgs/community, discussion 203602). A token of GitHub's opens far more.
export const github: CatalogEntry = {
  id: "github",
  title: "GitHub Models",
  dialect: "openai-chat",
  baseUrl: "https://models.github.ai/inference",
  apiKeyVariables: ["GITHUB_TOKEN", "GH_TOKEN"],
  keyOpensMore: true,
  auth: "bearer",
  knows: [],
  modelLists: (baseUrl) => [`${baseUrl.replace(/\/inference$/, "")}/catalog/models`],
  chatProfiles: [
    { match: "*", profile: { files: false } },
    ...(openai.chatProfiles ?? []).map(({ match, profile }) => ({ match: `openai/${match}`, profile })),
  ],
};
