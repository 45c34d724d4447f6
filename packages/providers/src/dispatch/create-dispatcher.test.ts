import { describe, expect, test } from "vitest";
import { chain, failure, Scene, target } from "./test/scene.ts";

const primary = target("one/big", ["key", "spare"]);
const second = target("two/big");
const third = target("three/big");
const byProvider = (faults: Record<string, Error>) => (name: string) => faults[name.split("/")[0] ?? ""];

describe("a failure before any content", () => {
  test("of the upstream moves the request to the next link at once", async () => {
    const scene = new Scene();
    const answer = await scene.run(
      chain(primary, second),
      byProvider({ one: failure("server-error", { status: 500 }) }),
    );
    expect(answer).toBe("two/big/key");
    expect(scene.asked).toHaveLength(2);
    expect(scene.attempts).toMatchObject([
      { attempt: 1, reason: "first", provider: "one", outcome: "failed", kind: "server-error", status: 500 },
      { attempt: 2, reason: "failover", provider: "two", model: "big", credential: "key", outcome: "ok" },
    ]);
    expect(scene.attempts[1]?.startedMs).toBe(scene.attempts[0]?.startedMs);
  });

  test.each(["rate-limited", "quota-exhausted", "unauthenticated", "forbidden"] as const)(
    "that is %s moves it to another credential of the same target first, then on",
    async (kind) => {
      const scene = new Scene();
      await scene.run(chain(primary, second), byProvider({ one: failure(kind, { status: 429 }) }));
      expect(scene.asked.slice(0, 2).sort()).toEqual(["one/big/key", "one/big/spare"]);
      expect(scene.asked.slice(2)).toEqual(["two/big/key"]);
    },
  );

  test.each(["invalid-request", "context-overflow", "content-blocked", "not-found", "too-large"] as const)(
    "that is %s is told at once, since it is the request's own",
    async (kind) => {
      const scene = new Scene();
      const run = scene.run(chain(primary, second), byProvider({ one: failure(kind, { status: 400 }) }));
      await expect(run).rejects.toMatchObject({ failure: { kind } });
      expect(scene.asked).toHaveLength(1);
      expect(scene.dispatcher.health()).toMatchObject([{ state: "healthy", failures: 0 }]);
    },
  );

  test("is met with three attempts at most", async () => {
    const scene = new Scene();
    const run = scene.run(chain(primary, second, third, target("four/big")), () => failure("reset"));
    await expect(run).rejects.toMatchObject({ failure: { kind: "reset" } });
    expect(scene.asked.map((name) => name.split("/")[0])).toEqual(["one", "two", "three"]);
  });

  test("of the only place has it asked again after a backoff", async () => {
    const scene = new Scene();
    const start = scene.time.nowMs;
    const answer = await scene.run(chain(second), () =>
      scene.asked.length < 3 ? failure("server-error", { status: 500 }) : undefined,
    );
    expect(answer).toBe("two/big/key");
    expect(scene.attempts.map(({ reason }) => reason)).toEqual(["first", "retry", "retry"]);
    expect(scene.time.nowMs).toBeGreaterThan(start);
    expect(scene.time.nowMs).toBeLessThanOrEqual(start + 150);
  });
});
