import type { LedgerEntry } from "./ledger-entry.ts";

/** The name of an entry: a second one of the same name is no news. */
export function entryName({ requestId, attempt, kind, adjustment = "" }: LedgerEntry): string {
  return JSON.stringify([requestId, attempt, kind, adjustment]);
}
