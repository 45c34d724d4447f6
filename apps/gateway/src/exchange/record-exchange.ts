import { createExchangeRecord, type ExchangeFacts } from "@drawbridge/telemetry";
import type { Metered } from "@drawbridge/translator";
import type { Exchange } from "./exchange.ts";

/** Step 13: hands the finished exchange to the recorder, which neither blocks nor fails. */
export function recordExchange({ id, notes, outgoing, services, startedMs }: Exchange): void {
  services.recorder.record(
    createExchangeRecord({
      request_id: id,
      outcome: notes.outcome ?? "failed",
      key_id: notes.keyId,
      key_name: notes.keyName,
      session_id: notes.sessionId,
      model_asked: notes.modelAsked,
      provider: notes.provider,
      model: notes.model,
      status: outgoing.headersSent ? outgoing.statusCode : undefined,
      failure_kind: notes.failureKind,
      failure_message: notes.failureMessage,
      stream: notes.stream,
      attempts: notes.attempts,
      first_event_ms: notes.firstEventMs,
      duration_ms: services.clock() - startedMs,
      bytes_in: notes.bytesIn,
      bytes_out: notes.bytesOut,
      dropped: notes.dropped.map(({ path }) => path),
      ...meteredFacts(notes.metered),
    }),
  );
}

function meteredFacts(metered: Metered | undefined): Partial<ExchangeFacts> {
  if (metered === undefined) return {};
  const { usage, stopReason } = metered;
  return {
    stop_reason: stopReason,
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_tokens: usage.cacheReadTokens,
    cache_write_5m_tokens: usage.cacheWrite5mTokens,
    cache_write_1h_tokens: usage.cacheWrite1hTokens,
    thinking_tokens: usage.thinkingTokens,
    usage_estimated: usage.estimated,
  };
}
