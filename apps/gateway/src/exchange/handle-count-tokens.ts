import { sendToProvider, type Provider } from "@drawbridge/providers";
import { estimateInputTokens, parseCountRequest, readEnvelope } from "@drawbridge/translator";
import type { Services } from "../services.ts";
import { admit, type Admitted } from "./admit.ts";
import { answerError } from "./answer-error.ts";
import { answerHeaders } from "./answer-headers.ts";
import { queryOf } from "./ask-provider.ts";
import { collect } from "./collect.ts";
import { openExchange, type Exchange, type HttpExchange } from "./exchange.ts";
import { recordExchange } from "./record-exchange.ts";

const answerLimitBytes = 64 * 1024;

/**
 * `POST /v1/messages/count_tokens`: the provider's count where it has one, else an estimate that errs high. Claude Code
 * asks in bursts of 35 and repeats what fails, so a provider that cannot answer costs it nothing. Never rejects.
 */
export async function handleCountTokens(services: Services, http: HttpExchange): Promise<void> {
  const leave = services.lifecycle.enter();
  const exchange = openExchange(services, http);
  try {
    const admitted = await admit(exchange, services.snapshot());
    const counted = (await countAtProvider(exchange, admitted)) ?? Buffer.from(estimate(admitted.body));
    exchange.outgoing.writeHead(200, {
      "content-type": "application/json",
      ...answerHeaders(exchange),
      "content-length": counted.length,
    });
    exchange.outgoing.end(counted);
  } catch (error) {
    answerError(exchange, error);
    recordExchange(exchange);
  } finally {
    leave();
  }
}

function estimate(body: Uint8Array): string {
  return JSON.stringify({ input_tokens: estimateInputTokens(parseCountRequest(body)) });
}

async function countAtProvider(
  exchange: Exchange,
  { body: asked, provider, model }: Admitted,
): Promise<Buffer | undefined> {
  const path = provider.dialect.paths.countTokens;
  if (path === undefined) return undefined;
  const request = { body: asked, envelope: readEnvelope(asked) };
  // Checked first, because a broken request is to be told here and not to become an estimate.
  const { body } = provider.dialect.translate(
    request,
    { model },
    { messageId: exchange.services.newId("msg"), askedModel: request.envelope.model },
  );
  return ask(exchange, provider, { path, body });
}

async function ask(
  { incoming, signal }: Exchange,
  provider: Provider,
  { path, body }: { path: string; body: Uint8Array },
): Promise<Buffer | undefined> {
  try {
    const call = { path, body, query: queryOf(incoming.url), headers: incoming.headers, signal };
    const reply = await sendToProvider(provider, call);
    const answer = await collect(reply.body, answerLimitBytes);
    return reply.status === 200 && isCount(answer) ? answer : undefined;
  } catch {
    // Counting is a convenience: whatever the provider's trouble is, the estimate serves.
    return undefined;
  }
}

function isCount(answer: Buffer): boolean {
  try {
    const count: unknown = JSON.parse(answer.toString("utf8"));
    return typeof count === "object" && count !== null && "input_tokens" in count;
  } catch {
    return false;
  }
}
