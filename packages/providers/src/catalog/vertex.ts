import { vertexRawPredict } from "@drawbridge/translator";
import type { CatalogEntry, Places } from "./entry.ts";

function host({ region = "global" }: Places): string {
  if (region === "global") return "https://aiplatform.googleapis.com";
  return /^[a-z]{2}$/.test(region)
    ? `https://aiplatform.${region}.rep.googleapis.com`
    : `https://${region}-aiplatform.googleapis.com`;
}

function under(place: string): (places: Places) => string {
  return ({ project = "", region = "global" }) => `/projects/${project}/locations/${region}/${place}`;
}

// Sources: Google Cloud, "Vertex AI locations" and "Deployments and endpoints", "Request predictions with Claude models",
// "Call open models with the OpenAI library". Open models are named publisher/model.
export const vertex: CatalogEntry = {
  id: "vertex",
  title: "Google Vertex AI",
  billsOn: true,
  dialect: "gemini",
  gemini: { counts: "plain-fields" },
  path: under("publishers/google"),
  surfaces: [
    {
      match: ["claude-*"],
      dialect: "anthropic-messages",
      platform: vertexRawPredict,
      path: under("publishers/anthropic"),
    },
    { match: ["*/*"], dialect: "openai-chat", path: under("endpoints/openapi") },
  ],
  baseUrl: (places) => `${host(places)}/v1`,
  places: [
    {
      name: "region",
      variables: ["CLOUD_ML_REGION", "GOOGLE_CLOUD_LOCATION"],
      pattern: /^(global|[a-z]{2}|[a-z]+-[a-z]+\d{1,2})$/,
      wanted: "global, us, eu or a region such as europe-west1",
      fallback: "global",
    },
    {
      name: "project",
      variables: ["ANTHROPIC_VERTEX_PROJECT_ID", "GOOGLE_CLOUD_PROJECT"],
      pattern: /^[a-z0-9][a-z0-9.:-]{1,61}[a-z0-9]$/,
      wanted: "the id of a Google Cloud project",
    },
  ],
  auth: "x-goog-api-key",
  cloud: "google",
  switches: ["CLAUDE_CODE_USE_VERTEX"],
  knows: ["claude-*@*"],
  defaultModels: { large: "claude-sonnet-4-6", small: "claude-haiku-4-5@20251001" },
  modelLists: (baseUrl) => {
    const publishers = baseUrl.replace(/\/v1$/, "/v1beta1/publishers");
    return [`${publishers}/anthropic/models?pageSize=100`, `${publishers}/google/models?pageSize=100`];
  },
};
