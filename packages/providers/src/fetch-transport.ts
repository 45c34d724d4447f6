import type { UpstreamFailure } from "@drawbridge/translator";
import { ProviderError } from "./errors.ts";
import type { Call, Deadlines, Reply, Transport } from "./transport.ts";

/** Settings of the fetch transport. */
export interface FetchTransportOptions {
  /** The platform's own by default. */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Carries calls with the platform's `fetch`, for runtimes other than Node. It keeps the same deadlines and gives the
 * same failures as the Node transport with less detail: `fetch` does not tell connecting from waiting, so
 * `connectMs + firstByteMs` is one deadline, and it retries nothing.
 */
export function fetchTransport({ fetch = globalThis.fetch }: FetchTransportOptions = {}): Transport {
  return {
    async send(call, signal) {
      const watch = new Watch(call, signal);
      try {
        const response = await fetch(call.url, requestInit(call, watch.signal));
        watch.headArrived();
        return { status: response.status, headers: headersOf(response), body: watch.read(response.body) };
      } catch (error) {
        throw watch.failed(error, "cannot be reached; is it running, and is the base URL right?", "unreachable");
      }
    },
    close: () => Promise.resolve(),
  };
}

function requestInit({ method, headers, body }: Call, signal: AbortSignal): RequestInit {
  return {
    method,
    headers: { "accept-encoding": "identity", ...headers },
    // A view of its own: the type of `fetch` refuses memory that may be shared.
    body: body === undefined ? null : new Uint8Array(body),
    redirect: "manual",
    signal,
  };
}

function headersOf(response: Response): Reply["headers"] {
  const { "content-encoding": coding, "content-length": length, ...headers } = Object.fromEntries(response.headers);
  // Where there was a coding, `fetch` has undone it.
  return coding === undefined && length !== undefined ? { ...headers, "content-length": length } : headers;
}

type Read = { readonly done: true } | { readonly done: false; readonly value: Uint8Array };

/** Keeps the deadlines of one call and knows why it was stopped. */
class Watch {
  readonly signal: AbortSignal;
  readonly #origin: string;
  readonly #deadlines: Deadlines;
  readonly #client: AbortSignal;
  readonly #controller = new AbortController();
  readonly #total: ReturnType<typeof setTimeout>;
  #current: ReturnType<typeof setTimeout> | undefined;
  #stopped: UpstreamFailure | undefined;

  constructor({ url, deadlines }: Call, client: AbortSignal) {
    this.signal = this.#controller.signal;
    this.#origin = URL.canParse(url) ? new URL(url).origin : "the provider";
    this.#deadlines = deadlines;
    this.#client = client;
    const { connectMs, firstByteMs, totalMs } = deadlines;
    const answering = connectMs + firstByteMs;
    this.#total = setTimeout(() => this.#expire(`did not complete its answer within ${totalMs / 1000} s`), totalMs);
    this.#current = setTimeout(() => this.#silence(`began no answer within ${answering / 1000} s`), answering);
    client.addEventListener("abort", this.#onAbort);
    if (client.aborted) this.#onAbort();
  }

  headArrived(): void {
    clearTimeout(this.#current);
  }

  async *read(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = body?.getReader();
    try {
      let next = await this.#next(reader);
      while (!next.done) {
        yield next.value;
        next = await this.#next(reader);
      }
    } catch (error) {
      throw this.failed(error, "closed the connection in the middle of its answer", "reset");
    } finally {
      this.#over();
      // Closes the connection when the loop was left early; does nothing after the end.
      await reader?.cancel().catch(() => {});
    }
  }

  /** Says why the call broke: what stopped it, or else what `fetch` met. Ends the watch. */
  failed(error: unknown, what: string, kind: "unreachable" | "reset"): ProviderError {
    this.#over();
    const failure = this.#stopped ?? { kind, message: `${this.#origin} ${what}` };
    return new ProviderError(failure, { cause: error });
  }

  async #next(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<Read> {
    if (reader === undefined) return { done: true };
    const { idleMs } = this.#deadlines;
    this.#current = setTimeout(() => this.#expire(`sent nothing for ${idleMs / 1000} s in mid-answer`), idleMs);
    try {
      const read = await reader.read();
      return read.done ? { done: true } : { done: false, value: read.value };
    } finally {
      clearTimeout(this.#current);
    }
  }

  readonly #onAbort = (): void => {
    this.#stop({ kind: "cancelled", message: `the request to ${this.#origin} was cancelled` });
  };

  #expire(what: string): void {
    this.#stop({ kind: "timed-out", message: `${this.#origin} ${what}` });
  }

  /** Whether the request was sent by then, `fetch` does not say. */
  #silence(what: string): void {
    this.#stop({ kind: "timed-out", message: `${this.#origin} ${what}`, uncertain: true });
  }

  #stop(failure: UpstreamFailure): void {
    this.#stopped ??= failure;
    this.#controller.abort();
  }

  #over(): void {
    clearTimeout(this.#total);
    clearTimeout(this.#current);
    this.#client.removeEventListener("abort", this.#onAbort);
  }
}
