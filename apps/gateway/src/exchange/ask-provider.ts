import { ProviderError, sendToProvider, type Endpoint, type Reply } from "@drawbridge/providers";
import {
  withCompaction,
  withSearch,
  type ClientCall,
  type ClientTranslation,
  type UpstreamFailure,
} from "@drawbridge/translator";
import type { Target } from "./admit.ts";
import type { AttemptAccount } from "./attempt-account.ts";
import { collect } from "./collect.ts";
import type { Exchange } from "./exchange.ts";
import type { Route } from "./exchange-route.ts";
import type { Sent } from "./give-back.ts";
import type { Held } from "./hold-request.ts";
import { readAnswer } from "./read-answer.ts";

/** Error answers are sentences; more than this of one is not read. */
const errorLimitBytes = 256 * 1024;
/** One that has not ended by then is taken as it is: its status says the most, and another place may be waiting. */
const errorWithinMs = 2_000;
const anError = { concluded: true, finished: false, failure: undefined } as const;

/** A request written for one endpoint. */
export interface Question {
  readonly target: Target;
  readonly endpoint: Endpoint;
  readonly translation: ClientTranslation;
  /** What of the provider's head is for the client, once it has come. */
  readonly head: { relayed?: Readonly<Record<string, string>> | undefined };
  /** What was sent, once the provider has begun to answer it; nothing where further calls may need it. */
  readonly wire: { sent?: Sent };
  /** What the attempt costs is counted there. */
  readonly account: AttemptAccount;
  /** Whether it may arrive once only: a second time would be billed as well, and needs an account of its own. */
  readonly isBilled: boolean;
}

/** Writes the request for a place; with `maxTokens` one whose answer is no longer. */
export type Writer = (route: Route, maxTokens?: number) => Omit<Question, "account" | "isBilled">;

/** Writes requests of an exchange, once for each endpoint. */
export function createWriter({ services, snapshot }: Exchange, { call }: Held): Writer {
  const { search } = snapshot;
  // Nearly always one; a Map would cost as much as all else here.
  const written: { readonly endpoint: Endpoint; readonly translation: ClientTranslation }[] = [];
  const translated = (endpoint: Endpoint, asked: ClientCall): ClientTranslation => {
    const context = { messageId: services.newId("msg"), askedModel: asked.facts.model };
    const dialect = withCompaction(search === undefined ? endpoint.dialect : withSearch(endpoint.dialect));
    return asked.translate(dialect, endpoint.target, context);
  };
  return ({ target, credential }, maxTokens) => {
    const endpoint = target.provider.endpoint(target.model, credential);
    if (maxTokens !== undefined) {
      return { target, endpoint, translation: translated(endpoint, call.limitOutput(maxTokens)), head: {}, wire: {} };
    }
    const known = written.find((one) => one.endpoint === endpoint);
    const translation = known?.translation ?? translated(endpoint, call);
    if (known === undefined) written.push({ endpoint, translation });
    return { target, endpoint, translation, head: {}, wire: {} };
  };
}

/**
 * Sends a translated request and gives the provider's answer once it is a success. A refusal that the dialect can
 * repair (a parameter the model does not take) is sent again once, repaired. Throws a ProviderError.
 */
export async function askProvider(exchange: Exchange, route: Route, question: Question): Promise<Reply> {
  const { endpoint, translation } = question;
  const { lessons } = exchange.services;
  const known = lessons.apply(endpoint, translation.body);
  const first = await send(exchange, route, { question, body: known });
  if (hears(exchange, question, first)) {
    if (translation.answerInRounds === undefined) question.wire.sent = { body: known, reply: first };
    return first;
  }
  const failure = await readFailure(endpoint, first);
  const repaired = endpoint.dialect.repair(known, failure);
  if (repaired === undefined) throw new ProviderError(failure);
  const second = await send(exchange, route, { question, body: repaired });
  if (!hears(exchange, question, second)) throw new ProviderError(await readFailure(endpoint, second));
  lessons.learn(endpoint, failure);
  return second;
}

/** No async function: it would cost another promise, and whoever asks waits for this one alone. */
function send(
  exchange: Exchange,
  { credential, signal }: Route,
  { question, body }: { readonly question: Question; readonly body: Uint8Array },
): Promise<Reply> {
  const { incoming, outgoing, notes } = exchange;
  const { target, endpoint, translation, account } = question;
  // An answer is read on for a client that has left, but nothing more is asked for it.
  if (outgoing.destroyed) {
    exchange.cutOff();
    return Promise.reject(new ProviderError({ kind: "cancelled", message: "The client has left." }));
  }
  const { dialect } = endpoint;
  notes.attempts += 1;
  notes.readOnMs = target.provider.readOnMs;
  account.sending(body);
  return sendToProvider(target.provider, {
    endpoint,
    credential,
    path: dialect.pathFor?.(endpoint.target.model, notes.stream === true) ?? dialect.paths.create,
    body,
    query: queryOf(incoming.url),
    headers: incoming.headers,
    betaHeader: translation.betaHeader,
    deadlines: target.provider.callDeadlines[notes.stream === true ? "stream" : "whole"],
    isBilled: question.isBilled,
    signal,
  });
}

/** Takes note of the head of an answer; true for a success. */
function hears({ client }: Exchange, { endpoint, account, head }: Question, { status, headers }: Reply): boolean {
  account.headed(status);
  if (status < 200 || status >= 300) return false;
  if (client.readsHeaders === true) head.relayed = endpoint.dialect.relayedHeaders?.(headers);
  return true;
}

async function readFailure(endpoint: Endpoint, reply: Reply): Promise<UpstreamFailure> {
  const failure = await readErrorAnswer(endpoint, reply);
  return reply.status < 400 ? redirected(failure, reply.status) : failure;
}

/** Whoever answers with a redirect is not the provider, or its address is wrong; another one may do better. */
function redirected({ message }: UpstreamFailure, status: number): UpstreamFailure {
  const where = "which is not followed: check its base URL";
  return { kind: "malformed", status, message: `the answer is a redirect (${status}), ${where}. It says: ${message}` };
}

async function readErrorAnswer({ dialect }: Endpoint, reply: Reply): Promise<UpstreamFailure> {
  // Nor does it matter how the connection breaks; a client that has left is told by its signal.
  const read = collect(readAnswer(reply.body, anError, errorWithinMs), errorLimitBytes);
  const body = await read.catch(() => Buffer.alloc(0));
  const { status, headers } = reply;
  return dialect.readFailure({ status, headers, body: body.toString("utf8"), receivedAtMs: Date.now() });
}

/** The query of a request's target, with its question mark; empty without one. */
export function queryOf(target: string | undefined): string {
  const mark = target?.indexOf("?") ?? -1;
  return mark === -1 ? "" : (target ?? "").slice(mark);
}
