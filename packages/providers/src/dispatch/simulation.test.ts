import { describe, expect, test } from "vitest";
import type { DispatchPlan } from "./dispatch-plan.ts";
import type { DispatcherParts } from "./create-dispatcher.ts";
import { chain, failure, Scene, target, type TestRoute, type TestTarget } from "../test/dispatch/scene.ts";

interface Load {
  readonly plan: DispatchPlan<TestTarget>;
  readonly seconds: number;
  /** When provider `one` is down, in seconds from the start. */
  readonly down: { readonly from: number; readonly to: number };
  readonly settings?: DispatcherParts["settings"];
}

interface Outcome {
  /** Calls that provider `one` got in each second. */
  readonly calls: number[];
  /** Requests that failed, in each second in which they began. */
  readonly failed: number[];
  /** Calls of provider `one` that failed before its place was first seen out. */
  readonly failedBeforeOpen: number;
}

const perSecond = 200;

/** Sends 200 requests a second, each answered or refused after 20 ms. */
async function simulate({ plan, seconds, down, settings }: Load): Promise<Outcome> {
  const scene = new Scene({ settings });
  const startMs = scene.time.nowMs;
  const second = (): number => Math.floor((scene.time.nowMs - startMs) / 1_000);
  const count = (counts: number[], index: number): void => void (counts[index] = (counts[index] ?? 0) + 1);
  const calls: number[] = Array.from({ length: seconds }, () => 0);
  const failed: number[] = Array.from({ length: seconds }, () => 0);
  let failures = 0;
  let failedBeforeOpen: number | undefined;
  const send = async (route: TestRoute): Promise<string> => {
    const isFirst = route.target.provider.name === "one";
    if (isFirst) count(calls, second());
    await scene.time.sleep(20, route.signal);
    const isDown = isFirst && second() >= down.from && second() < down.to;
    if (!isDown) return "answer";
    failures += 1;
    throw failure("server-error", { status: 500 });
  };
  const runs: Promise<unknown>[] = [];
  for (let sent = 0; sent < seconds * perSecond; sent++) {
    const began = second();
    const run = scene.dispatcher.run(plan, send, { signal: new AbortController().signal });
    runs.push(run.catch(() => count(failed, began)));
    await scene.time.advance(1_000 / perSecond);
    if (scene.dispatcher.health().some(({ state }) => state === "open")) failedBeforeOpen ??= failures;
  }
  await scene.time.until(Promise.all(runs));
  return { calls, failed, failedBeforeOpen: failedBeforeOpen ?? Number.POSITIVE_INFINITY };
}

const most = perSecond * 1.2 + 3;
const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

describe("an upstream that fails for a minute at 200 requests a second", () => {
  const outage = { seconds: 75, down: { from: 5, to: 65 } };

  test.each([
    ["alone", chain(target("one/big")), undefined],
    ["alone with four credentials", chain(target("one/big", ["a", "b", "c", "d"])), undefined],
    ["alone, had it no breaker", chain(target("one/big")), { breakAfter: Infinity, breakSamples: Infinity }],
  ])("%s sees few calls more than it is meant to, and no surge when it recovers", async (_, plan, settings) => {
    const { calls, failed } = await simulate({ plan, ...outage, settings });
    expect(total(calls.slice(5, 65))).toBeLessThanOrEqual(60 * most);
    expect(Math.max(...calls.slice(65))).toBeLessThanOrEqual(most);
    expect(total(failed.slice(0, 4))).toBe(0);
    expect(total(failed.slice(65))).toBe(0);
  });

  test("is left alone but for probes while there is another, and no request fails", async () => {
    const { calls, failed } = await simulate({ plan: chain(target("one/big"), target("two/big")), ...outage });
    expect(total(failed)).toBe(0);
    expect(total(calls.slice(6, 65))).toBeLessThanOrEqual(25);
    expect(calls.slice(70)).toEqual([200, 200, 200, 200, 200]);
  });
});

describe("a place that is killed and healed", () => {
  const plan = chain(target("one/big"), target("two/big"));

  test("is out after no more than 25 failures and back within five seconds", async () => {
    for (const healed of [12, 16, 21, 27]) {
      const { calls, failedBeforeOpen } = await simulate({ plan, seconds: healed + 8, down: { from: 10, to: healed } });
      expect(failedBeforeOpen).toBeLessThanOrEqual(25);
      expect(calls.slice(healed + 5)).toEqual([200, 200, 200]);
    }
  });
});
