import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CalendarUnit } from "./limit.ts";
import { periodOf } from "./period-of.ts";
import { zoneOffsets } from "./zone-offsets.ts";

const offsetAt = zoneOffsets();
const units: readonly CalendarUnit[] = ["minute", "hour", "day", "week", "month", "quarter", "year"];

function period(unit: CalendarUnit, timeZone: string, at: string): [string, string] {
  const { startMs, endMs } = periodOf({ kind: "calendar", unit, timeZone }, Date.parse(at), offsetAt);
  return [new Date(startMs).toISOString(), new Date(endMs).toISOString()];
}

test.each<[CalendarUnit, string, string, [start: string, end: string]]>([
  ["minute", "UTC", "2026-11-25T10:20:30.500Z", ["2026-11-25T10:20:00.000Z", "2026-11-25T10:21:00.000Z"]],
  ["hour", "Asia/Kolkata", "2026-11-25T10:20:00Z", ["2026-11-25T09:30:00.000Z", "2026-11-25T10:30:00.000Z"]],
  ["day", "America/New_York", "2026-11-25T02:00:00Z", ["2026-11-24T05:00:00.000Z", "2026-11-25T05:00:00.000Z"]],
  ["week", "UTC", "2026-11-29T23:59:59.999Z", ["2026-11-23T00:00:00.000Z", "2026-11-30T00:00:00.000Z"]],
  ["month", "UTC", "2028-02-29T12:00:00Z", ["2028-02-01T00:00:00.000Z", "2028-03-01T00:00:00.000Z"]],
  ["month", "Europe/Berlin", "2026-10-31T22:59:59Z", ["2026-09-30T22:00:00.000Z", "2026-10-31T23:00:00.000Z"]],
  ["quarter", "UTC", "2026-11-25T00:00:00Z", ["2026-10-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"]],
  ["year", "Pacific/Auckland", "2026-12-31T12:00:00Z", ["2026-12-31T11:00:00.000Z", "2027-12-31T11:00:00.000Z"]],
])("the %s in %s of %s begins and ends with the calendar there", (...[unit, zone, at, expected]) => {
  expect(period(unit, zone, at)).toEqual(expected);
});

test.each([
  ["23 hours long when the clocks go forward", "Europe/Berlin", "2026-03-29T12:00:00Z", 23],
  ["25 hours long when they go back", "Europe/Berlin", "2026-10-25T12:00:00Z", 25],
  ["23 hours long where they jump over midnight", "America/Sao_Paulo", "2018-11-04T12:00:00Z", 23],
  ["25 hours long where midnight comes twice", "America/Havana", "2025-11-02T12:00:00Z", 25],
  ["23.5 hours long where the clocks move by half an hour", "Australia/Lord_Howe", "2025-10-05T03:00:00Z", 23.5],
])("a day is %s", (...[, zone, at, hours]) => {
  const [start, end] = period("day", zone, at);
  expect(Date.parse(end) - Date.parse(start)).toBe(hours * 3_600_000);
});

test("a day that a zone skipped is no period of its own", () => {
  const [start, end] = period("day", "Pacific/Apia", "2011-12-30T09:59:59Z");
  expect([start, end]).toEqual(["2011-12-29T10:00:00.000Z", "2011-12-30T10:00:00.000Z"]);
  expect(period("day", "Pacific/Apia", end)).toEqual([end, "2011-12-31T10:00:00.000Z"]);
});

test("the hour that comes twice is two periods", () => {
  expect(period("hour", "Europe/Berlin", "2026-10-25T00:30:00Z")[1]).toBe("2026-10-25T01:00:00.000Z");
  expect(period("hour", "Europe/Berlin", "2026-10-25T01:30:00Z")[0]).toBe("2026-10-25T01:00:00.000Z");
});

/** Instants at which the offset of a zone changes, to the second before. */
function transitions(timeZone: string, fromMs: number, toMs: number): number[] {
  const found: number[] = [];
  const stepMs = 5 * 86_400_000;
  for (let at = fromMs; at < toMs; at += stepMs) {
    const before = offsetAt(timeZone, at);
    if (before === offsetAt(timeZone, at + stepMs)) continue;
    let [low, high] = [at, at + stepMs];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetAt(timeZone, middle) === before) low = middle;
      else high = middle;
    }
    found.push(high);
  }
  return found;
}

/** One name of the zones whose clocks change alike in these years. */
function differentZones(fromMs: number, toMs: number): [string, number[]][] {
  const seen = new Map<string, [string, number[]]>();
  for (const zone of Intl.supportedValuesOf("timeZone")) {
    const changes = transitions(zone, fromMs, toMs);
    const offsets = [fromMs, ...changes].map((at) => offsetAt(zone, at));
    seen.set(JSON.stringify([changes, offsets]), [zone, changes]);
  }
  return [...seen.values()];
}

const years: [number, number] = [Date.UTC(2025, 0), Date.UTC(2027, 0)];
const zones = differentZones(...years);
const formats = new Map(zones.map(([zone]) => [zone, new Intl.DateTimeFormat("sv-SE", { timeZone: zone })]));
const dateIn = (zone: string, at: number): string => formats.get(zone)?.format(at) ?? "";

function expectPeriod(unit: CalendarUnit, timeZone: string, at: number): void {
  const window = { kind: "calendar", unit, timeZone } as const;
  const { startMs, endMs } = periodOf(window, at, offsetAt);
  const told = `${unit} ${timeZone} ${new Date(at).toISOString()}`;
  expect(startMs <= at && at < endMs, told).toBe(true);
  expect(periodOf(window, startMs, offsetAt), told).toEqual({ startMs, endMs });
  expect(periodOf(window, endMs - 1, offsetAt), told).toEqual({ startMs, endMs });
  expect(periodOf(window, endMs, offsetAt).startMs, told).toBe(endMs);
  if (unit === "minute" || unit === "hour") return;
  expect(dateIn(timeZone, startMs) > dateIn(timeZone, startMs - 1), told).toBe(true);
  if (unit === "day") expect(dateIn(timeZone, startMs), told).toBe(dateIn(timeZone, at));
}

const numRuns = process.env["DRAWBRIDGE_CAMPAIGN"] === "1" ? 10_000 : 2_000;

describe("L-16: periods lie side by side", () => {
  test("around every change of the clocks of every zone", () => {
    expect(zones.length).toBeGreaterThan(40);
    for (const [zone, changes] of zones) {
      for (const at of changes.flatMap((change) => [change - 1, change, change + 3_599_999])) {
        for (const unit of units) expectPeriod(unit, zone, at);
      }
    }
  });

  test("at any instant", () => {
    const anyZone = fc.constantFrom(...zones.map(([zone]) => zone));
    const anyInstant = fc.integer({ min: years[0], max: years[1] });
    fc.assert(fc.property(fc.constantFrom(...units), anyZone, anyInstant, expectPeriod), { numRuns });
  }, 600_000);
});
