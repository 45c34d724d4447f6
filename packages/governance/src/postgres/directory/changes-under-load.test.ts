import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type DirectoryChange,
  removeEntry,
  revokeKey,
  rotateKey,
  updateEntry,
  updateKey,
} from "../../directory-store/directory-change.ts";
import type { DirectoryEntry } from "../../directory-store/directory-entry.ts";
import type { LimitScope } from "../../limits/limit-scope.ts";
import type { Limit } from "../../limits/limit.ts";
import {
  type ChangingReplica,
  changingScenes,
  plainHasher,
  requestNanoUsd,
  type Word,
} from "../../testing/changing-replicas.ts";
import { hasRedis, RedisServer } from "../../testing/redis-server.ts";
import { onPostgres } from "../../testing/test-database.ts";

// DRAWBRIDGE_CAMPAIGN=1 does it as often as the specification asks.
const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const changes = isCampaign ? 500 : 12;
const everyMs = 40;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const below = (limit: number): number => Math.floor(Math.random() * limit);

/** How somebody is kept out from one moment on. */
const waysOut: readonly ((name: string) => DirectoryChange)[] = [
  revokeKey,
  (name) => updateKey(name, { disabled: true }),
  (name) => updateEntry("team", name, { disabled: true }),
  (name) => rotateKey(name, plainHasher.digest(`another ${name}`), 0),
  (name) => removeEntry("key", name),
];

/** Measured in campaigns; elsewhere other processes take the processor away for longer. */
const within = (ms: number): number => (isCampaign ? ms : 30_000);

/** Changes that have been made, and when each replica had them. */
class Lags {
  readonly all: number[] = [];
  readonly #waiting = new Set<{ readonly sinceMs: number; readonly isThere: () => boolean }>();

  /** Looks from now on whether it is there. */
  await(isThere: () => boolean): void {
    this.#waiting.add({ sinceMs: performance.now(), isThere });
  }

