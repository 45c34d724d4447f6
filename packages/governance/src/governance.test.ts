import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { memoryBook, type MemoryBook } from "./book/memory-book.ts";
import { compileDirectory } from "./directory/compile-directory.ts";
import { GovernanceError } from "./errors.ts";
import { createGovernance, type Governance, type GovernanceSettings } from "./governance.ts";
import type { AttemptLease } from "./lease/attempt-lease.ts";
import type { Lease } from "./lease/lease.ts";
import type { LeaseHolder, RequestBound } from "./lease/lease-request.ts";
import type { ThresholdReached } from "./lease/standings.ts";
import type { Limit } from "./limits/limit.ts";
import { type LimitScope, limitScope } from "./limits/limit-scope.ts";
import type { LimitStore } from "./limits/limit-store.ts";
import { memoryLimitStore } from "./limits/memory-limit-store.ts";
import { compileRules } from "./rules/compile-rules.ts";
import type { RoutingRule } from "./rules/routing-rule.ts";
import { routesWith, ruleContext } from "./testing/rule-request.ts";

const partition = "customer acme";
const month = { kind: "calendar", unit: "month", timeZone: "UTC" } as const;
const minute = { kind: "rolling", ms: 60_000 } as const;
const budget = (amount: number): Limit => ({ of: "nanoUsd", amount, window: month });
const scope = (id: string, ...limits: Limit[]): LimitScope => limitScope({ id, partition, limits });
/** 1 nano-USD an input token and 5 an output token. */
const bound = (inputTokens: number, outputTokens: number): RequestBound => {
  return { inputTokens, outputTokens, nanoUsd: (output) => inputTokens + 5 * output };
};
const used = (inputTokens: number, outputTokens: number) => {
  const cached = { cacheReadTokens: 0, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0, webSearchRequests: 0 };
  return { inputTokens, outputTokens, ...cached };
};
const ok = (inputTokens: number, outputTokens: number) => {
  const usage = used(inputTokens, outputTokens);
  return { nanoUsd: inputTokens + 5 * outputTokens, usage, source: "final", outcome: "ok" } as const;
};
const place = { provider: "anthropic", model: "claude-opus-4-6", credential: "default" };

const nobody = compileDirectory({}, { hasher: { digest: (token) => token } });

let now = 0;
let store: LimitStore;
let book: MemoryBook;
let reached: ThresholdReached[];
let troubles: unknown[];
let providerScopes: Map<string, LimitScope>;
let ids = 0;

function govern(settings: Partial<GovernanceSettings> = {}, limits = store): Governance {
  return createGovernance({
    snapshot: () => ({ directory: { ...nobody, providerScope: (name) => providerScopes.get(name) } }),
    limits,
    book,
    clock: () => now,
    newId: () => `r${++ids}`,
    settings,
    onThreshold: (one) => void reached.push(one),
    onTrouble: (error) => void troubles.push(error),
  });
}

function holderOf(scopes: readonly LimitScope[], atProvider: Record<string, LimitScope[]> = {}): LeaseHolder {
  const scopesAt = (provider: string) => atProvider[provider] ?? [];
  return { keyId: "key_1", keyName: "alice", customer: "acme", tags: { project: "x" }, partition, scopes, scopesAt };
}

async function admitted(governance: Governance, holder: LeaseHolder, of: RequestBound): Promise<Lease> {
  const admission = await governance.admit({ holder, modelAsked: "opus", bound: of });
  if (!admission.allowed) throw new Error(admission.reason);
  return admission.value;
}

async function begun(lease: Lease, at: Parameters<Lease["attempt"]>[0] = place): Promise<AttemptLease> {
  const attempt = await lease.attempt(at);
  if (!attempt.allowed) throw new Error(attempt.reason);
  return attempt.value;
}

/** Lets a process see the holds of another one, of which nothing is heard any more, lapse and expire. */
async function outlasts(other: Governance): Promise<void> {
  await finds(other);
  await other.flush();
}

/** The same, and does not wait until it has said so. */
async function finds(other: Governance): Promise<void> {
  for (let second = 0; second <= 130; second += 5) {
    now += 5_000;
    await other.tick();
  }
}

/** How limits stand once what is on its way has arrived. */
async function standing(of: LimitScope): Promise<readonly { used: number; held: number }[]> {
  await setImmediate();
  return (await store.usage(of)).map((usage) => ({ used: usage.used, held: usage.held }));
}

const booked = (): readonly string[] =>
  book.entries.map(({ attempt, kind, nanoUsd, source }) => `${attempt} ${kind} ${nanoUsd} ${source}`);

beforeEach(() => {
  now = Date.parse("2026-11-25T12:00:00Z");
  store = memoryLimitStore({ clock: () => now });
  book = memoryBook();
  reached = [];
  troubles = [];
  providerScopes = new Map();
});

