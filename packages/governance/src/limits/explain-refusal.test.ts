import { expect, test } from "vitest";
import { explainRefusal } from "./explain-refusal.ts";
import type { LimitRefusal } from "./limit-store.ts";

const month = { kind: "calendar", unit: "month", timeZone: "Europe/Berlin" } as const;
const resetsAtMs = Date.parse("2026-11-30T23:00:00Z");
const base = { scope: "team payments", used: 0, held: 0, need: 1, resetsAtMs: undefined };

test.each<[string, LimitRefusal]>([
  [
    "team payments may use 25.00 USD a month (Europe/Berlin): 24.10 USD used and 0.600000001 USD held by running requests; " +
      "this request may take 1.25 USD more. The limit resets at 2026-11-30T23:00:00.000Z",
    {
      scope: "team payments",
      limit: { of: "nanoUsd", amount: 25e9, window: month },
      used: 24.1e9,
      held: 600_000_001,
      need: 1.25e9,
      resetsAtMs,
    },
  ],
  [
    "team payments may use 0.05 USD an hour (UTC): 0.05 USD used and 0.00 USD held by running requests; " +
      "this request may take 0.01 USD more. The limit resets at 2026-11-30T23:00:00.000Z",
    {
      ...base,
      limit: { of: "nanoUsd", amount: 5e7, window: { kind: "calendar", unit: "hour", timeZone: "UTC" } },
      used: 5e7,
      need: 1e7,
      resetsAtMs,
    },
  ],
  [
    "team payments may use 1 request in any 2 minutes: 1 request used and 0 requests held by running requests; " +
      "this request may take 1 request more. The limit gives room again at 2026-11-30T23:00:00.000Z",
    { ...base, limit: { of: "requests", amount: 1, window: { kind: "rolling", ms: 120_000 } }, used: 1, resetsAtMs },
  ],
  [
    "team payments may run 2 requests at once and does; try again when one has ended",
    { ...base, limit: { of: "requests", amount: 2, window: { kind: "parallel" } }, held: 2 },
  ],
  [
    "team payments may use 10 output tokens in one request, and this request may take 11 output tokens, which never fits; " +
      "ask for less, or have the limit raised",
    { ...base, limit: { of: "outputTokens", amount: 10, window: { kind: "request" } }, need: 11 },
  ],
  [
    "team payments may use 10 tokens in total: 10 tokens used and 0 tokens held by running requests; " +
      "this request may take 1 token more. The limit does not reset by itself",
    { ...base, limit: { of: "totalTokens", amount: 10, window: { kind: "total" } }, used: 10 },
  ],
])("says: %s", (sentence, refusal) => {
  expect(explainRefusal(refusal)).toBe(sentence);
});
