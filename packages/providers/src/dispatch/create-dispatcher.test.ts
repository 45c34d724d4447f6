import { describe, expect, test } from "vitest";
import type { Attempt } from "./attempt.ts";
import { settled } from "../test/dispatch/fake-time.ts";
import {
  chain,
  credential,
  failure,
  FakeBus,
  Scene,
  seededRandom,
  target,
  type TestRoute,
} from "../test/dispatch/scene.ts";

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
      await expect(run).rejects.toMatchObject({ failure: { kind }, place: { provider: "one" } });
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

describe("a session", () => {
  const equals = { links: [{ targets: [primary, second, third], order: "weight" as const }] };

  test("stays with its target and credential, on every replica", async () => {
    for (let session = 0; session < 50; session++) {
      const plan = { ...equals, stickyKey: `session-${session}` };
      const answers = new Set<string>();
      for (let replica = 0; replica < 3; replica++) {
        answers.add(await new Scene({ random: seededRandom(replica) }).run(plan));
      }
      expect(answers.size).toBe(1);
    }
  });

  test("leaves its place while that is out, and comes back", async () => {
    const scene = new Scene();
    const plan = { ...equals, stickyKey: "one session" };
    const home = await scene.run(plan);
    const limited = failure("rate-limited", { status: 429, retryAfterSeconds: 30 });
    const away = await scene.run(plan, (name) => (name === home ? limited : undefined));
    expect(away).not.toBe(home);
    expect(await scene.run(plan)).toBe(away);
    scene.asked.length = 0;
    await scene.time.advance(29_999);
    await scene.run(plan);
    expect(scene.asked).not.toContain(home);
    await scene.time.advance(1);
    expect(await scene.run(plan)).toBe(home);
  });

  test("without a name is spread over the equals", async () => {
    const scene = new Scene();
    const seen = new Set<string>();
    for (let count = 0; count < 60; count++) seen.add(await scene.run(equals));
    expect([...seen].sort()).toEqual(["one/big/key", "one/big/spare", "three/big/key", "two/big/key"]);
  });
});

describe("of equals by", () => {
  const slow = target("slow/big");
  const fast = target("fast/big");

  function answering(scene: Scene, latencies: Record<string, number>) {
    return async (route: TestRoute): Promise<string> => {
      const { name } = route.target.provider;
      scene.asked.push(name);
      await scene.time.sleep(latencies[name] ?? 0, route.signal);
      return name;
    };
  }

  test("price the cheapest is asked while it is well", async () => {
    const scene = new Scene();
    const targets = [target("dear/big"), { ...target("cheap/big"), price: 1 }, { ...target("fair/big"), price: 2 }];
    const plan = { links: [{ targets, order: "price" as const }] };
    expect(await scene.run(plan)).toBe("cheap/big/key");
    expect(await scene.run(plan, byProvider({ cheap: failure("overloaded") }))).toBe("fair/big/key");
  });

  test("latency the quicker is asked, and a slow one that has recovered is found out", async () => {
    const scene = new Scene();
    const plan = { links: [{ targets: [slow, fast], order: "latency" as const }] };
    const latencies: Record<string, number> = { slow: 900, fast: 100 };
    const run = (): Promise<string> =>
      scene.time.until(
        scene.dispatcher.run(plan, answering(scene, latencies), { signal: new AbortController().signal }),
      );
    for (let count = 0; count < 30; count++) await run();
    expect(scene.asked.filter((name) => name === "slow")).toHaveLength(1);
    latencies["slow"] = 10;
    for (let count = 0; count < 120; count++) {
      await run();
      await scene.time.advance(1_000);
    }
    expect(await run()).toBe("slow");
  });

  test("latency a session stays where it was first answered", async () => {
    const scene = new Scene();
    const latencies: Record<string, number> = { slow: 900, fast: 100 };
    const run = (stickyKey: string): Promise<string> => {
      const plan = { stickyKey, links: [{ targets: [slow, fast], order: "latency" as const }] };
      const send = answering(scene, latencies);
      return scene.time.until(scene.dispatcher.run(plan, send, { signal: new AbortController().signal }));
    };
    const homes = [await run("first"), await run("second")];
    expect(homes.toSorted()).toEqual(["fast", "slow"]);
    const slowSession = homes[0] === "slow" ? "first" : "second";
    expect(await run("third")).toBe("fast");
    expect(await run(slowSession)).toBe("slow");
  });
});

