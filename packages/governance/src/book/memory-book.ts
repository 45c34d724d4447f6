import type { Book } from "./book.ts";
import { checkEntry } from "./check-entry.ts";
import { entryName } from "./entry-name.ts";
import type { LedgerEntry } from "./ledger-entry.ts";
import { totalsOf } from "./totals-of.ts";

/** A book that ends with its process, for tests and for trying things out. */
export interface MemoryBook extends Book {
  readonly entries: readonly LedgerEntry[];
}

/** An empty {@link MemoryBook}. */
export function memoryBook(): MemoryBook {
  const entries = new Map<string, LedgerEntry>();
  return {
    get entries() {
      return [...entries.values()];
    },
    async append(added) {
      added.forEach(checkEntry);
      for (const entry of added) {
        const name = entryName(entry);
        if (!entries.has(name)) entries.set(name, entry);
      }
    },
    entriesOf: async (requestId) =>
      [...entries.values()]
        .filter((entry) => entry.requestId === requestId)
        .toSorted((one, other) => one.attempt - other.attempt || one.atMs - other.atMs),
    totals: async (question) => totalsOf(entries.values(), question),
  };
}
