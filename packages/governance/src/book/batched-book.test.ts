import { expect, test } from "vitest";
import { GovernanceError } from "../errors.ts";
import { bookContract } from "../testing/book-contract.ts";
import { ledgerEntry } from "../testing/ledger-entry.ts";
import { batchedBook } from "./batched-book.ts";
import type { Book } from "./book.ts";
import { memoryBook } from "./memory-book.ts";

bookContract({ name: "a batched book", open: () => Promise.resolve({ book: batchedBook({ book: memoryBook() }) }) });

/** A book that says how long its batches were, takes nothing while it is shut, and refuses some requests. */
function watched() {
  const inner = memoryBook();
  const batches: number[] = [];
  const state = { isShut: false };
  const book: Book = {
    ...inner,
    async append(entries) {
      batches.push(entries.length);
      await Promise.resolve();
      if (state.isShut) throw new GovernanceError("store-unavailable", "shut");
      if (entries.some(({ requestId }) => requestId === "refused"))
        throw new GovernanceError("store-failed", "refused");
      await inner.append(entries);
    },
  };
  return { book, batches, state, inner };
}

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index}`);

test("adds together what comes while a batch is under way", async () => {
  const { book, batches, inner } = watched();
  const batched = batchedBook({ book, mostEntries: 100 });
  await Promise.all(ids(301).map((id) => batched.append([ledgerEntry(id)])));
  expect(batches).toEqual([1, 100, 100, 100]);
  expect(inner.entries).toHaveLength(301);
});

test("writes more than a batch takes in one piece when it comes in one", async () => {
  const { book, batches } = watched();
  await batchedBook({ book, mostEntries: 10 }).append(ids(25).map((id) => ledgerEntry(id)));
  expect(batches).toEqual([25]);
});

test("tells who has refused entries, and adds those of the others", async () => {
  const { book, inner } = watched();
  const batched = batchedBook({ book });
  const results = await Promise.allSettled(["1", "2", "refused", "3"].map((id) => batched.append([ledgerEntry(id)])));
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  expect(inner.entries.map(({ requestId }) => requestId)).toEqual(["1", "2", "3"]);
});

test("tells everybody when the book cannot be reached, and goes on when it can", async () => {
  const { book, batches, state } = watched();
  const batched = batchedBook({ book });
  state.isShut = true;
  const results = await Promise.allSettled(ids(50).map((id) => batched.append([ledgerEntry(id)])));
  expect(results.filter(({ status }) => status === "rejected")).toHaveLength(50);
  expect(batches).toEqual([1, 49]);
  state.isShut = false;
  await batched.append([ledgerEntry("0")]);
  expect(await batched.entriesOf("0")).toHaveLength(1);
});

test("takes no more than may wait, and takes some again when there is room", async () => {
  const { book, inner } = watched();
  const batched = batchedBook({ book, mostWaiting: 10 });
  const results = await Promise.allSettled(ids(15).map((id) => batched.append([ledgerEntry(id)])));
  const refused = results.filter(({ status }) => status === "rejected");
  expect(refused).toHaveLength(5);
  expect(refused[0]).toMatchObject({ reason: { code: "store-unavailable" } });
  await batched.append(ids(10).map((id) => ledgerEntry(`later ${id}`)));
  expect(inner.entries).toHaveLength(20);
});
