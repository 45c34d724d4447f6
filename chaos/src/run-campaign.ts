import { setTimeout as pause } from "node:timers/promises";
import { chanceFrom } from "./chance.ts";
import { collectEvidence } from "./collect-evidence.ts";
import { commitFault } from "./faults/commit-fault.ts";
import type { FaultKind, PlannedFault } from "./faults/fault.ts";
import { planFaults } from "./faults/plan-faults.ts";
import { chaosKeys } from "./gateway-config.ts";
import { judge, outcomeLine, type Verdict } from "./judge/judge.ts";
import { type PlannedRequest, planRequests } from "./load/plan-requests.ts";
import { runLoad } from "./load/run-load.ts";
import { startWorld, type World } from "./world.ts";

/** What one campaign is. The same again has the same load and the same faults. */
export interface Campaign {
  readonly scratch: string;
  readonly seconds: number;
  readonly perSecond: number;
  readonly replicas: number;
  readonly seed: number;
  /** Name of a defect that is planted in every gateway. */
  readonly defect?: string | undefined;
  /** Is told what happens. */
  readonly report: (text: string) => void;
}

const kinds: readonly FaultKind[] = [
  "kill-replica",
  "freeze-replica",
  "restart-replica",
  "skew-clock",
  "cut-redis",
  "cut-postgres",
  "kill-redis",
  "freeze-redis",
  "flush-redis",
  "rewind-redis",
  "kill-postgres",
  "freeze-postgres",
];
/** Longer than the longest answer and all repeats. */
const clientPatienceMs = 60_000;

/** Breaks a world under load, mends it, lets it come to rest, and compares its book with the provider's bill. */
export async function runCampaign(campaign: Campaign): Promise<Verdict> {
  const { scratch, seconds, perSecond, replicas, seed, defect, report } = campaign;
  const chance = chanceFrom(seed);
  const keys = chaosKeys();
  const requests = planRequests({
    chance,
    durationMs: seconds * 1_000,
    perSecond,
    keys: keys.map(({ name }) => name),
    prefix: `s${seed}`,
  });
  const faults = planFaults({ chance, durationMs: seconds * 1_000, everyMs: 2_500, replicas, kinds });
  const world = await startWorld({ scratch, replicas, keys, defect });
  try {
    const tokens = new Map(keys.map(({ name, token }) => [name, token]));
    const load = runLoad(requests, {
      urls: () => world.replicas.filter(({ process }) => process.running).map(({ url }) => url),
      tokenOf: (key) => tokens.get(key) ?? "",
      withinMs: clientPatienceMs,
    });
    const committed = await commitAll(world, faults, report);
    const outcomes = await load;
    report(`${outcomeLine(outcomes)}; waiting for what is held to end`);
    const collapses = await reviveAll(world);
    const evidence = await collectEvidence(world, keys);
    return judge({ ...evidence, outcomes, collapses, faults: committed + failuresIn(requests) });
  } finally {
    await world.close();
  }
}

/** Commits the faults at their times, one after the other; gives how many there were. */
async function commitAll(world: World, faults: readonly PlannedFault[], report: Campaign["report"]): Promise<number> {
  const startedMs = performance.now();
  for (const { atMs, fault } of faults) {
    const waitMs = atMs - (performance.now() - startedMs);
    if (waitMs > 0) await pause(waitMs);
    report(`${Math.round((performance.now() - startedMs) / 1_000)} s: ${JSON.stringify(fault)}`);
    await commitFault(world, fault);
  }
  return faults.length;
}

/** Starts the gateways that have ended by themselves, which none may, and tells what they said last. */
async function reviveAll({ replicas }: World): Promise<string[]> {
  const collapsed = replicas.filter(({ process }) => !process.running);
  const told = collapsed.map(({ process }) => process.output().slice(-1_000));
  for (const replica of collapsed) await replica.restart();
  return told;
}

/** Clients that leave and answers that fail are faults too. */
function failuresIn(requests: readonly PlannedRequest[]): number {
  return requests.filter(({ script, leavesAfterMs }) => script.end !== "finish" || leavesAfterMs !== undefined).length;
}
