import {
  anthropicMessages,
  bedrockConverse,
  gemini,
  isTranslatorError,
  openaiChat,
  openaiResponses,
} from "@drawbridge/translator";
import { describe, expect, test } from "vitest";
import { createProvider } from "../create-provider.ts";
import { isProviderError } from "../errors.ts";
import type { Provider } from "../provider.ts";
import type { ProviderSettings } from "../provider-settings.ts";
import { Secret } from "../secret.ts";
import { reach } from "../test/reach.ts";

const dialects = {
  "anthropic-messages": anthropicMessages,
  "bedrock-converse": bedrockConverse,
  gemini,
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
};
const transport = {
  send: () => Promise.reject(new Error("nothing is sent here")),
  close: () => Promise.resolve(),
};

/** The address of a request for a model; undefined where its name is refused. */
function addressOf(provider: Provider, model: string, stream: boolean): URL | undefined {
  try {
    const { endpoint } = reach(provider, model);
    const { baseUrl, dialect, query } = endpoint;
    const text = `${baseUrl}${dialect.pathFor?.(model, stream) ?? dialect.paths.create}${query}`;
    const address = new URL(text);
    expect(`${address.origin}${address.pathname}${address.search}${address.hash}`).toBe(text);
    return address;
  } catch (error) {
    if (isTranslatorError(error) || isProviderError(error)) return undefined;
    throw error;
  }
}

/** Everything of an address but the model's own step. */
function shapeOf({ origin, pathname, search }: URL): object {
  return { origin, steps: pathname.split("/").length, last: pathname.split(/[/:]/).at(-1), search };
}

const odd = [
  "..",
  ".",
  "../..",
  "../../x",
  "a/../b",
  "%2e%2e",
  "a%2f..%2fb",
  "a?b=c",
  "a#b",
  "a\\..\\b",
  "a b",
  "a&b=c",
];
const regional = { region: "europe-west1", project: "acme" };
const kinds: readonly [string, ProviderSettings, string][] = [
  ["azure", { resource: "acme", apiVersion: "2024-10-21", dialect: "openai-chat" }, "plain"],
  ["bedrock", { region: "eu-central-1" }, "plain"],
  ["bedrock", { region: "eu-central-1", dialect: "anthropic-messages" }, "plain"],
  ["vertex", regional, "plain"],
  ["vertex", regional, "claude-plain"],
  ["gemini", {}, "plain"],
];

describe.each(kinds)("%s with %o", (kind, settings, plain) => {
  const provider = createProvider(kind, { apiKey: new Secret("key"), ...settings }, { transport, dialects });
  const prefix = plain.slice(0, -"plain".length);

  test.each(odd.map((name) => `${prefix}${name}`))("a model named %j leads nowhere else", (model) => {
    for (const stream of [false, true]) {
      const usual = addressOf(provider, plain, stream);
      const address = addressOf(provider, model, stream);
      expect(usual).toBeDefined();
      if (address === undefined || usual === undefined) continue;
      // Open models on Vertex are named with a slash; their name is not in the address.
      const isOpen = kind === "vertex" && address.pathname.endsWith("/endpoints/openapi/chat/completions");
      if (!isOpen) expect(shapeOf(address)).toEqual(shapeOf(usual));
    }
  });
});
