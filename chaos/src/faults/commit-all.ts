import { setTimeout as pause } from "node:timers/promises";
import type { World } from "../world.ts";
import { commitFault } from "./commit-fault.ts";
import type { Fault, FaultKind, PlannedFault } from "./fault.ts";

/** When the load ends, whether several things may be broken at the same time, and who is told what happens. */
export interface CommitOptions {
  readonly durationMs: number;
  readonly together: boolean;
  readonly report: (text: string) => void;
}

/**
 * Commits the faults at their times, one after the other; `together`, that is so for one process and its ways alone. What
 * would come when the load is over is left out. Gives what was done.
 */
export async function commitAll(
  world: World,
  planned: readonly PlannedFault[],
  { durationMs, together, report }: CommitOptions,
): Promise<FaultKind[]> {
  const startedMs = performance.now();
  const elapsed = (): number => performance.now() - startedMs;
  const committed: FaultKind[] = [];
  const lanes = Map.groupBy(planned, ({ fault }) => (together ? victimOf(fault) : ""));
  const run = async (lane: readonly PlannedFault[]): Promise<void> => {
    for (const { atMs, fault } of lane) {
      const waitMs = atMs - elapsed();
      if (waitMs > 0) await pause(waitMs);
      if (elapsed() > durationMs) return;
      report(`${(elapsed() / 1_000).toFixed(1)} s: ${JSON.stringify(fault)}`);
      committed.push(fault.kind);
      await commitFault(world, fault);
      // What Redis has lost is there again some moments after Redis is.
      if (!together && losing.has(fault.kind)) await pause(refilledWithinMs);
    }
  };
  await Promise.all([...lanes.values()].map(run));
  return committed;
}

/** Faults by which Redis loses what it has counted, and how long it takes to be filled again. */
const losing: ReadonlySet<FaultKind> = new Set(["kill-redis", "flush-redis", "rewind-redis"]);
const refilledWithinMs = 3_000;

function victimOf(fault: Fault): string {
  if ("replica" in fault) return `replica ${fault.replica}`;
  return fault.kind.endsWith("redis") ? "redis" : "postgres";
}
