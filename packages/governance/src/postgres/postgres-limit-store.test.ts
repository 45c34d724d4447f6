import { env } from "node:process";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Amounts } from "../limits/limit.ts";
import { limitScope } from "../limits/limit-scope.ts";
import { commandCount } from "../testing/command-count.ts";
import { raceForRoom } from "../testing/limit-race.ts";
import { limitStoreContract } from "../testing/limit-store-contract.ts";
import { onEachDatabase } from "../testing/test-database.ts";
import { connectPostgres } from "./connect-postgres.ts";
import type { Database } from "./database.ts";
import { postgresLimitStore } from "./postgres-limit-store.ts";

const dollars = (nanoUsd: number): Amounts => ({ nanoUsd, inputTokens: 0, outputTokens: 0 });

onEachDatabase((opened) => {
  limitStoreContract({
    name: "a limit store in a database",
    commands: commandCount({ here: 150, ci: 500 }),
    open: async (opening) => {
      await opened.database.run((queries) =>
        queries.execute(sql`truncate drawbridge.limit_partition, drawbridge.limit_slot, drawbridge.limit_hold`),
      );
      return { store: postgresLimitStore({ ...opening, database: opened.database, time: "clock" }) };
    },
  });
});

const replicas = 3;
const isCampaign = env["DRAWBRIDGE_CAMPAIGN"] === "1";
const rounds = isCampaign ? 200 : env["CI"] === undefined ? 3 : 8;
const ofReplica = isCampaign ? 200 : 100;

