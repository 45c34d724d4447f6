import { type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, post } from "../support/post.ts";
import { measurable, readMemory } from "../support/read-memory.ts";
import { aliceKey } from "../support/scenario.ts";
import { type GatewayProcess, startGateway } from "../support/start-gateway.ts";
import { bodyCases } from "./body-cases.ts";
import { sendRaw } from "./raw-request.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const mayGrowBytes = 100 * 1024 * 1024;

/** A translation reads a body in every way in which it is read for a provider of the same dialect, and parses it. */
const kinds = isCampaign ? (["anthropic-messages", "openai-chat"] as const) : (["openai-chat"] as const);

describe.each(kinds)("what is sent on in %s", (kind) => {
  let upstream: FakeProvider;
  let gateway: GatewayProcess;
  let rssBefore: number;

  beforeAll(async () => {
    upstream = await startFakeProvider({ script: () => ({ text: "Here." }), models: [] });
    gateway = await startGateway(
      {
        providers: { fake: { kind, baseUrl: upstream.baseUrlFor(kind), apiKey: "sk-fake-0123456789" } },
        models: [{ match: "claude-*", target: "fake/big" }],
        keys: [{ name: "alice", value: aliceKey }],
      },
      { nodeFlags: measurable },
    );
    for (let count = 0; count < 20; count++) await post(gateway.url, ask(false));
    rssBefore = (await readMemory(gateway)).rssBytes;
  });

  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  test.each(bodyCases)("$name: $statuses", { timeout: 120_000 }, async ({ request, statuses }) => {
    const asked = upstream.calls.length;
    const [status, text] = await sendRaw(Number(new URL(gateway.url).port), request());
    expect(statuses, text.slice(0, 500)).toContain(status);
    expect(upstream.calls.length - asked).toBe(status === 200 || status === 100 ? 1 : 0);
    expect((await post(gateway.url, ask(false))).status).toBe(200);
  });

  test("none of that leaves the gateway much larger", async () => {
    const { rssBytes } = await readMemory(gateway);
    expect(rssBytes - rssBefore).toBeLessThan(mayGrowBytes);
  });
});
