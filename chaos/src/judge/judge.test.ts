import { expect, test } from "vitest";
import { type BookRow, type Evidence, judge, verdictLine } from "./judge.ts";

const row = (label: string, nanoUsd: number, more: Partial<BookRow> = {}): BookRow => ({
  label,
  requestId: `req_${label}`,
  attempt: 1,
  kind: "close",
  nanoUsd,
  source: "final",
  key: "alice",
  ...more,
});
const billed = (label: string, nanoUsd: number) => ({ label, inputTokens: 1, outputTokens: 1, nanoUsd });
const answered = (label: string) => ({ label, key: "alice", kind: "answered", told: "" }) as const;

const clean: Evidence = {
  bill: [billed("a", 500), billed("b", 700)],
  book: [row("a", 0, { kind: "open" }), row("a", 500), row("b", 0, { kind: "open" }), row("b", 700)],
  limits: [{ scope: "key alice", keys: ["alice"], limitNanoUsd: 1_200, usedNanoUsd: 1_200, heldNanoUsd: 0 }],
  outcomes: [answered("a"), answered("b")],
  faults: 3,
  collapses: [],
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
  [
    "money that was billed beyond a limit is overspent",
    { limits: [{ scope: "key alice", keys: ["alice"], limitNanoUsd: 1_000, usedNanoUsd: 1_200, heldNanoUsd: 0 }] },
    { overspent: 200 },
  ],
])("%s", (_, change, expected) => {
  const verdict = judge({ ...clean, ...change });
  expect(verdict).toMatchObject(expected);
  expect(verdict.problems).not.toEqual([]);
});

test("an estimate above the bill is told, and is no double charge", () => {
  const book = [...clean.book.slice(0, 3), row("b", 900, { kind: "expire", source: "estimated" })];
  const limits = [{ scope: "key alice", keys: ["alice"], limitNanoUsd: 2_000, usedNanoUsd: 1_400, heldNanoUsd: 0 }];
  expect(judge({ ...clean, book, limits })).toMatchObject({ overRecorded: 200, doubleCharges: 0, problems: [] });
});

test("what is charged to a key without a name stands for its request that has none", () => {
  const unnamed = row("req_x", 800, { requestId: "req_x", kind: "expire", source: "estimated" });
  const book = [...clean.book.slice(0, 2), unnamed];
  const limits = [{ scope: "key alice", keys: ["alice"], limitNanoUsd: 2_000, usedNanoUsd: 1_300, heldNanoUsd: 0 }];
  expect(judge({ ...clean, book, limits })).toMatchObject({ lost: 0, overRecorded: 100, problems: [] });
  expect(judge({ ...clean, book: [...book.slice(0, 2), { ...unnamed, key: "bob" }], limits })).toMatchObject({
    lost: 700,
  });
});

test.each<[string, Partial<Evidence>]>([
  ["an attempt that never ended", { book: [...clean.book, row("c", 0, { kind: "open" })] }],
  ["an attempt that ended twice", { book: [...clean.book, row("b", 0)] }],
  [
    "what is held at the end",
    { limits: [{ scope: "key alice", keys: ["alice"], limitNanoUsd: 9_000, usedNanoUsd: 1_200, heldNanoUsd: 1 }] },
  ],
  [
    "a limit that counts otherwise than the book",
    { limits: [{ scope: "key alice", keys: ["alice"], limitNanoUsd: 9_000, usedNanoUsd: 1_201, heldNanoUsd: 0 }] },
  ],
  [
    "a client that waited in vain",
    { outcomes: [...clean.outcomes, { label: "c", key: "alice", kind: "hung", told: "60 s" }] },
  ],
  ["a gateway that ended by itself", { collapses: ["TypeError"] }],
])("%s is a problem", (_, change) => {
  expect(judge({ ...clean, ...change }).problems).toHaveLength(1);
});
