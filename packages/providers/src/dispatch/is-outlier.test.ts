import { describe, expect, test } from "vitest";
import { isOutlier } from "./is-outlier.ts";
import { chain, failure, Scene, seededRandom, target } from "../test/dispatch/scene.ts";

test.each([
  ["fails while its equals do not", { good: 80, bad: 20 }, [{ good: 100, bad: 0 }], true],
  ["fails four times as often as they", { good: 60, bad: 40 }, [{ good: 90, bad: 10 }], true],
  [
    "fails as they do",
    { good: 70, bad: 30 },
    [
      { good: 75, bad: 25 },
      { good: 60, bad: 40 },
    ],
    false,
  ],
  ["fails seldom", { good: 95, bad: 5 }, [{ good: 100, bad: 0 }], false],
  ["was hardly asked", { good: 10, bad: 9 }, [{ good: 100, bad: 0 }], false],
  ["has equals that were hardly asked", { good: 80, bad: 20 }, [{ good: 3, bad: 0 }], false],
])("one that %s: %o beside %o is an outlier: %s", (_, own, ...[equals, verdict]) => {
  expect(isOutlier(own, equals)).toBe(verdict);
});

describe("an outlier among equals", () => {
  const plan = chain([target("one/big"), target("two/big"), target("three/big"), target("four/big")]);

  async function load(scene: Scene, shares: Record<string, number>, seconds: number): Promise<void> {
    const random = seededRandom(9);
    const bad = failure("server-error", { status: 500 });
    for (let count = 0; count < seconds * 20; count++) {
      await scene.run(plan, (name) => (random() < (shares[name.split("/")[0] ?? ""] ?? 0) ? bad : undefined));
      await scene.time.advance(50);
    }
  }

  test("is left alone for longer each time, and comes back", async () => {
    const scene = new Scene();
    const spans = new Set<number>();
    for (let round = 0; round < 120; round++) {
      await load(scene, { one: 0.3 }, 1);
      const found = scene.dispatcher.health().find(({ state }) => state === "ejected");
      if (found !== undefined) spans.add(found.untilMs ?? 0);
    }
    const ends = [...spans].sort((one, other) => one - other);
    expect(ends.length).toBeGreaterThan(2);
    const gaps = ends.slice(1).map((end, index) => end - (ends[index] ?? 0));
    expect(Math.max(...gaps)).toBeGreaterThan(20_000);
    await scene.time.advance(60_000);
    scene.asked.length = 0;
    await load(scene, {}, 5);
    expect(scene.asked.some((name) => name.startsWith("one"))).toBe(true);
  });

  test("is never more than half of them", async () => {
    const scene = new Scene({ settings: { breakSamples: Infinity } });
    for (let round = 0; round < 40; round++) {
      await load(scene, { one: 0.4, two: 0.4, three: 0.4 }, 1);
      expect(scene.dispatcher.health().filter(({ state }) => state === "ejected").length).toBeLessThanOrEqual(2);
    }
  });
});
