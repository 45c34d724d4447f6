import { GovernanceError } from "../errors.ts";
import type { LedgerEntry } from "./ledger-entry.ts";

const latestMs = Date.parse("9999-12-31T00:00:00Z");
const mostAttempts = 32_767;

/** Throws a GovernanceError for an entry that no book takes: what is written is never changed, so it is looked at before. */
export function checkEntry(entry: LedgerEntry): void {
  const problem = problemOfName(entry) ?? problemOfAmounts(entry);
  if (problem === undefined) return;
  const name = `the entry "${entry.kind}" of attempt ${entry.attempt} of request ${JSON.stringify(entry.requestId)}`;
  throw new GovernanceError("invalid-entry", `${name} ${problem}`);
}

function problemOfName(entry: LedgerEntry): string | undefined {
  const { requestId, attempt, kind, adjustment = "" } = entry;
  if (requestId === "") return "is of no request";
  if (!Number.isSafeInteger(attempt) || attempt < 1 || attempt > mostAttempts) return "counts attempts from 1";
  if (kind !== "adjust") return adjustment === "" ? undefined : "names an adjustment and is none";
  return adjustment === "" ? "has no `adjustment`; mint an id for it" : problemOfReason(entry);
}

function problemOfReason({ actor = "", reason = "" }: LedgerEntry): string | undefined {
  if (actor === "") return "names no `actor`";
  return reason.trim() === "" ? "gives no `reason`" : undefined;
}

function problemOfAmounts({ kind, admittedMs, atMs, nanoUsd, usage }: LedgerEntry): string | undefined {
  const instants = [admittedMs, atMs];
  if (!instants.every((ms) => Number.isSafeInteger(ms) && ms >= 0 && ms <= latestMs)) {
    return `is of the instants ${instants.join(" and ")}; give ms since 1970`;
  }
  const counts = [nanoUsd, ...Object.values(usage ?? {})];
  if (!counts.every(Number.isSafeInteger)) return "counts something that is no whole number";
  if (kind !== "adjust" && counts.some((count) => count < 0)) return "counts less than nothing; only an adjustment can";
  return undefined;
}
