import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import type { LedgerEntry } from "../book/ledger-entry.ts";
import { memoryBook } from "../book/memory-book.ts";
import { GovernanceError } from "../errors.ts";
import { pgliteBookView } from "../postgres/pglite-book-view.ts";
import { threadBookView } from "../postgres/thread-book-view.ts";
import { bookContract } from "../testing/book-contract.ts";
import { ledgerEntry } from "../testing/ledger-entry.ts";
import { pgliteTemplate } from "../testing/test-database.ts";
import type { BookView } from "./book-view.ts";
import { type JournalBook, journalBook } from "./journal-book.ts";
import type { JournalPlace } from "./segmented-journal.ts";

const root = mkdtempSync(join(tmpdir(), "drawbridge-book-"));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const newFolder = (): string => join(root, `${(folders += 1)}`);
const isCampaign = env["DRAWBRIDGE_CAMPAIGN"] === "1";
const always = { by: [], fromMs: 0, toMs: Date.parse("2030-01-01T00:00:00Z") };

/** A view that lives as long as the test, so that only the journal is looked at. */
function memoryView(): BookView {
  const book = memoryBook();
  let at: JournalPlace = { segment: 1, entries: 0 };
  return {
    ...book,
    place: async () => at,
    add: async (entries, behind) => {
      await book.append(entries);
      at = behind;
    },
    close: async () => {},
  };
}

const inMemory = (folder: string, segmentBytes = 2000): Promise<JournalBook> =>
  journalBook({ folder, segmentBytes, openView: async () => memoryView() });

const inPglite = async (folder: string): Promise<JournalBook> => {
  const template = await pgliteTemplate();
  const openView = () => pgliteBookView({ folder: join(folder, "view"), template });
  return journalBook({ folder, openView, segmentBytes: 5000 });
};

const many = (count: number, prefix = ""): LedgerEntry[] =>
  Array.from({ length: count }, (_, index) => ledgerEntry(`${prefix}${index}`, { nanoUsd: index }));

bookContract({
  name: "a book with a journal",
  open: async () => {
    const book = await inMemory(newFolder());
    return { book, close: () => book.close() };
  },
});

