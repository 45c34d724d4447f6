import { request as httpRequest } from "node:http";
import { type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { ask } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";

let upstream: FakeProvider;
/** Where clients would like their requests to go. */
let elsewhere: FakeProvider;
let gateway: GatewayHere;

beforeAll(async () => {
  [upstream, elsewhere] = await Promise.all([
    startFakeProvider({ apiKey: upstreamKey, script: () => ({ text: "Here." }), strict: false }),
    startFakeProvider({ script: () => ({ text: "Elsewhere." }) }),
  ]);
  gateway = await startGatewayHere({
    providers: {
      native: { kind: "anthropic-messages", baseUrl: upstream.url, apiKey: upstreamKey },
      chat: { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl, apiKey: upstreamKey },
    },
    keys: [{ name: "alice", value: aliceKey }],
  });
});
afterAll(async () => {
  await gateway?.close();
  await Promise.all([upstream?.close(), elsewhere?.close()]);
});

interface Wish {
  readonly headers?: Readonly<Record<string, string>>;
  readonly fields?: object;
  readonly target?: string;
}

/** Asks for a model and gives the answer's status. */
function statusOf(model: string, { headers = {}, fields = {}, target = "/v1/messages" }: Wish): Promise<number> {
  const { hostname: host, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    const call = httpRequest(
      {
        host,
        port,
        method: "POST",
        path: target,
        headers: { "content-type": "application/json", ...headers, "x-api-key": aliceKey },
      },
      (answer) => answer.resume().once("end", () => resolve(answer.statusCode ?? 0)),
    );
    call.once("error", reject).end(JSON.stringify(ask(false, { model, ...fields })));
  });
}

const headerNames = [
  "x-base-url",
  "x-api-base",
  "x-target-url",
  "x-upstream",
  "x-forwarded-host",
  "x-original-url",
  "x-drawbridge-base-url",
  "x-portkey-custom-host",
  "helicone-target-url",
  "forwarded",
];
const fieldNames = ["base_url", "baseUrl", "api_base", "api_base_url", "endpoint", "provider"];

test.each(["native", "chat"])("no client chooses where a request of it goes (%s)", async (provider) => {
  const { host } = new URL(elsewhere.url);
  const wishes: readonly Wish[] = [
    ...headerNames.map((name) => ({ headers: { [name]: name === "forwarded" ? `host=${host}` : elsewhere.url } })),
    ...fieldNames.map((name) => ({ fields: { [name]: elsewhere.url } })),
    { headers: { host } },
    // HTTP lets a client write the whole address, as to a proxy, which this is none.
    { target: `${elsewhere.url}/v1/messages` },
    { target: `/v1/messages?base_url=${encodeURIComponent(elsewhere.url)}` },
  ];
  for (const wish of wishes) {
    const before = upstream.calls.length;
    expect([wish, await statusOf(`${provider}/m`, wish)]).toEqual([wish, 200]);
    expect(upstream.calls.length).toBe(before + 1);
  }
  const before = upstream.calls.length;
  // An address is no name of a provider, and no path of the gateway's.
  expect(await statusOf(`${provider}/m`, { target: `//${host}/v1/messages` })).toBe(404);
  for (const model of [elsewhere.url, `${elsewhere.url}/v1`, `//${host}/m`]) {
    expect([400, 404], model).toContain(await statusOf(model, {}));
  }
  expect(upstream.calls.length).toBe(before);
  // Behind a provider's name it is a model's, for that provider to know.
  expect(await statusOf(`${provider}/${elsewhere.url}`, {})).toBe(200);
  expect(upstream.calls.at(-1)?.model).toBe(elsewhere.url);
  expect(elsewhere.requests).toEqual([]);
  expect(elsewhere.connections).toBe(0);
});
