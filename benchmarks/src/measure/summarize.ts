import type { SubjectName } from "../subjects.ts";
import type { Sample } from "./measure-workloads.ts";
import { estimateRatio, type Estimate, type Pair } from "./estimate-ratio.ts";
import { percentile } from "./statistics.ts";

/** One line of the result: a subject at a workload, beside the direct way and the bare proxy of the same rounds. */
export interface Row {
  readonly workload: string;
  readonly subject: SubjectName;
  /** CPU time of the subject's process a request; median of the rounds. */
  readonly cpuMicros: number | undefined;
  /** The same as a multiple of the bare proxy's in the same rounds. */
  readonly cpuRatio: Estimate | undefined;
  readonly p50Ms: number;
  readonly addedP50Ms: number;
  readonly addedP99Ms: number;
  /** Time to the first byte of the body, and how much of it the subject added. */
  readonly firstEventMs: number;
  readonly addedFirstEventMs: number;
}

/** Turns samples into rows, workloads and subjects in the order in which they were first measured. */
export function summarize(samples: readonly Sample[]): Row[] {
  const workloads = [...new Set(samples.map(({ workload }) => workload))];
  return workloads.flatMap((workload) => {
    const here = samples.filter((sample) => sample.workload === workload);
    const subjects: SubjectName[] = ["direct", "bare proxy", "pass-through", "translating"];
    return subjects
      .filter((subject) => here.some((sample) => sample.subject === subject))
      .map((subject) => rowOf(here, workload, subject));
  });
}

function rowOf(here: readonly Sample[], workload: string, subject: SubjectName): Row {
  const own = here.filter((sample) => sample.subject === subject);
  const direct = here.filter((sample) => sample.subject === "direct");
  const cpu = own.flatMap(({ cpuMicros }) => (cpuMicros === undefined ? [] : [cpuMicros]));
  const pairs = own.flatMap((sample) => besideBare(here, sample));
  const total = (from: readonly Sample[], share: number): number =>
    percentile(
      from.flatMap(({ totalMs }) => totalMs),
      share,
    );
  const first = (from: readonly Sample[]): number =>
    percentile(
      from.flatMap(({ firstByteMs }) => firstByteMs),
      0.5,
    );
  return {
    workload,
    subject,
    cpuMicros: cpu.length === 0 ? undefined : percentile(cpu, 0.5),
    cpuRatio: pairs.length === 0 ? undefined : estimateRatio(pairs),
    p50Ms: total(own, 0.5),
    addedP50Ms: total(own, 0.5) - total(direct, 0.5),
    addedP99Ms: total(own, 0.99) - total(direct, 0.99),
    firstEventMs: first(own),
    addedFirstEventMs: first(own) - first(direct),
  };
}

function besideBare(here: readonly Sample[], sample: Sample): Pair[] {
  const bare = here.find(({ subject, round }) => subject === "bare proxy" && round === sample.round);
  if (sample.cpuMicros === undefined || bare?.cpuMicros === undefined) return [];
  return [{ own: sample.cpuMicros, other: bare.cpuMicros }];
}
