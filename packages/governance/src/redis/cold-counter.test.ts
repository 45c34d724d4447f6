import { afterEach, describe, expect, test } from "vitest";
import type { LimitBook } from "../limits/limit-book.ts";
import { limitScope } from "../limits/limit-scope.ts";
import { postgresLimitBook } from "../postgres/postgres-limit-book.ts";
import { memoryLimitBook } from "../testing/memory-limit-book.ts";
import { hasRedis, RedisServer } from "../testing/redis-server.ts";
import { onPostgres } from "../testing/test-database.ts";
import { redisLimitStore } from "./redis-limit-store.ts";

const [rounds, roundsOfTenant] = process.env["DRAWBRIDGE_CAMPAIGN"] === undefined ? [20, 20] : [1_000, 50];
const stores = 10;
const dollars = (nanoUsd: number) => ({ nanoUsd, inputTokens: 0, outputTokens: 0 });

async function race(server: RedisServer, book: LimitBook): Promise<void> {
  const options = { clock: () => Date.now(), book, leaseMs: 3_600_000, timeoutMs: 30_000, bookTimeoutMs: 30_000 };
  const all = Array.from({ length: stores }, () => redisLimitStore({ ...options, client: server.client() }));
  const [first] = all;
  if (first === undefined) throw new Error("no store");
  // What ends does not have to wait until requests are let in again: a round takes a moment, and not a second.
  for (let begun = 0; begun < rounds; begun += roundsOfTenant) {
    const partition = `customer ${begun}`;
    const scope = limitScope({
      id: partition,
      partition,
      limits: [{ of: "nanoUsd", amount: 1e6, window: { kind: "total" } }],
    });
    const ids = Array.from({ length: roundsOfTenant }, (_, index) => index + 1);
    for (const id of ids) await first.reserve({ id: `${id}`, partition, scopes: [scope], need: dollars(100) });
    for (const id of ids) {
      await first.settle({ id: `${id}`, partition }, dollars(7));
      await first.flush();
      await server.client().flushall();
      const seen = await Promise.all(all.map((store) => store.usage(scope)));
      const expected = [{ used: 7 * id, held: 100 * (roundsOfTenant - id) }];
      expect(seen.map((usages) => usages.map(({ used, held }) => ({ used, held })))).toEqual(all.map(() => expected));
    }
  }
  await Promise.all(all.map((store) => store.close()));
}

describe.skipIf(!hasRedis)(
  `L-19: ${stores} that race for a cold counter fill it once, in each of ${rounds} rounds`,
  () => {
    let server: RedisServer | undefined;
    afterEach(() => server?.stop());

    test("with a book in memory", async () => {
      server = await RedisServer.start();
      await race(server, memoryLimitBook());
    }, 1_800_000);

    onPostgres((opened) => {
      test("with a book in PostgreSQL", async () => {
        server = await RedisServer.start();
        await race(server, postgresLimitBook({ database: opened.database }));
      }, 1_800_000);
    });
  },
);
