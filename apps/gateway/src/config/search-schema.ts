import { checkBaseUrl } from "@drawbridge/providers";
import { z } from "zod";
import { searchEngines, type SearchSettings } from "../search/create-web-search.ts";
import { optionalSecret } from "./credential-schema.ts";

const kinds = ["searxng", "brave", "tavily"] as const satisfies readonly SearchSettings["kind"][];
const defaultMaxResults = 8;

/** `search`: the engine that searches for models whose provider has no search. */
export const searchSchema = z
  .strictObject({
    kind: z.enum(kinds).meta({ description: "Which search engine it is." }),
    baseUrl: z
      .string()
      .refine(
        (text) => checkBaseUrl(text, "openai-chat").ok,
        "an address that begins with http:// or https://, without a query, and is no cloud's metadata service",
      )
      .exactOptional()
      .meta({ description: "Address of the engine's API. Only SearXNG has none of its own.", shape: "URL" }),
    apiKey: optionalSecret.exactOptional().meta({
      description: "Key of the engine; SearXNG needs none, but is sent it as `Authorization: Bearer`.",
    }),
    maxResults: z.int().min(1).max(20).default(defaultMaxResults).meta({
      description: "How many results of a search the model gets to read.",
    }),
  })
  .superRefine(({ kind, baseUrl, apiKey }, context) => {
    const engine = searchEngines[kind];
    if (engine.needsKey && apiKey === undefined) {
      context.addIssue({ code: "custom", path: ["apiKey"], message: `the key that "${kind}" wants` });
    }
    if (engine.baseUrl === undefined && baseUrl === undefined) {
      context.addIssue({ code: "custom", path: ["baseUrl"], message: `the address of your own "${kind}"` });
    }
  });
