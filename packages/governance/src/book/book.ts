import type { LedgerEntry } from "./ledger-entry.ts";

/** By what totals are told apart. A day or month is the one that a request was admitted in. */
export type BookDimension = "customer" | "team" | "user" | "keyId" | "provider" | "model" | "day" | "month";

/** A question about what was used. */
export interface TotalsQuestion {
  /** One total for each combination of these that there is; for none, one of everything. */
  readonly by: readonly BookDimension[];
  /** Requests that were admitted from here on, in ms since 1970. */
  readonly fromMs: number;
  /** And before this. */
  readonly toMs: number;
  /** Only entries that say all of this. */
  readonly where?: Readonly<Partial<Record<Exclude<BookDimension, "day" | "month">, string>>>;
  /** IANA's name of the zone that days and months are those of; UTC unless told. */
  readonly timeZone?: string;
}

/**
 * What was used. An attempt counts by its `close`, by its `expire` as long as there is neither that nor a `void`, and by what
 * was corrected since. Sums are exact up to 2^53 - 1.
 */
export interface BookTotal {
  /** What the total is of; what entries do not say is left out. A day is like `2026-11-25`, a month like `2026-11`. */
  readonly of: Readonly<Partial<Record<BookDimension, string>>>;
  /** Attempts that have ended, those that were never sent aside. */
  readonly attempts: number;
  readonly nanoUsd: number;
  /** How much of it is estimated. */
  readonly estimatedNanoUsd: number;
  /** Of all four kinds. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The account of all attempts, for people. Entries are added and never changed. */
export interface Book {
  /**
   * Resolves when the entries are durable. Those that it has already (request, attempt, kind and adjustment) change
   * nothing. Rejects with a GovernanceError and adds none when one of them cannot be true (`invalid-entry`).
   */
  append(entries: readonly LedgerEntry[]): Promise<void>;
  /** All entries of a request, in the order of their attempts, those of an attempt in the order of their instants. */
  entriesOf(requestId: string): Promise<readonly LedgerEntry[]>;
  /** What was used, in the order of what the totals are of. */
  totals(question: TotalsQuestion): Promise<readonly BookTotal[]>;
}
