import { expect, test } from "vitest";
import { memoryBook } from "../book/memory-book.ts";
import { compileDirectory } from "../directory/compile-directory.ts";
import { createGovernance } from "../governance.ts";
import { limitScope } from "../limits/limit-scope.ts";
import type { Limit } from "../limits/limit.ts";
import { memoryLimitStore } from "../limits/memory-limit-store.ts";

const refusals = process.env["DRAWBRIDGE_CAMPAIGN"] === undefined ? 100 : 10_000;
/** A number from 0 to 1 for each index, the same in each run. */
const chance = (index: number): number => (Math.imul(index + 1, 0x9e_37_79_b1) >>> 0) / 2 ** 32;
const minute = { kind: "calendar", unit: "minute", timeZone: "Asia/Kolkata" } as const;
const rolling = (ms: number) => ({ kind: "rolling", ms }) as const;
const limits: readonly Limit[] = [
  { of: "requests", amount: 20, window: rolling(10_000) },
  { of: "requests", amount: 60, window: minute },
  { of: "inputTokens", amount: 20_000, window: rolling(17_000) },
  { of: "totalTokens", amount: 90_000, window: rolling(60_000) },
  { of: "nanoUsd", amount: 400_000, window: rolling(45_000) },
];

test(`R-04: of ${refusals} that are told how long to wait all are let in then, and none a second before`, async () => {
  let nowMs = Date.parse("2026-11-25T12:00:00Z");
  const clock = (): number => nowMs;
  const [store, book] = [memoryLimitStore({ clock }), memoryBook()];
  const directory = compileDirectory({}, { hasher: { digest: (token) => token } });
  let made = 0;
  const governance = createGovernance({
    snapshot: () => ({ directory }),
    limits: store,
    book,
    clock,
    newId: () => `r${(made += 1)}`,
  });
  // Each limits what passes the others, one after the other.
  const scopes = limits.map((limit, index) => limitScope({ id: `level ${index}`, limits: [limit] }));
  const holder = { keyId: "k", keyName: "k", tags: {}, partition: "", scopes, scopesAt: () => [] };
  const ask = async (inputTokens: number): Promise<number | undefined> => {
    const nanoUsd = (output: number): number => 2 * inputTokens + 10 * output;
    const admission = await governance.admit({
      holder,
      modelAsked: "m",
      bound: { inputTokens, outputTokens: 500, nanoUsd },
    });
    if (!admission.allowed) {
      expect(admission.code).toBe("rate-limited");
      if (!("retryAfterSeconds" in admission)) throw new Error("nothing is said of waiting");
      return admission.retryAfterSeconds;
    }
    const attempt = await admission.value.attempt({ provider: "p", model: "m", credential: "c" });
    if (!attempt.allowed) throw new Error(attempt.reason);
    const outputTokens = Math.floor(inputTokens / 7);
    const usage = { inputTokens, outputTokens, cacheReadTokens: 0, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0 };
    const counted = { ...usage, webSearchRequests: 0 };
    attempt.value.end({ nanoUsd: nanoUsd(outputTokens), usage: counted, source: "final", outcome: "ok" });
    admission.value.settle();
    await governance.flush();
    return undefined;
  };
  const reasons = new Set<number>();
  let early = 0;
  for (let [asked, refused] = [0, 0]; refused < refusals; asked++) {
    const inputTokens = 1 + Math.floor(4_000 * chance(asked) ** 2);
    const seconds = await ask(inputTokens);
    if (seconds === undefined) {
      nowMs += Math.floor(400 * chance(7 * asked));
      continue;
    }
    refused += 1;
    expect(Number.isInteger(seconds) && seconds >= 1 && seconds <= 60).toBe(true);
    reasons.add(seconds);
    nowMs += 1_000 * (seconds - 1);
    // Who is told to wait for a second has been told the shortest time that there is.
    if (seconds > 1 && (await ask(inputTokens)) === undefined) early += 1;
    nowMs += 1_000;
    expect(await ask(inputTokens)).toBeUndefined();
  }
  expect(early).toBe(0);
  expect(reasons.size).toBeGreaterThan(3);
}, 600_000);
