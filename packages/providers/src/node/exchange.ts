import type { UpstreamFailure } from "@drawbridge/translator";
import type { Dispatcher } from "undici";
import { ProviderError } from "../errors.ts";
import type { Call, Deadlines, Reply } from "../transport.ts";
import { BodyQueue, type BodyQueueEvents } from "./body-queue.ts";
import { decompress } from "./decompress.ts";
import type { Connection } from "./connection.ts";
import type { DueWatch, Watched } from "./due-watch.ts";
import {
  type Breakdown,
  cancelledFailure,
  deadlineFailure,
  isBrokenConnection,
  networkFailure,
  type Phase,
} from "./network-failure.ts";
import { nowhere } from "./roster.ts";
import { UndiciReply } from "./undici-reply.ts";

/** What an exchange needs besides the call. */
export interface ExchangeSetting {
  readonly origin: string;
  readonly signal: AbortSignal;
  /** Keeps the deadlines; its clock is the exchange's. */
  readonly watch: DueWatch;
  /** How soon after it was written a request must fail to be put down to a connection that was stale already. */
  readonly staleWithinMs: number;
}

/** What an exchange needs to know of the call. */
type ExchangeCall = Pick<Call, "deadlines" | "isBilled">;

/** Sends the request, on a new connection if so wanted; the exchange is told how it goes on. */
type Dispatch = (exchange: Exchange, fresh: boolean) => void;

/**
 * One request and its answer: hears from undici what happens and tells it as a {@link Reply}, keeps the deadlines,
 * obeys the signal. Taking undici's callbacks directly, and not `Pool.request`, saves its stream object per request
 * and shows what the deadlines and the retry need to know.
 */
export class Exchange implements Dispatcher.DispatchHandler, BodyQueueEvents, Watched {
  place = nowhere;
  /** When the next deadline ends, of those that run. */
  dueMs: number;
  /** The pooled connection that carries the request; undici's choice, told by {@link Connection}. */
  connection: Connection | undefined;
  readonly reply: Promise<Reply>;

  readonly #deadlines: Deadlines;
  readonly #isBilled: boolean;
  readonly #setting: ExchangeSetting;
  /** Knows the body, so it is not kept once an answer has begun: that may take minutes, the body may be megabytes. */
  #dispatch: Dispatch | undefined;
  readonly #head = Promise.withResolvers<Reply>();
  readonly #body = new BodyQueue(this);
  readonly #endMs: number;
  #controller: Dispatcher.DispatchController | undefined;
  #phase: Phase = "connecting";
  #over: ProviderError | "complete" | undefined;
  #readerWaits = false;
  /** How often something has come, or its reader has asked for more. */
  #moves = 0;
  #reused = false;
  #retried = false;
  /** Whether undici has handed the whole request to the socket, and the system has taken it where it is long. */
  #sent = false;
  #writtenAt = 0;