describe("a lease", () => {
  test("holds the input and one slice of output, and settles what all attempts cost, once", async () => {
    const team = scope("team a", budget(1_000_000));
    const governance = govern();
    const lease = await admitted(governance, holderOf([team]), bound(100, 64_000));
    expect(await standing(team)).toEqual([{ used: 0, held: 100 + 5 * 1_024 }]);
    const attempt = await begun(lease);
    attempt.end(ok(90, 300));
    attempt.end(ok(90, 9_999));
    lease.settle();
    lease.settle();
    expect(await standing(team)).toEqual([{ used: 90 + 1_500, held: 0 }]);
    expect(booked()).toEqual(["1 open 5220 estimated", "1 close 1590 final"]);
    expect(book.entries[1]).toMatchObject({
      requestId: lease.id,
      keyId: "key_1",
      customer: "acme",
      tags: { project: "x" },
      modelAsked: "opus",
      ...place,
      outcome: "ok",
      usage: used(90, 300),
    });
    await governance.flush();
    expect(governance.pending).toEqual({ holds: 0, undelivered: 0 });
  });

  test("L-03: holds the whole bound where it is strict", async () => {
    const team = scope("team a", budget(1_000_000));
    await admitted(govern({ mode: "strict" }), holderOf([team]), bound(100, 64_000));
    expect(await standing(team)).toEqual([{ used: 0, held: 100 + 5 * 64_000 }]);
  });

  test("L-04: holds slice after slice as the answer grows, and ends it where nothing more can be held", async () => {
    const team = scope("team a", budget(12_500));
    const lease = await admitted(govern(), holderOf([team]), bound(100, 64_000));
    const attempt = await begun(lease);
    expect(attempt.covers(700)).toBe(true);
    expect(attempt.covers(800)).toBe(false);
    expect(await attempt.extend(800)).toEqual({ granted: true });
    expect(await standing(team)).toEqual([{ used: 0, held: 100 + 5 * 2_048 }]);
    expect(await attempt.extend(1_900)).toEqual({ granted: true });
    expect(await standing(team)).toEqual([{ used: 0, held: 100 + 5 * (2_048 + 256) }]);
    expect(await attempt.extend(2_200)).toEqual({ granted: true });
    expect([attempt.covers(2_303), attempt.covers(2_304)]).toEqual([true, false]);
    expect(await attempt.extend(2_304)).toMatchObject({ granted: false, denial: { refusal: { scope: "team a" } } });
    expect(await standing(team)).toEqual([{ used: 0, held: 100 + 5 * (2_048 + 256) }]);
    attempt.end(ok(100, 1_900));
    lease.settle();
    expect(await standing(team)).toEqual([{ used: 9_600, held: 0 }]);
  });

  test("counts what an answer came to that has ended while more could not be held for it", async () => {
    const team = scope("team a", budget(5_300));
    const asked = Promise.withResolvers<void>();
    const topUp: LimitStore["topUp"] = (hold, more) => asked.promise.then(() => store.topUp(hold, more));
    const governance = govern({}, { ...store, topUp });
    const lease = await admitted(governance, holderOf([team]), bound(100, 64_000));
    const attempt = await begun(lease);
    const extension = attempt.extend(1_024);
    attempt.end(ok(100, 1_030));
    asked.resolve();
    expect(await extension).toEqual({ granted: true });
    lease.settle();
    await governance.flush();
    expect(booked()).toContain("1 close 5250 final");
    expect(await standing(team)).toEqual([{ used: 5_250, held: 0 }]);
  });

  test("L-05: lets an answer run on beyond the limit by policy, and counts it in full", async () => {
    const team = scope("team a", budget(6_000));
    const governance = govern({ whenSpent: "run" });
    const lease = await admitted(governance, holderOf([team]), bound(100, 64_000));
    const attempt = await begun(lease);
    expect(await attempt.extend(1_000)).toEqual({ granted: true, isSpent: true });
    expect(attempt.covers(60_000)).toBe(true);
    attempt.end(ok(100, 60_000));
    lease.settle();
    expect(await standing(team)).toEqual([{ used: 300_100, held: 0 }]);
    const next = await governance.admit({ holder: holderOf([team]), modelAsked: "opus", bound: bound(1, 1) });
    expect(next).toMatchObject({ allowed: false, code: "budget-spent", retryAfterSeconds: undefined });
  });

  test("holds of an answer what recent ones came to, where that is more than a slice", async () => {
    const team = scope("team a", budget(1e9));
    const governance = govern();
    for (let count = 0; count < 20; count += 1) {
      const lease = await admitted(governance, holderOf([team]), bound(1, 64_000));
      (await begun(lease)).end(ok(1, 4_000));
      lease.settle();
    }
    const before = (await standing(team))[0]?.used ?? 0;
    await admitted(governance, holderOf([team]), bound(1, 64_000));
    const held = ((await standing(team))[0]?.held ?? 0) / 5;
    expect(before).toBe(20 * 20_001);
    expect(held).toBeGreaterThanOrEqual(4_000);
    expect(held).toBeLessThan(5_100);
  });

  test("releases what was never sent, so that not even the request counts", async () => {
    const team = scope("team a", { of: "requests", amount: 2, window: minute });
    const lease = await admitted(govern(), holderOf([team]), bound(1, 1));
    (await begun(lease)).cancel();
    lease.settle();
    expect(await standing(team)).toEqual([{ used: 0, held: 0 }]);
    expect(booked()).toEqual(["1 open 6 estimated", "1 void 0 final"]);
  });

  test("L-11 R-05: bills each attempt once, holds room for the next one, and counts one request", async () => {
    const team = scope("team a", budget(10_000), { of: "requests", amount: 9, window: minute });
    const lease = await admitted(govern(), holderOf([team]), bound(100, 1_000));
    const first = await begun(lease);
    first.end({ nanoUsd: 100, usage: used(100, 0), source: "estimated", outcome: "timed-out" });
    const second = await begun(lease, { ...place, provider: "bedrock" });
    expect((await standing(team))[0]).toEqual({ used: 0, held: 100 + 5_100 });
    second.end(ok(100, 200));
    lease.settle();
    expect(await standing(team)).toEqual([
      { used: 100 + 1_100, held: 0 },
      { used: 1, held: 0 },
    ]);
    expect(booked()).toEqual([
      "1 open 5100 estimated",
      "1 close 100 estimated",
      "2 open 5100 estimated",
      "2 close 1100 final",
    ]);
  });

  test("does not begin a second attempt that the first one's cost has left no room for", async () => {
    const team = scope("team a", budget(10_000));
    const earlier = await admitted(govern(), holderOf([team]), bound(0, 980));
    (await begun(earlier)).end(ok(0, 980));
    earlier.settle();
    const lease = await admitted(govern(), holderOf([team]), bound(100, 1_000));
    (await begun(lease)).end({ nanoUsd: 100, source: "estimated", outcome: "timed-out" });
    expect(await lease.attempt(place)).toMatchObject({ allowed: false, code: "budget-spent" });
    lease.settle();
    expect(await standing(team)).toEqual([{ used: 5_000, held: 0 }]);
  });

  test("lets no place write a longer answer than it may be", async () => {
    const lease = await admitted(govern(), holderOf([scope("team a", budget(1_000_000))]), bound(100, 1_000));
    const longer = await begun(lease, { ...place, bound: bound(100, 64_000) });
    const shorter = await begun(lease, { ...place, bound: bound(100, 500) });
    expect([longer.maxOutputTokens, shorter.maxOutputTokens]).toEqual([1_000, 500]);
  });

  test("tells the store of its end once, however often it is settled", async () => {
    const told: unknown[] = [];
    const settle: LimitStore["settle"] = async (...end) => {
      told.push(end);
      return store.settle(...end);
    };
    const lease = await admitted(
      govern({}, { ...store, settle, closeAhead: undefined }),
      holderOf([scope("team a", budget(10_000))]),
      bound(100, 1_000),
    );
    (await begun(lease)).end(ok(100, 200));
    lease.settle();
    lease.settle();
    lease.release();
    await setImmediate();
    expect(told).toHaveLength(1);
  });

  test("counts an attempt whose end nobody told as what was held for it", async () => {
    const team = scope("team a", budget(10_000));
    const lease = await admitted(govern(), holderOf([team]), bound(100, 1_000));
    await begun(lease);
    lease.settle();
    expect(await standing(team)).toEqual([{ used: 5_100, held: 0 }]);
    expect(booked().at(-1)).toBe("1 close 5100 estimated");
  });

  test.each([Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY, 2 ** 52])(
    "L-15: counts what was held where the cost is %d, and says that it is a guess",
    async (nanoUsd) => {
      const team = scope("team a", budget(10_000));
      const lease = await admitted(govern(), holderOf([team]), bound(100, 1_000));
      (await begun(lease)).end({ ...ok(100, 10), nanoUsd });
      lease.settle();
      expect(await standing(team)).toEqual([{ used: 5_100, held: 0 }]);
      expect(booked().at(-1)).toBe("1 close 5100 estimated");
    },
  );

  test("costs no step of a store where there are no limits, and is in the book all the same", async () => {
    const untouched = new Proxy(store, {
      get(_, name) {
        if (name !== "skewMs") throw new Error("the store was asked");
      },
    });
    const lease = await admitted(govern({}, untouched), holderOf([]), bound(100, 64_000));
    const attempt = await begun(lease);
    expect(attempt.covers(63_999)).toBe(true);
    attempt.end(ok(10, 20));
    lease.settle();
    expect(booked()).toEqual(["1 close 110 final"]);
  });
});

