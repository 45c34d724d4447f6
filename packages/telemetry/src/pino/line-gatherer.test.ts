import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LineGatherer } from "./line-gatherer.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function gathering(mostChars = 10) {
  const writes: string[] = [];
  const destination = {
    write: (text: string) => void writes.push(text),
    flush: (done: () => void) => done(),
  };
  return { writes, gatherer: new LineGatherer(destination, { afterMs: 100, mostChars }) };
}

test("lines of a while are written together, and nothing more when there are none", () => {
  const { writes, gatherer } = gathering();
  gatherer.write("a\n");
  gatherer.write("b\n");
  vi.advanceTimersByTime(99);
  expect(writes).toEqual([]);
  vi.advanceTimersByTime(10_000);
  expect(writes).toEqual(["a\nb\n"]);
});

test("many lines are written at once, and later ones wait anew", () => {
  const { writes, gatherer } = gathering();
  gatherer.write("12345\n");
  gatherer.write("67890\n");
  expect(writes).toEqual(["12345\n67890\n"]);
  gatherer.write("a\n");
  vi.advanceTimersByTime(99);
  expect(writes).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(writes).toHaveLength(2);
});

test("a flush brings everything to its end", () => {
  const { writes, gatherer } = gathering();
  let done = false;
  gatherer.write("a\n");
  gatherer.flush(() => {
    done = true;
  });
  expect([writes, done]).toEqual([["a\n"], true]);
});

test("a line that is made later stands where it was written, and is made once", () => {
  const { writes, gatherer } = gathering(10_000);
  let made = 0;
  gatherer.writeLater(() => `made ${++made}\n`);
  gatherer.write("a\n");
  expect(made).toBe(0);
  vi.advanceTimersByTime(1_000);
  expect(writes).toEqual(["made 1\na\n"]);
});
