import { expect, test } from "vitest";
import { watchLoopDelay } from "./loop-delay.ts";

/** Until timers have run a few times. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 20));
}

test("a loop that stood still is known to be behind by as much, by whoever asks first and for a while", async () => {
  const delay = watchLoopDelay();
  await turns();
  const until = performance.now() + 400;
  while (performance.now() < until);
  expect(delay.mostMs).toBeGreaterThan(300);
  await turns();
  expect(delay.mostMs).toBeGreaterThan(300);
  delay.close();
});