test("an attempt that begins after the end of its request holds nothing", async () => {
  const team = scope("team a", budget(1e6));
  const keyThere = scope("key k at anthropic", budget(1e6));
  const governance = govern();
  const lease = await admitted(governance, holderOf([team], { anthropic: [keyThere] }), bound(100, 1_000));
  const late = lease.attempt(place);
  lease.settle();
  expect(await late).toMatchObject({ allowed: true });
  await governance.flush();
  expect(await standing(keyThere)).toEqual([{ used: 0, held: 0 }]);
  expect(await standing(team)).toEqual([{ used: 0, held: 0 }]);
  expect(governance.pending).toEqual({ holds: 0, undelivered: 0 });
});

describe("an answer that takes several calls", () => {
  test("holds the input of each", async () => {
    const team = scope("team a", budget(5_500));
    const lease = await admitted(govern(), holderOf([team]), bound(100, 1_000));
    const attempt = await begun(lease);
    expect(await attempt.callAgain(bound(300, 0))).toEqual({ granted: true });
    expect(await standing(team)).toEqual([{ used: 0, held: 5_400 }]);
    expect(await attempt.callAgain(bound(300, 0))).toMatchObject({ granted: false });
    attempt.end(ok(400, 200));
    lease.settle();
    expect(await standing(team)).toEqual([{ used: 1_400, held: 0 }]);
  });
});

describe("limits on single requests", () => {
  const perRequest = { kind: "request" } as const;
  test.each<[string, Limit, number]>([
    ["output tokens", { of: "outputTokens", amount: 2_000, window: perRequest }, 2_000],
    ["tokens", { of: "totalTokens", amount: 3_000, window: perRequest }, 2_900],
    ["money", { of: "nanoUsd", amount: 100 + 5 * 1_500, window: perRequest }, 1_500],
  ])("in %s make the answer shorter where one of useful length fits", async (_, limit, outputTokens) => {
    const lease = await admitted(govern(), holderOf([scope("key k", limit)]), bound(100, 64_000));
    expect(lease.maxOutputTokens).toBe(outputTokens);
  });

  test.each<[string, Limit]>([
    ["output tokens", { of: "outputTokens", amount: 1_023, window: perRequest }],
    ["input tokens", { of: "inputTokens", amount: 99, window: perRequest }],
    ["money", { of: "nanoUsd", amount: 99, window: perRequest }],
  ])("in %s refuse what does not fit at all", async (_, limit) => {
    const holder = holderOf([scope("key k", limit)]);
    const admission = await govern().admit({ holder, modelAsked: "opus", bound: bound(100, 64_000) });
    expect(admission).toMatchObject({ allowed: false, code: "request-too-large" });
    expect(admission).toMatchObject({ reason: expect.stringMatching(/^key k may use .* in one request/u) });
  });

  test("leave a request alone that fits", async () => {
    const limit: Limit = { of: "outputTokens", amount: 1_000, window: perRequest };
    const lease = await admitted(govern(), holderOf([scope("key k", limit)]), bound(100, 900));
    expect(lease.maxOutputTokens).toBe(900);
  });
});

test("R-02: a rate of tokens shortens an answer that is held in full and would never fit into it", async () => {
  const rates = scope("key k", { of: "totalTokens", amount: 10_000, window: minute }, budget(1e9));
  const lease = await admitted(govern({ mode: "strict" }), holderOf([rates]), bound(1_000, 64_000));
  expect(lease.maxOutputTokens).toBe(9_000);
  const streamed = await admitted(
    govern(),
    holderOf([scope("key l", ...rates.rules.map(({ limit }) => limit))]),
    bound(1_000, 64_000),
  );
  expect(streamed.maxOutputTokens).toBe(64_000);
});

describe("limits at a provider", () => {
  test("turn an attempt away from it, and hold nothing there; another provider may be asked", async () => {
    const team = scope("team a", budget(1e6));
    const keyThere = scope("key k at openai", budget(1e6));
    const openai = limitScope({ id: "provider openai", partition: "provider openai", limits: [budget(5_000)] });
    providerScopes.set("openai", openai);
    const governance = govern();
    const lease = await admitted(governance, holderOf([team], { openai: [keyThere] }), bound(100, 1_000));
    const refused = await lease.attempt({ ...place, provider: "openai" });
    expect(refused).toMatchObject({ allowed: false, refusal: { scope: "provider openai" } });
    expect(await standing(keyThere)).toEqual([{ used: 0, held: 0 }]);
    (await begun(lease)).end(ok(100, 10));
    lease.settle();
    expect(await standing(team)).toEqual([{ used: 150, held: 0 }]);
    await governance.flush();
    expect(governance.pending).toEqual({ holds: 0, undelivered: 0 });
  });

  test("count what the attempt there took, and only that", async () => {
    const openai = limitScope({ id: "provider openai", partition: "provider openai", limits: [budget(1e6)] });
    providerScopes.set("openai", openai);
    const lease = await admitted(govern(), holderOf([]), bound(100, 64_000));
    const attempt = await begun(lease, { ...place, provider: "openai" });
    expect(await standing(openai)).toEqual([{ used: 0, held: 5_220 }]);
    expect(attempt.covers(1_000)).toBe(false);
    expect(await attempt.extend(1_000)).toEqual({ granted: true });
    expect(await standing(openai)).toEqual([{ used: 0, held: 100 + 5 * 2_048 }]);
    attempt.end(ok(100, 1_100));
    lease.settle();
    expect(await standing(openai)).toEqual([{ used: 5_600, held: 0 }]);
  });
});

