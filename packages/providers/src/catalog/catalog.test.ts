import { type ChatProfile, genericChat } from "@drawbridge/translator";
import { describe, expect, test } from "vitest";
import { checkBaseUrl } from "../base-url.ts";
import { createProvider } from "../create-provider.ts";
import { Secret } from "../secret.ts";
import { fakeDialects } from "../test/fake-dialects.ts";
import { catalog } from "./index.ts";

const unused = { send: () => Promise.reject(new Error("not used")), close: () => Promise.resolve() };

function profileOf(id: string, model: string): ChatProfile | undefined {
  const settings = { kind: id, apiKey: new Secret("k"), baseUrl: catalog.get(id)?.baseUrl ?? "http://127.0.0.1:1/v1" };
  return createProvider("p", settings, { transport: unused, dialects: fakeDialects() }).chatProfile(model);
}

describe.each([...catalog.values()].map((entry) => [entry.id, entry] as const))("%s", (id, entry) => {
  test("is consistent in itself", () => {
    expect(entry.id).toBe(id);
    expect(id).toMatch(/^[a-z][a-z-]+$/);
    expect(entry.title).not.toBe("");
    if (entry.baseUrl !== undefined) {
      expect(checkBaseUrl(entry.baseUrl, entry.dialect)).toEqual({ ok: true, baseUrl: entry.baseUrl, hint: undefined });
    }
    for (const variable of entry.apiKeyVariables ?? []) expect(variable).toMatch(/^[A-Z][A-Z_]+_KEY$/);
    if (entry.local === true) expect(entry.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    else if (entry.baseUrl !== undefined) expect(entry.baseUrl).toMatch(/^https:/);
  });

  test("has profiles that only an OpenAI-compatible server may have", () => {
    if (entry.dialect === "openai-chat")
      expect(profileOf(id, "any-model")).toMatchObject({ maxTokensField: expect.stringMatching(/^max_/) });
    else expect([entry.chatProfiles, profileOf(id, "any-model")]).toEqual([undefined, undefined]);
  });

  test("can be made from its key alone where it has an address", () => {
    const settings = entry.baseUrl === undefined ? { baseUrl: "http://127.0.0.1:1/v1" } : { apiKey: new Secret("k") };
    const provider = createProvider(id, settings, { transport: unused, dialects: fakeDialects() });
    expect(provider.dialect.name).toBe(entry.dialect);
  });
});

test("every vendor that has default models knows or can be asked for them", () => {
  for (const entry of catalog.values()) {
    if (entry.apiKeyVariables === undefined) expect(entry.defaultModels).toBeUndefined();
    else if (entry.id !== "anthropic") expect(entry.defaultModels).toBeDefined();
  }
});

test("no two providers know the same bare name", () => {
  const names = ["claude-opus-5-5", "gpt-5.2", "o3", "gemini-3.8-flash", "deepseek-v4-pro", "mistral-large-latest"];
  for (const name of [...names, "open-mixtral-8x7b", "grok-4.5", "accounts/fireworks/models/glm-5p2"]) {
    const knowing = [...catalog.values()].filter((entry) =>
      createProvider(
        entry.id,
        { apiKey: new Secret("k"), baseUrl: entry.baseUrl ?? "http://127.0.0.1:1/v1" },
        {
          transport: unused,
          dialects: fakeDialects(),
        },
      ).knows(name),
    );
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
