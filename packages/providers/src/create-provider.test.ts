import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createProvider } from "./create-provider.ts";
import { isProviderSettingsError } from "./errors.ts";
import { defaultDeadlines } from "./provider-deadlines.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { Secret } from "./secret.ts";
import { fakeDialects } from "./test/fake-dialects.ts";
import { authOf, reach } from "./test/reach.ts";
import type { Call, Reply, Transport } from "./transport.ts";

function answering(body: string, status = 200): Transport & { readonly calls: Call[] } {
  const calls: Call[] = [];
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(body);
  }
  return {
    calls,
    send(call): Promise<Reply> {
      calls.push(call);
      return Promise.resolve({ status, headers: {}, body: bytes() });
    },
    close: () => Promise.resolve(),
  };
}

function make(name: string, settings: ProviderSettings, transport: Transport = answering("")) {
  return createProvider(name, settings, { transport, dialects: fakeDialects(), clock: () => 0 });
}

function problemsOf(name: string, settings: ProviderSettings) {
  try {
    make(name, settings);
  } catch (error) {
    if (isProviderSettingsError(error)) return error;
    throw error;
  }
  throw new Error("the settings were taken");
}

const key = new Secret("sk-test");

describe("a provider of the catalogue", () => {
  test("needs no more than its key", async () => {
    const provider = make("openai", { apiKey: key });
    expect(provider).toMatchObject({ name: "openai", deadlines: defaultDeadlines, hints: [] });
    expect(await authOf(provider)).toEqual({ authorization: "Bearer sk-test" });
    expect(reach(provider, "gpt-5.2").endpoint).toMatchObject({
      baseUrl: "https://api.openai.com/v1",
      query: "",
      dialect: { name: "openai-responses" },
      target: { model: "gpt-5.2" },
    });
    expect([provider.knows("gpt-5.2"), provider.knows("claude-opus-5-5")]).toEqual([true, false]);
  });

  test("may go by another name", async () => {
    const provider = make("work", { kind: "anthropic", apiKey: key });
    expect(await authOf(provider)).toEqual({ "x-api-key": "sk-test" });
    expect(reach(provider, "claude-opus-5-5").endpoint.target).toEqual({ model: "claude-opus-5-5" });
  });

  test("Gemini gets its key in a header of its own", async () => {
    const provider = make("gemini", { apiKey: key });
    expect(await authOf(provider)).toEqual({ "x-goog-api-key": "sk-test" });
    expect(reach(provider, "gemini-3").endpoint.dialect.name).toBe("gemini");
  });

  test("needs no key at another address, where a proxy may hold it", async () => {
    expect(await authOf(make("openai", { baseUrl: "http://proxy:9000/v1" }))).toEqual({});
  });
});

describe("a server of one's own", () => {
  const settings = { kind: "openai-chat", baseUrl: "http://10.0.0.5:8000/v1/", models: ["qwen3-coder"] };

  test("is known by its configured models", () => {
    const provider = make("gpu", settings);
    expect(reach(provider, "qwen3-coder").endpoint.baseUrl).toBe("http://10.0.0.5:8000/v1");
    expect(provider.models).toEqual(["qwen3-coder"]);
    expect([provider.knows("qwen3-coder"), provider.knows("gpt-5")]).toEqual([true, false]);
  });

  test("knows the models it lists, once they have been asked for", async () => {
    const transport = answering('{"data":[{"id":"qwen3-coder"},{"id":"glm-5"}]}');
    const provider = make("gpu", settings, transport);
    expect(provider.knows("glm-5")).toBe(false);
    await provider.modelList.refresh();
    await provider.modelList.refresh();
    expect(provider.knows("glm-5")).toBe(true);
    expect(provider.models).toEqual(["qwen3-coder", "glm-5"]);
    expect(transport.calls).toHaveLength(1);
  });

  test("takes corrections to what its models take", () => {
    const provider = make("gpu", { ...settings, chat: { toolCallIds: "alphanumeric-9" } });
    const { endpoint } = reach(provider, "qwen3-coder");
    expect(endpoint.target.chat).toMatchObject({ toolCallIds: "alphanumeric-9", sampling: true });
    expect(reach(provider, "qwen3-coder").endpoint).toBe(endpoint);
  });

  test("takes headers and deadlines, the rest staying as it is", () => {
    const headers = { "X-Team": "core", Authorization: new Secret("Basic abc") };
    const provider = make("gpu", { ...settings, apiKey: key, headers, timeouts: { idleMs: 1_000 } });
    expect(provider.headers).toEqual({ "x-team": "core", authorization: "Basic abc" });
    // A server of one's own may take long to begin.
    const patient = { firstByteMs: 600_000, totalMs: 3_600_000 };
    expect(provider.deadlines).toEqual({ ...defaultDeadlines, ...patient, idleMs: 1_000 });
  });
});