describe("the keeper", () => {
  test("renews the leases of requests that run, so that none lapses", async () => {
    const team = scope("team a", budget(1e6), { of: "requests", amount: 1, window: { kind: "parallel" } });
    const governance = govern();
    const lease = await admitted(governance, holderOf([team]), bound(100, 1_000));
    const attempt = await begun(lease);
    for (let second = 0; second < 300; second += 1) {
      now += 1_000;
      await governance.tick();
    }
    expect((await standing(team))[1]).toEqual({ used: 0, held: 1 });
    attempt.end(ok(100, 1));
    lease.settle();
    expect((await standing(team))[0]).toEqual({ used: 105, held: 0 });
  });

  test("L-09: charges a request in full whose gateway is gone, and says so in the book", async () => {
    const team = scope("team a", budget(1e6));
    const dead = govern();
    const lease = await admitted(dead, holderOf([team]), bound(100, 64_000));
    (await begun(lease)).end({ nanoUsd: 100, source: "estimated", outcome: "timed-out" });
    const attempt = await begun(lease);
    await attempt.extend(1_000);
    const survivor = govern();
    for (let second = 0; second <= 120; second += 1) {
      now += 1_000;
      await survivor.tick();
    }
    const charged = 100 + 100 + 5 * 2_048;
    expect(await standing(team)).toEqual([{ used: charged, held: 0 }]);
    expect(booked().at(-1)).toBe(`2 expire ${charged - 100} estimated`);
    lease.settle();
    expect(await standing(team)).toEqual([{ used: charged, held: 0 }]);
  });

  test("L-10: charges a request whose gateway was gone before it told anything with what was expected of each of its calls", async () => {
    const [team, atProvider] = [scope("team a", budget(1e6)), scope("provider", budget(1e6))];
    const nanoUsd = (output: number): number => 60 + 5 * output;
    const expected = () => ({ inputTokens: 60, outputTokens: 20, tokensPerMs: 0.1, nanoUsd });
    const holder = holderOf([team], { anthropic: [atProvider] });
    const held = { holder, modelAsked: "opus", bound: bound(100, 64_000), expected };
    const terms = { mode: "strict", whenSpent: "cut" } as const;
    const usual = nanoUsd(20 + 200);
    for (const [more, calls, charged] of [
      [{}, 0, usual],
      [{}, 1, usual],
      [{}, 2, 100 + usual],
      // Held in full since nothing of the answer is seen before it is whole; and by a limit that is never passed.
      [{ terms, charged: "incremental" }, 1, usual],
      [{ terms }, 1, nanoUsd(64_000)],
    ] as const) {
      const before = await standing(team);
      const admission = await govern().admit({ ...held, ...more });
      if (!admission.allowed) throw new Error(admission.reason);
      for (let call = 1; call <= calls; call += 1) {
        const attempt = await begun(admission.value);
        if (call < calls) attempt.end({ nanoUsd: 100, source: "estimated", outcome: "timed-out" });
      }
      await outlasts(govern());
      const [after = 0, already = 0] = [await standing(team), before].map(([one]) => one?.used);
      expect({ more, calls, charged: after - already }).toEqual({ more, calls, charged });
    }
    expect(await standing(atProvider)).toEqual([{ used: 3 * usual + 100 + nanoUsd(64_000), held: 0 }]);
  });

  test("L-10: charges a request whose gateway was gone before the account had heard of its end with what it came to", async () => {
    const team = scope("team a", budget(1e6));
    const append = vi.spyOn(book, "append").mockRejectedValue(new GovernanceError("store-unavailable", "away"));
    const dead = govern();
    const lease = await admitted(dead, holderOf([team]), bound(100, 64_000));
    (await begun(lease)).end(ok(90, 10));
    lease.settle();
    now += 1_000;
    await dead.tell();
    append.mockRestore();
    await outlasts(govern());
    expect(booked()).toEqual(["1 expire 140 estimated"]);
    expect(await standing(team)).toEqual([{ used: 140, held: 0 }]);
  });

  test("L-09: accounts for one of which the book has never heard, by the names of its limits", async () => {
    const scopes = [scope("customer acme", budget(1e6)), scope("key alice", budget(1e6))];
    await store.reserve({ id: "req_1", partition, scopes, need: { nanoUsd: 70, inputTokens: 1, outputTokens: 1 } });
    const survivor = govern();
    for (let second = 0; second <= 120; second += 1) {
      now += 1_000;
      await survivor.tick();
    }
    expect(book.entries).toMatchObject([
      { requestId: "req_1", kind: "expire", nanoUsd: 70, source: "estimated", customer: "acme", keyName: "alice" },
    ]);
  });

  test("L-09: accounts for it later when the book is away at that moment", async () => {
    const lease = await admitted(govern(), holderOf([scope("team a", budget(1e6))]), bound(100, 1_000));
    await begun(lease);
    const survivor = govern();
    vi.spyOn(book, "entriesOf").mockRejectedValueOnce(new GovernanceError("store-unavailable", "away"));
    for (let second = 0; second <= 125; second += 1) {
      now += 1_000;
      await survivor.tick();
    }
    expect(troubles).toHaveLength(1);
    expect(booked().filter((entry) => entry.includes("expire"))).toEqual(["1 expire 5100 estimated"]);
  });

  test("settles while the book is away only once it is back, so that a hold outlives its process", async () => {
    const team = scope("team a", budget(1e6));
    const governance = govern();
    vi.spyOn(book, "append").mockRejectedValue(new GovernanceError("store-unavailable", "away"));
    const lease = await admitted(governance, holderOf([team]), bound(100, 1_000));
    const attempt = await begun(lease);
    await attempt.recorded;
    attempt.end(ok(100, 1));
    lease.settle();
    expect(await standing(team)).toEqual([{ used: 0, held: 5_100 }]);
    expect(governance.pending).toEqual({ holds: 1, undelivered: 3 });
    vi.restoreAllMocks();
    await governance.flush();
    expect(await standing(team)).toEqual([{ used: 105, held: 0 }]);
    expect(booked().at(-1)).toBe("1 close 105 final");
    expect(governance.pending).toEqual({ holds: 0, undelivered: 0 });
  });

  test("does so as well for a book that says nothing", async () => {
    const team = scope("team a", budget(1e6));
    const silence = Promise.withResolvers<void>();
    vi.spyOn(book, "append").mockReturnValue(silence.promise);
    const lease = await admitted(govern(), holderOf([team]), bound(100, 1_000));
    const attempt = await begun(lease);
    now += 1_001;
    attempt.end(ok(100, 1));
    lease.settle();
    expect(await standing(team)).toEqual([{ used: 0, held: 5_100 }]);
    silence.resolve();
    expect(await standing(team)).toEqual([{ used: 105, held: 0 }]);
  });

  test("settles only what outlives its process, and keeps it alive until then", async () => {
    const team = scope("team a", budget(1e6));
    const written = Promise.withResolvers<void>();
    vi.spyOn(store, "durable").mockReturnValue(written.promise);
    const governance = govern();
    const lease = await admitted(governance, holderOf([team]), bound(100, 1_000));
    const attempt = await begun(lease);
    attempt.end(ok(100, 1));
    lease.settle();
    expect(await standing(team)).toEqual([{ used: 0, held: 5_100 }]);
    expect(governance.pending).toMatchObject({ holds: 1 });
    written.resolve();
    await governance.flush();
    expect(await standing(team)).toEqual([{ used: 105, held: 0 }]);
    expect(governance.pending).toEqual({ holds: 0, undelivered: 0 });
  });

  test("takes back what was charged for a request that its owner never sent, when that comes back", async () => {
    const team = scope("team a", budget(1e6));
    const gone = govern();
    const lease = await admitted(gone, holderOf([team]), bound(100, 1_000));
    const other = govern();
    await outlasts(other);
    expect(await standing(team)).toEqual([{ used: 5_100, held: 0 }]);
    expect(booked()).toEqual(["1 expire 5100 estimated"]);
    lease.settle();
    await gone.flush();
    expect(await standing(team)).toEqual([{ used: 0, held: 0 }]);
    expect(booked()).toEqual(["1 expire 5100 estimated", "1 void 0 final"]);
    expect(await book.totals({ by: [], fromMs: 0, toMs: now })).toEqual([]);
  });

  test("takes nothing back of a request whose owner comes back and has its end still on its way into the book", async () => {
    const team = scope("team a", budget(1e6));
    const closeAhead: NonNullable<LimitStore["closeAhead"]> = (hold, actual) =>
      actual === undefined ? store.release(hold) : store.settle(hold, actual);
    const gone = govern({}, { ...store, closeAhead });
    const lease = await admitted(gone, holderOf([team]), bound(100, 1_000));
    const attempt = await begun(lease);
    await attempt.recorded;
    const other = govern();
    await outlasts(other);
    const append = book.append.bind(book);
    vi.spyOn(book, "append").mockImplementation(async (entries) => {
      await setImmediate();
      await append(entries);
    });
    attempt.end(ok(100, 1));
    lease.settle();
    await gone.flush();
    vi.restoreAllMocks();
    expect(booked()).toEqual(["1 open 5100 estimated", "1 expire 5100 estimated", "1 close 105 final"]);
  });

  test("is told that an attempt begins once what is held for it outlives the process, or cannot for now", async () => {
    const team = scope("team a", budget(1e6));
    const durable = Promise.withResolvers<void>();
    const governance = govern({}, { ...store, durable: () => durable.promise });
    const attempt = await begun(await admitted(governance, holderOf([team]), bound(100, 1_000)));
    await setImmediate();
    expect(booked()).toEqual([]);
    durable.resolve();
    await attempt.recorded;
    expect(booked()).toEqual(["1 open 5100 estimated"]);
    const away = new GovernanceError("store-unavailable", "away");
    const without = govern({}, { ...store, durable: () => Promise.reject(away) });
    const other = await begun(await admitted(without, holderOf([team]), bound(100, 1_000)));
    await expect(other.recorded).rejects.toBe(away);
    expect(booked()).toHaveLength(2);
  });

  test("sends no further attempt of a request that another process took for ended while this one stood still", async () => {
    const team = scope("team a", budget(1e6));
    const gone = govern();
    const lease = await admitted(gone, holderOf([team]), bound(100, 1_000));
    const attempt = await begun(lease);
    await attempt.recorded;
    attempt.end(ok(100, 1));
    await gone.flush();
    const other = govern();
    await outlasts(other);
    expect(await standing(team)).toEqual([{ used: 105, held: 0 }]);
    await expect(lease.attempt(place)).rejects.toMatchObject({ code: "store-unavailable" });
    lease.settle();
    await gone.flush();
    expect(await standing(team)).toEqual([{ used: 105, held: 0 }]);
    expect(booked().slice(2)).toEqual(["2 open 5100 estimated", "2 void 0 final"]);
  });

  test("takes back what was charged for a request that never began, as its process stood still until it had expired", async () => {
    const team = scope("team a", budget(1e6));
    const other = govern();
    const stood: LimitStore = {
      ...store,
      reserve: async (reservation) => {
        await store.reserve(reservation);
        await outlasts(other);
        await gone.tick();
        throw new GovernanceError("store-unavailable", "no answer in time");
      },
    };
    const gone = govern({}, stood);
    const request = { holder: holderOf([team]), modelAsked: "opus", bound: bound(100, 1_000) };
    await expect(gone.admit(request)).rejects.toMatchObject({ code: "store-unavailable" });
    await gone.flush();
    expect(await standing(team)).toEqual([{ used: 0, held: 0 }]);
    const charged = "1 expire 5100 estimated";
    expect(booked()).toEqual([charged, "1 void 0 final"]);
    // Another one may have found it expired and say so only now.
    const [first] = book.entries;
    if (first === undefined) throw new Error("nothing was charged");
    await book.append([{ ...first, attempt: 2 }]);
    now += 60_000;
    await gone.tick();
    await gone.flush();
    expect(booked()).toEqual([charged, "1 void 0 final", "2 expire 5100 estimated", "2 void 0 final"]);
  });

  test.each([
    ["before the store is told that it was given back", "done"],
    ["when the store cannot be told that it was given back", "noted"],
  ] as const)(
    "takes back what was charged for a request that never began, whose process stood still %s",
    async (...of) => {
      const team = scope("team a", budget(1e6));
      const other = govern();
      let stands: Promise<void> | undefined;
      const stood: LimitStore = {
        ...store,
        release: async (ref) => {
          stands ??= outlasts(other);
          if (of[1] === "noted") return "noted";
          await stands;
          return store.release(ref);
        },
        durable: async (ref) => {
          await stands;
          if (stands !== undefined) await store.release(ref);
        },
      };
      const gone = govern({}, stood);
      const lease = await admitted(gone, holderOf([team]), bound(100, 1_000));
      lease.release();
      await stands;
      await gone.flush();
      expect(await standing(team)).toEqual([{ used: 0, held: 0 }]);
      expect(booked()).toEqual(["1 expire 5100 estimated", "1 void 0 final"]);
    },
  );

  test("takes back what was charged for a request that never began, whose end was not durable when its process stood still", async () => {
    const team = scope("team a", budget(1e6));
    const charged = { nanoUsd: 5_100, inputTokens: 100, outputTokens: 1_000 };
    const expired = { id: "", partition, charged, scopes: ["team a"] };
    const other = govern({}, { ...store, sweep: async () => ({ lapsed: [], expired: [expired] }) });
    const stood: LimitStore = {
      ...store,
      // What remembers has heard nothing of it until then, and whoever asks it takes the hold for one of the dead.
      durable: async () => {
        now += 130_000;
        await other.tick();
        await other.flush();
      },
    };
    const gone = govern({}, stood);
    const lease = await admitted(gone, holderOf([team]), bound(100, 1_000));
    expired.id = lease.id;
    lease.release();
    await gone.flush();
    expect(await standing(team)).toEqual([{ used: 0, held: 0 }]);
    expect(booked()).toEqual(["1 expire 5100 estimated", "1 void 0 final"]);
  });

  test("takes back what was charged for a request that never began, whose process stood still as it renewed its leases", async () => {
    const team = scope("team a", budget(1e6));
    const other = govern();
    let stands: Promise<void> | undefined;
    const touch: LimitStore["touch"] = async () => {
      await (stands ??= outlasts(other));
      return [];
    };
    const gone = govern({}, { ...store, touch });
    const lease = await admitted(gone, holderOf([team]), bound(100, 1_000));
    now += 10_000;
    await gone.tick();
    lease.release();
    await gone.flush();
    expect(await standing(team)).toEqual([{ used: 0, held: 0 }]);
    expect(booked()).toEqual(["1 expire 5100 estimated", "1 void 0 final"]);
  });

  test("takes back what was charged for a request that never began, also where the store cannot be reached at first", async () => {
    const team = scope("team a", budget(1e6));
    const gone = govern({}, { ...store, touch: async () => [] });
    const lease = await admitted(gone, holderOf([team]), bound(100, 1_000));
    const other = govern();
    await outlasts(other);
    await gone.tick();
    lease.release();
    await gone.flush();
    expect(await standing(team)).toEqual([{ used: 0, held: 0 }]);
    expect(booked()).toEqual(["1 expire 5100 estimated", "1 void 0 final"]);
  });

  test("takes back what another process says of it only when it has come back, and has looked for the last time", async () => {
    const team = scope("team a", budget(1e6));
    const ended = new Set<string>();
    const shared: LimitStore = {
      ...store,
      release: async (ref) => {
        ended.add(ref.id);
        return store.release(ref);
      },
      hasEnded: async ({ id }) => ended.has(id),
    };
    const [gone, other] = [govern({}, shared), govern({}, shared)];
    const lease = await admitted(gone, holderOf([team]), bound(100, 1_000));
    const [append, said] = [book.append.bind(book), Promise.withResolvers<void>()];
    vi.spyOn(book, "append").mockImplementation(async (entries) => {
      if (entries.some(({ kind }) => kind === "expire")) await said.promise;
      await append(entries);
    });
    await finds(other);
    lease.release();
    await gone.flush();
    now += 60_000;
    await gone.tick();
    await gone.flush();
    said.resolve();
    await other.flush();
    vi.restoreAllMocks();
    expect(await standing(team)).toEqual([{ used: 0, held: 0 }]);
    expect(booked()).toEqual(["1 expire 5100 estimated", "1 void 0 final"]);
  });

  test("says that nothing was sent before it ends what was charged meanwhile, should it be gone in the next moment", async () => {
    const team = scope("team a", budget(1e6));
    const seen: (readonly string[])[] = [];
    const release: LimitStore["release"] = (ref) => {
      seen.push(booked());
      return store.release(ref);
    };
    const gone = govern({}, { ...store, release });
    const lease = await admitted(gone, holderOf([team]), bound(100, 1_000));
    const other = govern();
    await outlasts(other);
    lease.release();
    await gone.flush();
    expect(seen).toEqual([["1 expire 5100 estimated", "1 void 0 final"]]);
    expect(await standing(team)).toEqual([{ used: 0, held: 0 }]);
  });

  test("ends in the limits as the account says what expired, and whose gateway died before it could say so there", async () => {
    const team = scope("team a", budget(1e6));
    const gone = govern({}, { ...store, settle: () => new Promise<never>(() => {}) });
    const lease = await admitted(gone, holderOf([team]), bound(100, 1_000));
    const attempt = await begun(lease);
    await attempt.recorded;
    const other = govern();
    await outlasts(other);
    attempt.end(ok(100, 1));
    lease.settle();
    await setImmediate();
    expect(booked()).toEqual(["1 open 5100 estimated", "1 expire 5100 estimated", "1 close 105 final"]);
    expect(await standing(team)).toEqual([{ used: 5_100, held: 0 }]);
    // As an audit does for a while.
    const charged = { nanoUsd: 5_100, inputTokens: 100, outputTokens: 1_000 };
    const again = { id: lease.id, partition, charged, scopes: ["team a"] };
    const last = govern({}, { ...store, sweep: async () => ({ lapsed: [], expired: [again] }) });
    await last.tick();
    await last.flush();
    expect(await standing(team)).toEqual([{ used: 105, held: 0 }]);
  });

  test("settles late what lost its lease while the process stood still", async () => {
    const team = scope("team a", budget(1e6));
    const governance = govern();
    const lease = await admitted(governance, holderOf([team]), bound(100, 64_000));
    const attempt = await begun(lease);
    now += 200_000;
    await store.sweep();
    await governance.tick();
    now += 200_000;
    await store.sweep();
    expect(await standing(team)).toEqual([{ used: 5_220, held: 0 }]);
    attempt.end(ok(100, 7));
    lease.settle();
    expect(await standing(team)).toEqual([{ used: 135, held: 0 }]);
  });

  test("offers again what a store that is down did not take, and tells of the trouble once", async () => {
    const team = scope("team a", budget(1e6));
    let isDown = false;
    const failing: LimitStore = {
      ...store,
      settle: async (ref, actual) => {
        if (isDown) throw new Error("down");
        return store.settle(ref, actual);
      },
    };
    const governance = govern({}, failing);
    const leases = await Promise.all([1, 2, 3, 4, 5].map(() => admitted(governance, holderOf([team]), bound(100, 1))));
    isDown = true;
    for (const lease of leases) {
      (await begun(lease)).end(ok(100, 1));
      lease.settle();
    }
    await governance.tick();
    await governance.tick();
    expect(governance.pending.undelivered).toBe(5);
    expect(troubles).toEqual([new Error("down")]);
    isDown = false;
    await governance.flush();
    expect(await standing(team)).toEqual([{ used: 525, held: 0 }]);
    expect(governance.pending).toEqual({ holds: 0, undelivered: 0 });
  });

  test("gives back what a place may have been held for when no store can answer for it", async () => {
    const openai = limitScope({ id: "provider openai", partition: "provider openai", limits: [budget(1e6)] });
    providerScopes.set("openai", openai);
    const silent: LimitStore = {
      ...store,
      reserve: async (reservation) => {
        const result = await store.reserve(reservation);
        if (reservation.partition === openai.partition) throw new GovernanceError("store-unavailable", "no answer");
        return result;
      },
    };
    const governance = govern({}, silent);
    const lease = await admitted(governance, holderOf([scope("team a", budget(1e6))]), bound(1, 1));
    await expect(lease.attempt({ ...place, provider: "openai" })).rejects.toThrow("no answer");
    await governance.flush();
    expect(await standing(openai)).toEqual([{ used: 0, held: 0 }]);
    lease.settle();
  });

  test("rejects a request that no store can answer for, and gives back what may have been held", async () => {
    const team = scope("team a", budget(1e6));
    const slow: LimitStore = {
      ...store,
      reserve: async (reservation) => {
        await store.reserve(reservation);
        throw new Error("no answer");
      },
    };
    const governance = govern({}, slow);
    await expect(admitted(governance, holderOf([team]), bound(1, 1))).rejects.toThrow("no answer");
    await governance.flush();
    expect(await standing(team)).toEqual([{ used: 0, held: 0 }]);
  });
});

