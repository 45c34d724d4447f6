import { ProviderError, type Deadlines } from "@drawbridge/providers";
import type { UpstreamFailure } from "@drawbridge/translator";
import type { Watched } from "../serving/keep-alive.ts";

/** What a stall is told by. */
export interface StallOptions {
  readonly deadlines: Pick<Deadlines, "firstByteMs" | "idleMs">;
  readonly clock: () => number;
  /** Ends the call for other reasons. */
  readonly signal: AbortSignal;
}

/**
 * Ends a streamed call that says nothing more of its answer, whatever it sends to keep the connection alive:
 * heartbeats have kept dead streams open for ever (requirement F-10).
 */
export class Stall implements Watched {
  dueMs: number;
  failure: UpstreamFailure | undefined;
  readonly #options: StallOptions;
  readonly #stop = new AbortController();
  #leftMs = 0;

  constructor(options: StallOptions) {
    const { deadlines, clock, signal } = options;
    this.#options = options;
    this.dueMs = clock() + deadlines.firstByteMs;
    if (signal.aborted) this.#stop.abort();
    else signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Aborted when the call has stalled, or is to end for other reasons. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Something for the client has come. A heartbeat, which is all that some dead streams send, does not count. */
  take(bytes: Uint8Array): Uint8Array {
    if (bytes.length > 0 && !isHeartbeat(bytes)) this.dueMs = this.#options.clock() + this.#options.deadlines.idleMs;
    return bytes;
  }

  /** The provider is not asked for more until `resume`, because the client takes no more. */
  pause(): void {
    this.#leftMs = this.dueMs - this.#options.clock();
    this.dueMs = Number.POSITIVE_INFINITY;
  }

  resume(): void {
    this.dueMs = this.#options.clock() + this.#leftMs;
  }

  onDue(): void {
    this.dueMs = Number.POSITIVE_INFINITY;
    const message = "The provider has stopped writing its answer, though it keeps the connection open.";
    this.failure = { kind: "timed-out", message };
    this.#stop.abort();
  }

  /** The error to throw for what the aborted call threw. */
  explain(error: unknown): unknown {
    return this.failure === undefined ? error : new ProviderError(this.failure, { cause: error });
  }

  close(): void {
    this.#options.signal.removeEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = (): void => this.#stop.abort();
}

/** A heartbeat is short. */
const longestHeartbeat = 128;

function isHeartbeat(bytes: Uint8Array): boolean {
  if (bytes.length > longestHeartbeat) return false;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return /^(?:\s*(?::[^\r\n]*|event: ?ping\r?\ndata:[^\r\n]*)[\r\n]+)+$/.test(text);
}
