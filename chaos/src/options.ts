import { parseArgs } from "node:util";
import type { FaultKind } from "./faults/fault.ts";
import { faultKinds } from "./faults/plan-faults.ts";

/** What a campaign is to be. */
export interface Options {
  readonly seconds: number;
  readonly perSecond: number;
  /** How many of a hundred clients leave before their answer has ended. */
  readonly leaving: number;
  /** Gateways that share PostgreSQL and Redis. */
  readonly replicas: number;
  readonly seed: number;
  /** How long what is held outlives a gateway that is gone; it is charged after three times as long again. */
  readonly leaseSeconds: number;
  /** Whether several things may be broken at the same time. */
  readonly together: boolean;
  /** The faults that are committed; all unless told. */
  readonly faults: readonly FaultKind[] | undefined;
  /** Whether defects are planted instead, each of which has to be found. */
  readonly defects: boolean;
  /** The names of those that are planted; all unless told. */
  readonly only: readonly string[] | undefined;
  /** How often gateways are killed at each crash point while agents ask them; 0 for another campaign. */
  readonly crashes: number;
  /** How many clients of agents leave; 0 for another campaign. */
  readonly aborts: number;
  /** Agents that ask at the same time: fewer where gateways are killed, each of which charges for all that run there. */
  readonly agents: number;
  /** How many campaigns with a defect run at the same time. */
  readonly atOnce: number;
}

/**
 * Reads `--seconds N`, `--per-second N`, `--leaving PERCENT`, `--replicas N`, `--seed N`, `--lease-seconds N`, `--faults KIND,KIND` and
 * `--together`, `--defects` with `--at-once N` and the names of some, and `--crashes N` or `--aborts N` with `--agents N`. Throws a TypeError for others.
 */
export function parseOptions(args: readonly string[], now: number): Options {
  const text = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: text,
      "per-second": text,
      leaving: text,
      replicas: text,
      seed: text,
      "lease-seconds": text,
      faults: text,
      "at-once": text,
      crashes: text,
      aborts: text,
      agents: text,
      together: { type: "boolean", default: false },
      defects: { type: "boolean", default: false },
    },
  });
  const { defects } = values;
  const crashes = whole(values.crashes, 0, "--crashes");
  const aborts = whole(values.aborts, 0, "--aborts");
  const isOfAgents = crashes + aborts > 0;
  return {
    seconds: whole(values.seconds, defects ? 8 : 90, "--seconds"),
    perSecond: whole(values["per-second"], 40, "--per-second"),
    leaving: whole(values.leaving, 20, "--leaving"),
    replicas: whole(values.replicas, defects ? 2 : 3, "--replicas"),
    seed: whole(values.seed, now % 1_000_000, "--seed"),
    leaseSeconds: whole(values["lease-seconds"], defects || isOfAgents ? 3 : 30, "--lease-seconds"),
    together: values.together,
    faults: values.faults?.split(",").map(faultNamed),
    defects,
    only: positionals.length === 0 ? undefined : positionals,
    crashes,
    aborts,
    agents: whole(values.agents, crashes > 0 ? 24 : 60, "--agents"),
    atOnce: whole(values["at-once"], 3, "--at-once"),
  };
}

function whole(text: string | undefined, fallback: number, flag: string): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new TypeError(`${flag} takes a whole number from 1, not ${text}`);
  return value;
}

function faultNamed(name: string): FaultKind {
  const kind = faultKinds.find((one) => one === name);
  if (kind === undefined) throw new TypeError(`--faults takes some of ${faultKinds.join(", ")}, not ${name}`);
  return kind;
}
