import { afterEach, expect, test, vi } from "vitest";
import { isProviderError, ProviderError } from "./errors.ts";
import { keepFresh, type Perishable } from "./keep-fresh.ts";

const hour = 3_600_000;
const never = new AbortController().signal;
const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));

afterEach(() => vi.useRealTimers());

/** A source of numbered tokens; each waits for nothing, unless `answer` says otherwise. */
function source(answer?: (count: number) => Promise<Perishable<string>> | undefined) {
  const world = { now: 0, asked: 0 };
  const { get, renew } = keepFresh<string>({
    async fetch() {
      const count = ++world.asked;
      return (await answer?.(count)) ?? { value: `token-${count}`, endsMs: world.now + hour };
    },
    failure: (error) => new ProviderError({ kind: "unauthenticated", message: `told: ${String(error)}` }),
    now: () => world.now,
  });
  return { world, get, renew };
}

test("one fetch serves all who ask at the same time, and those after them at once", async () => {
  const { world, get } = source();
  const all = await Promise.all(Array.from({ length: 20 }, async () => get(never)));
  expect([new Set(all), get(never), world.asked]).toEqual([new Set(["token-1"]), "token-1", 1]);
});

test("what never ends is fetched once", async () => {
  const { world, get } = source(async () => ({ value: "key", endsMs: undefined }));
  await get(never);
  world.now += 1_000 * hour;
  expect([get(never), world.asked]).toEqual(["key", 1]);
});

test("it is renewed ahead of its end, while the old one is given out", async () => {
  const { world, get } = source();
  await get(never);
  world.now = hour - 200_000;
  expect([get(never), get(never)]).toEqual(["token-1", "token-1"]);
  await settled();
  expect([get(never), world.asked]).toEqual(["token-2", 2]);
});

test("a refused renewal fails no call while the old one holds, and is tried again after a pause", async () => {
  const { world, get } = source((count) => (count === 2 ? Promise.reject(new Error("refused")) : undefined));
  await get(never);
  world.now = hour - 200_000;
  expect(get(never)).toBe("token-1");
  await settled();
  expect([get(never), world.asked]).toEqual(["token-1", 2]);
  world.now += 11_000;
  expect(get(never)).toBe("token-1");
  await settled();
  expect([get(never), world.asked]).toEqual(["token-3", 3]);
});

test("once it has ended a refusal is told, and the next call asks anew", async () => {
  const { world, get } = source((count) => (count === 2 ? Promise.reject(new Error("refused")) : undefined));
  await get(never);
  world.now = hour;
  await expect(get(never)).rejects.toThrow("told: Error: refused");
  expect(await get(never)).toBe("token-3");
});

test("a source that never answers is told after 10 s, and asked anew", async () => {
  vi.useFakeTimers();
  const { world, get } = source((count) => (count === 1 ? new Promise(() => {}) : undefined));
  const failed = expect(get(never)).rejects.toThrow("told: no answer within 10 s");
  await vi.advanceTimersByTimeAsync(10_000);
  await failed;
  expect([await get(never), world.asked]).toEqual(["token-2", 2]);
});

test("a caller that leaves waits no longer, and the others still do", async () => {
  const { promise, resolve } = Promise.withResolvers<Perishable<string>>();
  const { world, get } = source(() => promise);
  const leaver = new AbortController();
  const left = Promise.resolve(get(leaver.signal)).catch((error: unknown) => error);
  const stays = get(never);
  leaver.abort();
  const error = await left;
  expect(isProviderError(error) && error.failure.kind).toBe("cancelled");
  resolve({ value: "late", endsMs: undefined });
  expect([await stays, world.asked]).toEqual(["late", 1]);
});

test("it is fetched anew on demand behind the calls, and not again and again", async () => {
  const { world, get, renew } = source(async (count) => ({ value: `key-${count}`, endsMs: undefined }));
  await get(never);
  renew();
  renew();
  expect(get(never)).toBe("key-1");
  await settled();
  renew();
  expect([get(never), world.asked]).toEqual(["key-2", 2]);
});
