import { chatClient, messagesClient, responsesClient, type ClientDialect } from "@drawbridge/translator";
import type { HttpExchange } from "./exchange/exchange.ts";
import { handleMessages } from "./exchange/handle-messages.ts";
import type { Services } from "./services.ts";

const bases = ["/anthropic", ""];
/** A base URL that ends in `/v1` is a common mistake; the client appends its own `/v1` to it. */
export const messagesApiPaths: readonly string[] = bases.flatMap((base) => [`${base}/v1`, `${base}/v1/v1`]);

/** The one handler that nearly all traffic goes to. */
export type ExchangeHandler = (http: HttpExchange) => Promise<void>;

/** The dialect that is spoken at each path under which exchanges are asked for. */
export const exchangeClients: ReadonlyMap<string, ClientDialect> = new Map([
  ...messagesApiPaths.map((path): [string, ClientDialect] => [`${path}/messages`, messagesClient]),
  ["/openai/v1/chat/completions", chatClient],
  ["/openai/v1/responses", responsesClient],
]);

/** Handlers by exact path, for POST. */
export function exchangeRoutes(services: Services): ReadonlyMap<string, ExchangeHandler> {
  return new Map(
    Array.from(exchangeClients, ([path, client]) => [
      path,
      (http: HttpExchange) => handleMessages(services, http, client),
    ]),
  );
}
