import { type ChatProfile, genericChat } from "@drawbridge/translator";
import { describe, expect, test } from "vitest";
import { checkBaseUrl } from "../base-url.ts";
import { createProvider } from "../create-provider.ts";
import type { Provider } from "../provider.ts";
import type { ProviderSettings } from "../provider-settings.ts";
import { Secret } from "../secret.ts";
import { fakeDialects } from "../test/fake-dialects.ts";
import { reach } from "../test/reach.ts";
import type { CatalogEntry, PlaceName } from "./entry.ts";
import { catalog } from "./index.ts";

const unused = { send: () => Promise.reject(new Error("not used")), close: () => Promise.resolve() };

const apiKey = new Secret("k");

/** Settings with which any entry can be made, so that its models can be looked at. */
function settingsFor(entry: CatalogEntry): ProviderSettings {
  const places = (entry.places ?? []).map(({ name, fallback }) => [name, fallback ?? exampleOf(entry, name)]);
  const baseUrl = entry.baseUrl === undefined ? { baseUrl: "http://127.0.0.1:1/v1" } : {};
  return { kind: entry.id, apiKey, ...baseUrl, ...Object.fromEntries(places) };
}

const examples: Record<Exclude<PlaceName, "account">, string> = {
  apiVersion: "2024-10-21",
  project: "acme-models",
  region: "eu-central-1",
  resource: "acme-eu",
};

const accounts: Readonly<Record<string, string>> = {
  cloudflare: "0123456789abcdef0123456789abcdef",
  databricks: "dbc-a1b2c3d4-e5f6.cloud.databricks.com",
  snowflake: "acme-models",
};

function exampleOf({ id }: CatalogEntry, name: PlaceName): string | undefined {
  return name === "account" ? accounts[id] : examples[name];
}

function made(entry: CatalogEntry, settings: ProviderSettings = {}): Provider {
  return createProvider("p", { ...settingsFor(entry), ...settings }, { transport: unused, dialects: fakeDialects() });
}

function entryOf(id: string): CatalogEntry {
  const entry = catalog.get(id);
  if (entry === undefined) throw new Error(`no entry ${id}`);
  return entry;
}

/** What a model takes in chat completions, where the vendor has them. */
function profileOf(id: string, model: string): ChatProfile | undefined {
  const entry = entryOf(id);
  const chosen = entry.choices?.some(({ dialect }) => dialect === "openai-chat") === true;
  return reach(made(entry, chosen ? { dialect: "openai-chat" } : {}), model).endpoint.target.chat;
}

describe.each([...catalog.values()].map((entry) => [entry.id, entry] as const))("%s", (id, entry) => {
  test("is consistent in itself", () => {
    expect(entry.id).toBe(id);
    expect(id).toMatch(/^[a-z][a-z-]+$/);
    expect(entry.title).not.toBe("");
    const { baseUrl } = reach(made(entry), "m").endpoint;
    if (entry.baseUrl !== undefined && entry.path === undefined) {
      expect(checkBaseUrl(baseUrl, entry.dialect)).toMatchObject({ ok: true, baseUrl });
    }
    for (const variable of entry.apiKeyVariables ?? []) expect(variable).toMatch(/^[A-Z][A-Z_]+_(KEY|TOKEN\w*|PAT)$/);
    if (entry.local === true) expect(baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+(\/v1)?$/);
    else if (entry.baseUrl !== undefined) expect(baseUrl).toMatch(/^https:/);
  });

  test("has profiles that only an OpenAI-compatible server may have", () => {
    const surfaces = [entry, ...(entry.choices ?? []), ...(entry.surfaces ?? [])];
    const chats = surfaces.some(({ dialect }) => dialect === "openai-chat");
    if (!chats) expect(entry.chatProfiles).toBeUndefined();
    if (entry.dialect !== "openai-chat") expect(reach(made(entry), "any-model").endpoint.target.chat).toBeUndefined();
    else expect(profileOf(id, "any-model")).toMatchObject({ maxTokensField: expect.stringMatching(/^max_/) });
  });

  test("speaks its dialect", () => {
    expect(reach(made(entry), "m").endpoint.dialect.name).toBe(entry.dialect);
  });
});

