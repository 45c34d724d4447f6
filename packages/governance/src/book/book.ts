import type { LedgerEntry } from "./ledger-entry.ts";

/** The account of all attempts, for people. Entries are added and never changed. */
export interface Book {
  /** Resolves when the entries are durable. Those that it has already (request, attempt and kind) change nothing. */
  append(entries: readonly LedgerEntry[]): Promise<void>;
  /** All entries of a request, in the order of their attempts. */
  entriesOf(requestId: string): Promise<readonly LedgerEntry[]>;
}
