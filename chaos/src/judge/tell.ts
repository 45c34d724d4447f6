import type { CommittedFault, Outcome } from "./evidence.ts";
import type { Verdict } from "./judge.ts";

/** How the requests ended for their clients, so that a campaign that refused everything shows. */
export function outcomeLine(outcomes: readonly Outcome[]): string {
  return countsOf(outcomes.map(({ kind }) => kind));
}

/** How often each fault came. */
export function faultLine(faults: readonly CommittedFault[]): string {
  return countsOf(faults);
}

/** What was recorded and not billed, and how much of it for gateways that were gone. */
export function overRecordedLine({ overRecorded, overRecordedForGone, billed, recorded }: Verdict): string {
  return (
    `${cents(billed)} cents billed, ${cents(recorded)} recorded; ${cents(overRecorded)} more than billed, flagged as ` +
    `estimates, of which ${cents(overRecordedForGone)} for gateways that never came back`
  );
}

/** The verdict as the one line that a campaign ends with. */
export function verdictLine({
  faults,
  requests,
  lost,
  overspent,
  doubleCharges,
  overRecorded,
  billed,
}: Verdict): string {
  const percent = billed === 0 ? 0 : Math.round((overRecorded / billed) * 10_000) / 100;
  return (
    `${faults} faults, ${requests} requests: ${cents(lost)} cents lost, ${cents(overspent)} cents overspent, ` +
    `${doubleCharges} double charges, over-recorded ${percent} %`
  );
}

function countsOf(kinds: readonly string[]): string {
  return Array.from(
    Map.groupBy(kinds, (kind) => kind),
    ([kind, { length }]) => `${length} ${kind}`,
  ).join(", ");
}

function cents(nanoUsd: number): string {
  return String(Math.round(nanoUsd / 100) / 100_000);
}
