import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Breaker, type BreakerChange } from "./breaker.ts";

const refused = { code: "store-unavailable" };
const fail = (): Promise<never> => Promise.reject(new Error("connection refused"));
const answer = (): Promise<string> => Promise.resolve("here");

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open(probe: () => Promise<unknown> = fail) {
  const changes: BreakerChange["state"][] = [];
  const onChange = ({ state }: BreakerChange): void => void changes.push(state);
  const breaker = new Breaker({ title: "Redis", timeoutMs: 100, probe, onChange });
  const failing = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time++) await expect(breaker.run(fail)).rejects.toMatchObject(refused);
  };
  return { breaker, changes, failing };
}

test("gives a store up with the third failure running, and says so once", async () => {
  const { breaker, changes, failing } = open();
  await failing(2);
  expect([breaker.isOpen, changes]).toEqual([false, []]);
  await failing(1);
  expect([breaker.isOpen, changes]).toEqual([true, ["unavailable"]]);
  const work = vi.fn(answer);
  await expect(breaker.run(work)).rejects.toMatchObject(refused);
  expect([work.mock.calls, changes]).toEqual([[], ["unavailable"]]);
  breaker.close();
});

test("forgets failures with each answer", async () => {
  const { breaker, failing } = open();
  for (let round = 0; round < 5; round++) {
    await failing(2);
    expect(await breaker.run(answer)).toBe("here");
  }
  expect(breaker.isOpen).toBe(false);
});

test("counts what is not answered in time as a failure, and waits no longer", async () => {
  const { breaker } = open();
  const asked = expect(breaker.run(() => new Promise(() => undefined))).rejects.toMatchObject({
    message: expect.stringContaining("no answer within 100 ms"),
  });
  await vi.advanceTimersByTimeAsync(101);
  await asked;
});

test("asks now and then whether the store is there again, and uses it then", async () => {
  let isThere = false;
  const probe = vi.fn(() => (isThere ? answer() : fail()));
  const { breaker, changes, failing } = open(probe);
  await failing(3);
  await vi.advanceTimersByTimeAsync(1_000);
  expect([probe.mock.calls.length, breaker.isOpen]).toEqual([4, true]);
  isThere = true;
  await vi.advanceTimersByTimeAsync(250);
  expect(changes).toEqual(["unavailable", "available"]);
  expect(await breaker.run(answer)).toBe("here");
  await failing(2);
  expect(breaker.isOpen).toBe(false);
});

test("asks no more once it is closed", async () => {
  const probe = vi.fn(fail);
  const { breaker, failing } = open(probe);
  await failing(3);
  breaker.close();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(probe).not.toHaveBeenCalled();
});
