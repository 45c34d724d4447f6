import { expect, test } from "vitest";
import { countReplicas } from "./replica-count.ts";

function bus() {
  const hearers: ((message: string) => void)[] = [];
  return {
    isAway: false,
    publish(message: string) {
      if (!this.isAway) for (const hear of hearers) hear(message);
    },
    subscribe: (hear: (message: string) => void) => void hearers.push(hear),
  };
}

test("each gateway counts all that call, and forgets who has fallen silent", () => {
  let now = 0;
  const shared = bus();
  const all = ["a", "b", "c"].map((id) => countReplicas({ bus: shared, id, clock: () => now }));
  expect(all.map((one) => one.count())).toEqual([1, 1, 1]);
  for (const one of all) one.call();
  expect(all.map((one) => one.count())).toEqual([3, 3, 3]);
  for (; now <= 25_000; now += 5000) for (const one of all.slice(0, 2)) one.call();
  expect(all[0]?.count()).toBe(2);
});

test("a bus that is away takes no gateway with it", () => {
  let now = 0;
  const shared = bus();
  const all = ["a", "b"].map((id) => countReplicas({ bus: shared, id, clock: () => now }));
  for (const one of all) one.call();
  shared.isAway = true;
  for (; now < 60_000; now += 5000) for (const one of all) one.call();
  expect(all.map((one) => one.count())).toEqual([2, 2]);
});