describe("a cooldown", () => {
  const limited = (retryAfterSeconds: number): Error => failure("rate-limited", { status: 429, retryAfterSeconds });

  test("keeps all requests from a place until its end, and a shorter one does not shorten it", async () => {
    const bus = new FakeBus();
    const scene = new Scene({ bus });
    const plan = chain(target("one/big"), second);
    await scene.run(plan, byProvider({ one: limited(20) }));
    await new Scene({ bus }).run(plan, byProvider({ one: limited(5) }));
    expect(scene.dispatcher.health()[0]).toMatchObject({ state: "cooling", kind: "rate-limited" });
    await scene.time.advance(19_999);
    expect(await scene.run(plan)).toBe("two/big/key");
    await scene.time.advance(1);
    expect(await scene.run(plan)).toBe("one/big/key");
  });

  test("of an hour ends after an hour, whatever was asked for", async () => {
    const scene = new Scene();
    await scene.run(chain(target("one/big"), second), byProvider({ one: limited(10_000_000) }));
    expect(scene.dispatcher.health()[0]?.untilMs).toBe(scene.time.nowMs + 3_600_000);
  });

  test("of one model's requests leaves other models alone, one of an empty account does not", async () => {
    const scene = new Scene();
    const plans = ["big", "small"].map((model) => chain(target(`one/${model}`), target(`two/${model}`)));
    const [big = chain(), small = chain()] = plans;
    await scene.run(big, byProvider({ one: limited(20) }));
    expect(await scene.run(small)).toBe("one/small/key");
    await scene.run(small, byProvider({ one: failure("quota-exhausted", { status: 402 }) }));
    await scene.time.advance(60_000);
    expect(await scene.run(big)).toBe("two/big/key");
  });

  test("is waited for when there is nobody else and it is short", async () => {
    const scene = new Scene();
    const startMs = scene.time.nowMs;
    const answer = await scene.run(chain(target("one/big")), () => (scene.asked.length === 1 ? limited(3) : undefined));
    expect(answer).toBe("one/big/key");
    expect(scene.time.nowMs - startMs).toBeGreaterThanOrEqual(3_000);
    expect(scene.time.nowMs - startMs).toBeLessThanOrEqual(3_050);
  });

  test("that is long, or longer than what is left of the deadline, is told instead", async () => {
    const scene = new Scene();
    const startMs = scene.time.nowMs;
    const long = scene.run(chain(target("one/big")), () => limited(30));
    await expect(long).rejects.toMatchObject({ failure: { status: 429, retryAfterSeconds: 30 } });
    const late = scene.run(chain(target("two/big")), () => limited(3), { deadlineMs: 2_000 });
    await expect(late).rejects.toMatchObject({ failure: { status: 429, retryAfterSeconds: 3 } });
    expect(scene.asked).toHaveLength(2);
    expect(scene.time.nowMs).toBe(startMs);
  });
});

describe("a credential that is refused", () => {
  const refused = failure("unauthenticated", { status: 401 });

  test("is asked once a minute, even when there is no other, and all else is told so without a call", async () => {
    const scene = new Scene();
    const plan = chain(target("one/big"));
    for (let seconds = 0; seconds < 180; seconds++) {
      const run = scene.run(plan, () => refused);
      await expect(run).rejects.toMatchObject({ failure: { kind: "unauthenticated", status: 401 } });
      await scene.time.advance(1_000);
    }
    expect(scene.asked).toHaveLength(3);
  });

  test("is asked by one request at a time when the minute is over", async () => {
    const scene = new Scene();
    const plan = chain(target("one/big"), second);
    await scene.run(plan, byProvider({ one: refused }));
    await scene.time.advance(60_000);
    const runs = Array.from({ length: 20 }, () => scene.start(plan, byProvider({ one: refused })));
    await scene.time.until(Promise.all(runs));
    expect(scene.asked.filter((name) => name.startsWith("one"))).toHaveLength(2);
  });

  test("that another replica tells of is not asked either, and shows as one with all models", async () => {
    const bus = new FakeBus();
    const scene = new Scene({ bus });
    await new Scene({ bus }).run(chain(target("one/small"), second), byProvider({ one: refused }));
    const untilMs = scene.time.nowMs + 60_000;
    const names = { provider: "one", model: undefined, credential: "key" };
    expect(scene.dispatcher.health()).toEqual([
      { ...names, state: "cooling", kind: "unauthenticated", untilMs, failures: 0 },
    ]);
    const run = scene.run(chain(target("one/big")));
    await expect(run).rejects.toMatchObject({ failure: { kind: "unauthenticated" }, place: { credential: "key" } });
    expect(scene.asked).toEqual([]);
  });

  test("is well again after one success, and at once when its provider's settings change", async () => {
    const scene = new Scene();
    const plan = chain(target("one/big"), second);
    await scene.run(plan, byProvider({ one: refused }));
    await scene.time.advance(60_000);
    expect([await scene.run(plan), await scene.run(plan)]).toEqual(["one/big/key", "one/big/key"]);
    await scene.run(plan, byProvider({ one: refused }));
    expect(await scene.run(plan)).toBe("two/big/key");
    scene.dispatcher.forget("one");
    expect(await scene.run(plan)).toBe("one/big/key");
  });
});

