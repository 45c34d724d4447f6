import type { LedgerEntry } from "../book/ledger-entry.ts";

const admittedMs = Date.parse("2026-11-25T12:00:00Z");

/** An entry of a request, `close` unless told. */
export function ledgerEntry(requestId: string, more: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    requestId,
    attempt: 1,
    kind: "close",
    admittedMs,
    atMs: admittedMs + 2000,
    keyId: "key-1",
    keyName: "alice's laptop",
    tags: { project: "payments", "cost centre": "42" },
    provider: "anthropic",
    model: "claude-sonnet-4-6",
    modelAsked: "sonnet",
    credential: "main",
    nanoUsd: 1_000_000,
    source: "final",
    outcome: "ok",
    replica: "gateway-1",
    ...more,
  };
}
