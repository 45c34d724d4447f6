import type { CatalogEntry } from "./entry.ts";

// Source: ai.google.dev, "Gemini API reference": the key travels in x-goog-api-key.
export const gemini: CatalogEntry = {
  id: "gemini",
  title: "Google Gemini",
  billsOn: true,
  dialect: "gemini",
  baseUrl: "https://generativelanguage.googleapis.com/v1beta",
  apiKeyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
  auth: "x-goog-api-key",
  knows: ["gemini-*"],
  defaultModels: { large: "gemini-flash-latest", small: "gemini-flash-lite-latest" },
};
