import { gzipSync } from "node:zlib";
import { type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, lineOf, post } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";
import { type GatewayProcess, startGateway } from "./support/start-gateway.ts";

const bobKey = `${aliceKey}-bob`;
let upstream: FakeProvider;
let gateway: GatewayProcess;

beforeAll(async () => {
  upstream = await startFakeProvider({ apiKey: upstreamKey, models: ["qwen3-coder"], script: () => ({ text: "ok" }) });
  gateway = await startGateway({
    server: { bodyLimit: "64kB" },
    providers: {
      gpu: { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl, apiKey: upstreamKey },
      eu: { kind: "anthropic-messages", baseUrl: upstream.url, apiKey: upstreamKey },
    },
    models: [
      { match: "claude-sonnet-*", target: "gpu/qwen3-coder" },
      { match: "claude-opus-*", target: "eu/claude-opus-4-6" },
    ],
    keys: [
      { name: "alice", value: aliceKey },
      { name: "bob", value: bobKey, models: { allow: ["claude-haiku-*"] } },
    ],
  });
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

describe.each([
  ["translated", "claude-sonnet-4-6"],
  ["native", "claude-opus-4-6"],
])("a request to a %s upstream", (_, model) => {
  const message = (content: unknown): object => ({ ...ask(true), model, messages: [{ role: "user", content }] });

  test.each<[string, unknown, RegExp]>([
    ["is not JSON", `{"model": "${model}", "messages": [`, /JSON/],
    ["is empty", "", /JSON|empty/],
    ["is no object", "[1]", /object/],
    [
      "names its model twice",
      `{"model":"${model}","model":"x","max_tokens":1,"messages":[{"role":"user","content":"x"}]}`,
      /model/,
    ],
    ["has no model", { max_tokens: 1, messages: [{ role: "user", content: "x" }] }, /model/],
    ["has a model that is a number", { ...ask(true), model: 5 }, /model/],
    ["has no messages", { model, max_tokens: 1 }, /messages/],
    ["has empty messages", { model, max_tokens: 1, messages: [] }, /messages/],
    ["has messages that are none", { model, max_tokens: 1, messages: "hi" }, /messages/],
    ["wants a stream that is a word", { ...ask(true), model, stream: "yes" }, /stream/],
    ["has negative max_tokens", { ...ask(true), model, max_tokens: -1 }, /max_tokens/],
  ])("that %s gets a sentence, and the upstream is not asked", async (__, body, sentence) => {
    const asked = upstream.calls.length;
    const got = await post(gateway.url, body);
    expect(got).toMatchObject({ status: 400, error: { type: "invalid_request_error" } });
    expect(got.error?.message).toMatch(sentence);
    expect(upstream.calls.length).toBe(asked);
    expect(await lineOf(gateway, got)).toMatchObject({ outcome: "refused", status: 400, key_name: "alice" });
  });

  test("that is over the limit gets 413 whether it says so beforehand or not", async () => {
    const large = JSON.stringify(message("x".repeat(100_000)));
    expect(await post(gateway.url, large)).toMatchObject({ status: 413, error: { type: "request_too_large" } });
    const chunked = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from(large));
        controller.close();
      },
    });
    const answer = await fetch(`${gateway.url}/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": aliceKey },
      body: chunked,
      duplex: "half",
    });
    expect(answer.status).toBe(413);
    await answer.text();
  });
});

/** A gigabyte of nothing takes a megabyte; nobody shall have to find out. */
const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));

test.each(["gzip", "x-gzip", "deflate", "br", "zstd", "compress", "GZIP", "gzip, br", "identity, gzip", "rot13"])(
  "a body that is compressed (%s) is refused as it is",
  async (coding) => {
    const asked = upstream.calls.length;
    for (const body of [bomb, gzipSync(JSON.stringify(ask(true)))]) {
      const got = await post(gateway.url, body, { headers: { "content-encoding": coding } });
      expect(got).toMatchObject({ status: 415, error: { type: "invalid_request_error" } });
      expect(got.error?.message).toContain(coding);
    }
    expect(upstream.calls.length).toBe(asked);
  },
);

test("a translated request whose content has a wrong type is told where", async () => {
  const body = ask(true, { messages: [{ role: "user", content: [{ type: "text", text: 5 }] }] });
  const got = await post(gateway.url, body);
  expect(got).toMatchObject({ status: 400, error: { type: "invalid_request_error" } });
  expect(got.error?.message).toContain("messages.0.content.0.text");
});

describe("a request", () => {
  test.each([
    ["without a key", undefined],
    ["with an unknown key", "sk-db-unknown-unknown-unknown"],
  ])("%s is refused once and for all", async (_, key) => {
    const got = await post(gateway.url, ask(true), { key });
    expect(got).toMatchObject({ status: 401, error: { type: "authentication_error" } });
    expect(got.headers.get("x-should-retry")).toBe("false");
    expect(got.error?.message).toMatch(/ANTHROPIC_AUTH_TOKEN/);
    expect(got.error?.message).not.toMatch(/invalid x-api-key|login/i);
    expect(got.text).not.toContain("unknown-unknown");
    expect(await lineOf(gateway, got)).toMatchObject({ outcome: "refused", status: 401 });
    expect(gateway.output()).not.toContain("unknown-unknown");
  });

  test.each([
    ["a model that is not allowed", bobKey, "claude-sonnet-4-6", /^key bob .*claude-haiku-\*/],
    ["a model that nobody knows", aliceKey, "gpt-9", /"gpt-9" is not known/],
    ["a model of a provider that does not exist", aliceKey, "nowhere/x", /no provider "nowhere"/],
  ])("for %s is refused in one attempt, in a sentence", async (...row) => {
    const [, key, model, sentence] = row;
    const got = await post(gateway.url, { ...ask(true), model }, { key });
    expect(got).toMatchObject({ status: 400, error: { type: "policy_blocked" } });
    expect(got.error?.message).toMatch(sentence);
    expect(got.headers.get("x-should-retry")).toBe("false");
    expect(await lineOf(gateway, got)).toMatchObject({ outcome: "refused", model_asked: model });
  });

  test.each([
    ["Authorization: Bearer", { authorization: `Bearer ${aliceKey}` }],
    [
      "a bearer token beside Anthropic's own key",
      { authorization: `Bearer ${aliceKey}`, "x-api-key": "sk-ant-api03-x" },
    ],
    ["x-api-key beside somebody's token", { authorization: "Bearer oauth-token", "x-api-key": aliceKey }],
  ])("EP-03: is known by %s", async (_, headers) => {
    expect(await post(gateway.url, ask(false), { key: undefined, headers })).toMatchObject({ status: 200 });
  });

  test.each([
    "/anthropic/v1/messages",
    "/v1/messages",
    "/anthropic/v1/v1/messages",
    "/v1/v1/messages",
    "/v1/messages?beta=true",
  ])("is served at %s", async (path) => {
    expect(await post(gateway.url, ask(false), { path })).toMatchObject({ status: 200 });
  });

  test("to an unknown path is told what the base URL should be", async () => {
    const got = await post(gateway.url, ask(false), { path: "/anthropic/v2/messages" });
    expect(got).toMatchObject({ status: 404, error: { type: "not_found_error" } });
    expect(got.error?.message).toContain("ANTHROPIC_BASE_URL");
  });

  test("with the wrong method is told the right one", async () => {
    const got = await post(gateway.url, undefined, { method: "GET" });
    expect(got).toMatchObject({ status: 405, error: { type: "invalid_request_error" } });
  });
});
