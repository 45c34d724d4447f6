import { expect, test } from "vitest";
import type { BookRow, Evidence, LimitState } from "./evidence.ts";
import { judge } from "./judge.ts";
import { verdictLine } from "./tell.ts";

const row = (label: string, nanoUsd: number, more: Partial<BookRow> = {}): BookRow => ({
  label,
  requestId: `req_${label}`,
  attempt: 1,
  kind: "close",
  nanoUsd,
  source: "final",
  outcome: "ok",
  inputTokens: 1,
  outputTokens: 1,
  key: "alice",
  ...more,
});
const billed = (label: string, nanoUsd: number) => ({ label, inputTokens: 1, outputTokens: 1, nanoUsd });
const answered = (label: string) => ({ label, key: "alice", kind: "answered", told: "" }) as const;

const limit = (limitNanoUsd: number, usedNanoUsd: number, heldNanoUsd = 0): LimitState => {
  const counted = { usedNanoUsd, heldNanoUsd };
  return { scope: "key alice", keys: ["alice"], limitNanoUsd, ...counted, counted };
};

const counted = { usedNanoUsd: 1_200, heldNanoUsd: 0 };

const clean: Evidence = {
  bill: [billed("a", 500), billed("b", 700)],
  book: [row("a", 600, { kind: "open" }), row("a", 500), row("b", 900, { kind: "open" }), row("b", 700)],
  limits: [limit(1_200, 1_200)],
  outcomes: [answered("a"), answered("b")],
  slicedKeys: ["carol"],
  faults: ["kill-redis", "client left", "client left"],
  collapses: [],
  alarms: [],
};

test("a book that is the bill passes", () => {
  const verdict = judge(clean);
  expect(verdict.problems).toEqual([]);
  expect(verdictLine(verdict)).toBe(
    "3 faults, 2 requests: 0 cents lost, 0 cents overspent, 0 double charges, over-recorded 0 %",
  );
});

test.each<[string, Partial<Evidence>, object]>([
  ["money that was billed and not recorded is lost", { book: clean.book.slice(0, 3) }, { lost: 700 }],
  [
    "money that was recorded twice as final is a double charge",
    { book: [...clean.book, row("a", 500, { attempt: 2 })] },
    { doubleCharges: 1, overRecorded: 0 },
  ],
  ["money that was billed beyond a limit is overspent", { limits: [limit(1_000, 1_200)] }, { overspent: 200 }],
])("%s", (_, change, expected) => {
  const verdict = judge({ ...clean, ...change });
  expect(verdict).toMatchObject(expected);
  expect(verdict.problems).not.toEqual([]);
});

test("an answer that is held by slices may cost more than was held when it began", () => {
  const book = [row("a", 400, { kind: "open", key: "carol" }), ...clean.book.slice(1)];
  expect(judge({ ...clean, book }).problems).toEqual([]);
});

test("an estimate above the bill is told, and is no double charge", () => {
  const book = [...clean.book.slice(0, 3), row("b", 900, { kind: "expire", source: "estimated" })];
  const limits = [limit(2_000, 1_400)];
  expect(judge({ ...clean, book, limits })).toMatchObject({ overRecorded: 200, doubleCharges: 0, problems: [] });
});

test("what is charged to a key without a name stands for its request that has none", () => {
  const unnamed = row("req_x", 800, { requestId: "req_x", kind: "expire", source: "estimated" });
  const book = [...clean.book.slice(0, 2), unnamed];
  const limits = [limit(2_000, 1_300)];
  expect(judge({ ...clean, book, limits })).toMatchObject({ lost: 0, overRecorded: 100, problems: [] });
  expect(judge({ ...clean, book: [...book.slice(0, 2), { ...unnamed, key: "bob" }], limits })).toMatchObject({
    lost: 700,
  });
});

test.each<[string, Partial<Evidence>]>([
  ["an attempt that never ended", { book: [...clean.book, row("c", 0, { kind: "open" })] }],
  ["an attempt that ended twice", { book: [...clean.book, row("b", 0)] }],
  ["what PostgreSQL holds at the end", { limits: [{ ...limit(9_000, 1_200, 1), counted }] }],
  [
    "a limit that Redis counts otherwise than the book",
    { limits: [{ ...limit(9_000, 1_200), counted: { ...counted, usedNanoUsd: 1_000 } }] },
  ],
  ["a limit that PostgreSQL counts otherwise than the book", { limits: [{ ...limit(9_000, 1_201), counted }] }],
  [
    "an attempt that cost more than was held for it",
    { book: [row("a", 400, { kind: "open" }), ...clean.book.slice(1)] },
  ],
  ["an alarm", { alarms: ['{"event":"drift"}'] }],
  [
    "a client that waited in vain",
    { outcomes: [...clean.outcomes, { label: "c", key: "alice", kind: "hung", told: "60 s" }] },
  ],
  ["a gateway that ended by itself", { collapses: ["TypeError"] }],
])("%s is a problem", (_, change) => {
  expect(judge({ ...clean, ...change }).problems).toHaveLength(1);
});
