import type { AnswerStream } from "@drawbridge/translator";
import type { Admitted } from "./admit.ts";
import { upstreamFailure } from "./answer-error.ts";
import { streamHeaders } from "./answer-headers.ts";
import { createWriter, type Question } from "./ask-provider.ts";
import { ClientStream } from "./client-stream.ts";
import { dispatch } from "./dispatch.ts";
import type { Exchange } from "./exchange.ts";
import { leave } from "./last-words.ts";
import { openStream, type OpenedAnswer } from "./open-stream.ts";

/**
 * Steps 7 to 11 for a streamed answer: asks one provider after the other until one gives real content, carries the rest
 * of its stream to the client and meters it. Throws what went wrong as long as nothing has been sent; afterwards the
 * stream ends with an `error` event, and nothing is asked again.
 */
export async function answerAsStream(exchange: Exchange, admitted: Admitted): Promise<void> {
  const { outgoing, services, notes } = exchange;
  const client = new ClientStream({
    outgoing,
    headers: () => streamHeaders(exchange),
    ping: exchange.client.keepAlive,
    keepAlive: services.keepAlive,
    clock: () => services.clock(),
  });
  const write = createWriter(exchange, admitted);
  let asked: Question | undefined;
  let stream: AnswerStream | undefined;
  try {
    const opened = await dispatch(exchange, admitted.plan, (route) => {
      asked = write(route);
      return openStream(exchange, route, asked);
    });
    if (opened.form === "stream") stream = opened.stream;
    await carry(exchange, client, opened);
  } catch (error) {
    const failure = upstreamFailure(error);
    const broken = stream ?? (client.committed ? asked?.translation.answerStream() : undefined);
    if (failure === undefined || broken === undefined) throw error;
    client.commit();
    await client.send(broken.fail(failure));
    notes.outcome = exchange.signal.aborted ? "cancelled" : "truncated";
    notes.failureKind = failure.kind;
    notes.failureMessage = failure.message;
    notes.metered = broken.metered;
  } finally {
    notes.bytesOut = client.bytesOut;
    client.close();
  }
}

/** Reads the provider no faster than the client takes the answer. */
async function carry(exchange: Exchange, client: ClientStream, opened: OpenedAnswer): Promise<void> {
  const { notes, services, startedMs } = exchange;
  notes.firstEventMs = services.clock() - startedMs;
  notes.outcome = "ok";
  client.commit();
  if (opened.form === "whole") return client.send(opened.bytes);
  const { stream, held, rest } = opened;
  for (const bytes of held) await client.send(bytes);
  let over = false;
  while (stream.failure === undefined && !stream.finished && !over) {
    const next = await rest.next();
    over = next.done === true;
    await client.send(next.done === true ? stream.end() : stream.push(next.value));
  }
  if (stream.finished && !over) await client.send(stream.end());
  void leave(rest, stream.concluded);
  notes.metered = stream.metered;
  if (stream.failure === undefined) return;
  notes.outcome = "truncated";
  notes.failureKind = stream.failure.kind;
  notes.failureMessage = stream.failure.message;
}
