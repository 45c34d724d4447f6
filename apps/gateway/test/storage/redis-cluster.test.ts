import { type CreatedDatabase, hasRedis, type RedisCluster, startRedisCluster } from "@drawbridge/governance/testing";
import { startFakeProvider, type FakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "../support/gateway-here.ts";
import { ask, post } from "../support/post.ts";
import { createTestDatabase, hasSharedServices } from "../support/shared-services.ts";

/** Each is a partition of its own, so they lie on all nodes. */
const teams = Array.from({ length: 6 }, (_, index) => `team-${index}`);
const keyOf = (team: string): string => `db-${team}-0123456789abcdefgh`;
const fits = 5;

describe.skipIf(!hasSharedServices || !hasRedis)(
  "gateways that share a Redis Cluster of three and PostgreSQL (at DRAWBRIDGE_TEST_POSTGRES_URL)",
  () => {
    let cluster: RedisCluster;
    const urls = (): readonly string[] => cluster.servers.map(({ url }) => url);
    let database: CreatedDatabase;
    let upstream: FakeProvider;
    let gateways: readonly GatewayHere[] = [];

    const config = (storage: object): object => ({
      server: { drain: "0s" },
      providers: { gpu: { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl } },
      models: [{ match: "claude-*", target: "gpu/qwen" }],
      prices: { "gpu/*": { input: 1, output: 1 } },
      teams: Object.fromEntries(
        teams.map((name) => [name, { rates: [{ requests: fits, per: "day" }], budgets: [{ usd: 10, per: "month" }] }]),
      ),
      keys: teams.map((team) => ({ name: team, team, value: keyOf(team) })),
      storage: { postgres: database.url, ...storage },
    });

    beforeAll(async () => {
      [cluster, database, upstream] = await Promise.all([
        startRedisCluster(),
        createTestDatabase(),
        startFakeProvider({ models: ["qwen"], script: () => ({ text: "Here." }) }),
      ]);
    }, 60_000);
    afterAll(async () => {
      await Promise.all(gateways.map((gateway) => gateway.close()));
      await cluster.stop();
      await upstream.close();
      await database.drop();
    });

    /** Asks again where it is told to: the first requests of a team may come before Redis knows it. */
    async function patiently(gateway: GatewayHere, team: string): Promise<number> {
      const body = ask(false, { messages: [{ role: "user", content: `of ${team}` }] });
      for (;;) {
        const { status, headers } = await post(gateway.url, body, { key: keyOf(team) });
        if (status !== 503 || headers.get("x-should-retry") !== "true") return status;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }

    /** Of a team, by what the provider was asked: an answer for which a busy book is not in time counts, and is a 503. */
    const admitted = (team: string): number =>
      upstream.calls.filter(({ body }) => JSON.stringify(body).includes(`of ${team}"`)).length;

    /** How many requests of a team are let through before the last is refused, which many at once ask for first. */
    async function admittedOf(team: string): Promise<number> {
      await Promise.all(gateways.flatMap((gateway) => Array.from({ length: fits }, () => patiently(gateway, team))));
      // What was held for a request that then was sent away with a 503 is free again some moments later.
      const more = async (): Promise<number> => {
        for (const gateway of gateways) while ((await patiently(gateway, team)) === 200);
        return admitted(team);
      };
      await expect.poll(more).toBeGreaterThanOrEqual(fits);
      return admitted(team);
    }

    test("admit together exactly as many requests of each team as fit, whichever node has it", async () => {
      gateways = await Promise.all([0, 1].map(() => startGatewayHere(config({ redisCluster: urls() }))));
      expect(await Promise.all(teams.map((team) => admittedOf(team)))).toEqual(teams.map(() => fits));
      const sizes = await Promise.all(cluster.servers.map((server) => server.client().dbsize()));
      expect(Math.min(...sizes)).toBeGreaterThan(0);
    });

    test("know the rest of the cluster by one of its nodes", async () => {
      await using gateway = await startedWith({ redisCluster: urls().slice(1, 2) });
      const statuses = await Promise.all(teams.map((team) => patiently(gateway, team)));
      expect(statuses).toEqual(teams.map(() => 429));
    });

    test("do not start with a node of a cluster where a single server is meant, and say what to write", async () => {
      await expect(startGatewayHere(config({ redis: urls()[0] }))).rejects.toThrow(
        /^storage\.redis: Redis at 127\.0\.0\.1:\d+ cannot be used: it is a node of a cluster; give addresses of the cluster as storage\.redisCluster$/u,
      );
    });

    async function startedWith(storage: object): Promise<GatewayHere & AsyncDisposable> {
      const gateway = await startGatewayHere(config(storage));
      return Object.assign(gateway, { [Symbol.asyncDispose]: () => gateway.close() });
    }
  },
);
