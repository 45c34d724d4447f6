import { monitorEventLoopDelay } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type SQL, sql } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { revokeKey, updateEntry } from "../../directory-store/directory-change.ts";
import { type DirectoryFollower, followDirectory } from "../../directory-store/follow-directory.ts";
import { storedDirectories } from "../../directory-store/stored-directories.ts";
import type { KeyHasher } from "../../keys/key-hasher.ts";
import { onPostgres } from "../../testing/test-database.ts";
import { postgresDirectoryStore } from "./postgres-directory-store.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const count = isCampaign ? 1_000_000 : 30_000;
const perTeam = 100;
const atOnce = 25_000;

/** What PostgreSQL can do as well, so that the keys need not travel. */
const hasher: KeyHasher = { digest: (token) => `digest-of-the-key-${token}`.padEnd(43, "x") };

setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");
const heapBytes = (): number => {
  if (typeof collect === "function") collect();
  return process.memoryUsage().heapUsed;
};

/** How long nothing else could be done at a time while this was: nearly always (99 %), and at the most. */
async function blocksOf(work: () => Promise<unknown>): Promise<{ readonly p99Ms: number; readonly mostMs: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  // A block at the very end is seen by the next turn only.
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  return { p99Ms: delay.percentile(99) / 1e6, mostMs: delay.max / 1e6 };
}

onPostgres((opened) => {
  let follower: DirectoryFollower | undefined;
  const run = (statement: SQL): Promise<unknown> => opened.database.run((queries) => queries.execute(statement));
  const put = (entry: SQL, numbers: readonly number[]): Promise<unknown> => {
    const [first, last] = numbers.map((number) => sql.raw(String(number)));
    return run(sql`insert into drawbridge.directory_entry (kind, name, spec, managed_by, version)
      select ${entry}, 'store', 1 from generate_series(${first}, ${last}) n`);
  };
  beforeEach(async () => {
    await put(sql`'team', 'team-' || n, '{}'::jsonb`, [0, count / perTeam - 1]);
    for (let from = 0; from < count; from += atOnce) {
      const spec = sql`jsonb_build_object('team', 'team-' || n / ${sql.raw(String(perTeam))},
        'digest', rpad('digest-of-the-key-' || n, 43, 'x'))`;
      await put(sql`'key', 'key-' || n, ${spec}`, [from, Math.min(from + atOnce, count) - 1]);
    }
    await run(sql`update drawbridge.directory_head set version = 1`);
    await run(sql`analyze drawbridge.directory_entry`);
  }, 300_000);
  afterEach(() => follower?.close());

  test("many keys are read in small pieces and bounded memory, and a change of one or of a team costs no more than with few", async () => {
    const directoryOf = storedDirectories({ hasher });
    const store = postgresDirectoryStore({ ...opened, pollMs: 60_000 });
    const before = heapBytes();
    let directory = directoryOf((await store.load()).entries);
    const bytes = (heapBytes() - before) / count;
    const another = postgresDirectoryStore({ ...opened, pollMs: 60_000 });
    let from = performance.now();
    const reading = await blocksOf(() => another.load());
    const readingMs = performance.now() - from;

    follower = await followDirectory({
      store,
      clock: () => performance.now(),
      onState: ({ entries }) => void (directory = directoryOf(entries)),
    });
    const takes = (token: string): string => {
      const decision = directory.authenticate([token], { address: undefined, atMs: Date.now() });
      return decision.allowed ? `${decision.value.team}, ${decision.value.scopes.length}` : decision.code;
    };
    expect([directory.size, takes("0"), takes(`${count - 1}`), takes(`${count}`)]).toEqual([
      count,
      "team-0, 0",
      `team-${count / perTeam - 1}, 0`,
      "unknown-key",
    ]);
    const limits = [{ of: "requests", amount: 5, window: { kind: "total" } } as const];
    const lags: number[] = [];
    const changing = await blocksOf(async () => {
      for (let round = 0; round < 20; round++) {
        await another.change("alice", revokeKey(`key-${round}`));
        await another.change("alice", updateEntry("team", `team-${round + 1}`, { limits }));
        from = performance.now();
        while (takes(`${(round + 1) * perTeam}`) !== `team-${round + 1}, 1`) {
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        lags.push(performance.now() - from);
        expect([takes(`${round}`), takes("99")]).toEqual(["revoked-key", "team-0, 0"]);
      }
    });

    const figures = { count, bytes, readingMs, reading, changing, slowestLagMs: Math.max(...lags) };
    if (isCampaign) console.log(figures);
    expect(bytes).toBeGreaterThan(100);
    expect(bytes).toBeLessThan(600);
    expect(lags).toHaveLength(20);
    // What takes longer while so many are read are V8's full collections of a growing heap.
    if (isCampaign) {
      expect([Math.max(...lags) < 1_000, reading.p99Ms < 50, changing.mostMs < 50]).toEqual([true, true, true]);
    }
  }, 300_000);
});
