import { sendToProvider } from "@drawbridge/providers";
import { estimateCount, readEnvelope } from "@drawbridge/translator";
import type { Services } from "../services.ts";
import { admit, type Admitted } from "./admit.ts";
import { answerError } from "./answer-error.ts";
import { answerHeaders } from "./answer-headers.ts";
import { queryOf } from "./ask-provider.ts";
import { openExchange, type Exchange, type HttpExchange } from "./exchange.ts";
import { knowHeadroom } from "./know-headroom.ts";
import { recordExchange } from "./record-exchange.ts";

/** Whoever asks has an estimate of its own and does not wait for long. */
const patience = { firstByteMs: 3_000, totalMs: 4_000 };

/**
 * `POST /v1/messages/count_tokens`: the provider's count where it has one, else an estimate that errs high. Claude Code
 * asks in bursts of 35 and repeats what fails, so a provider that cannot answer costs it nothing. Never rejects.
 */
export async function handleCountTokens(services: Services, http: HttpExchange): Promise<void> {
  const exchange = openExchange(services, http);
  const leave = services.lifecycle.enter(() => exchange.cutOff());
  try {
    const admitted = await admit(exchange, "count_tokens");
    const counted =
      (await countAtProvider(exchange, admitted)) ?? Buffer.from(JSON.stringify(estimateCount(admitted.body)));
    await knowHeadroom(exchange);
    exchange.outgoing.writeHead(200, {
      "content-type": "application/json",
      ...answerHeaders(exchange),
      "content-length": counted.length,
    });
    exchange.outgoing.end(counted);
  } catch (error) {
    await knowHeadroom(exchange, error);
    answerError(exchange, error);
    recordExchange(exchange);
  } finally {
    leave();
  }
}

/** The count of the first provider that the request would be sent to. */
async function countAtProvider(exchange: Exchange, { body, plan }: Admitted): Promise<Buffer | undefined> {
  const target = plan.links[0]?.targets[0];
  const credential = target?.provider.credentials.find(
    (one) => one.serves(target.model) && target.permits?.(one) !== false,
  );
  if (target === undefined || credential === undefined) return undefined;
  const endpoint = target.provider.endpoint(target.model, credential);
  const { counting } = endpoint.dialect;
  if (counting === undefined) return undefined;
  const { incoming, services, signal } = exchange;
  const request = { body, envelope: readEnvelope(body), betas: services.readBetas(incoming.headers["anthropic-beta"]) };
  // Written first, because a broken request is to be told here and not to become an estimate.
  const written = counting.write(request, endpoint.target);
  const count = await services.providerCounts.ask(endpoint, {
    signal,
    send: () =>
      sendToProvider(target.provider, {
        endpoint,
        credential,
        path: counting.path(target.model),
        body: written.body,
        query: queryOf(incoming.url),
        headers: incoming.headers,
        betaHeader: written.betaHeader,
        deadlines: { ...target.provider.deadlines, ...patience },
        signal,
      }),
  });
  return count === undefined ? undefined : Buffer.from(JSON.stringify(count));
}