describe("a book with a journal", () => {
  test("has all that was acknowledged when it is opened again, from files that stay short", async () => {
    const folder = newFolder();
    for (const part of ["a", "b", "c"]) {
      const book = await inMemory(folder);
      for (const entry of many(20, part)) await book.append([entry]);
      await book.close();
    }
    const book = await inMemory(folder);
    expect(await book.totals(always)).toMatchObject([{ attempts: 60, nanoUsd: 3 * 190 }]);
    await book.close();
    expect(readdirSync(folder).length).toBeGreaterThan(5);
  });

  test("answers with what was acknowledged before the question, however much comes meanwhile", async () => {
    const book = await inMemory(newFolder(), 20_000);
    let acknowledged = 0;
    const adding = many(300).map(async (entry) => {
      await book.append([entry]);
      acknowledged += 1;
    });
    const asking = async (): Promise<void> => {
      for (let round = 0; round < 20; round++) {
        const before = acknowledged;
        const [total] = await book.totals(always);
        expect(total?.attempts ?? 0).toBeGreaterThanOrEqual(before);
      }
    };
    await Promise.all([...adding, asking(), asking()]);
    expect(await book.totals(always)).toMatchObject([{ attempts: 300 }]);
    await book.close();
  });

  test("asks another view when one fails, and gives it what the journal has", async () => {
    let views = 0;
    const openView = async (): Promise<BookView> => {
      views += 1;
      const view = memoryView();
      const isBroken = views === 1;
      return {
        ...view,
        totals: (question) =>
          isBroken ? Promise.reject(new GovernanceError("store-failed", "gone")) : view.totals(question),
      };
    };
    const book = await journalBook({ folder: newFolder(), openView });
    await book.append(many(3));
    expect(await book.totals(always)).toMatchObject([{ attempts: 3 }]);
    expect(views).toBe(2);
    await book.close();
  });

  test("adds nothing more when the disk takes nothing more, and says so", async () => {
    const folder = newFolder();
    const book = await inMemory(folder, 10);
    await book.append(many(1));
    rmSync(folder, { recursive: true });
    const closed = {
      code: "journal-closed",
      message:
        /the journal of the book cannot be written \(ENOENT.*, so what calls cost is kept in memory until it can/u,
    };
    // The next file of the journal cannot be made.
    await expect(book.append(many(1, "a"))).rejects.toMatchObject(closed);
    await expect(book.append(many(1, "b"))).rejects.toMatchObject(closed);
    mkdirSync(folder);
    await book.append(many(1, "c"));
    await book.close();
    await expect(book.append(many(1))).rejects.toMatchObject({ code: "journal-closed" });
    // What could not be written when it was told was written when it could be.
    expect(readFileSync(join(folder, "00000002.journal"), "utf8")).toMatch(/"a.*"c/u);
  });

  test("does not open where there can be no folder", async () => {
    const file = newFolder();
    writeFileSync(file, "");
    await expect(inMemory(file)).rejects.toMatchObject({ code: "journal-closed", message: /cannot be opened/u });
  });

  test("opens with 100,000 entries in less than three seconds", async () => {
    const folder = newFolder();
    const openView = async () => memoryView();
    const book = await journalBook({ folder, openView });
    const count = isCampaign ? 100 : 20;
    for (let part = 0; part < count; part++) await book.append(many(1000, `${part} `));
    await book.close();
    const before = performance.now();
    const again = await journalBook({ folder, openView });
    await again.append([ledgerEntry("one more")]);
    // Measured in campaigns; elsewhere other processes take the processor away.
    if (isCampaign) expect(performance.now() - before).toBeLessThan(3000);
    expect(await again.totals(always)).toMatchObject([{ attempts: count * 1000 + 1 }]);
    await again.close();
  }, 120_000);
});

describe("a view in PGlite", () => {
  test("goes on where it was, and is made anew when it is gone, damaged or behind what it says", async () => {
    const folder = newFolder();
    const view = join(folder, "view");
    const damages: readonly (() => void)[] = [
      () => {},
      () => rmSync(view, { recursive: true }),
      () => {
        rmSync(view, { recursive: true });
        writeFileSync(view, "no folder");
      },
      () => {
        for (const file of globSync(join(view, "base/*/*"))) truncateSync(file, 100);
      },
      () => {
        for (const file of globSync(join(view, "global/*"))) truncateSync(file, 0);
      },
      () => rmSync(join(view, "PG_VERSION")),
      () => {
        rmSync(join(view, "pg_wal"), { recursive: true });
        mkdirSync(join(view, "pg_wal"));
      },
    ];
    let expected = 0;
    for (const [round, damage] of (isCampaign
      ? damages
      : damages.filter((_, index) => index % 2 === 1).slice(0, 2)
    ).entries()) {
      const book = await inPglite(folder);
      await book.append(many(30, `${round} `));
      expected += 30;
      expect(await book.totals(always)).toMatchObject([{ attempts: expected }]);
      await book.append([ledgerEntry(`${round}`, { kind: "open" })]);
      await book.close();
      damage();
    }
    const book = await inPglite(folder);
    expect(await book.totals(always)).toMatchObject([{ attempts: expected }]);
    expect(await book.entriesOf("0 29")).toMatchObject([{ nanoUsd: 29 }]);
    await book.close();
  }, 120_000);

  test("that has lost entries without a word is made anew", async () => {
    const folder = newFolder();
    const template = await pgliteTemplate();
    const view = await pgliteBookView({ folder, template });
    await view.add(many(10), { segment: 3, entries: 10 });
    await view.add(many(12), { segment: 3, entries: 22 });
    expect(await view.place()).toEqual({ segment: 3, entries: 22 });
    await view.close();
    const again = await pgliteBookView({ folder, template });
    expect(await again.place()).toEqual({ segment: 3, entries: 22 });
    expect(await again.totals(always)).toMatchObject([{ attempts: 12 }]);
    await again.close();
    const { openPglite } = await import("../postgres/open-pglite.ts");
    const { sql } = await import("drizzle-orm");
    const database = await openPglite({ folder });
    await database.run((queries) => queries.execute(sql`update drawbridge.book_view set added = 13`));
    await database.close();
    const anew = await pgliteBookView({ folder, template });
    expect(await anew.place()).toEqual({ segment: 1, entries: 0 });
    await anew.close();
  }, 120_000);
});

describe("a process that is killed", () => {
  // A journal is not so long that its view takes minutes.
  const [books, kills] = isCampaign ? [25, 20] : [1, 2];
  test(`L-22: ${books * kills} times over, has lost nothing that was acknowledged, whatever it was doing and became of its view`, async () => {
    for (let count = 0; count < books; count++) {
      const folder = newFolder();
      const kept = new Map<string, number>();
      for (let round = 0; round < kills; round++) {
        if (round === 9) rmSync(join(folder, "view"), { recursive: true, force: true });
        const files = round === 19 ? globSync(join(folder, "view/base/*/*")) : [];
        for (const file of files) truncateSync(file, 100);
        const said = (await linesUntilKilled(folder, round)).map((line) => line.split(" "));
        for (const [, id = "", nanoUsd] of said.filter(([what]) => what === "kept")) kept.set(id, Number(nanoUsd));
      }
      expect(kept.size).toBeGreaterThanOrEqual(kills * fewest);
      await judge(folder, kept);
      rmSync(folder, { recursive: true });
    }
  }, 3_600_000);
});

/** All that was acknowledged is in the files, and the view says what they say. */
async function judge(folder: string, kept: ReadonlyMap<string, number>): Promise<void> {
  const openView = () => threadBookView({ folder: join(folder, "view") });
  const book = await journalBook({ folder, openView });
  const [total] = await book.totals(always);
  await book.close();
  const files = await Promise.all(globSync(join(folder, "*.journal")).map((file) => readFile(file, "utf8")));
  const entries = files.join("").matchAll(/"requestId":"([\d.]+)","attempt":1,"kind":"close".*?"nanoUsd":(\d+)/gu);
  const closed = new Map(Array.from(entries, ([, id = "", nanoUsd]) => [id, Number(nanoUsd)]));
  for (const [id, nanoUsd] of kept) expect([id, closed.get(id)]).toEqual([id, nanoUsd]);
  const nanoUsd = [...closed.values()].reduce((sum, one) => sum + one, 0);
  expect(total).toMatchObject({ attempts: closed.size, nanoUsd });
}

/** Entries that a process has acknowledged before it is killed. */
const [fewest, more] = [20, isCampaign ? 100 : 700];

/** The round and its chance decide how much may be said before the kill; some ask the view meanwhile. */
async function linesUntilKilled(folder: string, round: number): Promise<string[]> {
  const program = join(import.meta.dirname, "../testing/book-writer.ts");
  const asks = round % 10 === 1 ? "asks" : "writes";
  const child = spawn(process.execPath, [program, folder, `${round}`, asks], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  const most = fewest + Math.floor(Math.random() * more);
  const lines: string[] = [];
  let kept = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.startsWith("kept")) kept += 1;
    const hasAsked = asks === "writes" || lines.some((earlier) => earlier.startsWith("asked"));
    if (kept >= most && hasAsked) child.kill("SIGKILL");
  }
  await closed;
  return lines;
}
