import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Breaker } from "./breaker.ts";
import { defaultDispatchSettings as settings } from "./dispatch-settings.ts";

const startMs = 1_000_000;

function broken(): Breaker {
  const breaker = new Breaker(settings);
  for (let count = 0; count < 5; count++) breaker.fail(startMs, breaker.begin(startMs));
  return breaker;
}

describe("a breaker", () => {
  test("opens at the fifth failure in a row and not at the fourth", () => {
    const breaker = new Breaker(settings);
    for (let count = 1; count <= 4; count++) breaker.fail(startMs, false);
    expect(breaker.state(startMs)).toBe("closed");
    breaker.fail(startMs, false);
    expect(breaker.state(startMs)).toBe("open");
  });

  test("opens when half of twenty calls within ten seconds failed, though never five in a row", () => {
    const breaker = new Breaker(settings);
    const states = Array.from({ length: 20 }, (_, index) => {
      const nowMs = startMs + index * 400;
      if (index % 2 === 0) breaker.succeed(nowMs, nowMs, false);
      else breaker.fail(nowMs, false);
      return breaker.state(nowMs);
    });
    expect(states.indexOf("open")).toBe(19);
  });

  test("forgets failures that are older than ten seconds", () => {
    const breaker = new Breaker(settings);
    for (let count = 0; count < 4; count++) breaker.fail(startMs, false);
    expect(breaker.recent(startMs + 9_000)).toEqual({ good: 0, bad: 4 });
    expect(breaker.recent(startMs + 11_000)).toEqual({ good: 0, bad: 0 });
  });

  test("lets exactly one call probe it, and the next when that one ended", () => {
    const breaker = broken();
    const laterMs = startMs + 1_000;
    expect(breaker.state(laterMs - 1)).toBe("open");
    expect(breaker.state(laterMs)).toBe("half-open");
    expect(breaker.begin(laterMs)).toBe(true);
    expect(breaker.state(laterMs + 60_000)).toBe("open");
    expect(breaker.begin(laterMs + 60_000)).toBe(false);
    breaker.end(true);
    expect(breaker.state(laterMs + 60_000)).toBe("half-open");
  });

  test("closes with the first probe that goes well", () => {
    const breaker = broken();
    const laterMs = startMs + 1_000;
    breaker.succeed(laterMs + 5, laterMs, breaker.begin(laterMs));
    expect(breaker.state(laterMs + 5)).toBe("closed");
    expect(breaker.failuresInRow).toBe(0);
  });

  test("stays out for twice as long after each failed probe, up to four seconds", () => {
    const breaker = broken();
    const outMs: number[] = [];
    let nowMs = startMs;
    for (let count = 0; count < 5; count++) {
      outMs.push(breaker.untilMs - nowMs);
      nowMs = breaker.untilMs;
      breaker.fail(nowMs, breaker.begin(nowMs));
    }
    expect(outMs).toEqual([1_000, 2_000, 4_000, 4_000, 4_000]);
  });

  test("is not closed by the answer to a call that began before it opened", () => {
    const breaker = broken();
    breaker.succeed(startMs + 10, startMs - 500, false);
    expect(breaker.state(startMs + 10)).toBe("open");
  });

  test("keeps its promises whatever happens", () => {
    const step = fc.record({
      waitMs: fc.nat(3_000),
      act: fc.constantFrom("good" as const, "bad" as const, "bad" as const, "nothing" as const),
      holdMs: fc.nat(2_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const breaker = new Breaker(settings);
        let nowMs = startMs;
        let inRow = 0;
        for (const { waitMs, act, holdMs } of steps) {
          nowMs += waitMs;
          const before = breaker.state(nowMs);
          const probe = breaker.begin(nowMs);
          expect(probe).toBe(before === "half-open");
          if (probe) expect([breaker.begin(nowMs), breaker.state(nowMs + 100_000)]).toEqual([false, "open"]);
          inRow = { good: 0, bad: inRow + 1, nothing: inRow }[act];
          endCall(breaker, { act, probe, startedMs: nowMs, nowMs: nowMs + holdMs });
          nowMs += holdMs;
          if (inRow >= 5) expect(breaker.state(nowMs)).not.toBe("closed");
          if (act === "good" && before !== "closed") expect(breaker.state(nowMs)).toBe("closed");
        }
        expect(breaker.state(nowMs + 4_000)).not.toBe("open");
      }),
      { numRuns: 300 },
    );
  });
});

interface End {
  readonly act: "good" | "bad" | "nothing";
  readonly probe: boolean;
  readonly startedMs: number;
  readonly nowMs: number;
}

function endCall(breaker: Breaker, { act, probe, startedMs, nowMs }: End): void {
  if (act === "good") breaker.succeed(nowMs, startedMs, probe);
  else if (act === "bad") breaker.fail(nowMs, probe);
  else breaker.end(probe);
}
