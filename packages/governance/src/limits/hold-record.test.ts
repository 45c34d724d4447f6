import { expect, test } from "vitest";
import { chargeOf, type HeldLimit, type HoldRecord, mergeHolds, shareOf } from "./hold-record.ts";

const meter: HeldLimit = {
  meter: "key a nanoUsd total",
  of: "nanoUsd",
  window: "total",
  amount: 1_000,
  startMs: 0,
  endMs: undefined,
};
const spent = (nanoUsd: number) => ({ requests: 1, nanoUsd, inputTokens: 2 * nanoUsd, outputTokens: 0 }) as const;
const record = (state: HoldRecord["state"], more: Partial<HoldRecord> = {}): HoldRecord => ({
  id: "1",
  partition: "",
  state,
  atMs: 1,
  seq: 1,
  limits: [meter],
  demand: { nanoUsd: 100, inputTokens: 200, outputTokens: 50 },
  used: undefined,
  ...more,
});

test("two records of a hold are the later state with the larger demand, whichever is told first", () => {
  const grown = record("held", { seq: 7, demand: { nanoUsd: 150, inputTokens: 10, outputTokens: 60 } });
  const lapsed = record("lapsed", { seq: 3, atMs: 5 });
  const merged = { ...lapsed, seq: 7, demand: { nanoUsd: 150, inputTokens: 200, outputTokens: 60 } };
  expect(mergeHolds(grown, lapsed)).toEqual(merged);
  expect(mergeHolds(lapsed, grown)).toEqual(merged);
});

test("what was closed stays as it was, whatever is told afterwards", () => {
  const closed = record("closed", { used: spent(7), seq: 2 });
  for (const later of [
    record("closed", { used: spent(9), seq: 5 }),
    record("expired", { used: spent(90), seq: 5 }),
    record("held", { seq: 5 }),
  ]) {
    expect(mergeHolds(closed, later)).toMatchObject({ state: "closed", used: spent(7), seq: 5 });
  }
});

test("of two that have expired the larger charge counts, and all that was held where one knows of none", () => {
  const [one, other] = [record("expired", { used: spent(7) }), record("expired", { used: spent(9) })];
  expect(chargeOf(mergeHolds(one, other))).toEqual(spent(9));
  expect(chargeOf(mergeHolds(other, one))).toEqual(spent(9));
  const whole = record("expired");
  for (const merged of [mergeHolds(one, whole), mergeHolds(whole, one)]) {
    expect(chargeOf(merged)).toEqual({ requests: 1, ...whole.demand });
  }
});

test.each<[HoldRecord, HeldLimit["window"], settled: number, held: number]>([
  [record("held"), "total", 0, 100],
  [record("lapsed"), "total", 0, 100],
  [record("expired"), "total", 100, 0],
  [record("expired", { used: spent(7) }), "total", 7, 0],
  [record("closed", { used: spent(300) }), "total", 300, 0],
  [record("closed"), "total", 0, 0],
  [record("held"), "request", 0, 0],
])("%j takes of a limit (%s) %d for good and %d for now", (...[hold, window, settled, held]) => {
  expect(shareOf(hold, { ...meter, window })).toEqual({ settled, held });
});

test("a place among parallel requests is free once the lease has run out, and never used up", () => {
  const place: HeldLimit = { ...meter, of: "requests", window: "parallel" };
  expect(shareOf(record("held"), place)).toEqual({ settled: 0, held: 1 });
  for (const hold of [record("lapsed"), record("expired"), record("closed", { used: spent(7) })]) {
    expect(shareOf(hold, place)).toEqual({ settled: 0, held: 0 });
  }
});
