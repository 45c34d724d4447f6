import { describe, expect, test } from "vitest";
import { limitScope, type LimitScope } from "../limits/limit-scope.ts";
import { postgresLimitBook } from "../postgres/postgres-limit-book.ts";
import { hasRedis, RedisServer } from "../testing/redis-server.ts";
import { onPostgres } from "../testing/test-database.ts";
import { redisLimitStore } from "./redis-limit-store.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] !== undefined;
const tenants = isCampaign ? 2_500 : 100;
const levels = ["customer", "team", "user", "key"];
const month = { kind: "calendar", unit: "month", timeZone: "UTC" } as const;
const need = { nanoUsd: 10, inputTokens: 1, outputTokens: 1 };

function scopesOf(tenant: number): readonly LimitScope[] {
  const partition = `customer ${tenant}`;
  return levels.map((level) =>
    limitScope({ id: `${level} ${tenant}`, partition, limits: [{ of: "nanoUsd", amount: 1e9, window: month }] }),
  );
}

describe.skipIf(!hasRedis)("a Redis that is empty", () => {
  onPostgres((opened) => {
    test(`L-18: says of ${tenants * levels.length} scopes in use what it said before`, async () => {
      const server = await RedisServer.start();
      const book = postgresLimitBook({ database: opened.database });
      const options = { clock: () => Date.now(), book, timeoutMs: 30_000, bookTimeoutMs: 30_000 };
      const store = redisLimitStore({ client: server.client(), ...options });
      const all = Array.from({ length: tenants }, (_, tenant) => scopesOf(tenant));
      const used = (tenant: number): number => 1 + (tenant % 7);
      for (let first = 0; first < tenants; first += 100) {
        const some = all.slice(first, first + 100).map(async (scopes, index) => {
          const ref = { id: `${first + index}`, partition: `customer ${first + index}` };
          await store.reserve({ ...ref, scopes, need });
          await store.settle(ref, { ...need, nanoUsd: used(first + index) });
        });
        await Promise.all(some);
      }
      await store.flush();
      await server.client().flushall();
      const beganMs = performance.now();
      const usages = await Promise.all(all.map((scopes) => Promise.all(scopes.map((scope) => store.usage(scope)))));
      const tookMs = performance.now() - beganMs;
      if (isCampaign) process.stdout.write(`rebuild: ${tenants * levels.length} scopes in ${tookMs.toFixed(0)} ms\n`);
      usages.forEach((scopes, tenant) => {
        expect(scopes.flat().map((usage) => usage.used)).toEqual(levels.map(() => used(tenant)));
      });
      await store.close();
      await server.stop();
    }, 300_000);
  });
});
