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

/** Compares a run with the limits. Ratios only: absolute times say more about the machine than about the code. */
export function compareWithTargets(results: Results): TargetResult[] {
  const passThrough = results.rows
    .filter(({ subject }) => subject === "pass-through")
    .map((row) =>
      target({ name: `pass-through CPU, ${row.workload}`, limit: 1.5, unit: "× bare", value: row.cpuRatio?.median }),
    );
  const translated = results.rows
    .filter(({ subject, workload }) => subject === "translating" && workload.endsWith("200 events"))
    .map((row) =>
      target({ name: `translating CPU, ${row.workload}`, limit: 6, unit: "× bare", value: row.cpuRatio?.median }),
    );
  const stream = results.inProcess.find(({ name }) => name === "translate stream, 16 events a chunk");
  return [
    ...passThrough,
    ...translated,
    target({ name: "translate stream in process", limit: 4, unit: "µs an event", value: stream?.micros.median }),
  ];
}

function target(measured: Omit<TargetResult, "met">): TargetResult {
  return { ...measured, met: measured.value !== undefined && measured.value <= measured.limit };
}
