import type { Results } from "./results.ts";

/** A limit that the project holds itself to, and where this run stands. */
export interface TargetResult {
  readonly name: string;
  readonly limit: number;
  readonly unit: string;
  /** Undefined when the run has not measured it. */
  readonly value: number | undefined;
  readonly met: boolean;
}

/** Compares a run with the limits. Between processes ratios only: absolute times say more about the machine. */
export function compareWithTargets(results: Results): TargetResult[] {
  const passThrough = results.rows
    .filter(({ subject }) => subject === "pass-through")
    .map((row) =>
      target({ name: `pass-through CPU, ${row.workload}`, limit: 1.5, unit: "× bare", value: row.cpuRatio?.value }),
    );
  const translated = results.rows
    .filter(({ subject, workload }) => subject === "translating" && workload.endsWith("200 events"))
    .map((row) =>
      target({ name: `translating CPU, ${row.workload}`, limit: 6, unit: "× bare", value: row.cpuRatio?.value }),
    );
  return [...passThrough, ...translated, ...inProcess(results)];
}

/** The dearest dialect has to be within the limit. */
function inProcess({ streams, encoding, inProcess: loops }: Results): TargetResult[] {
  const growth = encoding.map(({ images, manyImages }) => manyImages.low / images.low);
  const perKilobyte = encoding.flatMap(({ first, later }) => [first.low, later.low]);
  return [
    target({
      name: "any stream, 16 a chunk",
      limit: 3,
      unit: "µs an event",
      value: most(streams.map(({ many }) => many.low)),
    }),
    target({
      name: "any stream, 1 a chunk",
      limit: 5,
      unit: "µs an event",
      value: most(streams.map(({ one }) => one.low)),
    }),
    target({ name: "any request", limit: 8, unit: "µs a KB", value: most(perKilobyte) }),
    ...loopTargets.map(({ loop, ...limit }) => {
      return target({ ...limit, value: loops.find(({ name }) => loop.test(name))?.micros.low });
    }),
    target({ name: "any request of 30 MB, a KB", limit: 1.5, unit: "× 3 MB's", value: most(growth) }),
  ];
}

/** Limits of single loops, by how these are named. */
const loopTargets: readonly (Omit<TargetResult, "met" | "value"> & { readonly loop: RegExp })[] = [
  { loop: /^dispatch/, name: "dispatch over a plain call", limit: 5, unit: "µs a request" },
  { loop: /^reserve/, name: "limits in memory", limit: 15, unit: "µs a request" },
  { loop: /^hold in Redis.*p50$/, name: "limits in Redis at 2,000 a second, p50", limit: 500, unit: "µs a step" },
  { loop: /^hold in Redis.*p99$/, name: "limits in Redis at 2,000 a second, p99", limit: 1500, unit: "µs a step" },
  // 8,000 requests a second on one core.
  { loop: /^Redis' own/, name: "limits in Redis, its processor", limit: 125, unit: "µs a request" },
  { loop: /^the same as a lease/, name: "a lease in memory", limit: 20, unit: "µs a request" },
  { loop: /^authenticate/, name: "who asks, and where to", limit: 11, unit: "µs a request" },
];

function most(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

function target(measured: Omit<TargetResult, "met">): TargetResult {
  return { ...measured, met: measured.value !== undefined && measured.value <= measured.limit };
}
