import type { Options } from "../options.ts";
import { readNumber } from "../processes/read-number.ts";
import type { LoopbackProvider, Subject, SubjectName } from "../subjects.ts";
import { workloads, type Workload } from "../workload/workloads.ts";
import { openClient, type Client } from "./send-batch.ts";

/** What one batch of one subject came to. */
export interface Sample {
  readonly workload: string;
  readonly subject: SubjectName;
  readonly round: number;
  /** CPU time of the subject's process a request; undefined for the direct way. */
  readonly cpuMicros: number | undefined;
  readonly firstByteMs: readonly number[];
  readonly totalMs: readonly number[];
}

/** Enough at a time to keep one core of the proxy busy, few enough that nothing queues for long. */
const busyConcurrency = 8;

interface Lane {
  readonly subject: Subject;
  readonly client: Client;
}

interface Turn {
  readonly lane: Lane;
  readonly workload: Workload;
  readonly round: number;
  readonly options: Options;
}

/**
 * Measures every workload on every subject, interleaved: one batch of each in turn, round after round, so that
 * whatever else the machine does falls on all of them alike.
 */
export async function measureWorkloads(
  subjects: readonly Subject[],
  provider: LoopbackProvider,
  options: Options,
): Promise<Sample[]> {
  const lanes = subjects.map((subject) => ({ subject, client: openClient(subject) }));
  const samples: Sample[] = [];
  await proveAnswers(lanes, provider);
  await warmUp(lanes, provider, options);
  for (let round = 0; round < options.rounds; round++) {
    for (const workload of workloads) {
      await provider.child.ask(workload.answer);
      for (const lane of rotated(lanes, round)) samples.push(await measureTurn({ lane, workload, round, options }));
    }
  }
  await Promise.all(lanes.map(({ client }) => client.close()));
  return samples;
}

// A fast answer that is a wrong one would look like a success.
async function proveAnswers(lanes: readonly Lane[], provider: LoopbackProvider): Promise<void> {
  for (const workload of workloads) {
    await provider.child.ask(workload.answer);
    for (const { subject, client } of lanes) {
      const text = await client.askText(workload.body(subject.model));
      const wanted = workload.answer.kind === "stream" ? '"type":"message_stop"' : '"stop_reason":"end_turn"';
      if (!text.includes(wanted)) throw new Error(`${subject.name}, ${workload.name}: no ${wanted} in ${text}`);
    }
  }
}

/** Kinds take turns here too: what was compiled for one of them is compiled once more when the next one comes. */
async function warmUp(lanes: readonly Lane[], provider: LoopbackProvider, options: Options): Promise<void> {
  const proxies = lanes.filter(({ subject }) => subject.child !== undefined);
  for (let round = 0; round < options.warmUpRounds; round++) {
    for (const workload of workloads) {
      await provider.child.ask(workload.answer);
      const count = countOf(options.cpuRequests, workload);
      for (const { subject, client } of rotated(proxies, round)) {
        await client.send({ body: workload.body(subject.model), count, concurrency: busyConcurrency });
      }
    }
  }
}

function countOf({ stream, whole }: Options["cpuRequests"], { answer }: Workload): number {
  return answer.kind === "whole" ? whole : stream;
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

async function measureTurn({ lane, workload, round, options }: Turn): Promise<Sample> {
  const { subject, client } = lane;
  const body = workload.body(subject.model);
  const count = countOf(options.cpuRequests, workload);
  const before = await cpuMicros(subject);
  await client.send({ body, count, concurrency: busyConcurrency });
  const after = await cpuMicros(subject);
  const times = await client.send({ body, count: options.latencyRequests, concurrency: 1 });
  const cpu = before === undefined || after === undefined ? undefined : (after - before) / count;
  return { workload: workload.name, subject: subject.name, round, cpuMicros: cpu, ...times };
}

async function cpuMicros({ child }: Subject): Promise<number | undefined> {
  return child === undefined ? undefined : readNumber(await child.ask("cpu"), "cpuMicros");
}
