import { ProviderError } from "@drawbridge/providers";
import type { AnswerStream, UpstreamFailure } from "@drawbridge/translator";
import { GatewayError, isLimitCode } from "../errors.ts";
import { streamHeaders } from "./answer-headers.ts";
import type { Question } from "./ask-provider.ts";
import type { AttemptAccount } from "./attempt-account.ts";
import { ClientStream } from "./client-stream.ts";
import { cutOffError } from "./cut-off.ts";
import { dispatch } from "./dispatch.ts";
import type { Exchange } from "./exchange.ts";
import type { Held } from "./hold-request.ts";
import { leave } from "./last-words.ts";
import { openStream, type OpenedAnswer } from "./open-stream.ts";
import type { Stall } from "./stall.ts";
import { upstreamFailure } from "./upstream-failure.ts";

/**
 * Steps 7 to 11 for a streamed answer: asks one provider after the other until one gives real content, carries the rest
 * of its stream to the client and meters it. Throws what went wrong as long as nothing has been sent; afterwards the
 * stream ends with an `error` event, and nothing is asked again.
 */
export function answerAsStream(exchange: Exchange, held: Held): Promise<void> {
  const { outgoing, services } = exchange;
  const client = new ClientStream({
    outgoing,
    headers: () => streamHeaders(exchange),
    ping: exchange.client.keepAlive,
    keepAlive: services.keepAlive,
    clock: () => services.clock(),
  });
  const run: Run = { asked: undefined, opened: undefined };
  return deliver(exchange, client, { run, opening: open(exchange, held, run) });
}

/** Asks until an answer has begun. What was asked is let go of then: a stream may take minutes, a request megabytes. */
async function open(exchange: Exchange, held: Held, run: Run): Promise<Opened> {
  const { answer, account } = await dispatch(exchange, held, (route, asked) => {
    run.asked = asked;
    return openStream(exchange, route, asked);
  });
  if (answer.form === "stream") run.asked = undefined;
  return { ...answer, account };
}

/** Knows no request, and so holds none while it waits. */
async function deliver(
  exchange: Exchange,
  client: ClientStream,
  { run, opening }: { readonly run: Run; readonly opening: Promise<Opened> },
): Promise<void> {
  const { notes, outgoing } = exchange;
  try {
    const opened = await opening;
    run.opened = opened;
    await carry(exchange, client, opened);
    opened.account.succeeded(opened.form === "stream" ? opened.stream.metered : opened.metered);
    if (outgoing.destroyed) notes.outcome = "cancelled";
  } catch (error) {
    await endBroken(exchange, client, { run, error });
  } finally {
    if (run.opened?.form === "stream") run.opened.stall.close();
    notes.bytesOut = client.bytesOut;
    client.close();
  }
}

/** How far the answer has come. */
interface Run {
  asked: Question | undefined;
  opened: Opened | undefined;
}

type Opened = OpenedAnswer & { readonly account: AttemptAccount };

/** Tells the client of an error where its stream has begun; throws it where a status still can. */
async function endBroken(
  exchange: Exchange,
  client: ClientStream,
  { run: { asked, opened }, error }: { readonly run: Run; readonly error: unknown },
): Promise<void> {
  opened?.account.failed(error);
  const unsent = client.committed ? asked?.translation.answerStream() : undefined;
  const broken = opened?.form === "stream" ? opened.stream : unsent;
  const cutOff = cutOffError(exchange);
  const failure = cutOff === undefined ? reported(exchange, opened, error) : overloaded(cutOff);
  if (failure === undefined || broken === undefined) throw error;
  await breakOff(exchange, client, { stream: broken, failure });
}

/** What an error says to a client in mid-answer. A provider's failure of a stream that was open counts against its place. */
function reported(
  { services }: Exchange,
  opened: OpenedAnswer | undefined,
  error: unknown,
): UpstreamFailure | undefined {
  // A limit that ends an answer is no failure of the provider, but told in the same way.
  if (error instanceof GatewayError) {
    return { kind: isLimitCode(error.code) ? "quota-exhausted" : "overloaded", message: error.message };
  }
  const failure = upstreamFailure(error);
  if (failure !== undefined && opened?.form === "stream") services.dispatcher.report(opened.place, failure);
  return failure;
}