onEachDatabase((opened) => {
  const connected = (): Promise<Database> =>
    opened.url === undefined ? Promise.resolve(opened.database) : connectPostgres({ url: opened.url });
  const month = { kind: "calendar", unit: "month", timeZone: "Europe/Berlin" } as const;

  test("L-02: of replicas that ask at once admits exactly as many as fit, in every round", async () => {
    const databases = await Promise.all(Array.from({ length: replicas }, connected));
    const stores = databases.map((database) => postgresLimitStore({ database, clock: () => Date.now() }));
    // PGlite has one connection, on which nothing can meet.
    await raceForRoom({ stores, ofStore: ofReplica, rounds: opened.url === undefined ? 1 : rounds });
    if (opened.url !== undefined) await Promise.all(databases.map((database) => database.close()));
  }, 600_000);

  test("does not deadlock when steps, touches and sweeps of all replicas meet", async () => {
    const databases = await Promise.all(Array.from({ length: replicas }, connected));
    const stores = databases.map((database) =>
      postgresLimitStore({ database, clock: () => Date.now(), leaseMs: 5, graceMs: 5 }),
    );
    const limits = [{ of: "nanoUsd", amount: 1e9, window: month }] as const;
    const scopes = ["a", "b", "c"].map((partition) => limitScope({ id: `meet ${partition}`, partition, limits }));
    const work = stores.flatMap((store, replica) =>
      [0, 1, 2, 3].map(async (worker) => {
        for (let step = 0; step < 10; step++) {
          const held = scopes.map((scope) => ({
            id: `${replica}.${worker}.${step}`,
            partition: scope.partition,
            scope,
          }));
          if (worker % 2 === 0) held.reverse();
          for (const { scope, ...ref } of held) await store.reserve({ ...ref, scopes: [scope], need: dollars(10) });
          await Promise.all([store.touch(held), store.sweep()]);
          for (const ref of held) await store.topUp(ref, dollars(1));
          for (const ref of held) expect(await store.settle(ref, dollars(7))).toBe("done");
        }
      }),
    );
    await Promise.all(work);
    for (const scope of scopes) {
      expect(await stores[0]?.usage(scope)).toMatchObject([{ used: replicas * 4 * 10 * 7, held: 0 }]);
    }
    if (opened.url !== undefined) await Promise.all(databases.map((database) => database.close()));
  }, 120_000);

  test.each([-300_000, 300_000])("L-17: takes the database's time where the clock is %d ms off", async (offMs) => {
    const { database } = opened;
    const store = postgresLimitStore({ database, clock: () => Date.now() + offMs });
    const window = { kind: "calendar", unit: "minute", timeZone: "UTC" } as const;
    const scope = limitScope({ id: `skewed ${offMs}`, limits: [{ of: "nanoUsd", amount: 10, window }] });
    const before = Date.now();
    await store.reserve({ id: `skewed ${offMs}`, scopes: [scope], need: dollars(1) });
    const [usage] = await store.usage(scope);
    const reset = usage?.resetsAtMs ?? Number.NaN;
    expect(reset % 60_000).toBe(0);
    expect(reset).toBeGreaterThan(before);
    expect(reset).toBeLessThanOrEqual(Date.now() + 60_000);
    const { rows } = await database.run((queries) =>
      queries.execute(sql`select from drawbridge.limit_slot where meter like ${`["skewed ${offMs}"%`}
        and start_ms between ${before - 60_000}::bigint and ${Date.now()}::bigint`),
    );
    expect(rows).toHaveLength(1);
    await store.sweep();
    // As exactly as a sweep takes, which on a busy machine is some seconds.
    expect(Math.abs((store.skewMs?.() ?? 0) + offMs)).toBeLessThan(60_000);
  });

  test("knows of a hold that it has ended, and not only expired", async () => {
    let now = Date.parse("2026-11-25T12:00:00Z");
    const store = postgresLimitStore({ database: opened.database, clock: () => now, time: "clock" });
    const limits = [{ of: "nanoUsd", amount: 1e9, window: { kind: "total" } }] as const;
    const hold = { id: "1", partition: "customer ended" };
    const scope = limitScope({ id: hold.partition, partition: hold.partition, limits });
    await store.reserve({ ...hold, scopes: [scope], need: dollars(10) });
    for (const ms of [30_000, 90_000]) {
      now += ms;
      await store.sweep();
    }
    expect(await store.usage(scope)).toMatchObject([{ used: 10, held: 0 }]);
    expect(await store.hasEnded?.(hold)).toBe(false);
    await store.release(hold);
    expect(await store.hasEnded?.(hold)).toBe(true);
  });

  test("tells of what has expired wherever a sweep fails, and of what a process has swept that is gone, once", async () => {
    let now = Date.parse("2026-11-25T12:00:00Z");
    const limits = [{ of: "nanoUsd", amount: 1e9, window: { kind: "total" } }] as const;
    const truncated = sql`truncate drawbridge.limit_partition, drawbridge.limit_slot, drawbridge.limit_hold`;
    await opened.database.run((queries) => queries.execute(truncated));
    const storeOn = (database: Database) => postgresLimitStore({ database, clock: () => now, time: "clock" });
    let failed = true;
    for (let failing = 1; failed; failing++) {
      let calls = Number.NEGATIVE_INFINITY;
      const run: Database["run"] = async (work) => {
        const result = await opened.database.run(work);
        // It is done, and the answer is lost.
        if ((calls += 1) === failing) throw new Error("the connection is gone");
        return result;
      };
      const store = storeOn({ ...opened.database, run });
      const expired = [1, 2].map((number) => {
        const scope = limitScope({ id: `${failing} ${number}`, partition: `${failing} ${number}`, limits });
        const { partition } = scope;
        return { scope, hold: { id: "1", partition, charged: dollars(number), scopes: [scope.id] } };
      });
      for (const { scope, hold } of expired) await store.reserve({ ...hold, scopes: [scope], need: hold.charged });
      now += 30_000;
      await store.sweep();
      now += 90_000;
      calls = 0;
      const swept = await store.sweep().catch(() => undefined);
      calls = Number.NEGATIVE_INFINITY;
      failed = swept === undefined;
      const told = [...(swept?.expired ?? [])];
      for (let minute = 0; minute < 3; minute++, now += 60_000) told.push(...(await store.sweep()).expired);
      const ofThese = told.filter(({ partition = "" }) => partition.startsWith(`${failing} `));
      expect(ofThese.toSorted((one, other) => one.charged.nanoUsd - other.charged.nanoUsd)).toEqual(
        expired.map(({ hold }) => hold),
      );
      const next = storeOn(opened.database);
      const again = [...(await next.sweep()).expired, ...(await next.sweep()).expired];
      const names = expired.map(({ hold }) => hold.partition);
      expect(
        again
          .map(({ partition = "" }) => partition)
          .filter((name) => names.includes(name))
          .toSorted(),
      ).toEqual(names);
    }
  });

  test("forgets what has ended and nobody may change any more", async () => {
    const { database } = opened;
    await database.run((queries) =>
      queries.execute(sql`truncate drawbridge.limit_partition, drawbridge.limit_slot, drawbridge.limit_hold`),
    );
    let now = Date.parse("2026-11-25T12:00:00Z");
    const store = postgresLimitStore({ database, clock: () => now, time: "clock" });
    const limits = [{ of: "requests", amount: 1e6, window: { kind: "rolling", ms: 60_000 } }] as const;
    const scope = limitScope({ id: "busy", limits });
    await store.reserve({ id: "silent", scopes: [scope], need: dollars(1) });
    for (let index = 0; index < 30; index++) {
      await store.reserve({ id: `${index}`, scopes: [scope], need: dollars(1) });
      await store.settle({ id: `${index}` }, dollars(1));
      now += 60_000;
      await store.sweep();
    }
    const counts = async (): Promise<unknown> => {
      const { rows } = await database.run((queries) =>
        queries.execute(sql`select (select count(*)::int from drawbridge.limit_slot) as slots,
          (select count(*)::int from drawbridge.limit_hold) as holds`),
      );
      return rows;
    };
    // What the silent one holds, the slot that still counts, and the ids of the last minutes.
    expect(await counts()).toEqual([{ slots: 2, holds: 10 }]);
    now += 50 * 60 * 60 * 1000;
    await store.sweep();
    expect(await counts()).toEqual([{ slots: 0, holds: 0 }]);
    // What is forgotten is not given out again when the clock falls back.
    now -= 50 * 60 * 60 * 1000;
    const [usage] = await store.usage(scope);
    expect(usage).toMatchObject({ used: 0, held: 0 });
    await store.reserve({ id: "back", scopes: [scope], need: dollars(1) });
    const { rows } = await database.run((queries) =>
      queries.execute(sql`select from drawbridge.limit_slot where start_ms > ${now + 49 * 60 * 60 * 1000}::bigint`),
    );
    expect(rows).toHaveLength(1);
  });
});
