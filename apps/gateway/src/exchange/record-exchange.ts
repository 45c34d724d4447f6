import type { Attempt } from "@drawbridge/providers";
import { costOf } from "@drawbridge/providers/models";
import { type AttemptRecord, createExchangeRecord } from "@drawbridge/telemetry";
import type { Metered } from "@drawbridge/translator";
import type { Exchange, ExchangeNotes } from "./exchange.ts";

/** Step 13: hands the finished exchange to the recorder, which neither blocks nor fails. */
export function recordExchange(exchange: Exchange): void {
  const { id, notes, outgoing, services, startedMs } = exchange;
  const { usage, stopReason } = notes.metered ?? unmetered;
  const cost = costOfExchange(exchange);
  services.recorder.record(
    createExchangeRecord({
      request_id: id,
      outcome: notes.outcome ?? "failed",
      key_id: notes.keyId,
      key_name: notes.keyName,
      customer: notes.principal?.customer,
      team: notes.principal?.team,
      user: notes.principal?.user,
      tags: notes.principal?.tags,
      session_id: notes.sessionId,
      model_asked: notes.modelAsked,
      provider: notes.provider,
      model: notes.model,
      status: outgoing.headersSent ? outgoing.statusCode : undefined,
      failure_kind: notes.failureKind,
      failure_message: notes.failureMessage,
      stream: notes.stream,
      attempts: notes.attempts,
      credential: notes.credential,
      tried: attemptsOf(notes, cost),
      first_event_ms: notes.firstEventMs,
      duration_ms: services.clock() - startedMs,
      bytes_in: notes.bytesIn,
      bytes_out: notes.bytesOut,
      rules: notes.rules,
      dropped: notes.dropped.map(({ path }) => path),
      stop_reason: stopReason,
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      cache_read_tokens: usage.cacheReadTokens,
      cache_write_5m_tokens: usage.cacheWrite5mTokens,
      cache_write_1h_tokens: usage.cacheWrite1hTokens,
      thinking_tokens: usage.thinkingTokens,
      usage_estimated: usage.estimated,
      cost_nano_usd: cost,
      cost_estimated: cost !== undefined && (notes.lease?.isEstimated ?? usage.estimated === true),
      held_nano_usd: notes.lease?.heldNanoUsd,
    }),
  );
}

const unmetered: { readonly usage: Partial<Metered["usage"]>; readonly stopReason: undefined } = {
  usage: {},
  stopReason: undefined,
};

/** One that went well at once says nothing that the record does not. */
function attemptsOf({ tried, lease }: ExchangeNotes, costNanoUsd: number | undefined): readonly AttemptRecord[] {
  if (tried.length === 1 && tried[0]?.outcome === "ok") return [];
  return tried.map((attempt) => ({
    provider: attempt.provider,
    model: attempt.model,
    credential: attempt.credential,
    outcome: attempt.outcome,
    status: attempt.status,
    failure_kind: attempt.kind,
    latency_ms: Math.round(attempt.latencyMs * 10) / 10,
    cost_nano_usd:
      lease?.costs[attempt.attempt - 1] ?? (attempt.outcome === "ok" ? costNanoUsd : costOfFailure(attempt)),
  }));
}

/** Who answers with an error bills nothing, nor does who was never reached; what the others bill is not known. */
function costOfFailure({ status, kind }: Attempt): number | undefined {
  return status !== undefined || kind === "unreachable" || kind === "unauthenticated" ? 0 : undefined;
}

/** A model that nobody has priced has no cost, which is not a cost of nothing. */
function costOfExchange({ notes, services, snapshot }: Exchange): number | undefined {
  const { lease, metered, model, provider: name, credential: used } = notes;
  const { providers, models } = snapshot;
  const provider = name === undefined ? undefined : providers.get(name);
  if (model === undefined || provider === undefined) return undefined;
  const credential = provider.credentials.find((one) => one.name === used) ?? provider.credentials[0];
  const price = models.priceOf(provider.ownerWith(credential), model, services.now());
  if (price === undefined || lease === undefined) return price && metered && costOf(price, metered.usage).nanoUsd;
  return lease.costs.reduce((sum, cost) => sum + cost, 0);
}
