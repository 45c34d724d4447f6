import { answerError } from "./answer-error.ts";
import { answerHeaders } from "./answer-headers.ts";
import type { Exchange } from "./exchange.ts";
import { knowHeadroom } from "./know-headroom.ts";
import { recordExchange } from "./record-exchange.ts";

/** Answers an exchange with a JSON object, or with the error that making it threw. Never rejects. */
export async function answerJson(
  exchange: Exchange,
  make: (exchange: Exchange) => object | Promise<object>,
): Promise<void> {
  try {
    const body = Buffer.from(JSON.stringify(await make(exchange)));
    await knowHeadroom(exchange);
    const headers = { "content-type": "application/json", ...answerHeaders(exchange), "content-length": body.length };
    exchange.outgoing.writeHead(200, headers);
    exchange.outgoing.end(body);
  } catch (error) {
    await knowHeadroom(exchange, error);
    answerError(exchange, error);
    recordExchange(exchange);
  }
}
