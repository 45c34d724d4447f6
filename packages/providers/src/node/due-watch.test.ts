import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createDueWatch, type DueWatch, type Watched } from "./due-watch.ts";
import { nowhere } from "./roster.ts";

let nowMs = 0;
let watch: DueWatch;

beforeEach(() => {
  vi.useFakeTimers();
  nowMs = 0;
  watch = createDueWatch({ everyMs: 10, clock: () => nowMs });
});
afterEach(() => {
  watch.close();
  vi.useRealTimers();
});

/** Something due then; tells when it was told. */
function dueAt(dueMs: number): Watched & { dueMs: number; readonly told: number[] } {
  const told: number[] = [];
  return { place: nowhere, dueMs, told, onDue: () => void told.push(nowMs) };
}

function advanceTo(ms: number): void {
  while (nowMs < ms) {
    nowMs += 1;
    vi.advanceTimersByTime(1);
  }
}

test("what is due is told at the next look, and again until it has moved on", () => {
  const one = dueAt(25);
  watch.watch(one);
  advanceTo(49);
  expect(one.told).toEqual([30, 40]);
  one.dueMs = 70;
  advanceTo(79);
  expect(one.told).toEqual([30, 40, 70]);
});

test("nothing wakes the process up once there has been nothing to watch for a while, until there is something again", () => {
  const [first, second] = [dueAt(1_000), dueAt(20_005)];
  watch.watch(first);
  watch.forget(first);
  advanceTo(100);
  expect(vi.getTimerCount()).toBe(1);
  advanceTo(20_000);
  expect(vi.getTimerCount()).toBe(0);
  watch.watch(second);
  advanceTo(20_010);
  expect(second.told).toEqual([20_010]);
});

test("what is forgotten or no longer watched is not told", () => {
  const [forgotten, watched] = [dueAt(5), dueAt(25)];
  watch.watch(forgotten);
  watch.watch(watched);
  watch.forget(forgotten);
  advanceTo(20);
  watch.close();
  advanceTo(60);
  expect([forgotten.told, watched.told]).toEqual([[], []]);
});
