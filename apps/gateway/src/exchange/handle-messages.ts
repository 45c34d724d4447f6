import { messagesClient, type ClientDialect } from "@drawbridge/translator";
import type { Services } from "../services.ts";
import { admit } from "./admit.ts";
import { answerError } from "./answer-error.ts";
import { type Exchange, openExchange, type HttpExchange } from "./exchange.ts";
import { counts, type Held, holdRequest, uncounted } from "./hold-request.ts";
import { knowHeadroom } from "./know-headroom.ts";
import { recordExchange } from "./record-exchange.ts";
import { answerAsStream } from "./stream-answer.ts";
import { answerWhole } from "./whole-answer.ts";

/**
 * `POST /v1/messages`, or its like in another client dialect: the whole line of an exchange, from the client's bytes to
 * its record. Never rejects.
 */
export async function handleMessages(
  services: Services,
  http: HttpExchange,
  client: ClientDialect = messagesClient,
): Promise<void> {
  const exchange = openExchange(services, http, client);
  const leave = services.lifecycle.enter(() => exchange.cutOff());
  try {
    await answer(exchange);
  } catch (error) {
    // The client is told what is left of its limits.
    exchange.notes.lease?.settle();
    await knowHeadroom(exchange, error);
    answerError(exchange, error);
  } finally {
    exchange.notes.lease?.settle();
    recordExchange(exchange);
    exchange.end();
    leave();
  }
}

/** Not async itself: while it waits, such a function holds all that it has ever had, and this has the request. */
function answer(exchange: Exchange): Promise<void> {
  return admitAndHold(exchange).then((held) => (held.call.facts.stream ? answerAsStream : answerWhole)(exchange, held));
}

async function admitAndHold(exchange: Exchange): Promise<Held> {
  const admitted = await admit(exchange);
  return counts(exchange, admitted) ? await holdRequest(exchange, admitted) : uncounted(admitted);
}
