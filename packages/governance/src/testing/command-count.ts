import { env } from "node:process";

/** How many commands a store is compared with the reference ledger by. */
export interface CommandCounts {
  /** At a developer's desk. */
  readonly here: number;
  /** In CI, where all stores together come to 100,000. */
  readonly ci: number;
}

/** How many commands one history has. */
export interface HistoryLengths {
  readonly usual: number;
  /** With DRAWBRIDGE_CAMPAIGN. */
  readonly campaign: number;
}

/** That number. */
export function historyLength({ usual, campaign }: HistoryLengths): number {
  return env["DRAWBRIDGE_CAMPAIGN"] === undefined ? usual : campaign;
}

/** That number, which LIMIT_COMMANDS overrules. */
export function commandCount({ here, ci }: CommandCounts): number {
  return Number(env["LIMIT_COMMANDS"] ?? (env["CI"] === undefined ? here : ci));
}
