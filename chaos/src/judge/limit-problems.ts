import { countingRows } from "./counting-rows.ts";
import type { BookRow, LimitState } from "./evidence.ts";

/** What is wrong with a limit: at the end nothing is held, and what it has counted in either store is what the book says. */
export function limitProblems({ scope, keys, counted, ...remembered }: LimitState, book: readonly BookRow[]): string[] {
  const recorded = sum(countingRows(book.filter(({ key }) => keys.includes(key))).map(({ nanoUsd }) => nanoUsd));
  return Object.entries({ PostgreSQL: remembered, Redis: counted }).flatMap(([where, { usedNanoUsd, heldNanoUsd }]) => [
    ...(heldNanoUsd === 0 ? [] : [`${scope}: ${heldNanoUsd} still held in ${where}`]),
    ...(recorded === usedNanoUsd ? [] : [`${scope}: ${usedNanoUsd} counted in ${where}, ${recorded} in the book`]),
  ]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
