import { azureFoundry, type MessagesPlatform } from "@drawbridge/translator";
import { chatBelowV1 } from "./chat-below-v1.ts";
import type { CatalogEntry } from "./entry.ts";

/** Fields that name other models than the one that the gateway has allowed. */
const routing = ["models", "preset", "route"].map(
  (field) => ({ in: "request", field, betas: [], reason: "Which model is asked is decided before." }) as const,
);
/** Anthropic's API for whoever serves the model; what one of them refuses is left out. */
const messages: MessagesPlatform = {
  ...azureFoundry,
  title: "OpenRouter",
  gatedFields: [...azureFoundry.gatedFields, ...routing],
  refusedFields: "leave-out",
};

// Sources: openrouter.ai/docs, "Claude Code" (the Messages API is only guaranteed for Anthropic's models, so the others
// are asked by chat), "Reasoning tokens", "Prompt caching", "PDF inputs", "Web search": what a model does not take is
// left out or mapped by OpenRouter itself; `ChatRequestEffort` and `MessagesRequest` in its SDK.
export const openrouter: CatalogEntry = {
  id: "openrouter",
  title: "OpenRouter",
  ...chatBelowV1,
  surfaces: [
    { match: ["anthropic/*", "~anthropic/*"], dialect: "anthropic-messages", platform: messages, path: () => "" },
  ],
  choices: [chatBelowV1, { dialect: "anthropic-messages", platform: messages }],
  baseUrl: "https://openrouter.ai/api",
  apiKeyVariables: ["OPENROUTER_API_KEY"],
  auth: "bearer",
  knows: [],
  defaultModels: { large: "anthropic/claude-sonnet-5", small: "anthropic/claude-haiku-4.5" },
  chatProfiles: [
    {
      match: "*",
      profile: {
        efforts: ["none", "minimal", "low", "medium", "high", "xhigh", "max"],
        reasoningOff: "none",
        reasoningBack: "reasoning_details",
        topK: true,
        cacheControl: true,
        webSearch: "openrouter:web_search",
      },
    },
    { match: "mistralai/*", profile: { toolCallIds: "alphanumeric-9" } },
    { match: "openai/*", profile: { toolCallIds: "max-40" } },
  ],
};
