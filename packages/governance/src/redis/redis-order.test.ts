import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Amounts } from "../limits/limit.ts";
import { limitScope } from "../limits/limit-scope.ts";
import { ReferenceLedger } from "../testing/reference-ledger.ts";
import { hasRedis, RedisServer } from "../testing/redis-server.ts";
import { PartitionSteps } from "./partition-steps.ts";
import { ScriptRunner } from "./script-runner.ts";

const steps = process.env["DRAWBRIDGE_CAMPAIGN"] === undefined ? 2_000 : 100_000;
const processes = 4;
const atOnce = 25;
const nowMs = Date.parse("2026-11-25T12:00:00Z");
const leases = { leaseMs: 30_000, graceMs: 90_000 };
const partition = "customer acme";
const scopes = [
  limitScope({
    id: partition,
    partition,
    limits: [
      { of: "nanoUsd", amount: 3 * steps, window: { kind: "calendar", unit: "month", timeZone: "UTC" } },
      { of: "totalTokens", amount: 5 * steps, window: { kind: "rolling", ms: 60_000 } },
    ],
  }),
  limitScope({
    id: "key alice",
    partition,
    limits: [
      { of: "requests", amount: steps / 20, window: { kind: "parallel" } },
      { of: "nanoUsd", amount: 2 * steps, window: { kind: "total" } },
    ],
  }),
];
const below = (limit: number): number => Math.floor(Math.random() * limit);
const amounts = (): Amounts => ({ nanoUsd: below(40), inputTokens: below(30), outputTokens: below(30) });

/** A step that changed something, as the partition numbered it, and how the reference does it. */
interface Told {
  readonly seq: number;
  readonly outcome: string;
  readonly again: (reference: ReferenceLedger) => string;
}

describe.skipIf(!hasRedis)("steps of several processes at the same time", () => {
  let server: RedisServer;
  beforeAll(async () => void (server = await RedisServer.start()));
  afterAll(() => server.stop());

  test("are what the reference ledger does one after the other in the order of their numbers, and none is missing", async () => {
    const told: Told[] = [];
    const serverTime = (): number => nowMs;
    const all = Array.from({ length: processes }, () => {
      const runner = new ScriptRunner({ client: server.client(), prefix: "order", fenced: false, serverTime });
      return new PartitionSteps({ runner, clock: serverTime, ...leases });
    });
    // Few ids at a time, so that they meet.
    const one = async (process: PartitionSteps, done: number): Promise<void> => {
      const id = `${Math.floor(done / 3) + below(50)}`;
      const some = amounts();
      const what = below(3);
      if (what === 0) {
        const reply = await process.reserve({ id, partition, scopes, need: some });
        if (reply.outcome !== "held" || !reply.isNew) return;
        const again = (reference: ReferenceLedger) => reference.reserve(id, { scopes, need: some, nowMs });
        told.push({ seq: reply.mark.seq, outcome: "held", again });
      } else if (what === 1) {
        const reply = await process.topUp({ id, partition }, some);
        if (reply.outcome !== "held") return;
        told.push({ seq: reply.mark.seq, outcome: "held", again: (reference) => reference.topUp(id, some, nowMs) });
      } else {
        const used = below(4) === 0 ? undefined : some;
        const reply = await process.close({ id, partition }, used);
        if (reply.outcome !== "done") return;
        told.push({ seq: reply.mark.seq, outcome: "done", again: (reference) => reference.close(id, used) });
      }
    };
    for (let count = 0; count < steps; count += processes * atOnce) {
      await Promise.all(all.flatMap((process) => Array.from({ length: atOnce }, () => one(process, count))));
    }
    told.sort((first, second) => first.seq - second.seq);
    expect(told.map(({ seq }) => seq)).toEqual(told.map((_, index) => index + 1));
    const reference = new ReferenceLedger(leases.leaseMs, leases.graceMs);
    for (const { seq, outcome, again } of told) expect([seq, again(reference)]).toEqual([seq, outcome]);
    for (const scope of scopes) {
      const reply = await all[0]?.usage(scope);
      const usages = reply?.outcome === "usage" ? reply.usages : [];
      const expected = reference.usage(scope, nowMs);
      expect(usages.map(({ limit, used, held }) => [limit, used, held])).toEqual(
        expected.map(({ of, used, held }) => [of, used, held]),
      );
    }
    expect(told.length).toBeGreaterThan(steps / 10);
  }, 600_000);
});
