import type { CommittedFault, Outcome } from "./evidence.ts";
import type { Verdict } from "./judge.ts";
import { beyond, type OverRecorded } from "./over-recorded.ts";

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

/** Where it comes from that more was recorded than billed: a line for each way in which attempts ended. */
export function overRecordedTable(parts: readonly OverRecorded[]): readonly string[] {
  return parts.map((part) => {
    const { ends, requests, billedNanoUsd, inputNanoUsd, outputNanoUsd, untoldNanoUsd } = part;
    const of = { input: inputNanoUsd, output: outputNanoUsd, "what nobody told of": untoldNanoUsd };
    const shares = Object.entries(of).filter(([, nanoUsd]) => nanoUsd !== 0);
    const told = shares.map(([name, nanoUsd]) => `${cents(nanoUsd)} for ${name}`).join(", ");
    return `  ${cents(beyond(part))} cents on ${cents(billedNanoUsd)} in ${requests} requests that ended in ${ends}: ${told}`;
  });
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
