import type { LedgerEntry, LedgerUsage } from "../book/ledger-entry.ts";

/** Tokens as the table has them; none of them, or all. */
interface UsageRow {
  readonly input_tokens?: number | null;
  readonly output_tokens?: number | null;
  readonly cache_read_tokens?: number | null;
  readonly cache_write_5m_tokens?: number | null;
  readonly cache_write_1h_tokens?: number | null;
  readonly web_search_requests?: number | null;
}

/** An entry as the table has it, in JSON. */
export interface LedgerRow extends UsageRow {
  readonly month: string;
  readonly request_id: string;
  readonly attempt: number;
  readonly kind: LedgerEntry["kind"];
  readonly adjustment: string;
  readonly admitted_at: string;
  readonly at: string;
  readonly customer: string | null | undefined;
  readonly team: string | null | undefined;
  readonly user: string | null | undefined;
  readonly key_id: string;
  readonly key_name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly session_id: string | null | undefined;
  readonly provider: string;
  readonly model: string;
  readonly model_asked: string;
  readonly credential: string;
  readonly nano_usd: number;
  readonly source: LedgerEntry["source"];
  readonly outcome: string;
  readonly replica: string;
  readonly actor: string | null | undefined;
  readonly reason: string | null | undefined;
}

/** The month of an instant in UTC as its first day, by which the table is parted. */
export function monthOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 7)}-01`;
}

/** An entry for the table. What is undefined is null there. */
export function ledgerRow(entry: LedgerEntry): LedgerRow {
  const { usage } = entry;
  return {
    month: monthOf(entry.admittedMs),
    request_id: entry.requestId,
    attempt: entry.attempt,
    kind: entry.kind,
    adjustment: entry.adjustment ?? "",
    admitted_at: new Date(entry.admittedMs).toISOString(),
    at: new Date(entry.atMs).toISOString(),
    customer: entry.customer,
    team: entry.team,
    user: entry.user,
    key_id: entry.keyId,
    key_name: entry.keyName,
    tags: entry.tags,
    session_id: entry.sessionId,
    provider: entry.provider,
    model: entry.model,
    model_asked: entry.modelAsked,
    credential: entry.credential,
    nano_usd: entry.nanoUsd,
    ...(usage === undefined ? undefined : usageRow(usage)),
    source: entry.source,
    outcome: entry.outcome,
    replica: entry.replica,
    actor: entry.actor,
    reason: entry.reason,
  };
}

function usageRow(usage: LedgerUsage): UsageRow {
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_tokens: usage.cacheReadTokens,
    cache_write_5m_tokens: usage.cacheWrite5mTokens,
    cache_write_1h_tokens: usage.cacheWrite1hTokens,
    web_search_requests: usage.webSearchRequests,
  };
}

/** An entry of the table. */
export function entryOfRow(row: LedgerRow): LedgerEntry {
  return {
    requestId: row.request_id,
    attempt: row.attempt,
    kind: row.kind,
    adjustment: row.adjustment === "" ? undefined : row.adjustment,
    admittedMs: Date.parse(row.admitted_at),
    atMs: Date.parse(row.at),
    customer: row.customer ?? undefined,
    team: row.team ?? undefined,
    user: row.user ?? undefined,
    keyId: row.key_id,
    keyName: row.key_name,
    tags: row.tags,
    sessionId: row.session_id ?? undefined,
    provider: row.provider,
    model: row.model,
    modelAsked: row.model_asked,
    credential: row.credential,
    nanoUsd: row.nano_usd,
    usage: usageOf(row),
    source: row.source,
    outcome: row.outcome,
    replica: row.replica,
    actor: row.actor ?? undefined,
    reason: row.reason ?? undefined,
  };
}

function usageOf(row: LedgerRow): LedgerUsage | undefined {
  if (typeof row.input_tokens !== "number") return undefined;
  return {
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens ?? 0,
    cacheReadTokens: row.cache_read_tokens ?? 0,
    cacheWrite5mTokens: row.cache_write_5m_tokens ?? 0,
    cacheWrite1hTokens: row.cache_write_1h_tokens ?? 0,
    webSearchRequests: row.web_search_requests ?? 0,
  };
}
