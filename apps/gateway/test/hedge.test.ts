import { type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { ask, lineOf, post } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";

/** Requests that earn one hedge, at 5 % of them. */
const earning = 20;
/** Whether the first place waits until the second is asked, which never answers. */
let isSlow = false;

let upstream: FakeProvider;
let gateway: GatewayHere;

beforeAll(async () => {
  upstream = await startFakeProvider({
    apiKey: upstreamKey,
    models: ["one", "two"],
    script: async ({ model }) => {
      if (isSlow && model === "two") return { fault: { kind: "silence-before-head" } };
      if (isSlow) await upstream.until(({ calls }) => calls.at(-1)?.model === "two");
      return { text: `Said by ${model}.` };
    },
  });
  const chat = { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl };
  gateway = await startGatewayHere({
    providers: {
      first: { ...chat, credentials: [{ name: "of-first", apiKey: upstreamKey }] },
      second: { ...chat, credentials: [{ name: "of-second", apiKey: upstreamKey }] },
    },
    models: [{ match: "fast", targets: [{ target: "first/one" }, { target: "second/two" }] }],
    // Longer than an answer takes on a busy machine, so that no hedge is spent on those that earn one.
    routing: { hedge: { after: "2s" } },
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
    isSlow = false;
    for (let turn = 0; turn < earning; turn += 1) await post(gateway.url, ask(false, { model: "fast" }));
    isSlow = true;

    const got = await post(gateway.url, ask(stream, { model: "fast" }));
    expect(got.text).toContain("Said by");
    expect(got.headers.get("x-drawbridge-provider")).toBe("first");
    const line = await lineOf(gateway, got);
    expect(line).toMatchObject({ outcome: "ok", provider: "first", model: "one", credential: "of-first", attempts: 2 });
    expect(line["cost_nano_usd"]).toBe((Number(line["input_tokens"]) + Number(line["output_tokens"])) * 1_000);
  });
});
