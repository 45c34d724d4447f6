import type { BillRow } from "../provider/bill.ts";
import { chaosPrice } from "../provider/chaos-price.ts";
import { countingRows } from "./counting-rows.ts";
import type { BookRow } from "./evidence.ts";

/** Requests that more was recorded of than was billed, by how those attempts ended that were estimated. */
export interface OverRecorded {
  /** Ends as the account names them, like `cancelled`, in alphabetical order. */
  readonly ends: string;
  readonly requests: number;
  readonly billedNanoUsd: number;
  /** What was recorded beyond the bill: input, output, and what no tokens are told of. */
  readonly inputNanoUsd: number;
  readonly outputNanoUsd: number;
  readonly untoldNanoUsd: number;
}

/** Says where it comes from that more was recorded than billed, the largest part in front. */
export function overRecordedBy(bill: readonly BillRow[], book: readonly BookRow[]): OverRecorded[] {
  const billed = Map.groupBy(bill, ({ label }) => label);
  const recorded = Map.groupBy(countingRows(book), ({ label }) => label);
  const parts = [...recorded].flatMap(([label, rows]) => partOf(rows, billed.get(label) ?? []) ?? []);
  return [...Map.groupBy(parts, ({ ends }) => ends).values()]
    .map((alike) => alike.reduce(together))
    .toSorted((one, other) => beyond(other) - beyond(one));
}

/** What was recorded beyond the bill in all. */
export function beyond({ inputNanoUsd, outputNanoUsd, untoldNanoUsd }: OverRecorded): number {
  return inputNanoUsd + outputNanoUsd + untoldNanoUsd;
}

function partOf(rows: readonly BookRow[], bill: readonly BillRow[]): OverRecorded | undefined {
  const billedNanoUsd = sum(bill.map(({ nanoUsd }) => nanoUsd));
  const more = sum(rows.map(({ nanoUsd }) => nanoUsd)) - billedNanoUsd;
  if (more <= 0) return undefined;
  const told = rows.filter(({ inputTokens }) => inputTokens !== null);
  const input = sum(told.map(({ inputTokens }) => inputTokens ?? 0)) - sum(bill.map(({ inputTokens }) => inputTokens));
  const guessed = rows.filter(({ source }) => source !== "final").map(({ outcome }) => outcome || "unnamed");
  const ends = [...new Set(guessed)].toSorted().join(" and ");
  // An attempt that nobody came back for tells no tokens, and then no difference of tokens means anything.
  if (told.length < rows.filter(({ nanoUsd }) => nanoUsd > 0).length)
    return { ends, requests: 1, billedNanoUsd, inputNanoUsd: 0, outputNanoUsd: 0, untoldNanoUsd: more };
  const inputNanoUsd = input * chaosPrice.inputNanoUsd;
  return { ends, requests: 1, billedNanoUsd, inputNanoUsd, outputNanoUsd: more - inputNanoUsd, untoldNanoUsd: 0 };
}

function together(one: OverRecorded, other: OverRecorded): OverRecorded {
  return {
    ends: one.ends,
    requests: one.requests + other.requests,
    billedNanoUsd: one.billedNanoUsd + other.billedNanoUsd,
    inputNanoUsd: one.inputNanoUsd + other.inputNanoUsd,
    outputNanoUsd: one.outputNanoUsd + other.outputNanoUsd,
    untoldNanoUsd: one.untoldNanoUsd + other.untoldNanoUsd,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