test("a place rests for a 403 only when nothing succeeds between three of them, since one caller may cause it", async () => {
  const scene = new Scene();
  const plan = chain(target("one/big"), second);
  const faults = byProvider({ one: failure("forbidden", { status: 403 }) });
  const state = (): unknown => scene.dispatcher.health().find(({ provider }) => provider === "one")?.state;
  for (const wrong of [true, true, false, true, true]) {
    await scene.run(plan, wrong ? faults : undefined);
    expect(state()).toBe("healthy");
  }
  await scene.run(plan, faults);
  expect(state()).toBe("cooling");
  await scene.time.advance(60_000);
  await scene.run(plan, faults);
  expect(state()).toBe("cooling");
});

describe("when all are out", () => {
  test("the one that is back first is asked once, and its own status told with the wait", async () => {
    const scene = new Scene();
    const plan = chain(target("one/big"), second);
    const faults = byProvider({
      one: failure("rate-limited", { status: 429, retryAfterSeconds: 40 }),
      two: failure("rate-limited", { status: 429, retryAfterSeconds: 20 }),
    });
    await expect(scene.run(plan, faults)).rejects.toMatchObject({ failure: { status: 429, retryAfterSeconds: 20 } });
    scene.asked.length = 0;
    await scene.time.advance(8_000);
    const run = scene.run(plan, byProvider({ two: failure("overloaded", { status: 529 }) }));
    await expect(run).rejects.toMatchObject({ failure: { status: 529, retryAfterSeconds: 12 } });
    expect(scene.asked).toEqual(["two/big/key"]);
    expect(scene.attempts.at(-1)?.reason).toBe("last-resort");
  });

  test("an answer of a provider is told before the lack of one, and what may pass before what will not", async () => {
    const tell = async (...errors: readonly Error[]): Promise<unknown> => {
      const faults = Object.fromEntries(errors.map((error, index) => [["one", "two", "three"][index] ?? "", error]));
      const run = new Scene().run(chain(target("one/big"), second, third), byProvider(faults));
      return run.then(
        () => undefined,
        (error: unknown) => error,
      );
    };
    const down = failure("unreachable");
    const busy = failure("server-error", { status: 503 });
    const empty = failure("quota-exhausted", { status: 402 });
    const refused = failure("unauthenticated", { status: 401 });
    expect(await tell(down, busy, failure("server-error", { status: 500 }))).toMatchObject({
      failure: busy.failure,
      place: { provider: "two", model: "big", credential: "key" },
    });
    expect(await tell(refused, empty, down)).toMatchObject({ failure: down.failure, place: { provider: "three" } });
    expect(await tell(refused, failure("forbidden", { status: 403 }), empty)).toMatchObject({ failure: empty.failure });
  });

  test("a later place that lacks the model does not hide what happened to the first", async () => {
    const scene = new Scene();
    const down = failure("server-error", { status: 500 });
    const run = scene.run(
      chain(target("one/big"), second),
      byProvider({ one: down, two: failure("not-found", { status: 404 }) }),
    );
    await expect(run).rejects.toMatchObject({ failure: down.failure, place: { provider: "one" } });
  });

  test("a plan whose credentials serve none of its models says so", async () => {
    const run = new Scene().run(chain(target("one/big", [credential("key", 1, ["small"])])));
    await expect(run).rejects.toMatchObject({
      failure: { kind: "not-found", message: expect.stringContaining("one/big") },
    });
  });
});

