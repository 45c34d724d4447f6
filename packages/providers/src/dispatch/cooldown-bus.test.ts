import { describe, expect, test } from "vitest";
import { chain, failure, FakeBus, Scene, seededRandom, target } from "../test/dispatch/scene.ts";
import { FakeTime } from "../test/dispatch/fake-time.ts";
import { readCooldown, writeCooldown } from "./cooldown-bus.ts";

describe("replicas that are joined by a bus", () => {
  test("ask no place that cools for another one, whatever is asked for in what order, a second later at most", async () => {
    const time = new FakeTime();
    const random = seededRandom(3);
    const never = new AbortController().signal;
    const bus = new FakeBus((deliver) => void time.sleep(random() * 1_000, never).then(deliver));
    const replicas = [1, 2, 3].map(() => new Scene({ clock: time.clock, sleep: time.sleep, bus }));
    const plan = chain(target("one/big", ["a", "b"]), target("two/big"));
    /** When all replicas know how long a place cools, and for how long. */
    const cooling = new Map<string, { readonly knownMs: number; readonly untilMs: number }[]>();
    const tooEarly: string[] = [];
    let limits = 0;
    const runs: Promise<string>[] = [];
    for (let count = 0; count < 6_000; count++) {
      const replica = replicas[count % replicas.length];
      const run = replica?.start(plan, (name) => {
        const cooldowns = cooling.get(name) ?? [];
        const isCooling = cooldowns.some(({ knownMs, untilMs }) => knownMs <= time.nowMs && time.nowMs < untilMs);
        if (isCooling) tooEarly.push(`${name} at ${time.nowMs}`);
        if (!name.startsWith("one") || random() > 0.02) return undefined;
        limits += 1;
        const retryAfterSeconds = 1 + Math.floor(random() * 20);
        const untilMs = time.nowMs + retryAfterSeconds * 1_000;
        cooling.set(name, [...cooldowns, { knownMs: time.nowMs + 1_000, untilMs }]);
        return failure("rate-limited", { status: 429, retryAfterSeconds });
      });
      if (run !== undefined) runs.push(run);
      await time.advance(50);
    }
    await time.until(Promise.all(runs));
    expect(tooEarly).toEqual([]);
    expect(limits).toBeGreaterThan(20);
    expect(replicas.flatMap(({ asked }) => asked.filter((name) => name.startsWith("one"))).length).toBeGreaterThan(500);
  });

  test("hear of a cooldown that would last for ever as one of an hour", async () => {
    const bus = new FakeBus();
    const scene = new Scene({ bus });
    const untilMs = scene.time.nowMs + 10 ** 12;
    bus.publish(writeCooldown({ provider: "one", model: "big", credential: "key", untilMs, kind: "rate-limited" }));
    expect(scene.dispatcher.health()[0]?.untilMs).toBe(scene.time.nowMs + 3_600_000);
  });
});

describe("a cooldown", () => {
  test.each([undefined, "big"])("is read as it was written (model: %s)", (model) => {
    const cooldown = { provider: "one", model, credential: "key", untilMs: 12, kind: "rate-limited" } as const;
    expect(readCooldown(writeCooldown(cooldown))).toEqual(cooldown);
  });

  test.each([
    "",
    "null",
    "[]",
    '"a"',
    '{"provider":"one"}',
    '{"provider":"one","credential":"key","untilMs":"12","kind":"rate-limited"}',
    '{"provider":"one","credential":"key","untilMs":12,"kind":"toString"}',
    '{"provider":"one","credential":"key","untilMs":12,"kind":"rate-limited","model":1}',
  ])("is not read from %s", (message) => {
    expect(readCooldown(message)).toBeUndefined();
  });
});
