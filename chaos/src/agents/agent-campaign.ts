import { setTimeout as pause } from "node:timers/promises";
import { chanceFrom } from "../chance.ts";
import { collectEvidence } from "../collect-evidence.ts";
import { type Crashes, crashReplicas } from "../crash/crash-replicas.ts";
import { chaosKeys, plenty } from "../gateway-config.ts";
import { alarmsIn } from "../judge/alarms-in.ts";
import type { Evidence } from "../judge/evidence.ts";
import { judge, type Verdict } from "../judge/judge.ts";
import { outcomeLine } from "../judge/tell.ts";
import { startWorld, type World } from "../world.ts";
import { type AgentLoad, runAgents, type TurnOutcome } from "./run-agents.ts";

/** A campaign of agents, whose requests are as large as those of Claude Code. */
export interface AgentCampaign {
  readonly scratch: string;
  readonly seed: number;
  readonly replicas: number;
  readonly leaseMs: number;
  /** How many agents there are at the same time. */
  readonly agents: number;
  /** How often gateways are killed at each of the crash points; 0 for never. */
  readonly crashes: number;
  /** How many clients leave answers that the provider bills; 0 for none. */
  readonly aborts: number;
  readonly report: (text: string) => void;
}

/** What came of it. */
export interface AgentVerdict {
  readonly verdict: Verdict;
  readonly evidence: Pick<Evidence, "bill" | "book">;
  readonly outcomes: readonly TurnOutcome[];
  /** How often gateways were killed, by crash point. */
  readonly crashed: ReadonlyMap<string, number>;
}

/** Answers that are heard before anything happens, as gateways have heard that have run for a minute. */
const warmAnswers = 150;
/** How long a gateway serves between two crashes, and how many requests there are for each. */
const [betweenMs, requestsEach] = [3_000, 250];
/** Clients that leave, and sessions of which no answer is streamed, of a hundred. */
const [leavingOfAll, wholeSessions] = [60, 15];
const billedOn = new Set(["claude-lasting", "claude-lasting-translated"]);
const stopping = [
  ["claude-native", 1],
  ["claude-translated", 1],
] as const;
const lasting = [
  ["claude-lasting", 1],
  ["claude-lasting-translated", 1],
] as const;

/** Runs agents, whose gateways are killed or whose clients leave, and compares the book with the provider's bill. */
export async function runAgentCampaign(campaign: AgentCampaign): Promise<AgentVerdict> {
  const { scratch, seed, replicas, leaseMs, report } = campaign;
  const keys = chaosKeys();
  const budgets = plenty;
  const world = await startWorld({ scratch, replicas, keys, budgets, defect: undefined, leaseMs, isDirect: true });
  try {
    const { outcomes, crashed } = await runLoad(world, campaign);
    report(`seed ${seed}: ${outcomeLine(outcomes)}; waiting for what is held to end`);
    const evidence = await collectEvidence(world, { keys, budgets, leaseMs });
    const verdict = judge({
      ...evidence,
      outcomes,
      slicedKeys: keys.map(({ name }) => name),
      collapses: [],
      faults: faultsOf(outcomes, crashed),
      alarms: world.replicas.flatMap((replica) => alarmsIn(replica.output())),
    });
    return { verdict, evidence, outcomes, crashed };
  } finally {
    await world.close();
  }
}

async function runLoad(
  world: World,
  { seed, agents, crashes: times, aborts, report }: AgentCampaign,
): Promise<Pick<AgentVerdict, "outcomes" | "crashed">> {
  const chance = chanceFrom(seed);
  const ended = { requests: 0 };
  const crashes = crashReplicas(world.replicas, {
    chance: chanceFrom(seed + 1),
    times,
    betweenMs,
    requestsEach,
    requests: () => ended.requests,
    report,
  });
  const phase = { isWarm: false, isOver: false };
  const whereabouts = watchRequests(world, crashes);
  const left = new Set<string>();
  const load: AgentLoad = {
    agents,
    chance,
    keys: chaosKeys(),
    models: aborts === 0 ? stopping : [...stopping, ...lasting],
    billedOn,
    get leaving() {
      return phase.isWarm && aborts > 0 ? leavingOfAll : 0;
    },
    whole: wholeSessions,
    targets: () => world.replicas.flatMap(({ process, url }, index) => (process.running ? [{ index, url }] : [])),
    isOver: () => phase.isOver,
    ...whereabouts,
    onOutcome({ label, kind }) {
      if (kind !== "unavailable" && kind !== "disconnected") ended.requests += 1;
      if (kind === "aborted") left.add(label);
    },
  };
  const running = runAgents(load);
  while (world.provider.bill.rows.length < warmAnswers) await pause(100);
  phase.isWarm = true;
  const crashed = await crashes.run();
  while (left.size < aborts || world.provider.bill.rows.filter(({ label }) => left.has(label)).length < aborts) {
    await pause(500);
  }
  phase.isOver = true;
  return { outcomes: await running, crashed };
}

/** Knows at which gateway each request is, and tells what was seen of it. */
function watchRequests(world: World, crashes: Crashes): Pick<AgentLoad, "onSent" | "onStage"> {
  const places = new Map<string, number>();
  const saw = (label: string, stage: Parameters<Crashes["saw"]>[0]): void => {
    const place = places.get(label);
    if (place !== undefined) crashes.saw(stage, place);
  };
  world.provider.onStage = saw;
  return { onSent: (label, target) => void places.set(label, target), onStage: saw };
}

function faultsOf(outcomes: readonly TurnOutcome[], crashed: ReadonlyMap<string, number>): Evidence["faults"] {
  const kills = [...crashed.values()].reduce((sum, count) => sum + count, 0);
  const leavers = outcomes.filter(({ kind }) => kind === "aborted");
  return [
    ...Array.from({ length: kills }, () => "kill-replica" as const),
    ...leavers.map(() => "client left" as const),
  ];
}
