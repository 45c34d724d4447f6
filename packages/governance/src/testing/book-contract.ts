import { beforeEach, describe, expect, test } from "vitest";
import type { Book, BookTotal, TotalsQuestion } from "../book/book.ts";
import type { LedgerEntry, LedgerUsage } from "../book/ledger-entry.ts";
import { totalsOf } from "../book/totals-of.ts";
import { ledgerEntry } from "./ledger-entry.ts";

/** A kind of book; each opening gives one without entries. */
export interface BookKind {
  readonly name: string;
  open(): Promise<{ readonly book: Book; readonly close?: () => Promise<void> }>;
}

const november = Date.parse("2026-11-25T12:00:00Z");
const december = Date.parse("2026-12-01T00:30:00Z");
const usage: LedgerUsage = {
  inputTokens: 100,
  outputTokens: 20,
  cacheReadTokens: 1000,
  cacheWrite5mTokens: 10,
  cacheWrite1hTokens: 1,
  webSearchRequests: 2,
};
const whole = { fromMs: 0, toMs: Date.parse("2030-01-01T00:00:00Z") };

const adjust = (requestId: string, adjustment: string, nanoUsd: number): LedgerEntry =>
  ledgerEntry(requestId, { kind: "adjust", adjustment, nanoUsd, actor: "bob", reason: "billed twice by the provider" });

/** Attempts of two customers, on two days of UTC and of Berlin, that ended in every way. */
const account: readonly LedgerEntry[] = [
  ledgerEntry("1", { kind: "open", nanoUsd: 9_000_000, source: "estimated", customer: "acme", team: "a", user: "u" }),
  ledgerEntry("1", { customer: "acme", team: "a", user: "u", usage }),
  ledgerEntry("2", { customer: "acme", team: "b", usage, nanoUsd: 5 }),
  ledgerEntry("2", { attempt: 2, customer: "acme", team: "b", provider: "openai", model: "gpt-5", nanoUsd: 70 }),
  ledgerEntry("3", { kind: "expire", customer: "acme", team: "a", nanoUsd: 400, source: "estimated" }),
  ledgerEntry("4", { kind: "expire", customer: "acme", team: "a", nanoUsd: 9000, source: "estimated" }),
  ledgerEntry("taken back", { kind: "expire", customer: "acme", team: "a", nanoUsd: 9000, source: "estimated" }),
  ledgerEntry("taken back", { kind: "void", customer: "acme", team: "a", nanoUsd: 0 }),
  ledgerEntry("4", { kind: "close", customer: "acme", team: "a", nanoUsd: 30, source: "partial", usage }),
  ledgerEntry("5", { kind: "void", customer: "beta", nanoUsd: 0 }),
  ledgerEntry("6", { customer: "beta", keyId: "key-2", nanoUsd: 11, admittedMs: december, atMs: december + 1 }),
  ledgerEntry("7", { keyId: "key-3", nanoUsd: 1, admittedMs: december - 3_600_000, atMs: december + 5 }),
  { ...adjust("1", "a-1", -250_000), customer: "acme", team: "a", user: "u" },
  { ...adjust("1", "a-2", 50), customer: "acme", team: "a", user: "u" },
];

