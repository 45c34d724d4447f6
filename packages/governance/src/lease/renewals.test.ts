import { expect, test } from "vitest";
import type { HoldRef } from "../limits/hold-ref.ts";
import type { Amounts } from "../limits/limit.ts";
import type { TouchedHold } from "../limits/limit-store.ts";
import { Renewals } from "./renewals.ts";

const charged = (nanoUsd: number): Amounts => ({ nanoUsd, inputTokens: 0, outputTokens: 0 });
const hold = (id: string): HoldRef => ({ id, partition: "" });
const [one, other, silent] = [hold("one"), hold("other"), hold("silent")];

interface State {
  now: number;
  lost: readonly HoldRef[];
  isAway: boolean;
}

function renewing() {
  const told: (readonly TouchedHold[])[] = [];
  const state: State = { now: 0, lost: [], isAway: false };
  const touch = async (holds: readonly TouchedHold[]): Promise<readonly HoldRef[]> => {
    if (state.isAway) throw new Error("away");
    if (holds.length > 0) told.push(holds);
    return state.lost;
  };
  const renewals = new Renewals({ limits: { touch }, clock: () => state.now, touchMs: 5_000 });
  /** What was told since it was last asked. */
  const tellings = (): unknown[] => told.splice(0).map((holds) => holds.map(({ id, charge }) => [id, charge?.nanoUsd]));
  return { renewals, state, tellings };
}

test("of what has begun is told as soon as there is something to tell, and then each second", async () => {
  const { renewals, state, tellings } = renewing();
  let comesTo: number | undefined;
  expect(renewals.hasNews).toBe(false);
  renewals.watch(one, () => (comesTo === undefined ? undefined : charged(comesTo)), false);
  renewals.watch(silent, () => undefined, true);
  await renewals.tell();
  comesTo = 7;
  expect(renewals.hasNews).toBe(true);
  await renewals.tell();
  expect(renewals.hasNews).toBe(false);
  await renewals.tell();
  expect(tellings()).toEqual([[["one", 7]]]);
  comesTo = 9;
  state.now = 1_000;
  expect(renewals.hasNews).toBe(true);
  await renewals.tell();
  expect(renewals.hasNews).toBe(false);
  expect(tellings()).toEqual([[["one", 9]]]);
});

test("of what was told when it was held is told each second alone", async () => {
  const { renewals, state, tellings } = renewing();
  renewals.watch(one, () => charged(7), true);
  expect(renewals.hasNews).toBe(false);
  state.now = 1_000;
  await renewals.tell();
  expect(tellings()).toEqual([[["one", 7]]]);
});

test("what a store does not take is told again at once", async () => {
  const { renewals, state, tellings } = renewing();
  renewals.watch(one, () => charged(7), false);
  state.isAway = true;
  await expect(renewals.tell()).rejects.toThrow("away");
  state.isAway = false;
  state.now = 1_000;
  expect(renewals.hasNews).toBe(true);
  await renewals.tell();
  expect(tellings()).toEqual([[["one", 7]]]);
  state.isAway = true;
  state.now = 2_000;
  await expect(renewals.tell()).rejects.toThrow("away");
  expect(renewals.hasNews).toBe(true);
});

test("now and then it is told that those are there of which nothing else is to be told", async () => {
  const { renewals, state, tellings } = renewing();
  state.now = 5_000;
  let comesTo = 1;
  renewals.watch(one, () => charged(comesTo++), false);
  renewals.watch(silent, () => undefined, true);
  for (let second = 0; second < 6; second++) {
    await renewals.renew();
    state.now += 1_000;
  }
  const all = (comes: number): unknown => [
    ["one", comes],
    ["silent", undefined],
  ];
  expect(tellings()).toEqual([all(1), [["one", 2]], [["one", 3]], [["one", 4]], [["one", 5]], all(6)]);
});

test("a clock that is set back keeps nothing from being told", async () => {
  const { renewals, state, tellings } = renewing();
  state.now = 3_600_000;
  renewals.watch(one, () => charged(1), false);
  await renewals.renew();
  state.now = 5_000;
  await renewals.tell();
  state.now = 4_000;
  await renewals.renew();
  expect(tellings()).toHaveLength(3);
});

test("nothing is told of what is over", async () => {
  const { renewals, tellings } = renewing();
  renewals.watch(one, () => charged(1), false);
  renewals.watch(other, () => charged(2), false);
  renewals.forget(one);
  renewals.leave(other);
  await renewals.tell();
  await renewals.renew();
  expect(tellings()).toEqual([]);
  expect(renewals.live).toBe(0);
});

test("a hold that the store has lost, or that was not renewed for a lease, may have expired", async () => {
  const { renewals, state } = renewing();
  renewals.watch(one, () => charged(1), false);
  await renewals.renew();
  expect(renewals.mayHaveExpired(one, renewals.keptMs)).toBe(false);
  state.lost = [one];
  state.now = 1_000;
  await renewals.tell();
  expect(renewals.mayHaveExpired(one, renewals.keptMs)).toBe(true);
  renewals.forget(one);
  expect(renewals.mayHaveExpired(one, renewals.keptMs)).toBe(false);
  const before = renewals.keptMs;
  state.now = 30_001;
  expect(renewals.mayHaveExpired(one, before)).toBe(true);
});

test("one that was not renewed for a lease is looked at again, though it could be renewed then", async () => {
  const { renewals, state } = renewing();
  renewals.watch(one, () => charged(1), false);
  await renewals.renew();
  state.now = 30_001;
  await renewals.renew();
  expect(renewals.keptMs).toBe(30_001);
  expect(renewals.mayHaveExpired(one, renewals.keptMs)).toBe(true);
});