/** What they serve changes too often to choose for anybody. */
const changing = new Set(["perplexity", "nvidia", "nebius", "deepinfra"]);

test("a vendor whose key says that it is meant has models for Claude's tiers, which it serves itself", () => {
  for (const entry of catalog.values()) {
    // Where models are deployments, or Claude itself is served, there is nothing to choose.
    const hasKey = entry.apiKeyVariables !== undefined && entry.keyOpensMore === undefined && entry.cloud !== "azure";
    const chooses = (hasKey && entry.id !== "anthropic" && !changing.has(entry.id)) || entry.cloud === "google";
    expect([entry.id, entry.defaultModels !== undefined]).toEqual([entry.id, chooses]);
  }
});

test.each([
  "claude-opus-5-5",
  "claude-sonnet-4-5@20250929",
  "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
  "anthropic.claude-3-haiku-20240307-v1:0",
  "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6",
  "gpt-5.2",
  "o3",
  "gemini-3.8-flash",
  "deepseek-v4-pro",
  "mistral-large-latest",
  "open-mixtral-8x7b",
  "grok-4.5",
  "accounts/fireworks/models/glm-5p2",
  "kimi-k3",
  "glm-5.3",
  "MiniMax-M3",
  "qwen3-coder-plus",
  "command-a-03-2025",
  "perplexity/sonar",
  "@cf/openai/gpt-oss-120b",
  "databricks-claude-sonnet-4-6",
])("no two providers know the same bare name: %s", (name) => {
  const knowing = [...catalog.values()].filter((entry) => made(entry).knows(name));
  expect(knowing.map(({ id }) => id)).toHaveLength(1);
});

