import type { Book } from "../book/book.ts";
import type { LedgerEntry } from "../book/ledger-entry.ts";
import type { JournalPlace } from "./segmented-journal.ts";

/** Entries of a journal as questions are asked about them. It may be lost at any time: the journal has them. */
export interface BookView extends Pick<Book, "entriesOf" | "totals"> {
  /** Behind the last entry that it has. */
  place(): Promise<JournalPlace>;
  /** Adds entries, and moves its place behind them, both or neither. */
  add(entries: readonly LedgerEntry[], behind: JournalPlace): Promise<void>;
  close(): Promise<void>;
}
