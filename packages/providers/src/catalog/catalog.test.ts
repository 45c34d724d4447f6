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
  const places = (entry.places ?? []).map(({ name, fallback }) => [name, fallback ?? examples[name]]);
  const baseUrl = entry.baseUrl === undefined ? { baseUrl: "http://127.0.0.1:1/v1" } : {};
  return { kind: entry.id, apiKey, ...baseUrl, ...Object.fromEntries(places) };
}

const examples: Record<PlaceName, string> = {
  account: "acme",
  apiVersion: "2024-10-21",
  project: "acme-models",
  region: "eu-central-1",
  resource: "acme-eu",
};

function made(entry: CatalogEntry): Provider {
  return createProvider("p", settingsFor(entry), { transport: unused, dialects: fakeDialects() });
}

function entryOf(id: string): CatalogEntry {
  const entry = catalog.get(id);
  if (entry === undefined) throw new Error(`no entry ${id}`);
  return entry;
}

function profileOf(id: string, model: string): ChatProfile | undefined {
  return reach(made(entryOf(id)), model).endpoint.target.chat;
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
    for (const variable of entry.apiKeyVariables ?? []) expect(variable).toMatch(/^[A-Z][A-Z_]+_(KEY|TOKEN\w*)$/);
    if (entry.local === true) expect(baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    else if (entry.baseUrl !== undefined) expect(baseUrl).toMatch(/^https:/);
  });

  test("has profiles that only an OpenAI-compatible server may have", () => {
    if (entry.dialect === "openai-chat")
      expect(profileOf(id, "any-model")).toMatchObject({ maxTokensField: expect.stringMatching(/^max_/) });
    else {
      const others = [...(entry.choices ?? []), ...(entry.surfaces ?? [])];
      if (!others.some(({ dialect }) => dialect === "openai-chat")) expect(entry.chatProfiles).toBeUndefined();
      expect(profileOf(id, "any-model")).toBeUndefined();
    }
  });

  test("speaks its dialect", () => {
    expect(reach(made(entry), "m").endpoint.dialect.name).toBe(entry.dialect);
  });
});

test("every vendor that has default models knows or can be asked for them", () => {
  for (const entry of catalog.values()) {
    // Where models are deployments, or Claude itself is served, there is nothing to choose; models that call no tools
    // are nobody's default.
    const callsTools = profileOf(entry.id, "m")?.webSearch !== "search_domain_filter";
    const hasKey = entry.apiKeyVariables !== undefined && entry.cloud === undefined;
    const chooses = hasKey && callsTools && entry.id !== "anthropic";
    expect([entry.id, entry.defaultModels !== undefined]).toEqual([entry.id, chooses]);
  }
});

test("no two providers know the same bare name", () => {
  const names = ["claude-opus-5-5", "gpt-5.2", "o3", "gemini-3.8-flash", "deepseek-v4-pro", "mistral-large-latest"];
  for (const name of [...names, "open-mixtral-8x7b", "grok-4.5", "accounts/fireworks/models/glm-5p2"]) {
    const knowing = [...catalog.values()].filter((entry) => made(entry).knows(name));
    expect([name, knowing.length]).toEqual([name, 1]);
  }
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
  ["mistral", "mistral-small-latest", { efforts: ["none", "high"], reasoningOff: "none" }],
  ["openrouter", "anthropic/claude-sonnet-5", { reasoningBack: "reasoning_details", cacheControl: true }],
  ["groq", "openai/gpt-oss-120b", { efforts: ["low", "medium", "high"], images: false }],
  ["together", "zai-org/GLM-5.2", { reasoningBack: "reasoning_content" }],
  ["fireworks", "accounts/fireworks/models/kimi-k2p7-code", { reasoningBack: "reasoning_content" }],
  ["cerebras", "gpt-oss-120b", { parallelToolCalls: false }],
  ["xai", "grok-4.3", { maxStopSequences: 0, reasoningOff: "none" }],
  ["vllm", "qwen3-coder", { prefill: "continue_final_message", topK: true }],
  ["openai-chat", "anything", genericChat],
];

test.each(expectations)("%s takes for %s what its documents say", (id, model, profile) => {
  expect(profileOf(id, model)).toMatchObject(profile);
});
