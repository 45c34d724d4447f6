import type { Chance } from "../chance.ts";
import type { ChaosScript, ScriptEnd } from "../provider/chaos-script.ts";

/** One request that a client is going to make. */
export interface PlannedRequest {
  readonly script: ChaosScript;
  /** When it is sent, from the start of the load: whether or not the ones before have been answered. */
  readonly atMs: number;
  /** Name of the virtual key. */
  readonly key: string;
  readonly model: string;
  readonly stream: boolean;
  readonly maxTokens: number;
  /** When the client leaves, after it has sent; undefined when it stays to the end. */
  readonly leavesAfterMs: number | undefined;
}

/** What a load is made of. */
export interface LoadOptions {
  readonly chance: Chance;
  readonly durationMs: number;
  readonly perSecond: number;
  readonly keys: readonly string[];
  /** How many of a hundred clients leave before their answer has ended. */
  readonly leaving: number;
  /** Names the requests, so that no label comes twice. */
  readonly prefix: string;
}

const models: readonly (readonly [string, number])[] = [
  ["claude-native", 5],
  ["claude-translated", 3],
  ["claude-chain", 2],
];
const ends: readonly (readonly [ScriptEnd, number])[] = [
  ["finish", 76],
  ["cut", 4],
  ["early-cut", 3],
  ["error-event", 3],
  ["early-error", 3],
  ["no-usage", 2],
  ["absurd-usage", 2],
  ["refuse-429", 3],
  ["fail-500", 4],
];

/** A mix of short and long streams, whole answers, answers that fail and clients that leave, in the order of sending. */
export function planRequests({ chance, durationMs, perSecond, keys, leaving, prefix }: LoadOptions): PlannedRequest[] {
  const count = Math.round((durationMs / 1_000) * perSecond);
  return Array.from({ length: count }, (_, index) => {
    const atMs = chance.between(0, durationMs);
    return plan({ chance, keys, leaving, label: `${prefix}-${index}`, atMs });
  }).toSorted((first, second) => first.atMs - second.atMs);
}

interface Draft {
  readonly chance: Chance;
  readonly keys: readonly string[];
  readonly leaving: number;
  readonly label: string;
  readonly atMs: number;
}

function plan({ chance, keys, leaving, label, atMs }: Draft): PlannedRequest {
  const long = chance.between(1, 10) <= 2;
  const pieces = long ? chance.between(40, 120) : chance.between(2, 12);
  // As fast as the fastest models write: up to two hundred tokens a second.
  const everyMs = long ? chance.between(40, 60) : chance.between(20, 40);
  const stream = chance.between(1, 10) > 1;
  const outputTokens = pieces * chance.between(1, long ? 8 : 4);
  const leaves = chance.between(1, 100) <= leaving;
  return {
    script: {
      label,
      promptTokens: chance.between(100, 1_500),
      textFrom: chance.between(0, 10_000),
      outputTokens,
      pieces,
      everyMs,
      end: chance.pick(ends),
      failingCalls: chance.between(1, 3),
    },
    atMs,
    key: chance.pick(keys.map((key) => [key, 1] as const)),
    model: chance.pick(stream ? models : [["claude-native", 1]]),
    stream,
    maxTokens: outputTokens + chance.between(100, 2_000),
    leavesAfterMs: leaves ? chance.between(0, pieces * everyMs) : undefined,
  };
}
