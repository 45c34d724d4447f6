import { GovernanceError } from "../errors.ts";
import type { LedgerEntry } from "./ledger-entry.ts";

const latestMs = Date.parse("9999-12-31T00:00:00Z");

/** Throws a GovernanceError for an entry that no book takes: what is written is never changed, so it is looked at before. */
export function checkEntry(entry: LedgerEntry): void {
  const problem = problemOf(entry);
  if (problem === undefined) return;
  const name = `the entry "${entry.kind}" of attempt ${entry.attempt} of request ${JSON.stringify(entry.requestId)}`;
  throw new GovernanceError("invalid-entry", `${name} ${problem}`);
}

function problemOf(entry: LedgerEntry): string | undefined {
  const { requestId, attempt, kind, adjustment, admittedMs, atMs, nanoUsd, usage, actor, reason } = entry;
  if (requestId === "") return "is of no request";
  if (!Number.isSafeInteger(attempt) || attempt < 1 || attempt > 32_767) return "counts attempts from 1";
  for (const ms of [admittedMs, atMs]) {
    if (!Number.isSafeInteger(ms) || ms < 0 || ms > latestMs) return `is of the instant ${ms}; give ms since 1970`;
  }
  const counts = usage === undefined ? [] : Object.values(usage);
  if (!Number.isSafeInteger(nanoUsd) || !counts.every(Number.isSafeInteger))
    return "counts something that is no whole number";
  if (kind !== "adjust") {
    if (adjustment !== undefined) return "names an adjustment and is none";
    return nanoUsd < 0 || counts.some((count) => count < 0)
      ? "counts less than nothing; only an adjustment can"
      : undefined;
  }
  if (adjustment === undefined || adjustment === "") return "has no `adjustment`; mint an id for it";
  if (actor === undefined || actor === "") return "names no `actor`";
  return reason === undefined || reason.trim() === "" ? "gives no `reason`" : undefined;
}
