import { describe, expect, test } from "vitest";
import type { HedgeSettings } from "./dispatch-settings.ts";
import { chain, failure, Scene, seededRandom, target, type TestRoute } from "../test/dispatch/scene.ts";

const plan = chain(target("one/big"), target("two/big"));

interface Seen {
  readonly signals: Map<string, AbortSignal>;
  run(latencies: Record<string, number | Error>): Promise<string>;
}

/** Places that answer, or fail, after so many milliseconds. */
function watch(scene: Scene): Seen {
  const signals = new Map<string, AbortSignal>();
  const run = (latencies: Record<string, number | Error>): Promise<string> => {
    const send = async ({ target: { provider }, signal }: TestRoute): Promise<string> => {
      scene.asked.push(provider.name);
      signals.set(provider.name, signal);
      const behaviour = latencies[provider.name] ?? 0;
      await scene.time.sleep(typeof behaviour === "number" ? behaviour : 500, signal);
      if (typeof behaviour !== "number") throw behaviour;
      return provider.name;
    };
    return scene.dispatcher.run(plan, send, {
      signal: new AbortController().signal,
      onAttempt: (attempt) => scene.attempts.push(attempt),
    });
  };
  return { signals, run };
}

function hedging(hedge: Partial<HedgeSettings> = {}): Scene {
  return new Scene({ settings: { hedge: { after: { ms: 200 }, share: 1, ...hedge } } });
}

describe("a hedge", () => {
  test("is not sent unless it is switched on", async () => {
    const scene = new Scene();
    expect(await scene.time.until(watch(scene).run({ one: 5_000 }))).toBe("one");
    expect(scene.asked).toEqual(["one"]);
  });

  test("is not sent when the first place answers in time", async () => {
    const scene = hedging();
    expect(await scene.time.until(watch(scene).run({ one: 199 }))).toBe("one");
    expect(scene.asked).toEqual(["one"]);
    expect(scene.time.sleeping).toBe(0);
  });

  test("that is quicker answers, and the slow call is ended at once; both are recorded", async () => {
    const scene = hedging();
    const seen = watch(scene);
    const startMs = scene.time.nowMs;
    expect(await scene.time.until(seen.run({ one: 5_000, two: 50 }))).toBe("two");
    expect(scene.time.nowMs - startMs).toBe(250);
    expect([seen.signals.get("one")?.aborted, seen.signals.get("two")?.aborted]).toEqual([true, false]);
    expect(scene.attempts).toMatchObject([
      { provider: "two", reason: "hedge", outcome: "ok", latencyMs: 50 },
      { provider: "one", reason: "first", outcome: "lost", latencyMs: 250 },
    ]);
  });

  test("that is slower is ended at once", async () => {
    const scene = hedging();
    const seen = watch(scene);
    expect(await scene.time.until(seen.run({ one: 300, two: 5_000 }))).toBe("one");
    expect([seen.signals.get("one")?.aborted, seen.signals.get("two")?.aborted]).toEqual([false, true]);
    expect(scene.attempts.map(({ provider, outcome }) => [provider, outcome])).toEqual([
      ["one", "ok"],
      ["two", "lost"],
    ]);
  });

  test("that answers at the same moment leaves one of the two open", async () => {
    const scene = hedging();
    const gate = Promise.withResolvers<void>();
    const signals: AbortSignal[] = [];
    const send = async ({ signal }: TestRoute): Promise<string> => {
      signals.push(signal);
      await gate.promise;
      return "answer";
    };
    const run = scene.dispatcher.run(plan, send, { signal: new AbortController().signal });
    await scene.time.advance(200);
    gate.resolve();
    expect(await run).toBe("answer");
    expect(signals.filter(({ aborted }) => aborted)).toHaveLength(1);
  });

  test("that fails leaves the answer to the first, and the other way round", async () => {
    const down = failure("server-error", { status: 500 });
    expect(await first({ one: 2_000, two: down })).toBe("one");
    expect(await first({ one: down, two: 900 })).toBe("two");
    async function first(latencies: Record<string, number | Error>): Promise<string> {
      const scene = hedging();
      return scene.time.until(watch(scene).run(latencies));
    }
  });

  test("leaves one failure to tell when both fail", async () => {
    const scene = hedging();
    const down = failure("server-error", { status: 500 });
    const run = scene.time.until(watch(scene).run({ one: down, two: failure("unreachable") }));
    await expect(run).rejects.toMatchObject({ failure: { kind: "server-error" } });
  });

  test("counts against nobody when it is lost", async () => {
    const scene = hedging();
    for (let count = 0; count < 10; count++) await scene.time.until(watch(scene).run({ one: 300, two: 5_000 }));
    expect(scene.dispatcher.health().map(({ state, failures }) => [state, failures])).toEqual([
      ["healthy", 0],
      ["healthy", 0],
    ]);
  });
});

test("hedges are at most five in a hundred requests, however slow all are", async () => {
  const scene = new Scene({ settings: { hedge: { after: { ms: 200 } } } });
  const seen = watch(scene);
  for (let count = 0; count < 1_000; count++) await scene.time.until(seen.run({ one: 900, two: 900 }));
  expect(scene.asked.length - 1_000).toBeGreaterThan(40);
  expect(scene.asked.length - 1_000).toBeLessThanOrEqual(50);
});

test("a hedge by quantile waits for what is slower than nearly all of late, and cuts the tail", async () => {
  const tail = async (hedge: HedgeSettings | undefined): Promise<number> => {
    const random = seededRandom(5);
    const scene = new Scene({ settings: { hedge } });
    const seen = watch(scene);
    const latencies: number[] = [];
    for (let count = 0; count < 2_000; count++) {
      const startMs = scene.time.nowMs;
      await scene.time.until(seen.run({ one: random() < 0.03 ? 8_000 : 100 + 50 * random(), two: 120 }));
      latencies.push(scene.time.nowMs - startMs);
    }
    expect(scene.asked.length).toBeLessThanOrEqual(2_100);
    return latencies.toSorted((one, other) => one - other)[1_980] ?? Number.NaN;
  };
  expect(await tail(undefined)).toBe(8_000);
  expect(await tail({ after: { quantile: 0.97 } })).toBeLessThan(400);
});