describe("a vendor with several APIs", () => {
  test.each<{ settings: ProviderSettings; dialect: string; baseUrl: string }>([
    { settings: {}, dialect: "anthropic-messages", baseUrl: "https://api.deepseek.com/anthropic" },
    { settings: { dialect: "openai-chat" }, dialect: "openai-chat", baseUrl: "https://api.deepseek.com/v1" },
    { settings: { baseUrl: "http://proxy/ds/v1" }, dialect: "openai-chat", baseUrl: "http://proxy/ds/v1" },
    {
      settings: { baseUrl: "http://proxy/ds/v1", dialect: "anthropic-messages" },
      dialect: "anthropic-messages",
      baseUrl: "http://proxy/ds/anthropic",
    },
    { settings: { baseUrl: "http://proxy" }, dialect: "anthropic-messages", baseUrl: "http://proxy/anthropic" },
    {
      settings: { baseUrl: "http://proxy/anthropic/v1/" },
      dialect: "anthropic-messages",
      baseUrl: "http://proxy/anthropic",
    },
  ])("is spoken to as $settings say", ({ settings, dialect, baseUrl }) => {
    const provider = make("deepseek", { apiKey: key, ...settings });
    const { endpoint } = reach(provider, "deepseek-v4-pro");
    expect([endpoint.dialect.name, endpoint.baseUrl]).toEqual([dialect, baseUrl]);
    expect(provider.hints).toEqual([]);
  });
});

describe("where a provider computes", () => {
  const at = (kind: string, settings: ProviderSettings): unknown[] => {
    const { region, addressRegion } = make(kind, { apiKey: key, ...settings });
    return [region, addressRegion];
  };

  test("is told by an address of one region, where the vendor has such", () => {
    expect(at("openai", { baseUrl: "https://eu.api.openai.com/v1" })).toEqual(["eu", "eu"]);
    expect(at("together", { baseUrl: "https://us-api.together.ai" })).toEqual(["us", "us"]);
    expect(at("openai", {})).toEqual([undefined, undefined]);
    expect(at("openai", { baseUrl: "https://eu.api.openai.com.example.com/v1" })).toEqual([undefined, undefined]);
    expect(at("together", { baseUrl: "https://eu.api.openai.com/v1" })).toEqual([undefined, undefined]);
  });

  test("goes by the word that settings have for it, which leaves the address what it is", () => {
    expect(at("openai", { region: "eu-west", baseUrl: "https://eu.api.openai.com/v1" })).toEqual(["eu-west", "eu"]);
    expect(at("openai", { region: "eu" })).toEqual(["eu", undefined]);
  });

  test("is what prices go by where a credential has a region of its own, and elsewhere the provider's", () => {
    const one = { name: "one", apiKey: key };
    const provider = make("vertex", {
      project: "acme",
      credentials: [one, { ...one, name: "two", region: "europe-west1" }],
    });
    const { owners, credentials } = provider;
    expect(owners.map(({ name, addressRegion }) => [name, addressRegion])).toEqual([
      ["vertex", "global"],
      ["vertex", "europe-west1"],
    ]);
    expect(credentials.map((credential) => owners.indexOf(provider.ownerWith(credential)))).toEqual([0, 1]);
    expect(make("openai", { apiKey: key }).owners).toHaveLength(1);
  });

  test("is the setting of which an address is made", () => {
    expect(at("vertex", { project: "acme", region: "europe-west1" })).toEqual(["europe-west1", "europe-west1"]);
    expect(at("moonshot", {})).toEqual(["intl", "intl"]);
  });
});

