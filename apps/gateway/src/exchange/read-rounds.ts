import type { Reply } from "@drawbridge/providers";
import type { AnswerStream } from "@drawbridge/translator";
import { askProvider, type Question } from "./ask-provider.ts";
import type { Exchange } from "./exchange.ts";
import type { Route } from "./exchange-route.ts";
import { nextRound } from "./next-round.ts";
import { type AnswerBytes, readAnswer } from "./read-answer.ts";

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
export function readRounds(exchange: Exchange, begun: BegunStream): AnswerBytes {
  const { reply, stream } = begun;
  const { rounds } = stream;
  return rounds === undefined ? readAnswer(reply.body, stream) : readAll(exchange, begun, rounds);
}

async function* readAll(
  exchange: Exchange,
  { route, question, reply: first }: BegunStream,
  rounds: NonNullable<AnswerStream["rounds"]>,
): AsyncGenerator<Uint8Array, void> {
  for (let reply = first; ;) {
    yield* readAnswer(reply.body, rounds.call);
    const body = await nextRound(rounds, exchange.snapshot.search, route.signal);
    if (body === undefined) return;
    await question.account.callAgain(body.length);
    yield nothing;
    const translation = { ...question.translation, body };
    // The client has the beginning of the answer: nobody else could go on with it.
    reply = await askProvider(exchange, route, { ...question, translation, isBilled: false });
  }
}