describe("limits on one request to a provider", () => {
  const once = (amount: number): Limit => ({ of: "outputTokens", amount, window: { kind: "request" } });

  test("shorten the answer there, whatever the other places may write", async () => {
    const team = scope("team a", budget(1e9));
    providerScopes.set("anthropic", limitScope({ id: "provider anthropic", limits: [once(2_000)] }));
    const lease = await admitted(govern(), holderOf([team]), bound(100, 64_000));
    const [first, second] = [await begun(lease), await begun(lease, { ...place, provider: "bedrock" })];
    expect([first.maxOutputTokens, second.maxOutputTokens, lease.maxOutputTokens]).toEqual([2_000, 64_000, 64_000]);
    lease.release();
  });

  test("keep a request away whose answer would be too short, and hold nothing for it", async () => {
    const atProvider = { anthropic: [scope("key k at anthropic", once(100))] };
    const team = scope("team a", budget(1e9));
    const lease = await admitted(govern(), holderOf([team], atProvider), bound(100, 64_000));
    const before = await standing(team);
    expect(await lease.attempt(place)).toMatchObject({ allowed: false, code: "request-too-large" });
    expect(await standing(team)).toEqual(before);
    lease.settle();
    expect(await standing(team)).toEqual([{ used: 0, held: 0 }]);
  });
});