describe("a model's greatest answer", () => {
  const limitOf = (kind: string, model: string, settings: ProviderSettings = {}) =>
    reach(make(kind, { apiKey: key, dialect: "openai-chat", ...settings }), model).endpoint.target.chat?.maxTokensRange
      .max;

  test("is what is known of it, where nothing else is said", () => {
    expect(limitOf("together", "openai/gpt-oss-120b")).toBe(32_768);
    expect(limitOf("groq", "openai/gpt-oss-120b")).toBe(65_536);
    expect(limitOf("together", "openai/gpt-oss-120b", { chat: { maxTokensRange: { min: 1, max: 9 } } })).toBe(9);
  });

  test("is up to a server of one's own", () => {
    expect(limitOf("openai-chat", "gpt-oss-120b", { baseUrl: "http://gpu/v1" })).toBe(Number.MAX_SAFE_INTEGER);
    expect(limitOf("vllm", "gpt-oss-120b")).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe("several credentials", () => {
  const credentials = [
    { name: "main", apiKey: new Secret("sk-1"), weight: 3 },
    { apiKey: new Secret("sk-2"), models: ["gpt-5*"] },
  ];

  test("have names, weights and models of their own", async () => {
    const provider = make("openai", { credentials });
    expect(provider.credentials).toMatchObject([
      { name: "main", weight: 3 },
      { name: "credential-2", weight: 1 },
    ]);
    expect(provider.credentials.map((one) => [one.serves("gpt-5.2"), one.serves("o3")])).toEqual([
      [true, true],
      [true, false],
    ]);
    expect(await authOf(provider)).toEqual({ authorization: "Bearer sk-1" });
  });

  test.each<{ settings: ProviderSettings; setting: string; message: RegExp }>([
    { settings: { apiKey: key, credentials }, setting: "credentials", message: /given beside a credential/ },
    {
      settings: { credentials: [{ name: "a" }, { name: "a" }] },
      setting: "credentials[1].name",
      message: /"a" is the name of an earlier credential/,
    },
    { settings: { credentials: [{ weight: 0 }] }, setting: "credentials[0].weight", message: /greater than 0/ },
    { settings: { credentials: [{ region: "eu" }] }, setting: "credentials[0].region", message: /has no regions/ },
    {
      settings: { credentials: [{ apiKey: new Secret("a b") }] },
      setting: "credentials[0].apiKey",
      message: /a blank/,
    },
  ])("at fault are told by their place: $setting", ({ settings, setting, message }) => {
    const error = problemsOf("openai", settings);
    expect(error.problems.map((problem) => problem.setting)).toEqual([setting]);
    expect(error.message).toMatch(message);
  });
});

describe("settings at fault", () => {
  test("are told all at once, by name", () => {
    const error = problemsOf("gpu", {
      kind: "openai-chat",
      baseUrl: "ftp://x",
      apiKey: new Secret("sk-secret\n"),
      headers: { "bad name": "x", ok: "line\nbreak", "Content-Length": "1" },
      timeouts: { idleMs: 0, connectMs: 1.5 },
    });
    expect(error.problems.map(({ code, setting }) => `${setting}: ${code}`)).toEqual([
      "baseUrl: invalid-base-url",
      "timeouts.idleMs: invalid-timeout",
      "timeouts.connectMs: invalid-timeout",
      "apiKey: invalid-api-key",
      "headers.bad name: invalid-header",
      "headers.ok: invalid-header",
      "headers.Content-Length: invalid-header",
    ]);
    expect(error.message).toContain('providers.gpu.baseUrl: the base URL has the protocol "ftp:"');
    expect(error.message).not.toMatch(/sk-secret|break"/);
  });

  test.each<{ name: string; settings: ProviderSettings; code: string; message: RegExp }>([
    { name: "gpu", settings: {}, code: "unknown-kind", message: /"gpu" is no known provider; give one of anthropic/ },
    { name: "gpu", settings: { kind: "opneai" }, code: "unknown-kind", message: /"opneai" is unknown/ },
    { name: "gpu", settings: { kind: "openai-chat" }, code: "missing-base-url", message: /no address of its own/ },
    {
      name: "groq",
      settings: { apiKey: key, dialect: "gemini" },
      code: "unknown-dialect",
      message: /"gemini" is not what Groq speaks; give one of openai-chat/,
    },
    { name: "bedrock", settings: { apiKey: key }, code: "missing-place", message: /bedrock\.region: .*AWS_REGION/ },
    {
      name: "bedrock",
      settings: { apiKey: key, region: "Frankfurt" },
      code: "invalid-place",
      message: /bedrock\.region: "Frankfurt" is not possible; give a region such as eu-central-1/,
    },
    { name: "vertex", settings: { apiKey: key }, code: "missing-place", message: /vertex\.project: missing/ },
    { name: "azure", settings: { apiKey: key }, code: "missing-place", message: /azure\.resource: missing/ },
    {
      name: "foundry",
      settings: { apiKey: key, resource: "acme/../x" },
      code: "invalid-place",
      message: /foundry\.resource: "acme/,
    },
    { name: "snowflake", settings: { apiKey: key }, code: "missing-place", message: /snowflake\.account: missing/ },
    {
      name: "cloudflare",
      settings: { apiKey: key, account: "me" },
      code: "invalid-place",
      message: /cloudflare\.account: "me" is not possible; give the account's id, 32 hex/,
    },
    {
      name: "databricks",
      settings: { apiKey: key, account: "https://169.254.169.254/x" },
      code: "invalid-base-url",
      message: /metadata service/,
    },
    { name: "qwen", settings: { apiKey: key, region: "eu" }, code: "invalid-place", message: /give intl or cn/ },
    { name: "groq", settings: {}, code: "missing-api-key", message: /usually kept in GROQ_API_KEY/ },
    { name: "openai", settings: { apiKey: new Secret("") }, code: "invalid-api-key", message: /is empty/ },
  ])("$name with $settings: $code", ({ name, settings, code, message }) => {
    const error = problemsOf(name, settings);
    expect(error.problems.map((problem) => problem.code)).toEqual([code]);
    expect(error.message).toMatch(message);
  });

  test("an address from which a setting can be read does for it", () => {
    const provider = make("azure", { apiKey: key, resource: "https://acme-eu.openai.azure.com/" });
    expect(reach(provider, "gpt").endpoint.baseUrl).toBe("https://acme-eu.openai.azure.com/openai/v1");
  });

  test("a probable mistake in the address is taken, with advice", () => {
    expect(make("gpu", { kind: "openai-chat", baseUrl: "http://gpu:8000" }).hints).toHaveLength(1);
  });
});

test("an error never prints the key", () => {
  const error = problemsOf("openai", { apiKey: new Secret("sk-very secret") });
  expect(inspect(error, { depth: 9 })).not.toContain("sk-very");
});

test("Vertex AI counts the tokens of a Gemini request by its plain fields, unless settings say otherwise", () => {
  const settings = { apiKey: key, project: "acme-models" };
  const countsOf = (more: ProviderSettings) =>
    reach(make("vertex", { ...settings, ...more }), "gemini-3-pro").endpoint.target.gemini?.counts;
  expect(countsOf({})).toBe("plain-fields");
  expect(countsOf({ gemini: { counts: "whole-request" } })).toBe("whole-request");
});
