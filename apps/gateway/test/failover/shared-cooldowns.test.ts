import { type CreatedDatabase } from "@drawbridge/governance/testing";
import { type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "../support/gateway-here.ts";
import { ask, post, streamedText } from "../support/post.ts";
import { aliceKey } from "../support/scenario.ts";
import { createTestDatabase, hasSharedServices, redisUrl } from "../support/shared-services.ts";

/** Elsewhere other processes take the processor away for longer than what is measured. */
const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";

describe.skipIf(!hasSharedServices)("gateways that share a Redis (at DRAWBRIDGE_TEST_REDIS_URL)", () => {
  let database: CreatedDatabase;
  let fake: FakeProvider;
  let gateways: readonly GatewayHere[] = [];
  let isLimited = false;

  beforeAll(async () => {
    database = await createTestDatabase();
    const limited = { kind: "http-error", status: 429, headers: { "retry-after": "60" } } as const;
    fake = await startFakeProvider({
      script: ({ model }) => (model === "big" && isLimited ? { fault: limited } : { text: model }),
      models: [],
    });
    const one = { kind: "anthropic-messages", baseUrl: fake.url, apiKey: "sk-one-0123456789" };
    const config = {
      server: { drain: "0s" },
      // Of a name that no other test cools for: they share the Redis.
      providers: { [`one-${process.pid}`]: one, two: one },
      models: [{ match: "claude-*", targets: [`one-${process.pid}/big`, "two/spare"] }],
      keys: [{ name: "alice", value: aliceKey }],
      storage: { postgres: database.url, redis: redisUrl },
    };
    gateways = await Promise.all([startGatewayHere(config), startGatewayHere(config), startGatewayHere(config)]);
  });
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await fake?.close();
    await database?.drop();
  });

  test("ask no place that another has been told to leave alone, within a second", async () => {
    const heard = async ({ url }: GatewayHere): Promise<string> => streamedText(await post(url, ask(true)));
    expect(await Promise.all(gateways.map(heard))).toEqual(["big", "big", "big"]);
    isLimited = true;
    const [first, ...others] = gateways;
    expect(first && (await heard(first))).toBe("spare");
    const toldMs = performance.now();
    // It would answer the others, so they have only been told.
    isLimited = false;
    await expect.poll(() => Promise.all(others.map(heard)), { interval: 20 }).toEqual(["spare", "spare"]);
    if (isCampaign) expect(performance.now() - toldMs).toBeLessThan(1_000);
  });
});
