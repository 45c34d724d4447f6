import { type Answer, type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, lineOf, post, readEvents } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";
import { type GatewayProcess, startGateway } from "./support/start-gateway.ts";

let answer: Answer = { text: "ok" };
let upstream: FakeProvider;
let gateway: GatewayProcess;

beforeAll(async () => {
  upstream = await startFakeProvider({ apiKey: upstreamKey, models: ["claude-opus-4-6"], script: () => answer });
  gateway = await startGateway({
    providers: { eu: { kind: "anthropic-messages", baseUrl: upstream.url, apiKey: upstreamKey } },
    models: [{ match: "team-opus", target: "eu/claude-opus-4-6" }],
    keys: [{ name: "alice", value: aliceKey }],
  });
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

/** Odd but legal bytes: spaces, escapes, key order, a field that nobody knows yet. */
const odd = `{ "max_tokens":100,\n"brand_new_field": {"b":1, "a":1e2},"model" : "MODEL", "messages":[{"content":"\\u00e9\\ud83d\\ude00 é","role":"user"}],"stream":true }`;

test("the client's bytes reach an upstream that speaks Messages, byte for byte", async () => {
  const body = odd.replace("MODEL", "eu-x").replace("eu-x", "claude-opus-4-6");
  await post(gateway.url, body, {
    headers: { "anthropic-beta": "context-1m-2025-08-07,new-thing-2027-01-01" },
    path: "/v1/messages?beta=true",
  });
  const seen = upstream.calls.at(-1);
  expect(Buffer.from(seen?.raw ?? []).toString()).toBe(body);
  expect(seen?.path).toBe("/v1/messages?beta=true");
  expect(seen?.headers).toMatchObject({
    "anthropic-beta": "context-1m-2025-08-07,new-thing-2027-01-01",
    "x-api-key": upstreamKey,
  });
  expect(JSON.stringify(seen?.headers)).not.toContain(aliceKey);
});

test("only the model's name is exchanged where it has another name upstream, both ways", async () => {
  const got = await post(gateway.url, odd.replace("MODEL", "team-opus"));
  expect(Buffer.from(upstream.calls.at(-1)?.raw ?? []).toString()).toBe(odd.replace("MODEL", "claude-opus-4-6"));
  expect(readEvents(got.text).at(0)).toMatchObject({ message: { model: "team-opus" } });
  expect(got.headers.get("x-drawbridge-provider")).toBe("eu");
  expect(got.headers.get("x-drawbridge-model")).toBe("claude-opus-4-6");
});

test("the stream comes back as the upstream sent it, however it was cut", async () => {
  answer = {
    thinking: "Hm.",
    text: "Grüße, 世界! 😀",
    toolCalls: [{ name: "Read", input: { path: "é" } }],
    deltaChars: 3,
  };
  const call = ask(true, { model: "claude-opus-4-6" });
  const direct = await fetch(`${upstream.url}/v1/messages`, {
    method: "POST",
    headers: { "x-api-key": upstreamKey, "anthropic-version": "2023-06-01" },
    body: JSON.stringify(call),
  });
  const expected = withoutIds(await direct.text());
  for (const chunkBytes of [1, 7, 1_000]) {
    answer = { ...answer, chunkBytes };
    expect(withoutIds((await post(gateway.url, call)).text)).toBe(expected);
  }
});

test("what an exchange came to stands in one line of the log, without its content", async () => {
  answer = {
    text: "secret words",
    usage: { inputTokens: 11, outputTokens: 7, cacheReadTokens: 5, cacheWriteTokens: 3 },
  };
  const got = await post(
    gateway.url,
    ask(true, { model: "team-opus", messages: [{ role: "user", content: "hidden words" }] }),
  );
  const line = await lineOf(gateway, got);
  expect(line).toMatchObject({
    outcome: "ok",
    status: 200,
    key_name: "alice",
    model_asked: "team-opus",
    provider: "eu",
    model: "claude-opus-4-6",
    stream: true,
    stop_reason: "end_turn",
    input_tokens: 11,
    output_tokens: 7,
    cache_read_tokens: 5,
  });
  expect(line["duration_ms"]).toBeGreaterThan(0);
  expect(line["first_event_ms"]).toBeGreaterThan(0);
  expect(gateway.output()).not.toMatch(/secret words|hidden words/);
  expect(gateway.output()).not.toContain(upstreamKey);
  expect(gateway.output()).not.toContain(aliceKey);
});

/** The fake provider counts its messages and calls; everything else of two equal answers is equal. */
function withoutIds(text: string): string {
  return text.replaceAll(/"id":"[^"]*"/g, '"id":""');
}
