import { expect, test } from "vitest";
import { chanceFrom } from "../chance.ts";
import { planRequests } from "./plan-requests.ts";

const planned = (seed: number) =>
  planRequests({
    chance: chanceFrom(seed),
    durationMs: 10_000,
    perSecond: 50,
    keys: ["a", "b"],
    leaving: 20,
    prefix: "r",
  });

test("the same seed plans the same load, another one another", () => {
  expect(planned(7)).toEqual(planned(7));
  expect(planned(7)).not.toEqual(planned(8));
});

test("a load has as many requests as asked for, in order, each with a label of its own", () => {
  const requests = planned(1);
  expect(requests).toHaveLength(500);
  expect(new Set(requests.map(({ script }) => script.label)).size).toBe(500);
  expect(requests.map(({ atMs }) => atMs)).toEqual(requests.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
});

test("a load has clients that leave, answers that fail, and whole answers", () => {
  const requests = planned(1);
  expect(requests.some(({ leavesAfterMs }) => leavesAfterMs !== undefined)).toBe(true);
  expect(new Set(requests.map(({ script }) => script.end)).size).toBe(9);
  expect(requests.some(({ stream }) => !stream)).toBe(true);
});
