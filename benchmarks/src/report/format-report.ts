import type { Spread } from "../measure/statistics.ts";
import { formatTable } from "./format-table.ts";
import type { Results } from "./results.ts";
import { compareWithTargets } from "./targets.ts";

/** The whole report as text for a terminal. */
export function formatReport(results: Results): string {
  const { machine } = results;
  const host = `Node ${machine.node}, ${machine.cores} × ${machine.cpu}, load ${machine.load.toFixed(1)}`;
  const work = `${results.rounds} rounds of ${results.cpuRequests.stream} streams or ${results.cpuRequests.whole} whole answers each, after ${results.warmUpRounds} such rounds to warm up; processes of each proxy: ${results.processes}`;
  return [
    `${host}; ${work}`,
    exchanges(results),
    memory(results),
    inProcess(results),
    streamCosts(results),
    encodingCosts(results),
    targets(results),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function exchanges({ rows }: Results): string {
  const header = ["exchange", "through", "CPU µs", "× bare", "95 %", "+p50 ms", "+p99 ms", "+first event ms"];
  const lines = rows.map((row) => [
    row.workload,
    row.subject,
    row.cpuMicros === undefined ? "" : row.cpuMicros.toFixed(0),
    row.cpuRatio === undefined ? "" : row.cpuRatio.value.toFixed(2),
    row.cpuRatio === undefined ? "" : spread(row.cpuRatio, 2),
    row.subject === "direct" ? `(${row.p50Ms.toFixed(2)})` : row.addedP50Ms.toFixed(2),
    row.subject === "direct" ? "" : row.addedP99Ms.toFixed(2),
    row.subject === "direct" ? `(${row.firstEventMs.toFixed(2)})` : row.addedFirstEventMs.toFixed(2),
  ]);
  return formatTable(header, lines);
}

function memory({ idle }: Results): string {
  const bare = idle.find(({ subject }) => subject === "bare proxy");
  const lines = idle.map(({ subject, streams, rssBytes, heldBytes }) => [
    `${streams} idle streams`,
    subject,
    (rssBytes / 1024).toFixed(1),
    (heldBytes / 1024).toFixed(1),
    bare === undefined ? "" : (heldBytes / bare.heldBytes).toFixed(2),
  ]);
  return lines.length === 0 ? "" : formatTable(["memory", "through", "RSS KB each", "held KB each", "× bare"], lines);
}

function inProcess({ inProcess: loops }: Results): string {
  const lines = loops.map(({ name, unit, micros }) => [name, micros.median.toFixed(2), spread(micros, 2), unit]);
  return lines.length === 0 ? "" : formatTable(["in process", "µs", "quartiles", "for"], lines);
}

function streamCosts({ streams: costs }: Results): string {
  const header = ["streams, µs an event", "written for", "16 a chunk", "quartiles", "1 a chunk", "quartiles"];
  const lines = costs.map(({ provider, client, many, one }) => [
    provider,
    client,
    many.low.toFixed(2),
    spread(many, 2),
    one.low.toFixed(2),
    spread(one, 2),
  ]);
  return lines.length === 0 ? "" : formatTable(header, lines);
}

function encodingCosts({ encoding: costs }: Results): string {
  const header = ["requests, µs a KB", "50 KB", "156 KB", "3 MB of images", "30 MB of images"];
  const lines = costs.map(({ dialect, first, later, images, manyImages }) => {
    return [dialect, ...[first, later, images, manyImages].map(({ low }) => low.toFixed(2))];
  });
  return lines.length === 0 ? "" : formatTable(header, lines);
}

function targets(results: Results): string {
  const lines = compareWithTargets(results).map(({ name, limit, unit, value, met }) => [
    name,
    value === undefined ? "not measured" : value.toFixed(2),
    `≤ ${limit} ${unit}`,
    met ? "met" : "MISSED",
  ]);
  return formatTable(["target", "this run", "limit", ""], lines);
}

function spread({ low, high }: Pick<Spread, "low" | "high">, digits: number): string {
  return `${low.toFixed(digits)}–${high.toFixed(digits)}`;
}
