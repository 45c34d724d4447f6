import { countingRows } from "../judge/counting-rows.ts";
import type { BookRow } from "../judge/evidence.ts";
import { compareRequests } from "../judge/request-money.ts";
import { overRecordedBy } from "../judge/over-recorded.ts";
import { overRecordedLine, overRecordedTable } from "../judge/tell.ts";
import type { AgentVerdict } from "./agent-campaign.ts";

/** What may be recorded beyond the bill: of all that was spent where gateways are killed, of what was left by clients. */
export const mostOver = { crashes: 0.005, aborts: 0.02 } as const;

/** A figure of a campaign and whether it was met. */
export interface Figure {
  readonly isMet: boolean;
  readonly told: readonly string[];
}

/** Where gateways were killed: what was recorded beyond the bill, of all that was spent. */
export function crashFigure({ verdict, evidence, crashed }: AgentVerdict): Figure {
  const { recorded, billed, lost, requests } = verdict;
  const kills = [...crashed.values()].reduce((sum, count) => sum + count, 0);
  const share = (recorded - billed) / billed;
  const isMet = lost === 0 && share <= mostOver.crashes;
  const expired = Map.groupBy(countingRows(evidence.book), ({ kind }) => kind).get("expire") ?? [];
  // One that was killed before its first word to the account is named by nothing else than its hold.
  const [nameless, named] = [expired.filter(isNameless), expired.filter((row) => !isNameless(row))];
  const labels = new Set(named.map(({ label }) => label));
  const ofNamed = sumOf(named) - sumOf(evidence.bill.filter(({ label }) => labels.has(label)));
  return {
    isMet,
    told: [
      ...Array.from(crashed, ([point, count]) => `  ${count} killed: ${point}`),
      overRecordedLine(verdict),
      ...overRecordedTable(overRecordedBy(evidence.bill, evidence.book)),
      `  ${named.length} requests were charged without their gateway: ${usd(ofNamed)} beyond their bill; and ${nameless.length} of which ` +
        `the account had not heard, whether or not they were sent: ${usd(sumOf(nameless))} recorded`,
      `${kills} kills, one in ${Math.round(requests / kills)} of ${requests} requests: ${usd(lost)} lost, over-recorded ` +
        `${percent(share)} of all, of at most ${percent(mostOver.crashes)}`,
    ],
  };
}

/** Where clients have left: what was recorded beyond the bill, of what their requests were billed. */
export function abortFigure({ evidence, outcomes }: AgentVerdict): Figure {
  const { bill, book } = evidence;
  const keyOf = new Map(outcomes.map(({ label, key }) => [label, key]));
  const moneyOf = new Map(compareRequests(bill, book, keyOf).map((money) => [money.label, money]));
  const left = outcomes.flatMap((outcome) => {
    const money = moneyOf.get(outcome.label);
    return outcome.kind === "aborted" && money !== undefined && money.billed > 0 ? [{ ...outcome, ...money }] : [];
  });
  const sums = (some: typeof left): { billed: number; over: number; under: number } => ({
    billed: some.reduce((sum, { billed }) => sum + billed, 0),
    over: some.reduce((sum, { billed, recorded }) => sum + Math.max(0, recorded - billed), 0),
    under: some.filter(({ billed, recorded }) => recorded < billed).length,
  });
  const kinds = Map.groupBy(
    left,
    ({ model, stream, isFirst }) =>
      `${model}, ${stream ? "streamed" : "whole"}, ${isFirst ? "first" : "later"} requests`,
  );
  const labels = new Set(left.map(({ label }) => label));
  const isOfThem = ({ label }: { readonly label: string }): boolean => labels.has(label);
  const { billed, over, under } = sums(left);
  return {
    isMet: under === 0 && over / billed <= mostOver.aborts,
    told: [
      ...Array.from(kinds, ([kind, some]) => {
        const of = sums(some);
        return `  ${kind}: ${some.length} left, over by ${percent(of.over / of.billed)} of ${usd(of.billed)}`;
      }).toSorted(),
      ...overRecordedTable(overRecordedBy(bill.filter(isOfThem), book.filter(isOfThem))),
      `${left.length} clients left: ${under} pay less than is billed, over-recorded ${percent(over / billed)} of what they ` +
        `left, of at most ${percent(mostOver.aborts)}`,
    ],
  };
}

function isNameless({ label, requestId }: BookRow): boolean {
  return label === requestId;
}

function sumOf(rows: readonly { readonly nanoUsd: number }[]): number {
  return rows.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function usd(nanoUsd: number): string {
  return `${(nanoUsd / 1e9).toFixed(2)} USD`;
}
