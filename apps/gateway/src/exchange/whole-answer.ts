import type { OutgoingHttpHeaders } from "node:http";
import { ProviderError, type Reply } from "@drawbridge/providers";
import type { Metered, WholeAnswer, WholeRounds } from "@drawbridge/translator";
import { answerHeaders } from "./answer-headers.ts";
import { askProvider, type Question } from "./ask-provider.ts";
import { collect } from "./collect.ts";
import { dispatch } from "./dispatch.ts";
import { endAnswer } from "./end-answer.ts";
import type { Exchange } from "./exchange.ts";
import type { Route } from "./exchange-route.ts";
import type { Held } from "./hold-request.ts";
import { nextRound } from "./next-round.ts";
import { PatientHead } from "./patient-head.ts";

/** No model writes this much; an answer that does is cut and then fails as malformed. */
const answerLimitBytes = 64 * 1024 * 1024;

/** An answer for the client, and what the provider counted; undefined for one that no provider was asked for. */
export interface ReadAnswer {
  readonly body: Uint8Array;
  readonly metered: Metered | undefined;
}

/** Steps 7 to 11 for a whole answer: asks one provider after the other until one gives it. Throws what went wrong. */
export async function answerWhole(exchange: Exchange, held: Held): Promise<void> {
  const { outgoing, notes, services } = exchange;
  const head = (own: OutgoingHttpHeaders): void => {
    outgoing.writeHead(200, answerHeaders(exchange, own));
  };
  const writeHead = (): void => head({ "content-type": "application/json" });
  const patience = new PatientHead({ outgoing, writeHead, clock: () => services.clock() });
  services.keepAlive.watch(patience);
  try {
    const { answer, account } = await dispatch(exchange, held, (...asked) => askWhole(exchange, ...asked));
    const { body, metered } = answer;
    account.succeeded(metered);
    notes.outcome = "ok";
    if (metered !== undefined) notes.metered = metered;
    notes.bytesOut = body.length;
    notes.firstEventMs = services.clock() - exchange.startedMs;
    if (outgoing.destroyed) notes.outcome = "cancelled";
    if (!outgoing.headersSent) head({ "content-type": "application/json", "content-length": body.length });
    endAnswer(outgoing, body);
  } finally {
    services.keepAlive.forget(patience);
  }
}

async function askWhole(exchange: Exchange, route: Route, question: Question): Promise<ReadAnswer> {
  const { translation } = question;
  if (translation.answer !== undefined) return { body: translation.answer.whole(), metered: undefined };
  const whole = translation.answerInRounds?.();
  if (whole !== undefined) return askInRounds(exchange, route, { question, whole });
  const reply = await askProvider(exchange, route, question);
  const read = readWhole(reply, question, (body, contentType) => translation.answerWhole(body, contentType));
  return read instanceof Promise ? await read : read;
}

/** Asks as often as the answer takes: between two calls the searches are made that the model wants. */
async function askInRounds(
  exchange: Exchange,
  route: Route,
  { question, whole }: { readonly question: Question; readonly whole: WholeRounds },
): Promise<ReadAnswer> {
  const { translation, account } = question;
  for (let body: Uint8Array | undefined = translation.body; body !== undefined;) {
    const reply = await askProvider(exchange, route, { ...question, translation: { ...translation, body } });
    const answer = await collect(reply.body, answerLimitBytes);
    void account.passed(answer);
    const failure = whole.take(answer, reply.headers["content-type"] ?? "");
    if (failure !== undefined) throw new ProviderError(failure);
    body = await nextRound(whole.rounds, exchange.snapshot.search, route.signal);
    if (body !== undefined) await account.callAgain(body.length);
  }
  await account.recorded;
  return taken(whole.end());
}

type Translate = (body: Uint8Array, contentType: string) => WholeAnswer;

/**
 * Reads a provider's whole answer and translates it: at once where it has come with its head, as small ones do, and has
 * nothing to wait for. Throws a ProviderError when it is none.
 */
export function readWhole(
  reply: Reply,
  { account }: Pick<Question, "account">,
  translate: Translate,
): ReadAnswer | Promise<ReadAnswer> {
  const body = reply.body.takeWhole?.();
  if (body === undefined || account.recorded !== undefined) return readInTime(reply, account, { body, translate });
  void account.passed(body);
  return taken(translate(body, contentTypeOf(reply)));
}

async function readInTime(
  reply: Reply,
  account: Question["account"],
  { body: there, translate }: { readonly body: Uint8Array | undefined; readonly translate: Translate },
): Promise<ReadAnswer> {
  const body = there ?? (await collect(reply.body, answerLimitBytes));
  void account.passed(body);
  await account.recorded;
  return taken(translate(body, contentTypeOf(reply)));
}

function contentTypeOf({ headers }: Reply): string {
  return headers["content-type"] ?? "";
}

function taken(answer: WholeAnswer): ReadAnswer {
  if (!answer.ok) throw new ProviderError(answer.failure);
  return answer;
}
