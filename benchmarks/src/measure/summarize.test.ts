import { expect, test } from "vitest";
import type { SubjectName } from "../subjects.ts";
import type { Sample } from "./measure-workloads.ts";
import { summarize } from "./summarize.ts";

interface Measured {
  readonly subject: SubjectName;
  readonly round: number;
  readonly cpu?: number;
  readonly ms: number;
}

function sample({ subject, round, cpu, ms }: Measured): Sample {
  return { workload: "small, whole", subject, round, cpuMicros: cpu, firstByteMs: [ms], totalMs: [ms, ms + 1] };
}

test("a ratio compares with the bare proxy of the same round, not of another", () => {
  const rows = summarize([
    sample({ subject: "direct", round: 1, ms: 1 }),
    sample({ subject: "bare proxy", round: 1, cpu: 100, ms: 2 }),
    sample({ subject: "bare proxy", round: 2, cpu: 200, ms: 2 }),
    sample({ subject: "pass-through", round: 1, cpu: 150, ms: 3 }),
    sample({ subject: "pass-through", round: 2, cpu: 300, ms: 3 }),
  ]);
  expect(rows.map(({ subject }) => subject)).toEqual(["direct", "bare proxy", "pass-through"]);
  expect(rows[2]).toMatchObject({ cpuMicros: 150, cpuRatio: { value: 1.5, low: 1.5, high: 1.5 } });
});

test("the direct way has no CPU time and adds nothing", () => {
  const [direct] = summarize([sample({ subject: "direct", round: 1, ms: 1 })]);
  expect(direct).toMatchObject({ cpuMicros: undefined, cpuRatio: undefined, addedP50Ms: 0, addedFirstEventMs: 0 });
});

test("added time is the difference of the medians", () => {
  const [, bare] = summarize([
    sample({ subject: "direct", round: 1, ms: 1 }),
    sample({ subject: "bare proxy", round: 1, cpu: 100, ms: 4 }),
  ]);
  expect(bare).toMatchObject({ addedP50Ms: 3, addedFirstEventMs: 3 });
});
