import type { Book } from "./book.ts";
import type { LedgerEntry } from "./ledger-entry.ts";

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
      for (const entry of added) {
        const name = `${entry.requestId} ${entry.attempt} ${entry.kind}`;
        if (!entries.has(name)) entries.set(name, entry);
      }
    },
    entriesOf: async (requestId) =>
      [...entries.values()]
        .filter((entry) => entry.requestId === requestId)
        .toSorted((one, other) => one.attempt - other.attempt),
  };
}
