import { expect, test } from "vitest";
import type { Estimate } from "../measure/estimate-ratio.ts";
import type { Spread } from "../measure/statistics.ts";
import { formatReport } from "./format-report.ts";
import { formatTable } from "./format-table.ts";
import type { Results } from "./results.ts";
import { compareWithTargets } from "./targets.ts";

const spread = (median: number): Spread => ({
  median,
  low: median * 0.9,
  high: median * 1.1,
});
const ratio = (value: number): Estimate => ({ value, low: value * 0.9, high: value * 1.1 });
const row = {
  workload: "small, 200 events",
  p50Ms: 1,
  addedP50Ms: 0.2,
  addedP99Ms: 0.4,
  firstEventMs: 0.5,
  addedFirstEventMs: 0.1,
};
const results: Results = {
  at: "2026-01-01T00:00:00.000Z",
  machine: { node: "v24.0.0", cpu: "a processor", cores: 2, load: 0.5 },
  rounds: 3,
  processes: 3,
  warmUpRounds: 8,
  cpuRequests: { stream: 64, whole: 256 },
  rows: [
    { ...row, subject: "bare proxy", cpuMicros: 200, cpuRatio: ratio(1) },
    { ...row, subject: "pass-through", cpuMicros: 280, cpuRatio: ratio(1.4) },
    { ...row, subject: "translating", cpuMicros: 1300, cpuRatio: ratio(6.5) },
  ],
  idle: [{ subject: "bare proxy", streams: 1000, rssBytes: 51_200, heldBytes: 20_480 }],
  inProcess: [],
  streams: [
    { provider: "gemini", client: "anthropic-messages", events: 170, many: spread(2), one: spread(4) },
    { provider: "openai-chat", client: "anthropic-messages", events: 225, many: spread(3.5), one: spread(5) },
  ],
  encoding: [
    { dialect: "gemini", first: spread(6), later: spread(8), images: spread(4), manyImages: spread(4.4) },
    { dialect: "openai-chat", first: spread(10), later: spread(7), images: spread(4), manyImages: spread(8) },
  ],
};

test("each limit is met or missed by what was estimated, and what was not measured is not met", () => {
  const met = Object.fromEntries(compareWithTargets(results).map((target) => [target.name, target.met]));
  expect(met).toEqual({
    "pass-through CPU, small, 200 events": true,
    "translating CPU, small, 200 events": false,
    "any stream, 16 a chunk": false,
    "any stream, 1 a chunk": true,
    "any request": false,
    "dispatch over a plain call": false,
    "limits in memory": false,
    "limits in Redis at 2,000 a second, p50": false,
    "limits in Redis at 2,000 a second, p99": false,
    "limits in Redis, its processor": false,
    "a lease in memory": false,
    "who asks, and where to": false,
    "any request of 30 MB, a KB": false,
  });
});

test("the report says how much was measured", () => {
  expect(formatReport(results)).toContain(
    "3 rounds of 64 streams or 256 whole answers each, after 8 such rounds to warm up; processes of each proxy: 3",
  );
});

test("the report shows ratios, memory and limits, and leaves out what was not measured", () => {
  const report = formatReport(results);
  expect(report).toContain("1.26–1.54");
  expect(report).toMatch(/1000 idle streams +bare proxy +50\.0/u);
  expect(report).toMatch(/translating CPU, small, 200 events +6\.50 +≤ 6 × bare +MISSED/u);
  expect(report).toMatch(/gemini +anthropic-messages +1\.80 +1\.80–2\.20 +3\.60/u);
  expect(report).toMatch(/openai-chat +9\.00 +6\.30 +3\.60 +7\.20/u);
  expect(report).not.toContain("quartiles  for");
});

test("columns line up", () => {
  expect(formatTable(["a", "b", "n"], [["long", "x", "10"]])).toBe("a     b   n\n----  -  --\nlong  x  10");
});
