import { expect, test } from "vitest";
import type { HoldRef } from "../limits/hold-ref.ts";
import type { Amounts } from "../limits/limit.ts";
import type { TouchedHold } from "../limits/limit-store.ts";
import { Renewals } from "./renewals.ts";

const charged = (nanoUsd: number): Amounts => ({ nanoUsd, inputTokens: 0, outputTokens: 0 });
const [one, other, silent] = ["one", "other", "silent"].map((id) => ({ id, partition: "" }));

function renewing() {
  const told: (readonly TouchedHold[])[] = [];
  const state = { now: 0, lost: [] as readonly HoldRef[] };
  const touch = async (holds: readonly TouchedHold[]): Promise<readonly HoldRef[]> => {
    told.push(holds);
    return state.lost;
  };
  const renewals = new Renewals({ limits: { touch }, clock: () => state.now, touchMs: 5_000 });
  /** What was told since it was last asked. */
  const tellings = (): unknown[] => told.splice(0).map((holds) => holds.map(({ id, charge }) => [id, charge?.nanoUsd]));
  return { renewals, state, tellings };
}

test("of what has begun is told as soon as there is something to tell, once", async () => {
  const { renewals, tellings } = renewing();
  let comesTo: number | undefined;
  expect(renewals.hasNews).toBe(false);
  renewals.watch(one ?? raise(), () => (comesTo === undefined ? undefined : charged(comesTo)));
  renewals.watch(silent ?? raise());
  await renewals.tellNews();
  expect(tellings()).toEqual([]);
  comesTo = 7;
  expect(renewals.hasNews).toBe(true);
  await renewals.tellNews();
  await renewals.tellNews();
  expect(tellings()).toEqual([[["one", 7]]]);
  expect(renewals.hasNews).toBe(false);
});

test("each second it is told how far requests are, and now and then that the others are there", async () => {
  const { renewals, state, tellings } = renewing();
  state.now = 5_000;
  let comesTo = 1;
  renewals.watch(one ?? raise(), () => charged(comesTo++));
  renewals.watch(silent ?? raise());
  for (let second = 0; second < 6; second++) {
    await renewals.renew();
    state.now += 1_000;
  }
  const [first, ...more] = tellings();
  expect(first).toEqual([
    ["one", 1],
    ["silent", undefined],
  ]);
  expect(more).toEqual([
    [["one", 2]],
    [["one", 3]],
    [["one", 4]],
    [["one", 5]],
    [
      ["one", 6],
      ["silent", undefined],
    ],
  ]);
});

test("nothing is told of what is over", async () => {
  const { renewals, tellings } = renewing();
  renewals.watch(one ?? raise(), () => charged(1));
  renewals.watch(other ?? raise(), () => charged(2));
  renewals.forget(one ?? raise());
  renewals.leave(other ?? raise());
  await renewals.tellNews();
  await renewals.renew();
  expect(tellings()).toEqual([]);
  expect(renewals.live).toBe(0);
});

test("a hold that the store has lost, or that was not renewed for a lease, may have expired", async () => {
  const { renewals, state } = renewing();
  const hold = one ?? raise();
  renewals.watch(hold, () => charged(1));
  await renewals.renew();
  expect(renewals.mayHaveExpired(hold, renewals.keptMs)).toBe(false);
  state.lost = [hold];
  await renewals.tellNews();
  expect(renewals.mayHaveExpired(hold, renewals.keptMs)).toBe(true);
  renewals.forget(hold);
  expect(renewals.mayHaveExpired(hold, renewals.keptMs)).toBe(false);
  const before = renewals.keptMs;
  state.now = 30_001;
  expect(renewals.mayHaveExpired(hold, before)).toBe(true);
});

test("one that was not renewed for a lease is looked at again, though it could be renewed then", async () => {
  const { renewals, state } = renewing();
  const hold = one ?? raise();
  renewals.watch(hold, () => charged(1));
  await renewals.renew();
  state.now = 30_001;
  await renewals.renew();
  expect(renewals.keptMs).toBe(30_001);
  expect(renewals.mayHaveExpired(hold, renewals.keptMs)).toBe(true);
});

function raise(): never {
  throw new Error("a name is missing");
}
