import { messagesClient, type ClientDialect } from "@drawbridge/translator";
import type { Services } from "../services.ts";
import { admit } from "./admit.ts";
import { answerError } from "./answer-error.ts";
import { openExchange, type HttpExchange } from "./exchange.ts";
import { counts, holdRequest, uncounted } from "./hold-request.ts";
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
    const admitted = await admit(exchange);
    const held = counts(exchange, admitted) ? await holdRequest(exchange, admitted) : uncounted(admitted);
    try {
      await (held.call.facts.stream ? answerAsStream : answerWhole)(exchange, held);
    } finally {
      held.account?.lease.settle();
    }
  } catch (error) {
    await knowHeadroom(exchange, error);
    answerError(exchange, error);
  } finally {
    recordExchange(exchange);
    leave();
  }
}
