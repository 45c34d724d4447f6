import { addAmounts, noAmounts } from "../limits/amounts.ts";
import type { Book } from "../book/book.ts";
import type { LedgerEntry } from "../book/ledger-entry.ts";
import type { HoldRef } from "../limits/hold-ref.ts";
import type { Amounts } from "../limits/limit.ts";
import { isAttemptHoldId, leaseIdOf } from "./attempt-hold-id.ts";
import { amountsOf } from "./attempt-result.ts";

/**
 * What a hold came to by the account of its request, for a process that ended before limits had heard of it; undefined
 * where the account does not know how it ended.
 */
export function endedAs({ id }: HoldRef, written: readonly LedgerEntry[]): Amounts | undefined {
  const own = isAttemptHoldId(id) ? written.filter(({ attempt }) => id.endsWith(`.${attempt}`)) : written;
  const ends = own.filter(({ kind }) => kind === "close" || kind === "void");
  const ended = new Set(ends.map(({ attempt }) => attempt));
  if (ends.length === 0 || own.some(({ attempt }) => !ended.has(attempt))) return undefined;
  return ends.reduce((sum, entry) => addAmounts(sum, amountsOf(entry) ?? noAmounts), noAmounts);
}

/** Looks into a book for what holds came to. */
export function endsIn(book: Pick<Book, "entriesOf">): (hold: HoldRef) => Promise<Amounts | undefined> {
  return async (hold) => endedAs(hold, await book.entriesOf(leaseIdOf(hold.id)));
}
