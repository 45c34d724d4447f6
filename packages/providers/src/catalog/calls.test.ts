import {
  anthropicMessages,
  bedrockConverse,
  type DialectName,
  gemini,
  openaiChat,
  openaiResponses,
} from "@drawbridge/translator";
import { describe, expect, test } from "vitest";
import { createProvider } from "../create-provider.ts";
import { listModels } from "../list-models.ts";
import type { Provider } from "../provider.ts";
import type { ProviderSettings } from "../provider-settings.ts";
import { Secret } from "../secret.ts";
import { sendToProvider } from "../send-to-provider.ts";
import { reach } from "../test/reach.ts";
import type { Call, Transport } from "../transport.ts";
import { catalog } from "./index.ts";

const dialects = {
  "anthropic-messages": anthropicMessages,
  "bedrock-converse": bedrockConverse,
  gemini,
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
};

const never = new AbortController().signal;
const secret = "sk-secret";

function recording(): Transport & { readonly calls: Call[] } {
  const calls: Call[] = [];
  return {
    calls,
    send(call) {
      calls.push(call);
      const body = (async function* () {
        yield new TextEncoder().encode("[]");
      })();
      return Promise.resolve({ status: 200, headers: {}, body });
    },
    close: () => Promise.resolve(),
  };
}

interface Sent {
  readonly provider: Provider;
  readonly dialect: DialectName;
  readonly whole: Call;
  readonly streamed: Call;
  readonly listed: readonly string[];
}

async function sent(kind: string, settings: ProviderSettings, model: string): Promise<Sent> {
  const transport = recording();
  const keyless = catalog.get(kind)?.local === true;
  const credential = keyless ? {} : { apiKey: new Secret(secret) };
  const provider = createProvider("p", { kind, ...credential, ...settings }, { transport, dialects });
  const way = reach(provider, model);
  const { dialect } = way.endpoint;
  for (const stream of [false, true]) {
    const path = dialect.pathFor?.(model, stream) ?? dialect.paths.create;
    await sendToProvider(provider, { ...way, path, body: new Uint8Array(1), headers: {}, signal: never });
  }
  const [whole, streamed] = transport.calls.splice(0);
  if (whole === undefined || streamed === undefined) throw new Error("two calls were made");
  await listModels(provider, never);
  return { provider, dialect: dialect.name, whole, streamed, listed: transport.calls.map(({ url }) => url) };
}

/** The headers of a call, the credential by its scheme only. */
function shown({ headers }: Call): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => !["accept", "content-type"].includes(name));
  return Object.fromEntries(own.map(([name, value]) => [name, value.replace(secret, "[key]")]));
}

interface Expected {
  readonly kind: string;
  readonly settings?: ProviderSettings;
  readonly model: string;
  readonly dialect: DialectName;
  readonly whole: string;
  /** Where it differs from that of a whole answer. */
  readonly streamed?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly lists: readonly string[];
}

const bearer = { authorization: "Bearer [key]" };
const version = { "anthropic-version": "2023-06-01" };
const foundryKey = { "api-key": "[key]", "x-api-key": "[key]" };
const native = { ...bearer, ...version };
const aws = "https://bedrock-runtime.eu-central-1.amazonaws.com/model";
const bedrockLists = [
  "https://bedrock.eu-central-1.amazonaws.com/foundation-models?byOutputModality=TEXT",
  "https://bedrock.eu-central-1.amazonaws.com/inference-profiles?maxResults=1000",
];
const bedrockKey = { ...bearer, "x-api-key": "[key]" };
const bedrock = { kind: "bedrock", settings: { region: "eu-central-1" }, headers: bedrockKey, lists: bedrockLists };
const google = "https://europe-west1-aiplatform.googleapis.com/v1/projects/acme/locations/europe-west1";
const vertex = {
  kind: "vertex",
  settings: { region: "europe-west1", project: "acme" },
  headers: { "x-goog-api-key": "[key]" },
  lists: [
    "https://europe-west1-aiplatform.googleapis.com/v1beta1/publishers/anthropic/models?pageSize=100",
    "https://europe-west1-aiplatform.googleapis.com/v1beta1/publishers/google/models?pageSize=100",
  ],
};
const account = "0123456789abcdef0123456789abcdef";

type Row<Lists> = [kind: string, base: string, model: string, lists?: Lists];

function chat(...[kind, base, model, lists = [`${base}/models`]]: Row<readonly string[]>): Expected {
  return { kind, model, dialect: "openai-chat", whole: `${base}/chat/completions`, headers: bearer, lists };
}

function messages(...[kind, base, model, list = `${base}/v1/models?limit=1000`]: Row<string>): Expected {
  const whole = `${base}/v1/messages`;
  return { kind, model, dialect: "anthropic-messages", whole, headers: native, lists: [list] };
}

