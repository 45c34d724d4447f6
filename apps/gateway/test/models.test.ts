import { type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, post } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";
import { type GatewayProcess, startGateway } from "./support/start-gateway.ts";

const bobKey = `${aliceKey}-bob`;
let upstream: FakeProvider;
let gateway: GatewayProcess;

interface Listed {
  readonly data: readonly { readonly id: string; readonly display_name: string; readonly type: string }[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

async function list(query = "", key = aliceKey): Promise<Listed> {
  const got = await post(gateway.url, undefined, { method: "GET", path: `/anthropic/v1/models${query}`, key });
  expect(got.status).toBe(200);
  return JSON.parse(got.text) as Listed;
}

const ids = ({ data }: Listed): readonly string[] => data.map(({ id }) => id);

beforeAll(async () => {
  upstream = await startFakeProvider({
    apiKey: upstreamKey,
    models: ["qwen3-coder", "glm/4.6"],
    script: () => ({ text: "ok" }),
    countTokens: () => 4_711,
  });
  gateway = await startGateway({
    providers: {
      gpu: { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl, apiKey: upstreamKey, models: ["hidden-model"] },
      eu: { kind: "anthropic-messages", baseUrl: upstream.url, apiKey: upstreamKey },
    },
    models: [
      { match: "claude-sonnet-4-6", target: "gpu/qwen3-coder" },
      { match: "claude-haiku-*", target: "gpu/qwen3-coder" },
      { match: "claude-opus-4-6", target: "eu/opus" },
      { match: "fast", target: "gpu/qwen3-coder" },
    ],
    keys: [
      { name: "alice", value: aliceKey },
      { name: "bob", value: bobKey, models: { allow: ["claude-*", "gpu/glm/*"] } },
    ],
  });
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

describe("the list of models", () => {
  test("EP-01: holds every model that the key may use, under names that Claude Code shows", async () => {
    const models = await list("?limit=1000");
    expect(ids(models)).toEqual(
      expect.arrayContaining([
        "claude-sonnet-4-6",
        "claude-opus-4-6",
        "claude-gateway/fast",
        "claude-gateway/gpu/qwen3-coder",
        "claude-gateway/gpu/glm/4.6",
        "claude-gateway/gpu/hidden-model",
      ]),
    );
    for (const { id, display_name, type } of models.data) {
      expect(id).toMatch(/claude|anthropic/);
      expect(display_name).toBeTypeOf("string");
      expect(type).toBe("model");
    }
    expect(new Set(ids(models)).size).toBe(models.data.length);
  });

  test("leaves out what the key may not use", async () => {
    expect(ids(await list("?limit=1000", bobKey))).toEqual(
      expect.arrayContaining(["claude-sonnet-4-6", "claude-gateway/gpu/glm/4.6"]),
    );
    expect(ids(await list("?limit=1000", bobKey))).not.toContain("claude-gateway/gpu/qwen3-coder");
  });

  test("EP-01: comes in pages", async () => {
    const whole = ids(await list("?limit=1000"));
    const first = await list("?limit=2");
    expect(ids(first)).toEqual(whole.slice(0, 2));
    expect(first).toMatchObject({ has_more: true, first_id: whole[0], last_id: whole[1] });
    const second = await list(`?limit=1000&after_id=${encodeURIComponent(whole[1] ?? "")}`);
    expect(ids(second)).toEqual(whole.slice(2));
    expect(second.has_more).toBe(false);
  });

  test("wants a key", async () => {
    const got = await post(gateway.url, undefined, {
      method: "GET",
      path: "/v1/models",
      key: "sk-db-wrong-wrong-wrong",
    });
    expect(got).toMatchObject({ status: 401, error: { type: "authentication_error" } });
  });

  test("every id in it routes", async () => {
    for (const id of ids(await list("?limit=1000"))) {
      const got = await post(gateway.url, { ...ask(false), model: id });
      expect(got.status, id).toBe(200);
      expect(JSON.parse(got.text)).toMatchObject({ model: id });
    }
  });
});

describe("one model", () => {
  test.each([
    "claude-sonnet-4-6",
    "claude-haiku-4-5",
    "claude-gateway/gpu/glm/4.6",
    "claude-gateway%2Fgpu%2Fglm%2F4.6",
    "gpu/qwen3-coder",
  ])("is found as %s", async (id) => {
    const got = await post(gateway.url, undefined, { method: "GET", path: `/anthropic/v1/models/${id}` });
    expect(JSON.parse(got.text)).toMatchObject({ type: "model", id: decodeURIComponent(id) });
  });

  test("that is not there is not found", async () => {
    const got = await post(gateway.url, undefined, { method: "GET", path: "/anthropic/v1/models/gpt-9" });
    expect(got).toMatchObject({ status: 404, error: { type: "not_found_error" } });
  });
});

describe("tokens are counted", () => {
  const path = "/anthropic/v1/messages/count_tokens?beta=true";
  const body = (model: string): object => ({ model, messages: [{ role: "user", content: "How many is this?" }] });

  test("CT-01 CT-03: by the provider that can", async () => {
    const got = await post(gateway.url, body("claude-opus-4-6"), { path });
    expect(JSON.parse(got.text)).toEqual({ input_tokens: 4_711 });
    expect(upstream.requests.at(-1)).toMatchObject({ operation: "count-tokens", body: { model: "opus" } });
  });

  test("here for a provider that cannot, quickly in a burst", async () => {
    const asked = upstream.requests.length;
    const burst = Array.from({ length: 35 }, () => post(gateway.url, body("claude-sonnet-4-6"), { path }));
    for (const got of await Promise.all(burst)) {
      const { input_tokens: tokens } = JSON.parse(got.text) as { input_tokens: number };
      expect(tokens).toBeGreaterThanOrEqual(5);
      expect(tokens).toBeLessThan(50);
    }
    expect(upstream.requests.length).toBe(asked);
  });

  test("and a broken request is told so", async () => {
    expect(await post(gateway.url, { model: "claude-sonnet-4-6", messages: [] }, { path })).toMatchObject({
      status: 400,
    });
  });
});

describe("a probe", () => {
  test.each(["/anthropic/api/hello", "/api/hello", "/", "/anthropic", "/anthropic/", "/healthz", "/readyz"])(
    "EP-02: of %s is answered without a key",
    async (path) => {
      expect((await fetch(`${gateway.url}${path}`, { method: "HEAD" })).status).toBe(200);
      expect((await fetch(`${gateway.url}${path}`)).status).toBe(200);
    },
  );
});
