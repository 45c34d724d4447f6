import { Pool } from "undici";
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
  const post = (body: Uint8Array): ReturnType<Pool["request"]> =>
    pool.request({ method: "POST", path: subject.path, headers: subject.headers, body });
  return {
    send: (batch) => send(batch, () => post(batch.body)),
    askText: async (body) => {
      const answer = await post(body);
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`${subject.name} answered ${answer.statusCode}: ${text}`);
      return text;
    },
    close: () => pool.close(),
  };
}

async function send(batch: Batch, post: () => ReturnType<Pool["request"]>): Promise<BatchTimes> {
  const firstByteMs: number[] = [];
  const totalMs: number[] = [];
  let started = 0;
  const worker = async (): Promise<void> => {
    while (started++ < batch.count) {
      const start = performance.now();
      const answer = await post();
      if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${await answer.body.text()}`);
      let first: number | undefined;
      for await (const _chunk of answer.body) first ??= performance.now();
      const end = performance.now();
      firstByteMs.push((first ?? end) - start);
      totalMs.push(end - start);
    }
  };
  await Promise.all(Array.from({ length: batch.concurrency }, worker));
  return { firstByteMs, totalMs };
}