function local(kind: string, port: number, dialect: "messages" | "chat"): Expected {
  const base = `http://127.0.0.1:${port}`;
  const lists = [`${base}/v1/models`];
  if (dialect === "chat") return { ...chat(kind, `${base}/v1`, "qwen3", lists), headers: {} };
  return { ...messages(kind, base, "qwen3"), headers: version, lists };
}

const table: readonly Expected[] = [
  {
    ...messages("anthropic", "https://api.anthropic.com", "claude-opus-5"),
    headers: { "x-api-key": "[key]", ...version },
  },
  {
    ...chat("openai", "https://api.openai.com/v1", "gpt-5.2"),
    dialect: "openai-responses",
    whole: "https://api.openai.com/v1/responses",
  },
  { ...chat("openai", "https://api.openai.com/v1", "gpt-5.2"), settings: { dialect: "openai-chat" } },
  { ...chat("openai", "http://proxy/v1", "gpt-5.2"), settings: { baseUrl: "http://proxy/v1" } },
  {
    ...chat("openai", "https://eu.api.openai.com/v1", "gpt-5.2"),
    settings: { baseUrl: "https://eu.api.openai.com/v1" },
    dialect: "openai-responses",
    whole: "https://eu.api.openai.com/v1/responses",
  },
  chat("openrouter", "https://openrouter.ai/api/v1", "z-ai/glm-5.3"),
  {
    ...messages("openrouter", "https://openrouter.ai/api", "anthropic/claude-sonnet-5"),
    lists: ["https://openrouter.ai/api/v1/models"],
  },
  {
    kind: "gemini",
    model: "gemini-3.8-flash",
    dialect: "gemini",
    whole: "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.8-flash:generateContent",
    streamed: "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse",
    headers: { "x-goog-api-key": "[key]" },
    lists: ["https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000"],
  },
  {
    ...bedrock,
    model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    dialect: "anthropic-messages",
    whole: `${aws}/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke`,
    streamed: `${aws}/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke-with-response-stream`,
  },
  {
    ...bedrock,
    model: "amazon.nova-pro-v1:0",
    dialect: "bedrock-converse",
    whole: `${aws}/amazon.nova-pro-v1%3A0/converse`,
    streamed: `${aws}/amazon.nova-pro-v1%3A0/converse-stream`,
  },
  {
    ...bedrock,
    model: "arn:aws:bedrock:eu-central-1:1:application-inference-profile/x1",
    dialect: "bedrock-converse",
    whole: `${aws}/arn%3Aaws%3Abedrock%3Aeu-central-1%3A1%3Aapplication-inference-profile%2Fx1/converse`,
    streamed: `${aws}/arn%3Aaws%3Abedrock%3Aeu-central-1%3A1%3Aapplication-inference-profile%2Fx1/converse-stream`,
  },
  {
    ...bedrock,
    settings: { region: "eu-central-1", dialect: "anthropic-messages" },
    model: "arn:aws:bedrock:eu-central-1:1:application-inference-profile/x1",
    dialect: "anthropic-messages",
    whole: `${aws}/arn%3Aaws%3Abedrock%3Aeu-central-1%3A1%3Aapplication-inference-profile%2Fx1/invoke`,
    streamed: `${aws}/arn%3Aaws%3Abedrock%3Aeu-central-1%3A1%3Aapplication-inference-profile%2Fx1/invoke-with-response-stream`,
  },
  {
    ...bedrock,
    settings: { region: "eu-central-1", baseUrl: "https://bedrock-runtime.eu-central-1.amazonaws.com/anthropic" },
    model: "eu.anthropic.claude-opus-5",
    dialect: "anthropic-messages",
    whole: "https://bedrock-runtime.eu-central-1.amazonaws.com/anthropic/v1/messages",
    headers: { ...bedrockKey, ...version },
  },
  {
    ...bedrock,
    settings: { region: "eu-central-1", dialect: "openai-responses" },
    model: "openai.gpt-5.4",
    dialect: "openai-responses",
    whole: "https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1/responses",
  },
  {
    ...bedrock,
    settings: { region: "eu-central-1", dialect: "openai-chat" },
    model: "openai.gpt-oss-120b-1:0",
    dialect: "openai-chat",
    whole: "https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1/chat/completions",
  },
  {
    ...vertex,
    model: "claude-sonnet-4-5@20250929",
    dialect: "anthropic-messages",
    whole: `${google}/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict`,
    streamed: `${google}/publishers/anthropic/models/claude-sonnet-4-5@20250929:streamRawPredict`,
  },
  {
    ...vertex,
    model: "gemini-3.8-flash",
    dialect: "gemini",
    whole: `${google}/publishers/google/models/gemini-3.8-flash:generateContent`,
    streamed: `${google}/publishers/google/models/gemini-3.8-flash:streamGenerateContent?alt=sse`,
  },
  {
    ...vertex,
    model: "zai-org/glm-5-maas",
    dialect: "openai-chat",
    whole: `${google}/endpoints/openapi/chat/completions`,
  },
  {
    ...chat("azure", "https://acme.openai.azure.com/openai/v1", "my-gpt", []),
    settings: { resource: "acme" },
    dialect: "openai-responses",
    whole: "https://acme.openai.azure.com/openai/v1/responses",
    headers: { "api-key": "[key]" },
  },
  {
    ...chat("azure", "https://acme.openai.azure.com/openai", "my-gpt", []),
    settings: { resource: "acme", apiVersion: "2024-10-21", dialect: "openai-chat" },
    whole: "https://acme.openai.azure.com/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21",
    headers: { "api-key": "[key]" },
  },
  {
    ...messages("foundry", "https://acme.services.ai.azure.com/anthropic", "claude-sonnet-5"),
    settings: { resource: "acme" },
    headers: { ...foundryKey, ...version },
    lists: [],
  },
  {
    ...chat("foundry", "https://acme.services.ai.azure.com/openai/v1", "gpt-5.2", []),
    settings: { resource: "acme" },
    dialect: "openai-responses",
    whole: "https://acme.services.ai.azure.com/openai/v1/responses",
    headers: foundryKey,
  },
  messages("deepseek", "https://api.deepseek.com/anthropic", "deepseek-v4-pro", "https://api.deepseek.com/models"),
  {
    ...chat("deepseek", "https://api.deepseek.com/v1", "deepseek-v4-pro", ["https://api.deepseek.com/models"]),
    settings: { dialect: "openai-chat" },
  },
  chat("mistral", "https://api.mistral.ai/v1", "mistral-large-latest"),
  chat("xai", "https://api.x.ai/v1", "grok-4.5"),
  chat("groq", "https://api.groq.com/openai/v1", "openai/gpt-oss-120b"),
  chat("cerebras", "https://api.cerebras.ai/v1", "gpt-oss-120b"),
  chat("together", "https://api.together.ai/v1", "zai-org/GLM-5.2"),
  {
    ...chat("together", "https://api.together.ai/v1", "zai-org/GLM-5.2"),
    settings: { baseUrl: "https://api.together.ai/v1", apiKey: new Secret(secret) },
  },
  {
    ...messages("together", "https://api.together.ai", "zai-org/GLM-5.3"),
    settings: { dialect: "anthropic-messages" },
  },
  chat("fireworks", "https://api.fireworks.ai/inference/v1", "accounts/fireworks/models/glm-5p2"),
  {
    ...messages("fireworks", "https://api.fireworks.ai/inference", "accounts/fireworks/models/glm-5p2"),
    settings: { dialect: "anthropic-messages" },
  },
  messages("moonshot", "https://api.moonshot.ai/anthropic", "kimi-k3", "https://api.moonshot.ai/v1/models"),
  {
    ...messages("moonshot", "https://api.moonshot.cn/anthropic", "kimi-k3", "https://api.moonshot.cn/v1/models"),
    settings: { region: "cn" },
  },
  messages("zai", "https://api.z.ai/api/anthropic", "glm-5.3", "https://api.z.ai/api/paas/v4/models"),
  messages("minimax", "https://api.minimax.io/anthropic", "MiniMax-M3", "https://api.minimax.io/v1/models"),
  messages(
    "qwen",
    "https://dashscope-intl.aliyuncs.com/apps/anthropic",
    "qwen3-coder-plus",
    "https://dashscope-intl.aliyuncs.com/compatible-mode/v1/models",
  ),
  chat("cohere", "https://api.cohere.ai/compatibility/v1", "command-a-03-2025", [
    "https://api.cohere.ai/v1/models?endpoint=chat&page_size=1000",
  ]),
  {
    ...chat("perplexity", "https://api.perplexity.ai/v1", "openai/gpt-5.4", []),
    dialect: "openai-responses",
    whole: "https://api.perplexity.ai/v1/responses",
  },
  chat("nvidia", "https://integrate.api.nvidia.com/v1", "nvidia/nemotron-4"),
  { ...chat("nvidia", "http://nim:8000/v1", "nvidia/nemotron-4"), settings: { baseUrl: "http://nim:8000/v1" } },
  {
    ...messages("nvidia", "http://nim:8000", "nvidia/nemotron-4", "http://nim:8000/v1/models"),
    settings: { baseUrl: "http://nim:8000" },
  },
  messages(
    "huggingface",
    "https://router.huggingface.co",
    "zai-org/GLM-5.3",
    "https://router.huggingface.co/v1/models",
  ),
  {
    ...chat("huggingface", "https://router.huggingface.co/v1", "openai/gpt-oss-120b:fastest"),
    settings: { dialect: "openai-chat" },
  },
  messages("sambanova", "https://api.sambanova.ai", "gpt-oss-120b", "https://api.sambanova.ai/v1/models"),
  chat("nebius", "https://api.tokenfactory.nebius.com/v1", "zai-org/GLM-5"),
  chat("deepinfra", "https://api.deepinfra.com/v1/openai", "zai-org/GLM-5"),
  {
    ...messages(
      "deepinfra",
      "https://api.deepinfra.com/anthropic",
      "zai-org/GLM-5",
      "https://api.deepinfra.com/v1/openai/models",
    ),
    settings: { dialect: "anthropic-messages" },
  },
  chat("github", "https://models.github.ai/inference", "openai/gpt-5", ["https://models.github.ai/catalog/models"]),
  {
    ...chat("databricks", "https://dbc-1.cloud.databricks.com/serving-endpoints", "databricks-gpt-oss-120b", [
      "https://dbc-1.cloud.databricks.com/api/2.0/serving-endpoints",
    ]),
    settings: { account: "https://dbc-1.cloud.databricks.com/" },
  },
  {
    ...messages(
      "databricks",
      "https://dbc-1.cloud.databricks.com/serving-endpoints/anthropic",
      "databricks-claude-sonnet-5",
      "https://dbc-1.cloud.databricks.com/api/2.0/serving-endpoints",
    ),
    settings: { account: "dbc-1.cloud.databricks.com" },
  },
  {
    ...chat("snowflake", "https://acme-eu-1.snowflakecomputing.com/api/v2/cortex/v1", "llama4-maverick", []),
    settings: { account: "Acme-eu_1" },
  },
  {
    ...messages("snowflake", "https://acme-eu.snowflakecomputing.com/api/v2/cortex", "claude-sonnet-4-6"),
    settings: { account: "acme-eu" },
    lists: [],
  },
  {
    ...chat("cloudflare", `https://api.cloudflare.com/client/v4/accounts/${account}/ai/v1`, "@cf/openai/gpt-oss-120b", [
      `https://api.cloudflare.com/client/v4/accounts/${account}/ai/models/search?task=Text%20Generation&per_page=1000`,
    ]),
    settings: { account },
  },
  local("ollama", 11_434, "messages"),
  { ...local("ollama", 11_434, "chat"), settings: { dialect: "openai-chat" } },
  local("vllm", 8_000, "messages"),
  {
    ...chat("vllm", "http://gpu:8000/v1", "qwen3"),
    settings: { baseUrl: "http://gpu:8000/v1/", apiKey: new Secret(secret) },
  },
  {
    ...messages("vllm", "http://gpu:8000", "qwen3", "http://gpu:8000/v1/models"),
    settings: { baseUrl: "http://gpu:8000", apiKey: new Secret(secret) },
  },
  local("sglang", 30_000, "chat"),
  local("lmstudio", 1_234, "messages"),
  local("llamacpp", 8_080, "messages"),
  local("tgi", 3_000, "chat"),
  { ...chat("openai-chat", "http://gpu/v1", "qwen3"), settings: { baseUrl: "http://gpu/v1" } },
  {
    ...chat("openai-responses", "http://gpu/v1", "qwen3"),
    settings: { baseUrl: "http://gpu/v1" },
    dialect: "openai-responses",
    whole: "http://gpu/v1/responses",
  },
  {
    ...messages("anthropic-messages", "http://gpu", "claude-opus-5"),
    settings: { baseUrl: "http://gpu" },
    headers: { "x-api-key": "[key]", ...version },
  },
  {
    ...bedrock,
    headers: bearer,
    kind: "bedrock-converse",
    settings: { baseUrl: "https://bedrock-runtime.eu-central-1.amazonaws.com" },
    model: "amazon.nova-pro-v1:0",
    dialect: "bedrock-converse",
    whole: `${aws}/amazon.nova-pro-v1%3A0/converse`,
    streamed: `${aws}/amazon.nova-pro-v1%3A0/converse-stream`,
    lists: ["https://bedrock-runtime.eu-central-1.amazonaws.com/foundation-models"],
  },
];

describe.each(table)("$kind with $settings", ({ kind, settings = {}, model, ...expected }) => {
  test(`asks for ${model} at ${expected.whole}, and lists its models`, async () => {
    const { dialect, whole, streamed, listed } = await sent(kind, settings, model);
    expect(dialect).toBe(expected.dialect);
    expect(whole.url).toBe(expected.whole);
    expect(streamed.url).toBe(expected.streamed ?? expected.whole);
    for (const call of [whole, streamed]) {
      expect(shown(call)).toEqual(expected.headers);
      expect(call.url).not.toContain(secret);
    }
    expect(listed).toEqual(expected.lists);
  });
});

test("every kind is tried", () => {
  expect([...catalog.keys()].filter((id) => !table.some(({ kind }) => kind === id))).toEqual([]);
});
