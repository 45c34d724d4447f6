import { chanceFrom } from "./chance.ts";
import { collectEvidence } from "./collect-evidence.ts";
import { alarmsIn } from "./judge/alarms-in.ts";
import { commitAll } from "./faults/commit-all.ts";
import { faultKinds, planFaults } from "./faults/plan-faults.ts";
import { budgetsFor, chaosKeys } from "./gateway-config.ts";
import type { FaultKind } from "./faults/fault.ts";
import type { CommittedFault } from "./judge/evidence.ts";
import { judge, type Verdict } from "./judge/judge.ts";
import { overRecordedBy } from "./judge/over-recorded.ts";
import { faultLine, outcomeLine, overRecordedLine, overRecordedTable } from "./judge/tell.ts";
import { type PlannedRequest, planRequests } from "./load/plan-requests.ts";
import { runLoad } from "./load/run-load.ts";
import { startWorld, type World } from "./world.ts";

/** What one campaign is. The same again has the same load and the same faults. */
export interface Campaign {
  readonly scratch: string;
  readonly seconds: number;
  readonly perSecond: number;
  /** How many of a hundred clients leave before their answer has ended. */
  readonly leaving: number;
  readonly replicas: number;
  readonly seed: number;
  /** How long what is held outlives a gateway that is gone. */
  readonly leaseMs: number;
  /** Name of a defect that is planted in every gateway. */
  readonly defect?: string | undefined;
  /** Whether several things may be broken at the same time; else each is mended before the next one breaks. */
  readonly together: boolean;
  /** The faults that are committed; all unless told. */
  readonly faults?: readonly FaultKind[] | undefined;
  /** How long to wait at most until all agree; as long as that may take unless told. */
  readonly restMs?: number | undefined;
  /** Is told what happens. */
  readonly report: (text: string) => void;
}

/** Between two faults on average, where there is time for all kinds. */
const usualMs = 2_500;
/** Longer than the longest answer and all repeats. */
const clientPatienceMs = 60_000;
/** A gateway frozen for longer than all that it holds is kept, by so much: others look for it each second. */
const [leasesToExpiry, stallMarginMs] = [4, 4_000];
/** Where that is too long for the campaign, none is. */
const [stallsWithin, stallsAlwaysMs] = [0.5, 20_000];

/** Breaks a world under load, mends it, lets it come to rest, and compares its book with the provider's bill. */
export async function runCampaign(campaign: Campaign): Promise<Verdict> {
  const { scratch, seconds, perSecond, leaving, replicas, seed, leaseMs, together, defect, report } = campaign;
  const chance = chanceFrom(seed);
  const durationMs = seconds * 1_000;
  const keys = chaosKeys();
  const budgets = budgetsFor(seconds * perSecond);
  const names = keys.map(({ name }) => name);
  const requests = planRequests({ chance, durationMs, perSecond, keys: names, leaving, prefix: `s${seed}` });
  const stallMs = leasesToExpiry * leaseMs + stallMarginMs;
  const kinds = (campaign.faults ?? faultKinds).filter(
    (kind) => kind !== "stall-replica" || stallMs < Math.max(stallsAlwaysMs, durationMs * stallsWithin),
  );
  const everyMs = Math.min(usualMs, durationMs / (kinds.length + 2));
  const faults = planFaults({ chance, durationMs, everyMs: Math.round(everyMs), replicas, kinds, stallMs });
  const world = await startWorld({ scratch, replicas, keys, budgets, defect, leaseMs });
  try {
    const tokens = new Map(keys.map(({ name, token }) => [name, token]));
    const load = runLoad(requests, {
      urls: () => world.replicas.filter(({ process }) => process.running).map(({ url }) => url),
      tokenOf: (key) => tokens.get(key) ?? "",
      withinMs: clientPatienceMs + stallMs,
    });
    const committed = await commitAll(world, faults, { durationMs, together, report });
    const outcomes = await load;
    report(`${outcomeLine(outcomes)}; waiting for what is held to end`);
    const collapses = await reviveAll(world);
    const evidence = await collectEvidence(world, { keys, budgets, leaseMs, restMs: campaign.restMs });
    const all = [...committed, ...failuresIn(requests)];
    const verdict = judge({
      ...evidence,
      outcomes,
      slicedKeys: keys.filter((key) => !budgets.isStrict(key)).map(({ name }) => name),
      collapses,
      faults: all,
      alarms: world.replicas.flatMap((replica) => alarmsIn(replica.output())),
    });
    report(faultLine(all));
    report(overRecordedLine(verdict));
    for (const line of overRecordedTable(overRecordedBy(evidence.bill, evidence.book))) report(line);
    return verdict;
  } finally {
    await world.close();
  }
}

/** Starts the gateways that have ended by themselves, which none may, and tells what they said last. */
async function reviveAll({ replicas }: World): Promise<string[]> {
  const collapsed = replicas.filter(({ process }) => !process.running);
  const told = collapsed.map(({ process }) => process.output().slice(-1_000));
  for (const replica of collapsed) await replica.restart();
  return told;
}

/** Clients that leave and answers that fail are faults too. */
function failuresIn(requests: readonly PlannedRequest[]): CommittedFault[] {
  return requests.flatMap(({ script, leavesAfterMs }): CommittedFault[] => [
    ...(script.end === "finish" ? [] : ["provider failed" as const]),
    ...(leavesAfterMs === undefined ? [] : ["client left" as const]),
  ]);
}
