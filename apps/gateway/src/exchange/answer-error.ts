import { isProviderError } from "@drawbridge/providers";
import { isTranslatorError, type RenderedError, type TranslatorError } from "@drawbridge/translator";
import { GatewayError, refusalShapes, type RefusalShape } from "../errors.ts";
import { answerHeaders } from "./answer-headers.ts";
import { cutOffError } from "./cut-off.ts";
import type { Exchange, Outcome } from "./exchange.ts";
import { upstreamFailure } from "./upstream-failure.ts";

/** Answers an exchange that ended in an error before its first content, in the envelope of its client's API. */
export function answerError(exchange: Exchange, error: unknown): void {
  const { outgoing, notes } = exchange;
  // Of a provider that failed nothing is told but its failure.
  notes.head = {};
  const cutOff = cutOffError(exchange);
  const { outcome, kind, message, rendered } = renderError(exchange, cutOff ?? error);
  notes.outcome = exchange.signal.aborted && cutOff === undefined ? "cancelled" : outcome;
  notes.failureKind = kind;
  notes.failureMessage = message;
  if (outgoing.headersSent || outgoing.destroyed) {
    outgoing.destroy();
    return;
  }
  notes.bytesOut = Buffer.byteLength(rendered.body);
  outgoing.writeHead(rendered.status, {
    ...rendered.headers,
    ...answerHeaders(exchange),
    "content-length": notes.bytesOut,
    // What is left of such a body is not worth reading; of any other, Node reads the rest and keeps the connection.
    ...(unreadable.has(rendered.status) && !exchange.incoming.complete ? { connection: "close" } : {}),
  });
  outgoing.end(rendered.body);
}

/** Too large or too slow. */
const unreadable: ReadonlySet<number> = new Set([413, 408]);

interface Verdict {
  readonly outcome: Outcome;
  readonly kind: string;
  readonly message: string;
  readonly rendered: RenderedError;
}

function renderError(exchange: Exchange, error: unknown): Verdict {
  const { id, client, notes, services } = exchange;
  const failure = upstreamFailure(error);
  if (failure !== undefined) {
    const { kind, message } = failure;
    // Of several providers that failed the one is named whose failure is told, not the last.
    if (isProviderError(error) && error.place !== undefined) Object.assign(notes, error.place);
    const { provider = "the provider", modelAsked, maxTokens } = notes;
    const model = modelAsked === undefined ? {} : { model: modelAsked };
    const rendered = client.renderFailure(failure, { provider, requestId: id, maxTokens, ...model });
    return { outcome: "failed", kind, message, rendered };
  }
  if (error instanceof GatewayError) {
    const { retryAfterSeconds } = error;
    const shape: RefusalShape = refusalShapes[error.code];
    return refused(exchange, error, retryAfterSeconds === undefined ? shape : { ...shape, retryAfterSeconds });
  }
  if (isTranslatorError(error)) return refused(exchange, error, refusalShapes["invalid-request"]);

  services.reportDefect(error, id);
  const message = `Drawbridge failed to handle this request; its log has the cause under ${id}`;
  const rendered = client.renderRefusal({ status: 500, type: "api_error", message, retry: false }, id);
  return { outcome: "failed", kind: "internal", message, rendered };
}

function refused(
  { id, client }: Exchange,
  { code, message }: GatewayError | TranslatorError,
  shape: RefusalShape,
): Verdict {
  return { outcome: "refused", kind: code, message, rendered: client.renderRefusal({ ...shape, message }, id) };
}
