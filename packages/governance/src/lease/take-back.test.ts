import { expect, test } from "vitest";
import type { LedgerEntry } from "../book/ledger-entry.ts";
import { memoryBook } from "../book/memory-book.ts";
import { ledgerEntry } from "../testing/ledger-entry.ts";
import { takeBack } from "./take-back.ts";

const by = { atMs: Date.parse("2026-11-30T09:00:00Z"), replica: "back" };

async function kindsAfter(...written: readonly Partial<LedgerEntry>[]): Promise<readonly string[]> {
  const book = memoryBook();
  await book.append(written.map((entry) => ledgerEntry("1", entry)));
  await takeBack("1", book, by);
  return book.entries.slice(written.length).map(({ attempt, kind, nanoUsd }) => `${attempt} ${kind} ${nanoUsd}`);
}

test.each<[written: readonly Partial<LedgerEntry>[], added: readonly string[]]>([
  [[], []],
  [[{ kind: "open" }], []],
  [[{ kind: "open" }, { kind: "expire" }], ["1 void 0"]],
  [[{ kind: "expire" }, { kind: "close" }], []],
  [[{ kind: "expire" }, { kind: "void" }], []],
  [[{ kind: "expire" }, { kind: "expire", attempt: 2 }, { kind: "close", attempt: 2 }], ["1 void 0"]],
])("of what is written of a request, %j, is taken back: %j", async (written, added) => {
  expect(await kindsAfter(...written)).toEqual(added);
});

test("what is taken back says who has come back, and why", async () => {
  const book = memoryBook();
  await book.append([ledgerEntry("1", { kind: "expire" })]);
  await takeBack("1", book, by);
  await takeBack("1", book, by);
  expect(book.entries).toHaveLength(2);
  expect(book.entries[1]).toMatchObject({ ...by, kind: "void", source: "final", reason: /came back/u });
});
