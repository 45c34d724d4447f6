import type { Reply } from "@drawbridge/providers";
import type { AnswerStream, ClientTranslation } from "@drawbridge/translator";
import { FailedUpstream, upstreamFailure } from "./answer-error.ts";
import { streamHeaders } from "./answer-headers.ts";
import { askProvider, type Question } from "./ask-provider.ts";
import { ClientStream } from "./client-stream.ts";
import type { Exchange } from "./exchange.ts";
import { readWhole } from "./whole-answer.ts";

/**
 * Steps 8 to 11 for a streamed answer: sends the request, waits for real content, carries the stream to the client and
 * meters it. Throws what went wrong as long as nothing has been sent; afterwards the stream ends with an `error` event.
 */
export async function answerAsStream(
  exchange: Exchange,
  target: Omit<Question, "body">,
  translation: ClientTranslation,
): Promise<void> {
  const { outgoing, services, notes } = exchange;
  const client = new ClientStream({
    outgoing,
    headers: () => streamHeaders(exchange),
    ping: exchange.client.keepAlive,
    keepAlive: services.keepAlive,
    clock: () => services.clock(),
  });
  const stream = translation.answerStream();
  try {
    if (translation.answer !== undefined) return await replay(exchange, client, translation.answer.stream());
    const reply = await askProvider(exchange, { ...target, body: translation.body });
    if (isJson(reply)) {
      const told = await readWhole(exchange, reply, (body, type) => translation.answerReplayed(body, type));
      return await replay(exchange, client, told);
    }
    await carry({ exchange, client, stream }, reply);
  } catch (error) {
    const failure = upstreamFailure(error);
    if (failure === undefined || !(client.committed || stream.committed)) throw error;
    client.commit();
    await client.send(stream.fail(failure));
    notes.outcome = exchange.signal.aborted ? "cancelled" : "truncated";
    notes.failureKind = failure.kind;
    notes.failureMessage = failure.message;
    notes.metered = stream.metered;
  } finally {
    notes.bytesOut = client.bytesOut;
    client.close();
  }
}

interface Carriage {
  readonly exchange: Exchange;
  readonly client: ClientStream;
  readonly stream: AnswerStream;
}

/** Reads the provider no faster than the client takes the answer. */
async function carry(carriage: Carriage, reply: Reply): Promise<void> {
  const { exchange, stream } = carriage;
  for await (const chunk of reply.body) {
    await forward(carriage, stream.push(chunk));
    if (stream.failure !== undefined) break;
  }
  if (stream.failure === undefined) await forward(carriage, stream.end());
  exchange.notes.metered = stream.metered;
  exchange.notes.outcome = "ok";
  if (stream.failure === undefined) return;
  exchange.notes.outcome = "truncated";
  exchange.notes.failureKind = stream.failure.kind;
  exchange.notes.failureMessage = stream.failure.message;
}

async function forward({ exchange, client, stream }: Carriage, bytes: Uint8Array): Promise<void> {
  if (stream.committed) {
    exchange.notes.firstEventMs ??= exchange.services.clock() - exchange.startedMs;
    client.commit();
  } else if (stream.failure !== undefined && !client.committed) {
    throw new FailedUpstream(stream.failure);
  }
  await client.send(bytes);
}

/** Streams an answer that is there already. */
async function replay(exchange: Exchange, client: ClientStream, bytes: Uint8Array): Promise<void> {
  exchange.notes.firstEventMs = exchange.services.clock() - exchange.startedMs;
  exchange.notes.outcome = "ok";
  client.commit();
  await client.send(bytes);
}

function isJson({ headers }: Reply): boolean {
  return headers["content-type"]?.includes("application/json") ?? false;
}
