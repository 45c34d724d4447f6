import type { FailureKind } from "@drawbridge/translator";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Attempt } from "./attempt.ts";
import type { DispatchPlan } from "./dispatch-plan.ts";
import { failureRule } from "./failure-rule.ts";
import { settled } from "../test/dispatch/fake-time.ts";
import {
  chain,
  failure,
  nameOf,
  Scene,
  seededRandom,
  target,
  type TestRoute,
  type TestTarget,
} from "../test/dispatch/scene.ts";

const kinds: readonly FailureKind[] = [
  "rate-limited",
  "quota-exhausted",
  "unauthenticated",
  "forbidden",
  "overloaded",
  "server-error",
  "unreachable",
  "timed-out",
  "reset",
  "truncated",
  "malformed",
  "invalid-request",
  "context-overflow",
];

const plan: DispatchPlan<TestTarget> = chain(
  [target("one/big", ["a", "b"]), target("two/big", ["a", "b", "c"])],
  target("three/big"),
);

/** What a place does: answers, or fails with a kind and perhaps a wait. */
const behaviour = fc.record({
  kind: fc.option(fc.constantFrom(...kinds), { freq: 2 }),
  retryAfterSeconds: fc.option(fc.integer({ min: 0, max: 90 })),
});

const request = fc.record({
  pauseMs: fc.nat(8_000),
  session: fc.nat(5),
  places: fc.array(behaviour, { minLength: 6, maxLength: 6 }),
});

const places = ["one/big/a", "one/big/b", "two/big/a", "two/big/b", "two/big/c", "three/big/key"];

test("whatever places do, each request keeps the promises of dispatch", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 40 }), async (requests) => {
      const scene = new Scene();
      const coolUntilMs = new Map<string, number>();
      for (const { pauseMs, session, places: behaviours } of requests) {
        await scene.time.advance(pauseMs);
        const attempts: Attempt[] = [];
        const run = scene.start(
          { ...plan, stickyKey: `session-${session}` },
          (name, route) => {
            if (route.reason !== "last-resort") {
              expect(coolUntilMs.get(name) ?? 0).toBeLessThanOrEqual(scene.time.nowMs);
            }
            const does = behaviours[places.indexOf(name)];
            if (does === undefined || does.kind === null) return undefined;
            const { kind } = does;
            const wait = does.retryAfterSeconds ?? undefined;
            if (kind === "rate-limited" && wait !== undefined) {
              const untilMs = scene.time.nowMs + wait * 1_000;
              coolUntilMs.set(name, Math.max(coolUntilMs.get(name) ?? 0, untilMs));
            }
            return failure(kind, wait === undefined ? {} : { retryAfterSeconds: wait });
          },
          { onAttempt: (attempt) => attempts.push(attempt) },
        );
        const told = await scene.time.until(run).catch((error: unknown) => error);
        check(attempts, told);
      }
    }),
    { numRuns: 150, seed: 20_261_125 },
  );
});

function check(attempts: readonly Attempt[], told: unknown): void {
  expect(attempts.length).toBeLessThanOrEqual(3);
  expect(attempts.map(({ attempt }) => attempt)).toEqual(attempts.map((_, index) => index + 1));
  const last = attempts.at(-1);
  // Only the last can have gone well or ended the matter; a request without any was refused by what is known already.
  for (const { outcome, kind = "cancelled" } of attempts.slice(0, -1)) {
    expect(outcome).toBe("failed");
    expect(failureRule({ kind, message: "" }, true).move).not.toBe("nowhere");
  }
  if (typeof told === "string") expect(last?.outcome).toBe("ok");
  else if (last !== undefined) expect(attempts.map(({ kind }) => kind)).toContain(failureOf(told));
  else expect(failureOf(told)).toBe("unauthenticated");
}

function failureOf(error: unknown): unknown {
  return error instanceof Error && "failure" in error ? (error.failure as { kind: FailureKind }).kind : error;
}

describe("two thousand clients that leave at random moments", () => {
  test.each([
    ["without hedges", undefined],
    ["with hedges", { after: { ms: 30 }, share: 1 }],
  ])("%s leave no call, no sleeper and no probe behind", async (_, hedge) => {
    const scene = new Scene({ settings: { hedge } });
    const random = seededRandom(13);
    const open = new Set<string>();
    const send = async (route: TestRoute): Promise<string> => {
      const id = `${nameOf(route)} ${random()}`;
      open.add(id);
      try {
        await scene.time.sleep(100 * random(), route.signal);
        if (random() < 0.4) throw failure("server-error", { status: 500 });
        return id;
      } finally {
        open.delete(id);
      }
    };
    let left = 0;
    for (let batch = 0; batch < 20; batch++) {
      const clients = Array.from({ length: 100 }, () => new AbortController());
      const runs = clients.map(async ({ signal }) => {
        const run = scene.dispatcher.run(plan, send, { signal, deadlineMs: 10_000 });
        return run.then(
          () => undefined,
          (error: unknown) => void (failureOf(error) === "cancelled" && (left += 1)),
        );
      });
      for (const client of clients.toSorted(() => random() - 0.5)) {
        await scene.time.advance(2 * random());
        client.abort();
      }
      await settled();
      await Promise.all(runs);
      expect([open.size, scene.time.sleeping]).toEqual([0, 0]);
    }
    expect(left).toBeGreaterThan(300);
    await scene.time.advance(10_000);
    expect(scene.dispatcher.health().filter(({ state }) => state === "open")).toEqual([]);
  });
});