const expectations: readonly [string, string, Partial<ChatProfile>][] = [
  ["openai", "gpt-4.1", { maxTokensField: "max_completion_tokens", sampling: true, efforts: [] }],
  ["openai", "gpt-5-mini", { sampling: false, efforts: ["minimal", "low", "medium", "high"], reasoningOff: "minimal" }],
  ["openai", "gpt-5.1", { efforts: ["none", "low", "medium", "high"], reasoningOff: "none", effortWithTools: true }],
  ["openai", "gpt-5.2", { efforts: ["none", "low", "medium", "high", "xhigh"], effortWithTools: true }],
  ["openai", "gpt-5.4-mini", { effortWithTools: false, reasoningOff: "none", cacheBreakpoints: false }],
  ["openai", "gpt-5.6-luna", { effortWithTools: false, cacheBreakpoints: true, reasoningOff: "none" }],
  ["openai", "gpt-6-astra", { reasoningOff: "omit", sampling: false }],
  ["openai", "gpt-5-chat-latest", { sampling: true, efforts: [], reasoningOff: "omit" }],
  ["openai", "o4-mini", { sampling: false, efforts: ["low", "medium", "high"], reasoningOff: "omit" }],
  ["openai", "o3", { toolCallIds: "max-40", maxTools: 128, promptCacheKey: true, midSystem: "system" }],
  ["deepseek", "deepseek-v4-pro", { reasoningBack: "reasoning_content", reasoningOff: "thinking-disabled" }],
  ["mistral", "mistral-large-latest", { toolCallIds: "alphanumeric-9", streamUsage: false, efforts: [] }],
  ["deepseek", "deepseek-v4-pro", { images: false, efforts: ["low", "high", "max"] }],
  ["deepseek", "deepseek-flash", { images: true }],
  ["mistral", "mistral-small-latest", { efforts: ["none", "high"], reasoningOff: "none", promptCacheKey: true }],
  ["mistral", "mistral-medium-3-5", { efforts: ["none", "high"], reasoningOff: "none" }],
  ["mistral", "mistral-large-4-0", { efforts: ["low", "medium", "high"], reasoningOff: "omit" }],
  ["openrouter", "anthropic/claude-sonnet-5", { reasoningBack: "reasoning_details", cacheControl: true }],
  ["openrouter", "z-ai/glm-5.3", { efforts: ["none", "minimal", "low", "medium", "high", "xhigh", "max"] }],
  ["groq", "openai/gpt-oss-120b", { efforts: ["low", "medium", "high"], images: false, reasoningBack: "reasoning" }],
  ["groq", "qwen/qwen3.8-27b", { efforts: ["none", "low", "medium", "high"], images: true, reasoningOff: "none" }],
  ["groq", "qwen/qwen3-32b", { efforts: [], images: false, reasoningOff: "none" }],
  ["together", "zai-org/GLM-5.1", { efforts: [], reasoningBack: "reasoning_content" }],
  ["together", "zai-org/GLM-5.2", { efforts: ["high", "max"], reasoningBack: "reasoning_content" }],
  ["together", "zai-org/GLM-5.3", { images: false, efforts: ["low", "medium", "high", "max"] }],
  ["together", "zai-org/GLM-5.3-Flash", { images: true, reasoningBack: "reasoning_content" }],
  [
    "fireworks",
    "accounts/fireworks/models/kimi-k2p7-code",
    { reasoningBack: "reasoning_content", reasoningOff: "omit" },
  ],
  ["fireworks", "accounts/fireworks/models/glm-5p2", { efforts: ["none", "high", "max"], reasoningOff: "none" }],
  ["fireworks", "accounts/fireworks/models/glm-5p3", { images: false, efforts: ["low", "high", "max"] }],
  ["fireworks", "accounts/fireworks/models/glm-5p3-flash", { images: true, reasoningOff: "omit" }],
  ["cerebras", "gpt-oss-120b", { parallelToolCalls: false, promptCacheKey: true, reasoningBack: "reasoning" }],
  ["moonshot", "kimi-k3", { efforts: ["low", "high", "max"], reasoningOff: "omit", sampling: false }],
  ["moonshot", "kimi-k2.6", { efforts: [], reasoningOff: "thinking-disabled", toolChoiceRequired: false }],
  ["moonshot", "kimi-k2.7-code", { efforts: [], reasoningOff: "omit", toolChoiceRequired: false }],
  ["moonshot", "moonshot-v1-128k", { sampling: true, maxTokensField: "max_completion_tokens" }],
  ["minimax", "MiniMax-M3", { images: true }],
  ["minimax", "MiniMax-M2.7", { images: false }],
  ["xai", "grok-4.3", { maxStopSequences: 0, reasoningOff: "none" }],
  ["xai", "grok-4.6", { efforts: ["low", "medium", "high", "xhigh"], reasoningOff: "omit" }],
  ["xai", "grok-4.7", { efforts: [], reasoningOff: "omit" }],
  ["zai", "glm-5.1", { efforts: [], reasoningOn: "thinking-enabled", reasoningOff: "thinking-disabled" }],
  ["zai", "glm-5.2", { efforts: ["high", "max"], reasoningOff: "thinking-disabled" }],
  ["zai", "glm-5.3", { efforts: ["low", "high", "max"], reasoningOff: "omit", toolChoiceRequired: false }],
  ["github", "openai/gpt-5.1", { maxTokensField: "max_completion_tokens", sampling: false }],
  ["snowflake", "llama4-maverick", { maxTokensField: "max_completion_tokens" }],
  ["vllm", "qwen3-coder", { prefill: "continue_final_message", topK: true }],
  ["openai-chat", "anything", genericChat],
];

test.each(expectations)("%s takes for %s what its documents say", (id, model, profile) => {
  expect(profileOf(id, model)).toMatchObject(profile);
});
