import type { BookRow } from "./evidence.ts";

/** Names the attempt that a row is about. */
export function attemptName({ requestId, attempt }: BookRow): string {
  return `${requestId}.${attempt}`;
}

/** The rows that count, as the book counts them: an attempt by its end, by its expiry as long as it has none. */
export function countingRows(rows: readonly BookRow[]): BookRow[] {
  const ended = new Set(rows.filter(({ kind }) => kind === "close" || kind === "void").map(attemptName));
  return rows.filter((row) => row.kind !== "open" && (row.kind !== "expire" || !ended.has(attemptName(row))));
}
