import { expect, test } from "vitest";
import type { Limit } from "./limit.ts";
import { denyByLimit, type LimitDenialCode } from "./limit-denial.ts";
import { limitScope } from "./limit-scope.ts";
import type { LimitRefusal } from "./limit-store.ts";
import { memoryLimitStore } from "./memory-limit-store.ts";

const nowMs = 1_000_000;
const requests: Limit = { of: "requests", amount: 10, window: { kind: "rolling", ms: 60_000 } };
const money: Limit = { of: "nanoUsd", amount: 10, window: { kind: "calendar", unit: "month", timeZone: "UTC" } };
const parallel: Limit = { of: "requests", amount: 10, window: { kind: "parallel" } };
const ofRequest = (of: Limit["of"]): Limit => ({ of, amount: 10, window: { kind: "request" } });
const spent = { used: 10, held: 0, need: 1 };

test.each<[LimitDenialCode, seconds: number | undefined, Omit<LimitRefusal, "scope">]>([
  ["rate-limited", 1, { limit: requests, ...spent, resetsAtMs: nowMs + 1 }],
  ["rate-limited", 1, { limit: requests, ...spent, resetsAtMs: nowMs + 1_000 }],
  ["rate-limited", 2, { limit: requests, ...spent, resetsAtMs: nowMs + 1_001 }],
  ["rate-limited", 60, { limit: requests, ...spent, resetsAtMs: nowMs + 60_000 }],
  // Rates of a minute are counted in seconds. No client waits for longer than 60 s.
  ["rate-limited", 60, { limit: requests, ...spent, resetsAtMs: nowMs + 61_000 }],
  ["rate-limited", 60, { limit: money, ...spent, resetsAtMs: nowMs + 59_999 }],
  // By a clock that is behind the store's.
  ["rate-limited", 1, { limit: requests, ...spent, resetsAtMs: nowMs - 5_000 }],
  ["quota-spent", undefined, { limit: requests, ...spent, resetsAtMs: nowMs + 61_001 }],
  ["quota-spent", undefined, { limit: requests, ...spent, resetsAtMs: undefined }],
  ["budget-spent", undefined, { limit: money, ...spent, resetsAtMs: nowMs + 61_001 }],
  ["budget-spent", undefined, { limit: money, ...spent, resetsAtMs: undefined }],
  // What was used would leave room, were it not for what others hold.
  ["too-many-running", 2, { limit: money, used: 9, held: 1, need: 1, resetsAtMs: undefined }],
  ["too-many-running", 2, { limit: money, used: 9, held: 1, need: 1, resetsAtMs: nowMs + 5_000 }],
  ["too-many-running", 1, { limit: money, used: 9, held: 1, need: 1, resetsAtMs: nowMs + 1_000 }],
  ["too-many-running", 2, { limit: parallel, used: 0, held: 10, need: 1, resetsAtMs: undefined }],
  ["budget-spent", undefined, { limit: money, used: 10, held: 1, need: 1, resetsAtMs: undefined }],
  // It never fits.
  ["budget-spent", undefined, { limit: money, used: 0, held: 0, need: 11, resetsAtMs: undefined }],
  ["request-too-large", undefined, { limit: requests, used: 0, held: 0, need: 11, resetsAtMs: nowMs + 1_000 }],
  [
    "request-too-large",
    undefined,
    { limit: ofRequest("outputTokens"), used: 0, held: 0, need: 11, resetsAtMs: undefined },
  ],
  ["request-too-large", undefined, { limit: ofRequest("nanoUsd"), used: 0, held: 0, need: 11, resetsAtMs: undefined }],
])("is %s, and to be asked again after %d s: %j", (code, retryAfterSeconds, refusal) => {
  expect(denyByLimit({ scope: "key a", ...refusal }, nowMs)).toMatchObject({ code, retryAfterSeconds });
});

const need = { nanoUsd: 0, inputTokens: 0, outputTokens: 0 };

test.each([0, 1, 499, 999])(
  "who uses up a rate of a minute at once, %d ms into a second, is told to wait, and let in a second later at the latest",
  async (offsetMs) => {
    let atMs = Date.parse("2026-11-25T12:00:00Z") + offsetMs;
    const store = memoryLimitStore({ clock: () => atMs });
    const scopes = [limitScope({ id: "key k", limits: [{ ...requests, amount: 1 }] })];
    expect(await store.reserve({ id: "1", scopes, need })).toEqual({ outcome: "held" });
    await store.settle({ id: "1" }, need);
    const second = await store.reserve({ id: "2", scopes, need });
    if (second.outcome !== "refused") throw new Error(`it was ${second.outcome}`);
    const { code, retryAfterSeconds = 0 } = denyByLimit(second.refusal, atMs);
    expect([code, retryAfterSeconds]).toEqual(["rate-limited", 60]);
    atMs += (retryAfterSeconds + 1) * 1_000;
    expect(await store.reserve({ id: "3", scopes, need })).toEqual({ outcome: "held" });
  },
);
