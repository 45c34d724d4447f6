import { sendToProvider, type Provider, type Reply } from "@drawbridge/providers";
import type { UpstreamFailure } from "@drawbridge/translator";
import { FailedUpstream } from "./answer-error.ts";
import { collect } from "./collect.ts";
import type { Exchange } from "./exchange.ts";

/** Error answers are sentences; more than this of one is not read. */
const errorLimitBytes = 256 * 1024;

/** What goes to a provider, and for which of its models. */
export interface Question {
  readonly provider: Provider;
  readonly model: string;
  readonly body: Uint8Array;
}

/**
 * Sends a translated request and gives the provider's answer once it is a success. A refusal that the dialect can
 * repair (a parameter the model does not take) is sent again once, repaired. Throws a FailedUpstream or ProviderError.
 */
export async function askProvider(exchange: Exchange, { provider, model, body }: Question): Promise<Reply> {
  const { lessons } = exchange.services;
  const known = lessons.apply(provider, model, body);
  const first = await send(exchange, { provider, model, body: known });
  if (first.ok) return first.reply;
  const repaired = provider.dialect.repair(known, first.failure);
  if (repaired === undefined) throw new FailedUpstream(first.failure);
  const second = await send(exchange, { provider, model, body: repaired });
  if (!second.ok) throw new FailedUpstream(second.failure);
  lessons.learn(provider, model, first.failure);
  return second.reply;
}

type Sent = { readonly ok: true; readonly reply: Reply } | { readonly ok: false; readonly failure: UpstreamFailure };

async function send(exchange: Exchange, { provider, model, body }: Question): Promise<Sent> {
  const { incoming, signal, notes } = exchange;
  const { dialect } = provider;
  notes.attempts += 1;
  const path = dialect.pathFor?.(model, notes.stream === true) ?? dialect.paths.create;
  const reply = await sendToProvider(provider, {
    path,
    body,
    query: queryOf(incoming.url),
    headers: incoming.headers,
    signal,
  });
  if (reply.status >= 200 && reply.status < 300) return { ok: true, reply };
  return { ok: false, failure: await readErrorAnswer(provider, reply) };
}

/** Reads an error answer and has the provider's dialect say what it means. */
export async function readErrorAnswer(provider: Provider, reply: Reply): Promise<UpstreamFailure> {
  const body = await collect(reply.body, errorLimitBytes);
  const { status, headers } = reply;
  return provider.dialect.readFailure({ status, headers, body: body.toString("utf8"), receivedAtMs: Date.now() });
}

/** The query of a request's target, with its question mark; empty without one. */
export function queryOf(target: string | undefined): string {
  const mark = target?.indexOf("?") ?? -1;
  return mark === -1 ? "" : (target ?? "").slice(mark);
}
