import { parseArgs } from "node:util";

/** What a campaign is to be. */
export interface Options {
  readonly seconds: number;
  readonly perSecond: number;
  /** Gateways that share PostgreSQL and Redis. */
  readonly replicas: number;
  readonly seed: number;
  /** Whether defects are planted one after the other instead, each of which has to be found. */
  readonly defects: boolean;
}

/** Reads `--seconds N`, `--per-second N`, `--replicas N`, `--seed N` and `--defects`. Throws a TypeError for others. */
export function parseOptions(args: readonly string[], now: number): Options {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: text,
      "per-second": text,
      replicas: text,
      seed: text,
      defects: { type: "boolean", default: false },
    },
  });
  return {
    seconds: whole(values.seconds, 90, "--seconds"),
    perSecond: whole(values["per-second"], 40, "--per-second"),
    replicas: whole(values.replicas, 3, "--replicas"),
    seed: whole(values.seed, now % 1_000_000, "--seed"),
    defects: values.defects,
  };
}

function whole(text: string | undefined, fallback: number, flag: string): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new TypeError(`${flag} takes a whole number from 1, not ${text}`);
  return value;
}
