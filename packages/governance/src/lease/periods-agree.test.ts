import { expect, test } from "vitest";
import { memoryBook } from "../book/memory-book.ts";
import { compileDirectory } from "../directory/compile-directory.ts";
import { createGovernance } from "../governance.ts";
import type { CalendarWindow } from "../limits/limit.ts";
import { limitScope } from "../limits/limit-scope.ts";
import { memoryLimitStore } from "../limits/memory-limit-store.ts";
import { periodOf } from "../limits/period-of.ts";
import { zoneOffsets } from "../limits/zone-offsets.ts";

const requests = process.env["DRAWBRIDGE_CAMPAIGN"] === undefined ? 400 : 10_000;
/** A number from 0 to 1 for each index, the same in each run. */
const chance = (index: number): number => (Math.imul(index + 1, 0x9e_37_79_b1) >>> 0) / 2 ** 32;
const windows: readonly CalendarWindow[] = (["hour", "day", "week", "month", "quarter", "year"] as const).flatMap(
  (unit) =>
    ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia"].map((timeZone) => ({
      kind: "calendar",
      unit,
      timeZone,
    })),
);

test(`L-16: what ${requests} requests across periods cost is in the book what the limits say, in every period and time zone`, async () => {
  // From before the clocks change in spring to after they change in autumn, and over the end of the year.
  const [startMs, endMs] = [Date.parse("2027-03-20T00:00:00Z"), Date.parse("2028-03-05T00:00:00Z")];
  let nowMs = startMs;
  const clock = (): number => nowMs;
  const book = memoryBook();
  const limits = memoryLimitStore({ clock });
  let minted = 0;
  const governance = createGovernance({
    snapshot: () => ({ directory: compileDirectory({}, { hasher: { digest: (token) => token } }) }),
    limits,
    book,
    clock,
    newId: () => `r${(minted += 1)}`,
  });
  const scope = limitScope({
    id: "key a",
    limits: windows.map((window) => ({ of: "nanoUsd", amount: 1e12, window })),
  });
  const holder = { keyId: "k", keyName: "a", tags: {}, partition: "", scopes: [scope], scopesAt: () => [] };
  const bound = { inputTokens: 10, outputTokens: 500, nanoUsd: (output: number) => 10 + output };
  const offsetAt = zoneOffsets();
  const sums = windows.map(() => new Map<number, number>());
  let crossings = 0;
  for (let index = 0; index < requests; index++) {
    const admission = await governance.admit({ holder, modelAsked: "m", bound });
    if (!admission.allowed) throw new Error(admission.reason);
    const attempt = await admission.value.attempt({ provider: "p", model: "m", credential: "c" });
    if (!attempt.allowed) throw new Error(attempt.reason);
    const admittedMs = nowMs;
    // Some run over the end of an hour, a day, a month.
    nowMs += Math.floor(20 * 60_000 * chance(5 * index) ** 4);
    const nanoUsd = Math.floor(500 * chance(3 * index));
    attempt.value.end({ nanoUsd, source: "final", outcome: "ok" });
    admission.value.settle();
    await governance.flush();
    for (const [place, window] of windows.entries()) {
      const admitted = periodOf(window, admittedMs, offsetAt).startMs;
      const sum = sums[place];
      sum?.set(admitted, (sum.get(admitted) ?? 0) + nanoUsd);
      if (admitted !== periodOf(window, nowMs, offsetAt).startMs) crossings += 1;
    }
    if (index % 20 === 0) {
      const usages = await limits.usage(scope);
      const told = windows.map((window, place) => sums[place]?.get(periodOf(window, nowMs, offsetAt).startMs) ?? 0);
      expect(usages.map(({ used, held }) => [used, held])).toEqual(told.map((used) => [used, 0]));
    }
    nowMs += Math.floor(((endMs - startMs) / requests) * 2 * chance(11 * index) * 0.98);
  }
  const closed = book.entries.filter(({ kind }) => kind === "close");
  expect(closed).toHaveLength(requests);
  for (const [place, window] of windows.entries()) {
    const booked = new Map<number, number>();
    for (const { admittedMs, nanoUsd } of closed) {
      const { startMs: period } = periodOf(window, admittedMs, offsetAt);
      booked.set(period, (booked.get(period) ?? 0) + nanoUsd);
    }
    expect(booked).toEqual(sums[place]);
  }
  expect(crossings).toBeGreaterThan(requests / 100);
}, 600_000);
