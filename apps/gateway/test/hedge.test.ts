import { type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { ask, lineOf, post } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";

/** Requests that earn one hedge, at 5 % of them. */
const earning = 20;
const delaysMs: Record<string, number> = {};

let upstream: FakeProvider;
let gateway: GatewayHere;

beforeAll(async () => {
  upstream = await startFakeProvider({
    apiKey: upstreamKey,
    models: ["one", "two"],
    script: ({ model }) => ({ text: `Said by ${model}.`, delayMs: delaysMs[model ?? ""] ?? 0 }),
  });
  const chat = { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl };
  gateway = await startGatewayHere({
    providers: {
      first: { ...chat, credentials: [{ name: "of-first", apiKey: upstreamKey }] },
      second: { ...chat, credentials: [{ name: "of-second", apiKey: upstreamKey }] },
    },
    models: [{ match: "fast", targets: [{ target: "first/one" }, { target: "second/two" }] }],
    routing: { hedge: { after: "50ms" } },
    prices: { "first/*": { input: 1, output: 1 }, "second/*": { input: 1_000, output: 1_000 } },
    keys: [{ name: "alice", value: aliceKey }],
  });
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

describe.each([false, true])("of two places that are asked (streamed: %s)", (stream) => {
  test("the record, the headers and the price name the one that answered, not the last one asked", async () => {
    delaysMs["one"] = 0;
    for (let turn = 0; turn < earning; turn += 1) await post(gateway.url, ask(false, { model: "fast" }));
    Object.assign(delaysMs, { one: 300, two: 60_000 });

    const got = await post(gateway.url, ask(stream, { model: "fast" }));
    expect(got.text).toContain("Said by");
    expect(got.headers.get("x-drawbridge-provider")).toBe("first");
    const line = await lineOf(gateway, got);
    expect(line).toMatchObject({ outcome: "ok", provider: "first", model: "one", credential: "of-first", attempts: 2 });
    expect(line["cost_nano_usd"]).toBe((Number(line["input_tokens"]) + Number(line["output_tokens"])) * 1_000);
  });
});
