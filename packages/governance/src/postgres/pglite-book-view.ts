import { rm } from "node:fs/promises";
import { sql } from "drizzle-orm";
import type { LedgerEntry } from "../book/ledger-entry.ts";
import { GovernanceError } from "../errors.ts";
import type { BookView } from "../node/book-view.ts";
import type { JournalPlace } from "../node/segmented-journal.ts";
import { addEntries, makeMonth } from "./add-entries.ts";
import type { Database, Queries } from "./database.ts";
import { monthOf } from "./ledger-rows.ts";
import { migrate } from "./migrate.ts";
import { openPglite, type OpenPgliteOptions } from "./open-pglite.ts";
import { postgresBook } from "./postgres-book.ts";

/** A view of a book in PGlite. Its folder has nothing that is not in the journal, and is made anew when it does not open. */
export async function pgliteBookView(options: OpenPgliteOptions): Promise<BookView> {
  const { folder } = options;
  try {
    return await openView(options);
  } catch (error) {
    if (folder === undefined) throw error;
    await rm(folder, { recursive: true, force: true });
    return openView(options);
  }
}

async function openView(options: OpenPgliteOptions): Promise<BookView> {
  const database = await openPglite(options);
  try {
    await migrate(database);
    await database.transaction(prepare);
    return new PgliteBookView(database);
  } catch (error) {
    await database.close().catch(() => undefined);
    throw error;
  }
}

/** Its place, and how many entries are before it: fewer than that, and something was lost that no error has told of. */
async function prepare(queries: Queries): Promise<void> {
  await queries.execute(sql`create table if not exists drawbridge.book_view
    (one boolean primary key default true check (one), segment int not null, entries int not null, added int not null)`);
  await queries.execute(sql`insert into drawbridge.book_view values (true, 1, 0, 0) on conflict do nothing`);
  const { rows } = await queries.execute<{ whole: boolean }>(
    sql`select added = (select count(*) from drawbridge.ledger_entry) as whole from drawbridge.book_view`,
  );
  if (rows[0]?.whole !== true) throw new GovernanceError("store-failed", "the view of the book has lost entries");
}

class PgliteBookView implements BookView {
  readonly #database: Database;
  readonly #book: ReturnType<typeof postgresBook>;
  readonly #months = new Set<string>();

  constructor(database: Database) {
    this.#database = database;
    this.#book = postgresBook({ database });
  }

  async place(): Promise<JournalPlace> {
    const { rows } = await this.#database.run((queries) =>
      queries.execute<{ segment: number; entries: number }>(sql`select segment, entries from drawbridge.book_view`),
    );
    return rows[0] ?? { segment: 1, entries: 0 };
  }

  async add(entries: readonly LedgerEntry[], behind: JournalPlace): Promise<void> {
    const months = new Set(entries.map(({ admittedMs }) => monthOf(admittedMs)));
    await this.#database.transaction(async (queries) => {
      for (const month of months) if (!this.#months.has(month)) await makeMonth(queries, month);
      const added = await addEntries(queries, entries);
      await queries.execute(
        sql`update drawbridge.book_view set segment = ${behind.segment}, entries = ${behind.entries}, added = added + ${added}`,
      );
    });
    for (const month of months) this.#months.add(month);
  }

  entriesOf: BookView["entriesOf"] = (requestId) => this.#book.entriesOf(requestId);

  totals: BookView["totals"] = (question) => this.#book.totals(question);

  close(): Promise<void> {
    return this.#database.close();
  }
}