/** Tells clients to ask again, and whoever does not know of gateways that it is not about the request. */
function overloaded({ message }: GatewayError): UpstreamFailure {
  return { kind: "overloaded", message };
}

interface BrokenAnswer {
  readonly stream: AnswerStream;
  readonly failure: UpstreamFailure;
}

/** Ends the client's stream with an error event. */
async function breakOff(exchange: Exchange, client: ClientStream, { stream, failure }: BrokenAnswer): Promise<void> {
  const { notes, outgoing } = exchange;
  client.commit();
  await client.send(stream.fail(failure));
  notes.metered = stream.metered;
  notes.outcome = outgoing.destroyed ? "cancelled" : "truncated";
  notes.failureKind = failure.kind;
  notes.failureMessage = failure.message;
}

/** Reads the provider no faster than the client takes the answer. */
async function carry(exchange: Exchange, client: ClientStream, opened: Opened): Promise<void> {
  const { notes, services, startedMs } = exchange;
  notes.firstEventMs = services.clock() - startedMs;
  notes.outcome = "ok";
  client.commit();
  if (opened.form === "whole") {
    if (opened.metered !== undefined) notes.metered = opened.metered;
    await client.send(opened.body);
    return;
  }
  const { stream, rest, stall } = opened;
  try {
    await flow(client, opened);
  } catch (error) {
    stall.cutOff();
    throw stall.explain(error);
  }
  if (stream.finished) await client.send(stream.end());
  void leave(rest, stream.concluded);
  notes.metered = stream.metered;
  if (stream.failure !== undefined) throw new ProviderError(stream.failure);
}

type OpenedStream = Extract<Opened, { form: "stream" }>;

async function flow(client: ClientStream, { stream, held, rest, stall, account }: OpenedStream): Promise<void> {
  const reading = { stall, account };
  const goesOn = (): boolean => stream.failure === undefined && !stream.finished;
  await sendHeld(client, reading, { held, isLast: !goesOn() });
  const pass = (next: IteratorResult<Uint8Array>): Promise<boolean> | boolean => {
    const bytes = stall.take(next.done === true ? stream.end() : stream.push(next.value), stream);
    const isMore = next.done !== true && goesOn();
    const passing = passedOn(client, reading, { bytes, isLast: !isMore });
    return passing === undefined ? isMore : passing.then(() => isMore);
  };
  // Not here, where what came last would be held until the next comes, or until a slow client has taken it.
  const advance = (): Promise<boolean> => rest.next().then(pass);
  for (let isMore = goesOn(); isMore;) isMore = await advance();
}

/** Sends what came with the first content; none of it is kept beyond that. */
async function sendHeld(
  client: ClientStream,
  reading: Reading,
  { held, isLast }: { readonly held: Uint8Array[]; readonly isLast: boolean },
): Promise<void> {
  for (const bytes of held.splice(0)) await passedOn(client, reading, { bytes, isLast });
}

/** Bytes of an answer for the client; the last of them end it, and no limit that is met there cuts it off. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

/** Sends bytes and counts them. A promise only where something has to be waited for. */
function passedOn(client: ClientStream, reading: Reading, { bytes, isLast }: Piece): Promise<void> | undefined {
  const taken = sent(client, reading, bytes);
  return taken === undefined ? counted(reading, bytes, isLast) : taken.then(() => counted(reading, bytes, isLast));
}

function counted(reading: Reading, bytes: Uint8Array, isLast: boolean): Promise<void> | undefined {
  const more = reading.account.passed(bytes, isLast);
  return more && paused(reading, "store", more);
}

/** Sends bytes; while the client takes no more, the provider is not asked and cannot stall. */
function sent(client: ClientStream, reading: Reading, bytes: Uint8Array): Promise<void> | undefined {
  const taken = client.send(bytes);
  return taken && paused(reading, "client", taken);
}

/** What has to know whether a provider is read. */
interface Reading {
  readonly stall: Stall;
  readonly account: AttemptAccount;
}

async function paused(
  { stall, account }: Reading,
  forWhom: Parameters<AttemptAccount["pause"]>[0],
  until: Promise<void>,
): Promise<void> {
  stall.pause();
  account.pause(forWhom);
  await until;
  account.resume();
  stall.resume();
}