describe("a lease of a single call", () => {
  test("is topped up and settled without a word to its attempt", async () => {
    const team = scope("team a", budget(9_000));
    const lease = await admitted(govern(), holderOf([team]), bound(100, 64_000));
    expect(await lease.topUp(500)).toEqual({ granted: true });
    await begun(lease);
    expect(await lease.topUp(500)).toEqual({ granted: true });
    expect(await standing(team)).toEqual([{ used: 0, held: 100 + 5 * 1_024 }]);
    expect(await lease.topUp(1_000)).toEqual({ granted: true });
    expect(await standing(team)).toEqual([{ used: 0, held: 100 + 5 * (1_024 + 256) }]);
    expect(await lease.topUp(1_700)).toMatchObject({ granted: false, denial: { code: "budget-spent" } });
    lease.settle(ok(90, 1_700));
    lease.settle(ok(90, 1));
    expect(await standing(team)).toEqual([{ used: 90 + 5 * 1_700, held: 0 }]);
    expect(booked().at(-1)).toBe("1 close 8590 final");
  });

  test("that was never sent is released: nothing was used, its place among requests included", async () => {
    const team = scope("team a", budget(9_000), { of: "requests", amount: 1, window: minute });
    const governance = govern();
    const unsent = await admitted(governance, holderOf([team]), bound(100, 100));
    unsent.release();
    const begunOnly = await admitted(governance, holderOf([team]), bound(100, 100));
    await begun(begunOnly);
    begunOnly.release();
    begunOnly.settle(ok(90, 90));
    expect(await standing(team)).toEqual([
      { used: 0, held: 0 },
      { used: 0, held: 0 },
    ]);
    expect(booked()).toEqual(["1 open 600 estimated", "1 void 0 final"]);
  });

  test("keeps what an earlier call of a released one has cost", async () => {
    const team = scope("team a", budget(9_000));
    const lease = await admitted(govern(), holderOf([team]), bound(100, 100));
    (await begun(lease)).end(ok(90, 10));
    await begun(lease);
    lease.release();
    expect(await standing(team)).toEqual([{ used: 140, held: 0 }]);
  });
});

