import type { PlaceRule } from "./entry.ts";

/** The name of a resource, of which its addresses are made. */
export const azureResource: PlaceRule = {
  name: "resource",
  variables: ["AZURE_RESOURCE_NAME", "AZURE_OPENAI_ENDPOINT"],
  pattern: /^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/i,
  wanted: "the name of the Azure resource, the first part of its host name",
  within: /^https?:\/\/([^./]+)\.(?:openai|cognitiveservices|services\.ai)\.azure\.com/i,
};
