import type { Book } from "../book/book.ts";
import type { LedgerEntry } from "../book/ledger-entry.ts";

/**
 * Takes back what a book says that a request expired with, where its owner has come back and never had such an attempt, or
 * never sent it.
 */
export async function takeBack(
  requestId: string,
  book: Pick<Book, "append" | "entriesOf">,
  by: Pick<LedgerEntry, "atMs" | "replica">,
): Promise<void> {
  const entries = takenBack(await book.entriesOf(requestId), by);
  if (entries.length > 0) await book.append(entries);
}

function takenBack(
  written: readonly LedgerEntry[],
  { atMs, replica }: Pick<LedgerEntry, "atMs" | "replica">,
): readonly LedgerEntry[] {
  const ended = new Set(
    written.filter(({ kind }) => kind === "close" || kind === "void").map(({ attempt }) => attempt),
  );
  const reason = "the gateway that ran it came back; nothing was sent";
  return written
    .filter(({ kind, attempt }) => kind === "expire" && !ended.has(attempt))
    .map((entry) => {
      const nothing = { kind: "void", nanoUsd: 0, source: "final", outcome: "not sent", usage: undefined } as const;
      return { ...entry, ...nothing, atMs, replica, reason };
    });
}