describe("what is left", () => {
  test("is told of the limit with the least room, for each quantity", async () => {
    const team = scope("team a", budget(1e6), { of: "requests", amount: 5, window: minute });
    const key = scope("key k", budget(2e4));
    const governance = govern();
    const lease = await admitted(governance, holderOf([team, key]), bound(100, 1_000));
    (await begun(lease)).end(ok(100, 100));
    lease.settle();
    now += 1_000;
    await governance.tick();
    expect(governance.remaining(holderOf([team, key]))).toMatchObject([
      { scope: "key k", remaining: 2e4 - 600, resetsAtMs: Date.parse("2026-12-01T00:00:00Z") },
      { scope: "team a", remaining: 4, limit: { of: "requests" } },
    ]);
  });

  test("is told anew when a period has ended, though nobody has read it since", async () => {
    const team = scope("team a", budget(10_000));
    const governance = govern();
    const lease = await admitted(governance, holderOf([team]), bound(100, 100));
    lease.settle();
    await governance.tick();
    now = Date.parse("2026-12-01T00:00:00Z");
    expect(governance.remaining(holderOf([team]))).toMatchObject([{ remaining: 10_000, resetsAtMs: undefined }]);
    await admitted(governance, holderOf([team]), bound(100, 0));
    await setImmediate();
    expect(governance.remaining(holderOf([team]))).toMatchObject([
      { remaining: 10_000, resetsAtMs: Date.parse("2027-01-01T00:00:00Z") },
    ]);
  });

  test("knows as soon as it is asked again what another gateway has used", async () => {
    const team = scope("team a", budget(10_000));
    const [here, elsewhere] = [govern(), govern()];
    (await admitted(here, holderOf([team]), bound(0, 1))).release();
    await setImmediate();
    now += 1_000;
    await here.tick();
    const lease = await admitted(elsewhere, holderOf([team]), bound(100, 100));
    (await begun(lease)).end(ok(90, 300));
    lease.settle();
    await setImmediate();
    now += 60_000;
    await here.tick();
    const left = (): unknown => here.remaining(holderOf([team]))[0]?.remaining;
    expect(left()).toBe(10_000);
    await admitted(here, holderOf([team]), bound(0, 0));
    await setImmediate();
    expect(left()).toBe(10_000 - 1_590);
  });

  test("leaves it to other processes to tell of thresholds where nobody would hear of them", async () => {
    const team = scope("team a", budget(10_000));
    const snapshot = () => ({ directory: nobody });
    const deaf = createGovernance({ snapshot, limits: store, clock: () => now, newId: () => `deaf ${++ids}` });
    const lease = await admitted(deaf, holderOf([team]), bound(1, 1));
    (await begun(lease)).end({ nanoUsd: 8_500, source: "final", outcome: "ok" });
    lease.settle();
    await setImmediate();
    await deaf.tick();
    const governance = govern();
    await admitted(governance, holderOf([team]), bound(1, 1));
    await governance.tick();
    expect(reached.map(({ percent }) => percent)).toEqual([80]);
  });

  test("tells once of each threshold that a budget passes, and again in its next period", async () => {
    const team = scope("team a", budget(10_000));
    const governance = govern();
    const spend = async (nanoUsd: number): Promise<void> => {
      const lease = await admitted(governance, holderOf([team]), bound(1, 1));
      (await begun(lease)).end({ nanoUsd, source: "final", outcome: "ok" });
      lease.settle();
      now += 1_000;
      await governance.tick();
    };
    for (const nanoUsd of [7_900, 50, 100, 1, 1, 2_000]) await spend(nanoUsd);
    expect(reached.map(({ scope: id, percent }) => `${id} ${percent}`)).toEqual([
      "team a 80",
      "team a 90",
      "team a 100",
    ]);
    now = Date.parse("2026-12-01T00:00:01Z");
    await spend(10);
    await spend(8_500);
    expect(reached.map(({ percent }) => percent)).toEqual([80, 90, 100, 80]);
  });

  test("tells of thresholds of a provider's budgets, and of what a key may spend there", async () => {
    const keyThere = scope("key k at openai", budget(10_000));
    const openai = limitScope({ id: "provider openai", partition: "provider openai", limits: [budget(11_000)] });
    providerScopes.set("openai", openai);
    const governance = govern();
    for (const nanoUsd of [8_500, 1_000, 10]) {
      const lease = await admitted(governance, holderOf([], { openai: [keyThere] }), bound(1, 1));
      (await begun(lease, { ...place, provider: "openai" })).end({ nanoUsd, source: "final", outcome: "ok" });
      lease.settle();
      now += 1_000;
      await governance.tick();
    }
    expect(reached.map(({ scope: id, percent }) => `${id} ${percent}`)).toEqual([
      "key k at openai 80",
      "key k at openai 90",
      "provider openai 80",
    ]);
  });

  test("tells of a threshold that is passed by what was still on its way when it was looked up", async () => {
    const team = scope("team a", budget(10_000));
    const { promise: arrived, resolve } = Promise.withResolvers<void>();
    const slow: LimitStore = {
      ...store,
      settle: (...told) => arrived.then(() => store.settle(...told)),
    };
    const governance = govern({}, slow);
    const lease = await admitted(governance, holderOf([team]), bound(1, 1));
    (await begun(lease)).end({ nanoUsd: 9_500, source: "final", outcome: "ok" });
    lease.settle();
    now += 500;
    await governance.tick();
    expect(reached).toEqual([]);
    resolve();
    await setImmediate();
    now += 1_000;
    await governance.tick();
    expect(reached.map(({ percent }) => percent)).toEqual([80, 90]);
  });
});

