import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { limitScope } from "../limits/limit-scope.ts";
import { memoryLimitBook } from "../testing/memory-limit-book.ts";
import { hasRedis, RedisServer } from "../testing/redis-server.ts";
import { LossWatch } from "./loss-watch.ts";
import type { Found } from "./partition-filler.ts";
import { redisLimitStore } from "./redis-limit-store.ts";
import { ScriptRunner } from "./script-runner.ts";

const partition = "customer acme";
const hold = { id: "1" };
const time = Date.parse("2026-11-25T12:00:00Z");

describe("a watch for losses", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("looks again at what another process was to fill, or could not be filled, until it is there", async () => {
    const answers = new Map<string, Found[]>([
      ["there", ["there"]],
      ["filled", ["filled"]],
      ["left by others", ["elsewhere", "elsewhere", "filled"]],
      ["failed", ["unknown", "filled"]],
    ]);
    const looks: string[] = [];
    const fillIfLost = (name: string): Promise<Found> => {
      looks.push(name);
      return Promise.resolve(answers.get(name)?.shift() ?? "there");
    };
    const watch = new LossWatch({ due: { noted: () => [...answers.keys()] }, filler: { fillIfLost } });
    watch.suspect();
    await vi.advanceTimersByTimeAsync(0);
    expect(looks.splice(0)).toEqual(["there", "filled", "left by others", "failed"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(looks.splice(0)).toEqual(["left by others", "failed"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(looks.splice(0)).toEqual(["left by others"]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(looks).toEqual([]);
  });
});

describe.skipIf(!hasRedis)("a partition that Redis has lost", () => {
  let server: RedisServer;
  beforeEach(async () => {
    server = await RedisServer.start();
    // Time stands still, here and in Redis: what is left to another process is left for ever, and to this one stays this one's.
    vi.spyOn(performance, "now").mockReturnValue(performance.now());
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await server.stop();
  });

  test("is for one process to fill, which is told so however often it asks", async () => {
    const of = { prefix: "drawbridge", fenced: true, serverTime: () => time };
    const runners = [0, 1].map(() => new ScriptRunner({ ...of, client: server.client() }));
    const told = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const runner = index % 2;
        return [runner, ...((await runners[runner]?.run("check", partition, [])) ?? [])];
      }),
    );
    const ours = told.filter(([, outcome, isOurs]) => outcome === "fenced" && isOurs === 1);
    const [first] = ours;
    expect(told.map(([, outcome]) => outcome)).toEqual(told.map(() => "fenced"));
    expect(ours).toEqual(told.filter(([runner]) => runner === first?.[0]));
  });

  test("is filled where a step and a look find it at the same time, whichever of them is told to", async () => {
    const clock = (): number => time;
    const book = memoryLimitBook();
    const store = redisLimitStore({ client: server.client(), clock, serverTime: clock, book, timeoutMs: 10_000 });
    const total = { of: "nanoUsd", amount: 100, window: { kind: "total" } } as const;
    const scopes = Array.from({ length: 400 }, (_, index) =>
      limitScope({ id: `${index}`, partition: `customer ${index}`, limits: [total] }),
    );
    const need = { nanoUsd: 1, inputTokens: 0, outputTokens: 0 };
    await Promise.all(
      scopes.map((scope) => store.reserve({ ...hold, partition: scope.partition, scopes: [scope], need })),
    );
    await store.flush();
    await server.client().flushall();
    void store.sweep();
    const steps = vi.spyOn(ScriptRunner.prototype, "run");
    // The look comes to most of them while these are asked for.
    const asked = scopes.toReversed().map(async (scope, index) => {
      for (let turn = 0; turn < index; turn++) await new Promise((resolve) => setImmediate(resolve));
      return store.usage(scope);
    });
    for (const usage of await Promise.all(asked)) expect(usage).toMatchObject([{ used: 0, held: 1 }]);
    const asking = steps.mock.calls.filter(([step]) => step === "usage");
    steps.mockRestore();
    // Each once, and once more when it is filled.
    expect(asking.length).toBeLessThanOrEqual(2 * scopes.length);
    await store.close();
  });
});