  constructor({ deadlines, isBilled = false }: ExchangeCall, setting: ExchangeSetting, dispatch: Dispatch) {
    this.#deadlines = deadlines;
    this.#isBilled = isBilled;
    this.#setting = setting;
    this.#dispatch = dispatch;
    this.reply = this.#head.promise;
    this.#endMs = setting.watch.now() + deadlines.totalMs;
    this.dueMs = this.#endMs;
    setting.watch.watch(this);
    setting.signal.addEventListener("abort", this.#onAbort);
    if (setting.signal.aborted) this.#onAbort();
    else dispatch(this, false);
  }

  /** Of one that was sent twice the first connection may still be on its way out, with what it had to write. */
  get requestWritten(): boolean {
    return this.#dispatch === undefined && !this.#retried && this.connection?.drained === true;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#over instanceof ProviderError) {
      controller.abort(this.#over);
      return;
    }
    this.#controller = controller;
    this.#phase = "waiting";
    this.#reused = this.connection?.reused ?? false;
    this.#writtenAt = this.#setting.watch.now();
    this.#dueWithin(this.#deadlines.firstByteMs, this.#writtenAt);
  }

  onRequestSent(): void {
    this.connection?.whenTaken(() => {
      this.#sent = true;
      if (this.#phase === "waiting") this.#dueWithin(this.#deadlines.firstByteMs, this.#setting.watch.now());
    });
  }

  onResponseStarted(): void {
    this.#phase = "head";
    this.#dispatch = undefined;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: RawHeaders): void {
    // Slices of what the socket has read, which they would hold until the end.
    controller.rawHeaders = null;
    if (status < 200 || this.#over !== undefined) return;
    this.#phase = "body";
    this.#moves += 1;
    this.dueMs = this.#endMs;
    const flat = flatHeaders(headers);
    const encoding = flat["content-encoding"];
    if (encoding === undefined || encoding === "identity") {
      this.#head.resolve(new UndiciReply({ status, headers: flat, body: this.#body }, this));
      return;
    }
    this.#resolveDecompressed(status, flat, encoding);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#body.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#over !== undefined) return;
    this.connection?.markUsed();
    this.#finish("complete");
    this.#body.finish();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#over !== undefined) return;
    const isStale = this.#isStale(error);
    if (isStale && !(this.#sent && this.#isBilled)) {
      this.#sent = false;
      this.#retried = true;
      this.#phase = "connecting";
      this.#controller = undefined;
      this.#dispatch?.(this, true);
      return;
    }
    // A parser's error carries bytes of the answer, which must not travel into a log.
    const cause = error.name === "HTTPParserError" ? undefined : error;
    const found = networkFailure(error, this.#breakdown());
    const failure = new ProviderError(isStale ? { ...found, stale: true } : found, { cause });
    this.#finish(failure);
    this.#head.reject(failure);
    this.#body.finish(failure);
  }

  onFull(): void {
    this.#controller?.pause();
  }

  onDrained(): void {
    if (this.#over === undefined) this.#controller?.resume();
  }

  onWaiting(waiting: boolean): void {
    this.#readerWaits = waiting;
    this.#moves += 1;
    if (waiting) this.#dueWithin(this.#deadlines.idleMs, this.#setting.watch.now());
  }

  onLeft(): void {
    this.#stop(cancelledFailure(this.#setting.origin));
  }

  onDue(): void {
    if (this.#endMs <= this.#setting.watch.now()) this.#expire("totalMs");
    else if (this.#phase === "waiting" || this.#phase === "head") this.#expireUnlessMoved("firstByteMs");
    else if (this.#readerWaits) this.#expireUnlessMoved("idleMs");
    this.dueMs = this.#endMs;
  }

  #dueWithin(ms: number, nowMs: number): void {
    this.dueMs = Math.min(this.#endMs, nowMs + ms);
  }

  /** Looks once more after the sockets have been read: a process that was busy for long may find both the deadline and the bytes. */
  #expireUnlessMoved(deadline: keyof Deadlines): void {
    const moves = this.#moves;
    setImmediate(() => {
      if (moves === this.#moves) this.#expire(deadline);
    });
  }

  #expire(deadline: keyof Deadlines): void {
    this.#stop(deadlineFailure(deadline, this.#breakdown()));
  }

  readonly #onAbort = (): void => this.#stop(cancelledFailure(this.#setting.origin));

  #stop(failure: UpstreamFailure): void {
    if (this.#over !== undefined) return;
    const error = new ProviderError(failure);
    this.#finish(error);
    this.#head.reject(error);
    this.#body.abandon(error);
    this.#controller?.abort(error);
  }

  #finish(how: ProviderError | "complete"): void {
    this.#over = how;
    this.#setting.watch.forget(this);
    this.#setting.signal.removeEventListener("abort", this.#onAbort);
  }

  /** A server may close an idle connection at the moment in which the next request is written to it. */
  #isStale(error: Error): boolean {
    if (this.#retried || !this.#reused || this.#phase !== "waiting" || !isBrokenConnection(error)) return false;
    return this.#setting.watch.now() - this.#writtenAt <= this.#setting.staleWithinMs;
  }

  #resolveDecompressed(status: number, flat: FlatHeaders, encoding: string): void {
    const { "content-encoding": _encoding, "content-length": _length, ...headers } = flat;
    const { origin } = this.#setting;
    const body = decompress(this.#body, encoding, origin);
    if (body !== undefined) this.#head.resolve(new UndiciReply({ status, headers, body }, this));
    else this.#stop({ kind: "malformed", message: `${origin} answered in an unknown content-encoding` });
  }

  #breakdown(): Breakdown {
    return { origin: this.#setting.origin, phase: this.#phase, deadlines: this.#deadlines };
  }
}

type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;
type FlatHeaders = Readonly<Record<string, string | undefined>>;

function flatHeaders(headers: RawHeaders): FlatHeaders {
  if (isFlat(headers)) return headers;
  const flat: Record<string, string | undefined> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    flat[name] = typeof value === "object" ? value.join(", ") : value;
  }
  return flat;
}

/** Nearly no answer repeats a header, and another object would cost as much as all else that is done for its head. */
function isFlat(headers: RawHeaders): headers is FlatHeaders {
  for (const name of Object.keys(headers)) if (typeof headers[name] === "object") return false;
  return true;
}