  look(): void {
    for (const one of this.#waiting) {
      if (!one.isThere()) continue;
      this.#waiting.delete(one);
      this.all.push(performance.now() - one.sinceMs);
    }
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  percentile(part: number): number {
    const sorted = this.all.toSorted((one, other) => one - other);
    return sorted[Math.ceil((sorted.length * part) / 100) - 1] ?? Infinity;
  }
}

/** Has each replica ask all the time, by several at once, and looks for lags, while `work` is done. */
async function underLoad(
  {
    replicas,
    lags,
    ask,
  }: { replicas: readonly ChangingReplica[]; lags: Lags; ask: (by: ChangingReplica) => Promise<void> },
  work: () => Promise<void>,
): Promise<number> {
  const over = new AbortController();
  let asked = 0;
  const worker = async (by: ChangingReplica): Promise<void> => {
    for (; !over.signal.aborted; asked++) {
      await ask(by);
      await pause(below(4));
    }
  };
  const looking = setInterval(() => lags.look(), 5);
  const workers = replicas.flatMap((by) => [worker(by), worker(by)]);
  try {
    await work();
    for (let waitedMs = 0; lags.waiting > 0 && waitedMs < 60_000; waitedMs += 50) await pause(50);
  } finally {
    over.abort();
    clearInterval(looking);
    await Promise.all(workers);
  }
  return asked;
}

function entry(kind: DirectoryEntry["kind"], name: string, spec: DirectoryEntry["spec"]): DirectoryEntry {
  return { kind, name, spec, managedBy: "store", version: 1 };
}

onPostgres((opened) => {
  let redis: RedisServer | undefined;
  beforeAll(async () => void (hasRedis && (redis = await RedisServer.start())));
  afterAll(() => redis?.stop());
  const open = changingScenes(opened, () => {
    if (redis === undefined) throw new Error("the tests need redis-server");
    return redis;
  });

  test.skipIf(!hasRedis).each<[string, Word, number]>([
    ["LISTEN and Redis", { listen: true, redis: true }, 1_000],
    ["LISTEN alone", { listen: true, redis: false }, 1_000],
    ["Redis alone", { listen: false, redis: true }, 1_000],
    ["no word of them at all", { listen: false, redis: false }, 5_000],
  ])(
    "S-08: with %s no key is let in after it was revoked, disabled, replaced or removed, on any replica, under load",
    async (ways, word, boundMs) => {
      const tokens = Array.from({ length: changes + 20 }, (__, at) => `k${at}`);
      const entries = tokens.flatMap((name) => [
        entry("team", name, {}),
        entry("key", name, { digest: plainHasher.digest(name), team: name }),
      ]);
      const { replicas, admin } = await open(entries, word);
      const lags = new Lags();
      const revokedMs = new Map<string, number>();
      const seen = { ok: 0, refused: 0, late: 0 };
      const ask = async (by: ChangingReplica): Promise<void> => {
        // Mostly those that are or were just about to be revoked.
        const token = tokens[Math.max(0, revokedMs.size + 10 - below(60))] ?? "";
        const sinceMs = performance.now() - (revokedMs.get(token) ?? Infinity);
        const isKnown = revokedMs.has(token) && typeof by.who(token) === "string";
        const outcome = await by.request(token);
        seen[outcome === "ok" ? "ok" : "refused"] += 1;
        if (outcome === "ok" && (isKnown || sinceMs > within(boundMs))) seen.late += 1;
      };
      const asked = await underLoad({ replicas, lags, ask }, async () => {
        for (const token of tokens.slice(0, changes)) {
          await admin.change("alice", waysOut[revokedMs.size % waysOut.length]?.(token) ?? revokeKey(token));
          revokedMs.set(token, performance.now());
          for (const replica of replicas) lags.await(() => typeof replica.who(token) === "string");
          await pause(everyMs);
        }
      });
      if (isCampaign)
        console.log(
          `S-08 ${ways}: ${asked} requests, p50 ${lags.percentile(50)}, p99 ${lags.percentile(99)}, most ${lags.percentile(100)} ms`,
          seen,
        );
      expect([lags.all.length, lags.waiting, seen.late]).toEqual([changes * 3, 0, 0]);
      expect(lags.percentile(100)).toBeLessThan(within(boundMs));
      expect(Math.min(seen.ok, seen.refused)).toBeGreaterThan(0);
    },
    180_000,
  );

  test.skipIf(!hasRedis)(
    "L-21: changed limits hold on all replicas within a second, and what was used stays, under load",
    async () => {
      const teams = Array.from({ length: isCampaign ? 100 : 6 }, (_, at) => `t${at}`);
      const limit = (amount: number): Limit[] => [{ of: "nanoUsd", amount, window: { kind: "total" } }];
      const much = Number.MAX_SAFE_INTEGER - 1;
      const { replicas, admin } = await open(
        teams.flatMap((team) => [
          entry("team", team, { limits: limit(much) }),
          entry("key", `k-${team}`, { digest: plainHasher.digest(team), team }),
        ]),
        { listen: true, redis: true },
      );
      const lags = new Lags();
      const inForce = new Map(teams.map((team) => [team, { amount: much, sinceMs: Infinity }]));
      const used = new Map<string, number>();
      const seen = { judged: 0, wrong: 0, refused: 0 };
      const scopeOf = (by: ChangingReplica, team: string): LimitScope | undefined => {
        const holder = by.who(team);
        return typeof holder === "string" ? undefined : holder.scopes[0];
      };
      const has = (by: ChangingReplica, team: string, amount?: number): boolean =>
        scopeOf(by, team)?.rules[0]?.limit.amount === amount;
      const ask = async (by: ChangingReplica): Promise<void> => {
        const team = teams[below(teams.length)] ?? "";
        const [expected, sinceMs] = [inForce.get(team), performance.now()];
        const isKnown = has(by, team, expected?.amount);
        const outcome = await by.request(team);
        if (outcome === "ok") used.set(team, (used.get(team) ?? 0) + requestNanoUsd);
        seen.refused += outcome === "ok" ? 0 : 1;
        if (expected === undefined || expected !== inForce.get(team)) return;
        if (!isKnown && sinceMs < expected.sinceMs + within(1_000)) return;
        seen.judged += 1;
        seen.wrong += (outcome === "ok") === expected.amount > requestNanoUsd ? 0 : 1;
      };
      const asked = await underLoad({ replicas, lags, ask }, async () => {
        while (used.size < teams.length) await pause(20);
        for (let change = 0; change < changes; change++) {
          const team = teams[change % teams.length] ?? "";
          // Below what was used, or far above it again; no two amounts are alike.
          const amount = Math.floor(change / teams.length) % 2 === 0 ? change % requestNanoUsd : much - 1 - change;
          await admin.change("alice", updateEntry("team", team, { limits: limit(amount) }));
          inForce.set(team, { amount, sinceMs: performance.now() });
          for (const by of replicas) lags.await(() => has(by, team, amount));
          await pause(everyMs);
        }
        await pause(1_500);
      });
      for (const { governance } of replicas) await governance.flush();
      for (const team of teams) {
        for (const by of replicas) {
          const scope = scopeOf(by, team);
          expect(scope && (await by.limits.usage(scope))).toMatchObject([{ used: used.get(team), held: 0 }]);
        }
      }
      if (isCampaign)
        console.log(
          `L-21: ${asked} requests, p50 ${lags.percentile(50)}, p99 ${lags.percentile(99)}, most ${lags.percentile(100)} ms`,
          seen,
        );
      expect([lags.all.length, lags.waiting, seen.wrong]).toEqual([changes * 3, 0, 0]);
      expect(lags.percentile(99)).toBeLessThan(within(1_000));
      expect(Math.min(seen.judged, seen.refused)).toBeGreaterThan(0);
    },
    180_000,
  );
});
