import { type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { ask, lineOf, post } from "./support/post.ts";

const confinedKey = "db-confined-0123456789abcdef";
const freeKey = "db-free-0123456789abcdefgh";

let upstream: FakeProvider;
let gateway: GatewayHere;

beforeAll(async () => {
  upstream = await startFakeProvider({ models: ["kimi-k3"], script: () => ({ text: "Here." }) });
  const server = { kind: "moonshot", dialect: "openai-chat", baseUrl: upstream.openaiBaseUrl, region: "intl" };
  const chinese = { name: "shanghai", region: "cn", apiKey: "sk-shanghai", weight: 1_000_000 };
  gateway = await startGatewayHere({
    providers: {
      both: { ...server, credentials: [chinese, { name: "singapore", apiKey: "sk-singapore" }] },
      astray: { ...server, credentials: [chinese] },
    },
    keys: [
      { name: "confined", value: confinedKey, regions: ["intl"] },
      { name: "free", value: freeKey },
    ],
  });
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

test("a key that is confined to regions never uses a credential of another one", async () => {
  for (let turn = 0; turn < 8; turn += 1) {
    const headers = { "x-claude-code-session-id": `session-${turn}` };
    const got = await post(gateway.url, ask(false, { model: "both/kimi-k3" }), { key: confinedKey, headers });
    expect(got.status).toBe(200);
    expect(await lineOf(gateway, got)).toMatchObject({ credential: "singapore" });
  }
});

test("another key uses whichever credential there is", async () => {
  const got = await post(gateway.url, ask(false, { model: "both/kimi-k3" }), { key: freeKey });
  expect(await lineOf(gateway, got)).toMatchObject({ credential: "shanghai" });
});

test("where only credentials of other regions are left, nobody is asked", async () => {
  const before = upstream.calls.length;
  const got = await post(gateway.url, ask(false, { model: "astray/kimi-k3" }), { key: confinedKey });
  expect(got.status).toBe(404);
  expect(got.error?.message).toContain("no credential may be used for astray/kimi-k3");
  expect(upstream.calls).toHaveLength(before);
});