describe("where a request goes", () => {
  const routes = routesWith("anthropic", "gpu");
  const to = (target: string) => [{ targets: [{ target }] }];
  const thrift = { name: "thrift", when: "budget.month > 0.8", route: to("gpu/small") };
  const facts = ruleContext({ modelAsked: "anthropic/opus" }).request;
  const team = scope("team payments", budget(1_000));
  const principal = { ...holderOf([team]), policies: [] };
  const governing = (rules: readonly RoutingRule[], limits = store): Governance =>
    createGovernance({
      snapshot: () => ({ directory: nobody, routes, rules: compileRules(rules, { routes }) }),
      limits,
      clock: () => now,
      newId: () => `r${++ids}`,
      onTrouble: (error) => void troubles.push(error),
    });
  const use = async (nanoUsd: number): Promise<void> => {
    const id = `u${++ids}`;
    await store.reserve({ id, partition, scopes: [team], need: { nanoUsd, inputTokens: 0, outputTokens: 0 } });
    await store.settle({ id, partition }, { nanoUsd, inputTokens: 0, outputTokens: 0 });
  };
  const goesTo = async (governance: Governance): Promise<string | undefined> => {
    const route = await governance.route({ principal, facts });
    return route.ok ? route.links[0]?.targets[0]?.model : route.reason;
  };

  test("rules see what is used of budgets, also by other processes, a second later at most", async () => {
    const governance = governing([thrift]);
    await use(800);
    expect(await goesTo(governance)).toBe("opus");
    await use(100);
    now += 1_001;
    expect(await goesTo(governance)).toBe("small");
  });

  test("the store is asked for nothing where no rule asks for budgets", async () => {
    const usage = vi.fn(store.usage.bind(store));
    const governance = governing([{ name: "a", when: "stream", route: to("gpu/small") }], { ...store, usage });
    expect(await goesTo(governance)).toBe("small");
    expect(usage).not.toHaveBeenCalled();
  });

  test("a store that cannot say leaves budgets unused, and that is told", async () => {
    const governance = governing([thrift], { ...store, usage: () => Promise.reject(new Error("away")) });
    expect(await goesTo(governance)).toBe("opus");
    expect(troubles).toHaveLength(1);
  });

  test("a request is explained with how its limits stand", async () => {
    await use(900);
    const explanation = await governing([thrift]).explain({ principal, facts });
    expect(explanation).toMatchObject({
      rules: [{ rule: "thrift", outcome: "held", values: [{ text: "budget.month", value: 0.9 }] }],
      chain: { by: "rule thrift" },
      limits: [{ scope: "team payments", used: 900 }],
    });
  });

  test("without routes nothing is routed, and what is missing is said", async () => {
    await expect(govern().route({ principal, facts })).rejects.toThrow("give its snapshot a table");
  });
});

describe("a store that fails in the middle", () => {
  const key = scope("key alice", budget(10_000));
  const away = (): Promise<never> => Promise.reject(new Error("away"));

  test("breaks nothing where nobody waits for a hold to be written down", async () => {
    const unheard: unknown[] = [];
    const hear = (error: unknown): void => void unheard.push(error);
    process.on("unhandledRejection", hear);
    try {
      const lease = await admitted(govern({}, { ...store, durable: away }), holderOf([key]), bound(100, 50));
      const attempt = await begun(lease);
      attempt.end(ok(100, 10));
      lease.settle();
      await new Promise((resolve) => setTimeout(resolve, 10));
      expect(unheard).toEqual([]);
      await expect(attempt.recorded).rejects.toThrow("away");
    } finally {
      process.off("unhandledRejection", hear);
    }
  });

  test("leaves an answer what was held for it, and gives more once the store is back", async () => {
    let isAway = false;
    const topUp: LimitStore["topUp"] = (hold, more) => (isAway ? away() : store.topUp(hold, more));
    const governance = govern({ sliceTokens: 10 }, { ...store, topUp });
    const lease = await admitted(governance, holderOf([key]), bound(100, 50));
    const attempt = await begun(lease);
    isAway = true;
    await expect(attempt.extend(9)).rejects.toThrow("away");
    expect(attempt.share).toEqual({ inputTokens: 100, outputTokens: 10, nanoUsd: 150 });
    isAway = false;
    expect(await attempt.extend(9)).toEqual({ granted: true });
    expect(attempt.share.outputTokens).toBe(20);
    expect(await standing(key)).toEqual([{ used: 0, held: 200 }]);
  });
});
