import type { CatalogEntry } from "./entry.ts";

// Source: ai.google.dev, "OpenAI compatibility": only the 2.5 flash models can stop thinking.
export const gemini: CatalogEntry = {
  id: "gemini",
  title: "Google Gemini",
  dialect: "openai-chat",
  baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai",
  apiKeyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
  auth: "bearer",
  knows: ["gemini-*"],
  defaultModels: { large: "gemini-flash-latest", small: "gemini-flash-lite-latest" },
  chatProfiles: [
    {
      match: "*",
      profile: {
        maxTokensRange: { min: 1, max: 65_536 },
        files: false,
        efforts: ["low", "medium", "high"],
        maxStopSequences: 5,
      },
    },
    { match: "gemini-2.5-flash*", profile: { reasoningOff: "none" } },
    { match: "gemma-*", profile: { efforts: [] } },
  ],
};
