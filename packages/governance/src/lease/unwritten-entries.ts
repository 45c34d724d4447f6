/** Entries of a request that the book has yet to take. */
export interface UnwrittenEntries {
  entries: number;
  /** Resolves when it has. */
  readonly accounted: PromiseWithResolvers<void>;
  readonly after: (() => void)[];
}

/** None yet. */
export function unwrittenEntries(): UnwrittenEntries {
  return { entries: 0, accounted: Promise.withResolvers(), after: [] };
}
