import fc from "fast-check";
import { expect, test } from "vitest";
import { Generations } from "./generations.ts";

test("what nobody asks for is forgotten, and never sooner than it may be", () => {
  const kept = new Generations<number>({ size: 100, idleMs: 1_000 });
  kept.set("still", 1, 0);
  kept.set("used", 2, 0);
  for (let nowMs = 0; nowMs <= 5_000; nowMs += 250) {
    expect(kept.ensure("used", nowMs, () => -1)).toBe(2);
    kept.set(`other-${nowMs}`, 0, nowMs);
    if (nowMs < 1_000) expect(kept.entries().some(([key]) => key === "still")).toBe(true);
  }
  expect(kept.get("still", 5_000)).toBeUndefined();
});

test("no flood of names makes it larger than its size, or loses what is in use", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(500), { maxLength: 400 }), fc.integer({ min: 4, max: 40 }), (names, size) => {
      const kept = new Generations<number>({ size, idleMs: 60_000 });
      kept.set("used", -1, 0);
      for (const [nowMs, name] of names.entries()) {
        kept.ensure(String(name), nowMs, () => name);
        if (kept.get("used", nowMs) !== -1) return false;
        if (kept.entries().length > size + 2) return false;
      }
      return new Set(kept.entries().map(([key]) => key)).size === kept.entries().length;
    }),
  );
});