describe("a client that leaves", () => {
  test.each(["during a call", "during a backoff", "during a wait for a cooldown"])(
    "%s ends it at once",
    async (when) => {
      const scene = new Scene();
      const client = new AbortController();
      const waits = when === "during a call";
      const fault = when === "during a backoff" ? failure("reset") : failure("rate-limited", { retryAfterSeconds: 3 });
      const send = async ({ signal }: TestRoute): Promise<string> => {
        scene.asked.push("asked");
        if (!waits) throw fault;
        await scene.time.sleep(60_000, signal);
        return "late";
      };
      const plan = chain(target("one/big"));
      const run = scene.dispatcher.run(plan, send, {
        signal: client.signal,
        onAttempt: (attempt) => scene.attempts.push(attempt),
      });
      run.catch(() => undefined);
      await settled();
      expect(scene.time.sleeping).toBe(1);
      client.abort();
      await expect(run).rejects.toMatchObject({ failure: { kind: "cancelled" } });
      expect(scene.time.sleeping).toBe(0);
      expect(scene.asked).toHaveLength(1);
      expect(scene.attempts[0]?.outcome).toBe(waits ? "aborted" : "failed");
    },
  );

  test("counts against nobody", async () => {
    const scene = new Scene();
    for (let count = 0; count < 30; count++) {
      const client = new AbortController();
      const run = scene.start(
        chain(target("one/big")),
        () => {
          client.abort();
          return failure("cancelled");
        },
        { signal: client.signal },
      );
      await expect(run).rejects.toMatchObject({ failure: { kind: "cancelled" } });
    }
    expect(scene.dispatcher.health()).toMatchObject([{ state: "healthy", failures: 0 }]);
  });

  test("before it began has nobody asked", async () => {
    const scene = new Scene();
    const run = scene.run(chain(target("one/big")), undefined, { signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject({ failure: { kind: "cancelled" } });
    expect(scene.asked).toEqual([]);
  });
});

describe("a deadline", () => {
  const silent =
    (scene: Scene) =>
    async (route: TestRoute): Promise<string> => {
      scene.asked.push(route.target.provider.name);
      await scene.time.sleep(1_000_000, route.signal);
      return "late";
    };

  test("ends the call that is on its way, and no other begins", async () => {
    const scene = new Scene();
    const startMs = scene.time.nowMs;
    const onAttempt = (attempt: Attempt): void => void scene.attempts.push(attempt);
    const options = { signal: new AbortController().signal, deadlineMs: 10_000, onAttempt };
    const run = scene.time.until(scene.dispatcher.run(chain(primary, second), silent(scene), options));
    await expect(run).rejects.toMatchObject({ failure: { kind: "timed-out" } });
    expect(scene.time.nowMs - startMs).toBe(10_000);
    expect(scene.asked).toHaveLength(1);
    expect(scene.attempts).toMatchObject([{ outcome: "failed", kind: "timed-out", latencyMs: 10_000 }]);
  });

  test("that is kept leaves the answer and the client's signal as they are", async () => {
    const scene = new Scene();
    const client = new AbortController();
    const signals: AbortSignal[] = [];
    const send = ({ signal }: TestRoute): Promise<string> => {
      signals.push(signal);
      return Promise.resolve("answer");
    };
    await scene.dispatcher.run(chain(second), send, { signal: client.signal, deadlineMs: 10_000 });
    await scene.time.advance(20_000);
    expect(signals[0]?.aborted).toBe(false);
    client.abort();
    expect(signals[0]?.aborted).toBe(true);
  });
});

test("an error that is no provider's ends the request and is thrown as it is", async () => {
  const scene = new Scene();
  const defect = new TypeError("x is not a function");
  await expect(scene.run(chain(primary, second), () => defect)).rejects.toBe(defect);
  expect(scene.asked).toHaveLength(1);
});

test("failures after the first content open the breaker too", async () => {
  const scene = new Scene();
  const routes: TestRoute[] = [];
  const plan = chain(target("one/big"), second);
  await scene.run(plan, (_, route) => {
    routes.push(route);
    return undefined;
  });
  for (const route of routes) {
    for (let count = 0; count < 5; count++) {
      scene.dispatcher.report(route, { kind: "truncated", message: "the stream ended" });
    }
  }
  expect(await scene.run(plan)).toBe("two/big/key");
});
