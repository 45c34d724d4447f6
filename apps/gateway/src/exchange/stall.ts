import { ProviderError, type ProviderDeadlines } from "@drawbridge/providers";
import { type DueWatch, nowhere, type Watched } from "@drawbridge/providers/node";
import type { AnswerStream, UpstreamFailure } from "@drawbridge/translator";
import type { Route } from "./exchange-route.ts";

/** What a stall is told by. */
export interface StallOptions {
  readonly deadlines: Pick<ProviderDeadlines, "firstByteMs" | "idleMs" | "thinkingMs">;
  readonly clock: () => number;
  readonly keepAlive: Pick<DueWatch, "watch" | "forget">;
  /** Ends the call for other reasons, and says how long a place that has not begun is waited for. */
  readonly route: Pick<Route, "signal" | "firstContentMs" | "hasNext">;
}

/**
 * Ends a streamed call that says nothing more of its answer, whatever it sends to keep the connection alive:
 * heartbeats have kept dead streams open for ever.
 */
export class Stall implements Watched {
  place = nowhere;
  failure: UpstreamFailure | undefined;
  readonly #options: Omit<StallOptions, "route">;
  readonly #signal: AbortSignal;
  readonly #firstContentMs: number;
  /** Whether another place could be asked instead; not kept beyond the first content, as it knows the whole request. */
  #hasNext: (() => boolean) | undefined;
  readonly #stop = new AbortController();
  #leftMs = 0;
  /** When it has stalled. */
  #stalledMs: number;
  /** When it is given up for another place, if there is one. */
  #impatientMs: number;
  #hasSpoken = false;

  constructor(options: StallOptions) {
    const { deadlines, clock, keepAlive, route } = options;
    const { signal, firstContentMs, hasNext } = route;
    this.#options = { deadlines, clock, keepAlive };
    this.#signal = signal;
    this.#firstContentMs = firstContentMs;
    this.#hasNext = hasNext;
    this.#stalledMs = clock() + deadlines.firstByteMs;
    this.#impatientMs = clock() + firstContentMs;
    keepAlive.watch(this);
    if (signal.aborted) this.cutOff();
    else signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  get dueMs(): number {
    return Math.min(this.#stalledMs, this.#impatientMs);
  }

  /** Aborted when the call has stalled, or is to end for other reasons. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** The head of the answer has come. */
  headed(): void {
    this.#stalledMs = this.#options.clock() + this.#beginningMs;
  }

  /** Something for the client has come. A heartbeat, which is all that some dead streams send, does not count. */
  take(bytes: Uint8Array, stream: Pick<AnswerStream, "committed" | "thinking">): Uint8Array {
    this.#hasSpoken = true;
    if (bytes.length > 0 && !isHeartbeat(bytes)) this.#stalledMs = this.#options.clock() + this.#silenceMs(stream);
    return bytes;
  }

  /** Until the first content. Who may take long to the head of an answer may take as long behind it. */
  get #beginningMs(): number {
    const { firstByteMs, thinkingMs } = this.#options.deadlines;
    return Math.max(firstByteMs, thinkingMs);
  }

  #silenceMs({ committed, thinking }: Pick<AnswerStream, "committed" | "thinking">): number {
    const { deadlines } = this.#options;
    if (!committed) return this.#beginningMs;
    return thinking ? deadlines.thinkingMs : deadlines.idleMs;
  }

  /** The first content has come: from now on no other place can answer. */
  begin(): void {
    this.#impatientMs = Number.POSITIVE_INFINITY;
    this.#hasNext = undefined;
  }

  /** The provider is not asked for more until `resume`, because the client takes no more. */
  pause(): void {
    this.#leftMs = this.#stalledMs - this.#options.clock();
    this.#stalledMs = Number.POSITIVE_INFINITY;
  }

  resume(): void {
    this.#stalledMs = this.#options.clock() + this.#leftMs;
  }

  onDue(): void {
    const { clock } = this.#options;
    const isImpatient = this.#impatientMs < this.#stalledMs && clock() < this.#stalledMs;
    this.#impatientMs = Number.POSITIVE_INFINITY;
    if (isImpatient && this.#hasNext?.() !== true) return;
    this.#stalledMs = Number.POSITIVE_INFINITY;
    const message = isImpatient
      ? `The provider did not begin its answer within ${this.#firstContentMs / 1_000} s.`
      : "The provider has stopped writing its answer, though it keeps the connection open.";
    this.failure = { kind: "timed-out", message, ...(!this.#hasSpoken && { uncertain: true }) };
    this.#stop.abort();
  }

  /** The error to throw for what the aborted call threw. */
  explain(error: unknown): unknown {
    return this.failure === undefined ? error : new ProviderError(this.failure, { cause: error });
  }

  /** No longer watches the call. */
  close(): void {
    this.#options.keepAlive.forget(this);
    this.#signal.removeEventListener("abort", this.#onAbort);
  }

  /** Ends the call at once; one that another was quicker than is closed by nobody else. */
  cutOff(): void {
    this.close();
    this.#stop.abort();
  }

  readonly #onAbort = (): void => this.cutOff();
}

/** A heartbeat is short. */
const longestHeartbeat = 128;

function isHeartbeat(bytes: Uint8Array): boolean {
  if (bytes.length > longestHeartbeat) return false;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  // Line breaks can be read in one way only: in two ways, it would take for ever to find that many lines are none.
  return /^\s*(?:(?::[^\r\n]*|event: ?ping\r?\ndata:[^\r\n]*)[\r\n]+)+$/.test(text);
}
