import { type SQL, sql } from "drizzle-orm";
import type { Book, BookDimension, BookTotal, TotalsQuestion } from "../book/book.ts";
import { checkEntry } from "../book/check-entry.ts";
import { checkQuestion } from "../book/check-question.ts";
import type { LedgerEntry } from "../book/ledger-entry.ts";
import { addEntries, makeMonth } from "./add-entries.ts";
import type { Database } from "./database.ts";
import { entryOfRow, type LedgerRow, monthOf } from "./ledger-rows.ts";

/** What a book in PostgreSQL needs. */
export interface PostgresBookOptions {
  /** With its tables: see `migrate`. The role that its statements run as need only add and read. */
  readonly database: Database;
}

interface TotalRow extends Omit<BookTotal, "of"> {
  readonly of: readonly (string | null)[];
}

const earliestMs = 0;
const latestMs = Date.parse("9999-12-31T00:00:00Z");

/** A {@link Book} in PostgreSQL or PGlite. The database itself refuses to change or remove what was added. */
export function postgresBook({ database }: PostgresBookOptions): Book {
  return new PostgresBook(database);
}

class PostgresBook implements Book {
  readonly #database: Database;
  readonly #months = new Set<string>();

  constructor(database: Database) {
    this.#database = database;
  }

  async append(entries: readonly LedgerEntry[]): Promise<void> {
    if (entries.length === 0) return;
    entries.forEach(checkEntry);
    for (const month of new Set(entries.map(({ admittedMs }) => monthOf(admittedMs)))) await this.#makeMonth(month);
    await this.#database.run((queries) => addEntries(queries, entries));
  }

  async entriesOf(requestId: string): Promise<readonly LedgerEntry[]> {
    const { rows } = await this.#database.run((queries) =>
      queries.execute<{ item: LedgerRow }>(sql`
        select to_jsonb(e) as item from drawbridge.ledger_entry e where e.request_id = ${requestId}
        order by e.attempt, e.at, e.recorded_at`),
    );
    return rows.map(({ item }) => entryOfRow(item));
  }

  async totals(question: TotalsQuestion): Promise<readonly BookTotal[]> {
    checkQuestion(question);
    const { rows } = await this.#database.run((queries) => queries.execute<{ item: TotalRow }>(totalsQuery(question)));
    const { by } = question;
    return rows
      .map(({ item }) => item)
      .toSorted((one, other) => (JSON.stringify(one.of) < JSON.stringify(other.of) ? -1 : 1))
      .map(({ of, ...sums }) => ({ of: named(by, of), ...sums }));
  }

  async #makeMonth(month: string): Promise<void> {
    if (this.#months.has(month)) return;
    await this.#database.run((queries) => makeMonth(queries, month));
    this.#months.add(month);
  }
}

function named(by: readonly BookDimension[], values: readonly (string | null)[]): BookTotal["of"] {
  const pairs = by.map((dimension, index) => [dimension, values[index] ?? undefined] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

function totalsQuery({ by, fromMs, toMs, where = {}, timeZone = "UTC" }: TotalsQuestion): SQL {
  const from = clamped(fromMs);
  const to = clamped(toMs);
  const of = by.map((dimension) => columnOf(dimension, timeZone));
  const wanted = dimensions.flatMap((dimension) => {
    const value = dimension === "day" || dimension === "month" ? undefined : where[dimension];
    return value === undefined ? [] : [sql`and ${columnOf(dimension, timeZone)} = ${value}`];
  });
  const place = sql.raw(by.map((_, index) => index + 1).join(", "));
  const groups = by.length === 0 ? sql`having count(*) > 0` : sql`group by ${place}`;
  const listed = of.map((column, index) => sql`${column} as ${sql.raw(`g${index + 1}`)}`);
  const names = sql.raw(
    ["'of'", `jsonb_build_array(${by.map((_, index) => `t.g${index + 1}`).join(", ")})`].join(", "),
  );
  return sql`
    select jsonb_build_object(${names}, 'attempts', t.attempts, 'nanoUsd', t.nano_usd, 'estimatedNanoUsd', t.estimated,
      'inputTokens', t.input_tokens, 'outputTokens', t.output_tokens) as item
    from (
      select ${sql.join([...listed, sql`count(*) filter (where e.kind <> 'adjust') as attempts`], sql`, `)},
        sum(e.nano_usd) as nano_usd,
        coalesce(sum(e.nano_usd) filter (where e.source = 'estimated'), 0) as estimated,
        coalesce(sum(e.input_tokens + e.cache_read_tokens + e.cache_write_5m_tokens + e.cache_write_1h_tokens), 0)
          as input_tokens,
        coalesce(sum(e.output_tokens), 0) as output_tokens
      from drawbridge.ledger_entry e
      where e.admitted_at >= ${from} and e.admitted_at < ${to}
        and e.month >= ${monthOf(Date.parse(from))}::date and e.month <= ${monthOf(Date.parse(to))}::date
        ${sql.join(wanted, sql` `)}
        and (e.kind in ('close', 'adjust') or (e.kind = 'expire' and not exists (
          select from drawbridge.ledger_entry c where c.request_id = e.request_id and c.attempt = e.attempt
            and c.kind in ('close', 'void') and c.adjustment = '' and c.month = e.month)))
      ${groups}
    ) t`;
}

const dimensions: readonly BookDimension[] = ["customer", "team", "user", "keyId", "provider", "model"];

function columnOf(dimension: BookDimension, timeZone: string): SQL {
  switch (dimension) {
    case "day":
      return sql`to_char(e.admitted_at at time zone ${timeZone}, 'YYYY-MM-DD')`;
    case "month":
      return sql`to_char(e.admitted_at at time zone ${timeZone}, 'YYYY-MM')`;
    case "keyId":
      return sql`e.key_id`;
    default:
      return sql`e.${sql.identifier(dimension)}`;
  }
}

function clamped(ms: number): string {
  return new Date(Math.min(Math.max(ms, earliestMs), latestMs)).toISOString();
}
