import { Agent } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Chance } from "../chance.ts";
import type { ChaosKey } from "../gateway-config.ts";
import type { Outcome } from "../judge/evidence.ts";
import { Conversation } from "./conversation.ts";
import { recordedRequests } from "./recorded-requests.ts";
import { sendTurn, type TurnDestination } from "./send-turn.ts";

/** A gateway that agents may ask. */
export interface AgentTarget {
  readonly index: number;
  readonly url: string;
}

/** What agents do. */
export interface AgentLoad {
  /** How many there are; each sends one request after the other. */
  readonly agents: number;
  readonly chance: Chance;
  readonly keys: readonly ChaosKey[];
  /** The models that they ask for, by weight; of those in `billedOn` the provider writes and bills all of an answer. */
  readonly models: readonly (readonly [string, number])[];
  readonly billedOn: ReadonlySet<string>;
  /** How many of a hundred clients leave before their answer has ended. */
  readonly leaving: number;
  /** Of whole answers, which none of the recorded requests but some ask for, how many of a hundred sessions have them. */
  readonly whole: number;
  readonly targets: () => readonly AgentTarget[];
  readonly isOver: () => boolean;
  /** Told which gateway a request went to, and how far its answer has come. */
  readonly onSent: (label: string, target: number) => void;
  readonly onStage: (label: string, stage: Parameters<TurnDestination["onStage"]>[0]) => void;
  readonly onOutcome: (outcome: Outcome) => void;
}

/** A request that was made, and how it ended. */
export interface TurnOutcome extends Outcome {
  readonly model: string;
  readonly stream: boolean;
  /** True for the first of its conversation. */
  readonly isFirst: boolean;
}

const mostTurns = 10;
/** What results of tools add to a conversation, and what answers have, in bytes and tokens. */
const [leastGrown, mostGrown, leastOutput, mostOutput] = [200, 4_000, 20, 240];
/** Tokens a second. */
const [slowest, fastest] = [60, 120];
const patienceMs = 60_000;
/** Conversations that say the same, so that the provider need not count each anew. */
const seeds = 6;

/** Runs agents until it is over: each has conversations of all kinds that Claude Code has, one after the other. */
export async function runAgents(load: AgentLoad): Promise<TurnOutcome[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });
  const outcomes: TurnOutcome[] = [];
  let sessions = 0;
  const work = async (): Promise<void> => {
    while (!load.isOver()) await runSession(load, { agent, outcomes, number: sessions++ });
  };
  await Promise.all(Array.from({ length: load.agents }, work));
  agent.destroy();
  return outcomes;
}

interface Session {
  readonly agent: Agent;
  readonly outcomes: TurnOutcome[];
  readonly number: number;
}

async function runSession(load: AgentLoad, { agent, outcomes, number }: Session): Promise<void> {
  const { chance, keys, models, billedOn, onSent, onStage } = load;
  const kind = chance.pick(recordedRequests.map((request) => [request, 1] as const));
  const isWhole = !kind.stream || chance.between(1, 100) <= load.whole;
  const conversation = new Conversation({ ...kind, stream: !isWhole }, chance.between(1, seeds));
  const key = chance.pick(keys.map((one) => [one, 1] as const));
  const model = chance.pick(models);
  for (let turn = 0; turn < chance.between(1, mostTurns) && !load.isOver(); turn++) {
    const label = `s${number}-${turn}`;
    const outputTokens = chance.between(leastOutput, mostOutput);
    const pieces = Math.max(2, Math.round(outputTokens / 4));
    const everyMs = Math.round((outputTokens * 1_000) / chance.between(slowest, fastest) / pieces);
    const script = {
      label,
      promptTokens: 0,
      textFrom: chance.between(0, 10_000),
      outputTokens,
      pieces,
      everyMs,
      end: "finish" as const,
      failingCalls: 0,
      ...(billedOn.has(model) && { billsOn: true as const }),
    };
    const body = conversation.next(`${model}~${label}`, { script, grownBytes: chance.between(leastGrown, mostGrown) });
    const leaves = chance.between(1, 100) <= load.leaving;
    const leavesAfterMs = leaves ? chance.between(1, pieces * everyMs + 50) : undefined;
    const targets = load.targets();
    const target = targets[number % targets.length];
    if (target === undefined) {
      await pause(50);
      continue;
    }
    onSent(label, target.index);
    const sent = { label, key: key.name, session: `session-${number}`, body, leavesAfterMs };
    const to = { url: target.url, token: key.token, agent, withinMs: patienceMs };
    const outcome = await sendTurn(sent, { ...to, onStage: (stage) => onStage(label, stage) });
    outcomes.push({ ...outcome, model, stream: !isWhole, isFirst: turn === 0 });
    load.onOutcome(outcome);
    // As clients do that are told to ask again in a second.
    if (outcome.kind === "unavailable" || outcome.kind === "disconnected") await pause(1_000);
  }
}
