import type { LedgerEntry } from "../book/ledger-entry.ts";

/**
 * The entries that take back what a request expired with, where its owner has come back and never had such an attempt, or
 * never sent it.
 */
export function takenBack(
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
