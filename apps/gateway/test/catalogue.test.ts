import { type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { ask, post, streamedText } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";

/** Each kind at the fake's address: the model asked for, and where the request arrives. */
const usual: readonly (readonly [kind: string, model: string, path: string])[] = [
  ["deepseek", "deepseek-v4-pro", "/anthropic/v1/messages"],
  ["moonshot", "kimi-k3", "/anthropic/v1/messages"],
  ["zai", "glm-5.3", "/anthropic/v1/messages"],
  ["minimax", "MiniMax-M3", "/anthropic/v1/messages"],
  ["qwen", "qwen3-coder-plus", "/apps/anthropic/v1/messages"],
  ["fireworks", "accounts/fireworks/models/glm-5p2", "/v1/chat/completions"],
  ["sambanova", "gpt-oss-120b", "/v1/messages"],
  ["huggingface", "zai-org/GLM-5.3", "/v1/messages"],
  ["nvidia", "nvidia/nemotron-4", "/v1/messages"],
  ["openrouter", "anthropic/claude-sonnet-5", "/v1/messages"],
  ["openrouter", "z-ai/glm-5.3", "/v1/chat/completions"],
  ["databricks", "databricks-claude-sonnet-5", "/anthropic/v1/messages"],
  ["databricks", "databricks-gpt-oss-120b", "/chat/completions"],
  ["snowflake", "claude-sonnet-4-6", "/v1/messages"],
  ["snowflake", "llama4-maverick", "/v1/chat/completions"],
  ["perplexity", "openai/gpt-5.4", "/v1/responses"],
  ["perplexity", "perplexity/sonar", "/v1/responses"],
  ["cloudflare", "@cf/openai/gpt-oss-120b", "/v1/chat/completions"],
  ["cohere", "command-a-03-2025", "/chat/completions"],
  ["openai", "gpt-5.2", "/chat/completions"],
  ["ollama", "qwen3:8b", "/v1/messages"],
  ["vllm", "qwen3-coder", "/v1/messages"],
  ["lmstudio", "qwen3-coder", "/v1/messages"],
  ["llamacpp", "qwen3-coder", "/v1/messages"],
  ["sglang", "qwen3-coder", "/v1/chat/completions"],
  ["tgi", "qwen3-coder", "/v1/chat/completions"],
];

/** By `dialect`, or by the end of the address. */
const chosen = [
  ["deepseek-chat", { kind: "deepseek", dialect: "openai-chat" }, "", "/v1/chat/completions"],
  ["ollama-old", { kind: "ollama" }, "/v1", "/v1/chat/completions"],
  ["responses", { kind: "openai", dialect: "openai-responses" }, "/v1", "/v1/responses"],
  ["router-chat", { kind: "openrouter", dialect: "openai-chat" }, "", "/v1/chat/completions"],
  ["nim-chat", { kind: "nvidia" }, "/v1", "/v1/chat/completions"],
  ["hub-chat", { kind: "huggingface" }, "/v1", "/v1/chat/completions"],
] as const;

let upstream: FakeProvider;
let gateway: GatewayHere;

beforeAll(async () => {
  upstream = await startFakeProvider({ apiKey: upstreamKey, script: () => ({ text: "Four words or five." }) });
  const at = (baseUrl: string): object => ({ baseUrl, apiKey: upstreamKey });
  gateway = await startGatewayHere({
    providers: {
      ...Object.fromEntries(usual.map(([kind]) => [kind, at(upstream.url)])),
      ...Object.fromEntries(chosen.map(([name, own, path]) => [name, { ...own, ...at(`${upstream.url}${path}`) }])),
    },
    keys: [{ name: "alice", value: aliceKey }],
  });
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

async function arrives(target: string, path: string): Promise<void> {
  const before = upstream.requests.length;
  for (const stream of [false, true]) {
    const got = await post(gateway.url, ask(stream, { model: target }));
    expect([got.status, got.error]).toEqual([200, undefined]);
    const text = stream ? streamedText(got) : got.text;
    expect(text).toContain("Four words or five.");
  }
  const created = upstream.requests.slice(before).filter(({ operation }) => operation === "create");
  expect(created.map((request) => request.path.split("?")[0])).toEqual([path, path]);
}

describe("a request of Claude Code's arrives where the vendor takes it, and is answered", () => {
  test.each(usual)("at %s, for %s: %s", (kind, model, path) => arrives(`${kind}/${model}`, path));

  test.each(chosen.map(([name, , , path]) => [name, path] as const))("as settings have it: %s at %s", (name, path) =>
    arrives(`${name}/any-model`, path),
  );
});
