import { expect, test } from "vitest";
import { fillRates, type KnownRates } from "./fill-rates.ts";

test.each<[KnownRates, read: number, write5m: number, write1h: number]>([
  [{ input: 10, output: 50 }, 10, 10, 10],
  [{ input: 10, output: 50, cacheRead: 1 }, 1, 10, 10],
  [{ input: 10, output: 50, cacheWrite5m: 12 }, 10, 12, 20],
  // A write for an hour is no cheaper than one for minutes.
  [{ input: 10, output: 50, cacheWrite5m: 25 }, 10, 25, 25],
  [{ input: 10, output: 50, cacheWrite5m: 12, cacheWrite1h: 15 }, 10, 12, 15],
  [{ input: 10, output: 50, cacheWrite1h: 15 }, 10, 10, 15],
  [{ input: 10, output: 50, cacheRead: 0, cacheWrite5m: 0 }, 0, 0, 20],
])("of %j a read costs %d, a write %d, and one for an hour %d", (known, ...rates) => {
  const { cacheRead, cacheWrite5m, cacheWrite1h, ...rest } = fillRates(known);
  expect([cacheRead, cacheWrite5m, cacheWrite1h]).toEqual(rates);
  expect(rest).toEqual({ input: 10, output: 50 });
});
