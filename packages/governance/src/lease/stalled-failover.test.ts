import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type MemoryBook, memoryBook } from "../book/memory-book.ts";
import { compileDirectory } from "../directory/compile-directory.ts";
import { createGovernance, type Governance } from "../governance.ts";
import type { LimitBook } from "../limits/limit-book.ts";
import { limitScope } from "../limits/limit-scope.ts";
import { type RedisLimitStore, redisLimitStore } from "../redis/redis-limit-store.ts";
import { memoryLimitBook } from "../testing/memory-limit-book.ts";
import { hasRedis, RedisServer } from "../testing/redis-server.ts";
import { type FaultProxy, startFaultProxy } from "../testing/start-fault-proxy.ts";

const partition = "customer acme";
const scope = limitScope({
  id: partition,
  partition,
  limits: [{ of: "nanoUsd", amount: 1e9, window: { kind: "total" } }],
});
const holder = { keyId: "key_1", keyName: "alice", customer: "acme", tags: {}, partition, scopes: [scope] };
const bound = { inputTokens: 100, outputTokens: 1_000, nanoUsd: (output: number) => 100 + 5 * output };
const place = { provider: "anthropic", model: "claude-opus-4-6", credential: "default" };
const refused = { nanoUsd: 0, source: "final", outcome: "rate_limited" } as const;
const directory = compileDirectory({}, { hasher: { digest: (token) => token } });

describe.skipIf(!hasRedis)("a request that goes on to another provider after its gateway has stood still", () => {
  let server: RedisServer;
  let wire: FaultProxy;
  let now = 0;
  let account: MemoryBook;
  let limitBook: LimitBook;
  let stores: RedisLimitStore[] = [];
  const open = (port: number): Governance => {
    const clock = (): number => now;
    const client = server.client({ port });
    const limits = redisLimitStore({ client, clock, serverTime: clock, book: limitBook, timeoutMs: 2_000 });
    stores.push(limits);
    return createGovernance({ snapshot: () => ({ directory }), limits, book: account, clock, newId: () => "r1" });
  };
  beforeEach(async () => {
    server = await RedisServer.start();
    wire = await startFaultProxy(server.port);
    now = Date.parse("2026-11-25T12:00:00Z");
    [account, limitBook, stores] = [memoryBook(), memoryLimitBook(), []];
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await wire.close();
    await server.stop();
  });

  test("is not sent there while Redis says nothing: another gateway may have ended it with what the first call cost", async () => {
    const stood = open(wire.port);
    const other = open(server.port);
    const admission = await stood.admit({ holder: { ...holder, scopesAt: () => [] }, modelAsked: "opus", bound });
    if (!admission.allowed) throw new Error(admission.reason);
    const lease = admission.value;
    const first = await lease.attempt(place);
    if (!first.allowed) throw new Error(first.reason);
    await first.value.recorded;
    first.value.end(refused);
    await stood.flush();
    // It stands still until the other one finds in the account that all of its calls have ended.
    const seen = async (): Promise<unknown> => {
      now += 31_000;
      await other.tick();
      await other.flush();
      return stores[1]?.usage(scope).catch(() => undefined);
    };
    await expect.poll(seen).toMatchObject([{ used: 0, held: 0 }]);
    wire.set({ kind: "blackhole" });
    await expect(lease.attempt(place)).rejects.toMatchObject({ code: "store-unavailable" });
    lease.settle();
    wire.set({ kind: "open" });
    await stood.flush();
    await Promise.all(stores.map((store) => store.flush()));
    const ends = account.entries.filter(({ kind }) => kind !== "open");
    expect(ends.map(({ attempt, kind, nanoUsd }) => [attempt, kind, nanoUsd])).toEqual([
      [1, "close", 0],
      [2, "void", 0],
    ]);
    expect((await limitBook.load(partition)).slots.filter(({ settled }) => settled !== 0)).toEqual([]);
  });
});
