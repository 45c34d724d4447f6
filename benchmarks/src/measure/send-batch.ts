import { type Dispatcher, Pool } from "undici";
import type { Subject } from "../subjects.ts";

/** Requests to send, and how many of them at a time. */
export interface Batch {
  readonly body: Uint8Array;
  readonly count: number;
  readonly concurrency: number;
}

/** How long each request of a batch took, in milliseconds from its start. */
export interface BatchTimes {
  readonly firstByteMs: readonly number[];
  readonly totalMs: readonly number[];
}

/** A client of one subject, with warm connections. */
export interface Client {
  /** Sends a batch and reads every answer to its end. Throws when one is not a 200. */
  send(batch: Batch): Promise<BatchTimes>;
  /** Sends one request and gives back the text of its answer. */
  askText(body: Uint8Array): Promise<string>;
  close(): Promise<void>;
}

/** Opens a client. It keeps its connections until it is closed. */
export function openClient(subject: Subject): Client {
  const pool = new Pool(subject.origin, { connections: null, pipelining: 1, headersTimeout: 30_000 });
  const { path, headers } = subject;
  return {
    send: (batch) => send(batch, () => answerTimes(pool, { method: "POST", path, headers, body: batch.body })),
    askText: async (body) => {
      const answer = await pool.request({ method: "POST", path, headers, body });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`${subject.name} answered ${answer.statusCode}: ${text}`);
      return text;
    },
    close: () => pool.close(),
  };
}

async function send(batch: Batch, post: () => Promise<AnswerTimes>): Promise<BatchTimes> {
  const firstByteMs: number[] = [];
  const totalMs: number[] = [];
  let started = 0;
  const worker = async (): Promise<void> => {
    while (started++ < batch.count) {
      const start = performance.now();
      const { firstByteAt, endAt } = await post();
      firstByteMs.push(firstByteAt - start);
      totalMs.push(endAt - start);
    }
  };
  await Promise.all(Array.from({ length: batch.concurrency }, worker));
  return { firstByteMs, totalMs };
}

/** When an answer came, on the clock of `performance.now()`. */
interface AnswerTimes {
  readonly firstByteAt: number;
  readonly endAt: number;
}

/** Asks without a stream for the body, which would cost as much as the rest of a request. Rejects when it is not a 200. */
function answerTimes(pool: Pool, options: Dispatcher.DispatchOptions): Promise<AnswerTimes> {
  return new Promise((resolve, reject) => pool.dispatch(options, new AnswerWatch({ resolve, reject })));
}

interface Waiting {
  resolve(times: AnswerTimes): void;
  reject(error: Error): void;
}

class AnswerWatch implements Dispatcher.DispatchHandler {
  readonly #waiting: Waiting;
  #status = 0;
  #firstByteAt: number | undefined;
  /** What an answer says that is not a 200. */
  #complaint = "";

  constructor(waiting: Waiting) {
    this.#waiting = waiting;
  }

  // undici refuses a handler without one.
  onRequestStart(): void {}

  onResponseStart(_: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#firstByteAt ??= performance.now();
    if (this.#status !== 200) this.#complaint += chunk.toString();
  }

  onResponseEnd(): void {
    const endAt = performance.now();
    if (this.#status === 200) this.#waiting.resolve({ firstByteAt: this.#firstByteAt ?? endAt, endAt });
    else this.#waiting.reject(new Error(`${this.#status}: ${this.#complaint}`));
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#waiting.reject(error);
  }
}
