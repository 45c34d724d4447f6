import { Pool } from "undici";
import { readNumber } from "../processes/read-number.ts";
import type { LoopbackProvider, Subject, SubjectName } from "../subjects.ts";
import { claudeCodeRequest } from "../workload/claude-code-request.ts";
import { openClient } from "./send-batch.ts";

/** Memory that each open stream takes in a subject's process, in bytes. */
export interface IdleMemory {
  readonly subject: SubjectName;
  readonly streams: number;
  /** By the operating system's count: what the machine must have. */
  readonly rssBytes: number;
  /** By Node's count, after a garbage collection: heap and buffers that are still held. */
  readonly heldBytes: number;
}

interface Reading {
  readonly rss: number;
  readonly held: number;
}

/** Opens streams that have begun and then fall silent, and reads how much the subject has grown. */
export async function measureIdleStreams(
  subject: Subject,
  provider: LoopbackProvider,
  streams: number,
): Promise<IdleMemory> {
  const body = claudeCodeRequest({ model: subject.model, stream: true, turns: 0, bytes: 50_000 });
  await provider.child.ask({ kind: "stream", eventsPerWrite: 16 });
  const client = openClient(subject);
  await client.send({ body, count: 300, concurrency: 16 });
  await client.close();

  await provider.child.ask({ kind: "held", eventsPerWrite: 16 });
  const pool = new Pool(subject.origin, { connections: null, headersTimeout: 60_000, bodyTimeout: 120_000 });
  const before = await memory(subject);
  const open = new AbortController();
  await openStreams(pool, streams, () =>
    pool.request({ method: "POST", path: subject.path, headers: subject.headers, body, signal: open.signal }),
  );
  const after = await memory(subject);
  open.abort();
  await pool.destroy();
  return {
    subject: subject.name,
    streams,
    rssBytes: (after.rss - before.rss) / streams,
    heldBytes: (after.held - before.held) / streams,
  };
}

async function openStreams(pool: Pool, count: number, post: () => ReturnType<Pool["request"]>): Promise<void> {
  // In groups, so that the accept queue never overflows.
  for (let opened = 0; opened < count; opened += 50) {
    await Promise.all(
      Array.from({ length: Math.min(50, count - opened) }, async () => {
        const answer = await post();
        if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${await answer.body.text()}`);
        answer.body.on("error", () => undefined);
        await new Promise((resolve) => answer.body.once("data", resolve));
      }),
    );
  }
  if (pool.stats.connected < count) throw new Error(`only ${pool.stats.connected} of ${count} streams are open`);
}

async function memory({ child, name }: Subject): Promise<Reading> {
  if (child === undefined) throw new Error(`${name} has no process whose memory could be read`);
  const answer = await child.ask("memory");
  return { rss: readNumber(answer, "rssBytes"), held: readNumber(answer, "heldBytes") };
}