/** What every book promises. Each kind of book runs it. */
export function bookContract(kind: BookKind): void {
  describe(kind.name, () => {
    let book: Book;
    beforeEach(async () => {
      const opened = await kind.open();
      book = opened.book;
      return opened.close;
    });
    const total = async (more: Partial<TotalsQuestion> = {}): Promise<readonly BookTotal[]> =>
      book.totals({ by: [], ...whole, ...more });

    test("gives entries back as they were told", async () => {
      const full = ledgerEntry("1", {
        customer: "acme",
        team: "a",
        user: "ü",
        sessionId: "s",
        usage,
        source: "partial",
      });
      const sparse = ledgerEntry("1", { attempt: 2, nanoUsd: Number.MAX_SAFE_INTEGER, tags: {}, outcome: "" });
      await book.append([sparse, full, adjust("1", "a", -5), ledgerEntry("2")]);
      const entries = await book.entriesOf("1");
      expect(entries.filter(({ kind: of }) => of === "close")).toEqual([full, sparse]);
      expect(entries).toHaveLength(3);
      expect(entries).toContainEqual(adjust("1", "a", -5));
      expect(await book.entriesOf("none")).toEqual([]);
    });

    test("gives the entries of a request in the order of attempts and instants", async () => {
      const open = ledgerEntry("1", { kind: "open", atMs: november });
      const again = ledgerEntry("1", { kind: "void", attempt: 2, atMs: november + 1000 });
      await book.append([again, ledgerEntry("1"), open]);
      expect(await book.entriesOf("1")).toEqual([open, ledgerEntry("1"), again]);
    });

    test("takes an entry once, whatever a second one says", async () => {
      await book.append([ledgerEntry("1"), ledgerEntry("1", { nanoUsd: 7 })]);
      await book.append([ledgerEntry("1", { nanoUsd: 8, atMs: december }), adjust("1", "a", 5)]);
      await Promise.all([book.append([adjust("1", "a", 6)]), book.append([adjust("1", "b", 7), ledgerEntry("1")])]);
      expect((await book.entriesOf("1")).map(({ nanoUsd }) => nanoUsd).toSorted((a, b) => b - a)).toEqual([
        1_000_000, 7, 5,
      ]);
      expect(await total()).toMatchObject([{ nanoUsd: 1_000_012, attempts: 1 }]);
    });

    test("has nothing when nothing was told", async () => {
      await book.append([]);
      expect(await total()).toEqual([]);
    });

    test("adds up what ended, a late word in place of what it expired with, and corrections", async () => {
      await book.append(account);
      const nanoUsd = 1_000_000 + 5 + 70 + 400 + 30 + 11 + 1 - 250_000 + 50;
      const sums = { attempts: 7, nanoUsd, estimatedNanoUsd: 400, inputTokens: 3 * 1111, outputTokens: 60 };
      expect(await total()).toEqual([{ of: {}, ...sums }]);
    });

    test("counts in the period that a request was admitted in", async () => {
      await book.append(account);
      const month = { fromMs: Date.parse("2026-12-01T00:00:00Z"), toMs: Date.parse("2027-01-01T00:00:00Z") };
      expect(await total(month)).toMatchObject([{ nanoUsd: 11 }]);
      expect(await total({ ...month, fromMs: december - 3_600_000 })).toMatchObject([{ nanoUsd: 12 }]);
      expect(await total({ ...month, toMs: december })).toEqual([]);
    });

    test("tells days and months of a time zone", async () => {
      await book.append(account);
      const days = async (timeZone?: string) =>
        (await total({ by: ["day"], ...(timeZone === undefined ? {} : { timeZone }) })).map(({ of }) => of.day);
      expect(await days()).toEqual(["2026-11-25", "2026-11-30", "2026-12-01"]);
      expect(await days("Europe/Berlin")).toEqual(["2026-11-25", "2026-12-01"]);
      expect(await total({ by: ["month"], timeZone: "America/Los_Angeles" })).toMatchObject([
        { of: { month: "2026-11" } },
      ]);
    });

    test.each<Partial<TotalsQuestion>>([
      { by: ["customer"] },
      { by: ["customer", "team"] },
      { by: ["user"] },
      { by: ["keyId", "day"] },
      { by: ["provider", "model"] },
      { by: ["model", "month", "team"], timeZone: "Asia/Tokyo" },
      { by: ["team"], where: { customer: "acme" } },
      { by: [], where: { customer: "acme", provider: "openai" } },
      { by: ["day"], where: { keyId: "key-2" } },
      { by: ["customer"], where: { user: "nobody" } },
    ])("tells totals for %j", async (question) => {
      await book.append(account);
      expect(await total(question)).toEqual(totalsOf(account, { by: [], ...whole, ...question }));
    });

    test("adds up beyond 2^31", async () => {
      const many = Array.from({ length: 1000 }, (_, index) => ledgerEntry(`${index}`, { nanoUsd: 4_000_000_000_000 }));
      await book.append(many);
      expect(await total()).toMatchObject([{ nanoUsd: 4e15, attempts: 1000 }]);
    });

    test("takes what clients have named with characters that no database has", async () => {
      const named = { sessionId: "a\0b", modelAsked: "\ud800", tags: { "\0": "\udc00" }, outcome: "ok" };
      await book.append([ledgerEntry("1", named), ledgerEntry("2")]);
      expect(await total()).toMatchObject([{ attempts: 2 }]);
      expect(await book.entriesOf("1")).toMatchObject([{ nanoUsd: 1_000_000, outcome: "ok" }]);
    });

    test.each<Partial<TotalsQuestion>>([{ timeZone: "Europe/Nowhere" }, { fromMs: Number.NaN }, { toMs: Infinity }])(
      "answers no question with %j",
      async (question) => {
        await expect(total(question)).rejects.toMatchObject({ code: "invalid-question" });
      },
    );

    test.each<[string, Partial<LedgerEntry>]>([
      ["part of a nano-USD", { nanoUsd: 0.5 }],
      ["less than nothing", { nanoUsd: -1 }],
      ["more than can be counted", { nanoUsd: 2 ** 53 }],
      ["no number", { nanoUsd: Number.NaN }],
      ["tokens that are none", { usage: { ...usage, outputTokens: -1 } }],
      ["no request", { requestId: "" }],
      ["no attempt", { attempt: 0 }],
      ["more attempts than there can be", { attempt: 32_768 }],
      ["no instant", { atMs: Number.NaN }],
      ["an instant of the year 10,000", { atMs: Date.parse("9999-12-31T00:00:00Z") + 1 }],
      ["an instant that no calendar has", { admittedMs: 1e18 }],
      ["a correction without its id", { kind: "adjust", actor: "bob", reason: "wrong" }],
      ["a correction by nobody", { kind: "adjust", adjustment: "a", reason: "wrong" }],
      ["a correction without a reason", { kind: "adjust", adjustment: "a", actor: "bob", reason: " " }],
    ])("takes none of the entries that come with one of %s", async (_, more) => {
      const refused = book.append([ledgerEntry("fine"), ledgerEntry("1", more)]);
      await expect(refused).rejects.toMatchObject({ name: "GovernanceError", code: "invalid-entry" });
      expect(await total()).toEqual([]);
    });
  });
}
