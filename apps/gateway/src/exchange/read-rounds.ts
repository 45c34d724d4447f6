import type { Reply } from "@drawbridge/providers";
import type { AnswerStream, WebSearch } from "@drawbridge/translator";
import { askProvider, type Question } from "./ask-provider.ts";
import type { Exchange } from "./exchange.ts";
import type { Route } from "./exchange-route.ts";
import { nextRound } from "./next-round.ts";
import { readAnswer } from "./read-answer.ts";

const nothing = new Uint8Array(0);

/** A stream that has begun, and how the provider is asked for more of it. */
export interface BegunStream {
  readonly route: Route;
  readonly question: Question;
  readonly reply: Reply;
  readonly stream: AnswerStream;
}

/**
 * Gives a streamed answer's bytes to its end, through all the calls that it takes: between them the searches are made
 * that the model wants. An empty chunk says that there is something for the client without the provider's doing.
 */
export function readRounds(exchange: Exchange, begun: BegunStream): AsyncGenerator<Uint8Array, void> {
  const { reply, stream, question } = begun;
  const { rounds } = stream;
  const { search } = question;
  if (rounds === undefined || search === undefined) return readAnswer(reply.body, stream);
  return readAll(exchange, begun, { rounds, search });
}

interface Searching {
  readonly rounds: NonNullable<AnswerStream["rounds"]>;
  readonly search: WebSearch;
}

async function* readAll(
  exchange: Exchange,
  { route, question, reply: first }: BegunStream,
  { rounds, search }: Searching,
): AsyncGenerator<Uint8Array, void> {
  for (let reply = first; ;) {
    yield* readAnswer(reply.body, rounds.call);
    const body = await nextRound(rounds, search, exchange.signal);
    if (body === undefined) return;
    yield nothing;
    const translation = { ...question.translation, body };
    reply = await askProvider(exchange, { ...route, signal: exchange.signal }, { ...question, translation });
  }
}
