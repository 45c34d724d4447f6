import { expect } from "vitest";
import type { Amounts } from "../limits/limit.ts";
import type { HoldRef } from "../limits/hold-ref.ts";
import { limitScope } from "../limits/limit-scope.ts";
import type { LimitStore } from "../limits/limit-store.ts";

/** Numbers from 0 to 1, the same in each run. */
const chance = (index: number): number => (Math.imul(index + 1, 0x9e_37_79_b1) >>> 0) / 2 ** 32;
const dollars = (nanoUsd: number): Amounts => ({ nanoUsd, inputTokens: 0, outputTokens: 0 });
const partition = "customer late";
const scope = limitScope({
  id: partition,
  partition,
  limits: [{ of: "nanoUsd", amount: 1e12, window: { kind: "total" } }],
});
const [endsOfHold, atOnce] = [5, 100];

/** What is delivered to which store. */
export interface Deliveries {
  readonly store: LimitStore;
  readonly count: number;
  /** Lets time pass, and holds expire. */
  readonly pass: (ms: number) => void;
}

/**
 * Tells a store the ends of holds, each several times, each time another end, all of them out of order and some after the
 * hold has expired: one counts of each, the first, and nothing else.
 */
export async function deliverAgainAndAgain({ store, count, pass }: Deliveries): Promise<void> {
  const holds = Math.ceil(count / endsOfHold);
  const refs = Array.from({ length: holds }, (_, index): HoldRef => ({ id: `late ${index}`, partition }));
  for (let first = 0; first < holds; first += atOnce) {
    const some = refs.slice(first, first + atOnce);
    const asked = some.map((ref, index) =>
      store.reserve({ ...ref, scopes: [scope], need: dollars(10 + ((first + index) % 90)) }),
    );
    expect((await Promise.all(asked)).every(({ outcome }) => outcome === "held")).toBe(true);
  }
  const ends = Array.from({ length: holds * endsOfHold }, (_, index) => index);
  const shuffled = ends.toSorted((one, other) => chance(one) - chance(other));
  let expected = 0;
  const done = new Set<string>();
  for (let first = 0; first < shuffled.length; first += atOnce) {
    // Half-way those that nobody has ended yet expire, which their ends put right.
    if (first <= shuffled.length / 2 && first + atOnce > shuffled.length / 2) {
      for (const ms of [30_000, 90_000]) {
        pass(ms);
        await store.sweep();
      }
    }
    const told = shuffled.slice(first, first + atOnce).map(async (end) => {
      const ref = refs[end % holds] ?? { id: "none" };
      const nanoUsd = end % 4 === 0 ? undefined : Math.floor(200 * chance(7 * end));
      const result = await (nanoUsd === undefined ? store.release(ref) : store.settle(ref, dollars(nanoUsd)));
      if (result !== "done") return expect([ref.id, result]).toEqual([ref.id, "already"]);
      expect(done.has(ref.id)).toBe(false);
      done.add(ref.id);
      expected += nanoUsd ?? 0;
      return undefined;
    });
    await Promise.all(told);
  }
  expect(done.size).toBe(holds);
  const [usage] = await store.usage(scope);
  expect(usage).toMatchObject({ used: expected, held: 0 });
}
