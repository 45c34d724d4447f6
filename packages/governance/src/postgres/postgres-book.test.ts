import { type SQL, sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import type { LedgerEntry } from "../book/ledger-entry.ts";
import { bookContract } from "../testing/book-contract.ts";
import { ledgerEntry } from "../testing/ledger-entry.ts";
import { onEachDatabase } from "../testing/test-database.ts";
import { connectPostgres } from "./connect-postgres.ts";
import type { Database } from "./database.ts";
import { postgresBook } from "./postgres-book.ts";

/** Takes all months out, as only the owner of the tables can. */
async function emptied(database: Database): Promise<void> {
  await database.run((queries) =>
    queries.execute(sql`
      do $$ declare partition regclass; begin
        for partition in select inhrelid::regclass from pg_inherits where inhparent = 'drawbridge.ledger_entry'::regclass loop
          execute format('drop table %s', partition);
        end loop;
      end $$`),
  );
}

const columns = (
  "month request_id attempt kind adjustment admitted_at at recorded_at customer team user key_id key_name tags session_id " +
  "provider model model_asked credential nano_usd input_tokens output_tokens cache_read_tokens cache_write_5m_tokens " +
  "cache_write_1h_tokens web_search_requests source outcome replica actor reason"
).split(" ");
const table = "drawbridge.ledger_entry";
const partition = "drawbridge.ledger_entry_2026_11";

/** What somebody may try who wants the books to say something else. */
const mutations: readonly string[] = [
  ...columns.map((column) => `update ${table} set "${column}" = "${column}"`),
  `update ${table} set nano_usd = 0 where request_id = '1'`,
  `update ${partition} set nano_usd = 0`,
  `delete from ${table}`,
  `delete from ${table} where request_id = 'none'`,
  `delete from ${partition}`,
  `truncate ${table}`,
  `truncate ${partition}`,
  `truncate ${table} cascade`,
  `insert into ${table} select * from ${table} on conflict (request_id, attempt, kind, adjustment, month)
    do update set nano_usd = 0`,
  `insert into ${partition} select * from ${table} on conflict do nothing`,
  `with gone as (delete from ${table} returning *) select * from gone`,
  `with changed as (update ${table} set nano_usd = 0 returning *) select * from changed`,
  `select * from ${table} for update`,
  `lock table ${table} in exclusive mode`,
  `drop table ${table}`,
  `drop table ${partition}`,
  `drop trigger ledger_append_only on ${table}`,
  `drop trigger ledger_append_only on ${partition}`,
  `drop function drawbridge.ledger_append_only() cascade`,
  `drop schema drawbridge cascade`,
  `alter table ${table} disable trigger all`,
  `alter table ${table} disable trigger ledger_append_only`,
  `alter table ${table} detach partition ${partition}`,
  `alter table ${table} drop column nano_usd`,
  `alter table ${table} alter column nano_usd set default 0`,
  `alter table ${table} rename to ledger_entry_old`,
  `alter table ${table} owner to drawbridge_app`,
  `alter table ${table} set schema public`,
  `create rule changed as on insert to ${table} do instead nothing`,
  `create trigger mine before insert on ${table} for each row execute function drawbridge.ledger_append_only()`,
  `create or replace function drawbridge.ledger_append_only() returns trigger language plpgsql as 'begin return new; end'`,
  `create table drawbridge.ledger_entry_mine partition of ${table} for values from ('2001-01-01') to ('2001-02-01')`,
  `create table drawbridge.mine (id int)`,
  `set session_replication_role = replica`,
  `alter role drawbridge_app superuser`,
  `select drawbridge.ledger_months('1000-01-01', '9000-01-01')`,
];

onEachDatabase((opened) => {
  bookContract({
    name: "a book in a database",
    open: async () => {
      await emptied(opened.database);
      return { book: postgresBook(opened) };
    },
  });

  describe("the ledger", () => {
    const asApp = async (statement: SQL): Promise<void> => {
      await opened.database.transaction(async (queries) => {
        await queries.execute(sql`set local role drawbridge_app`);
        await queries.execute(statement);
      });
    };

    test("takes entries of new months from who may only add and read, and changes none for anybody", async () => {
      await emptied(opened.database);
      await postgresBook(opened).append([ledgerEntry("1", { customer: "acme" }), ledgerEntry("2")]);
      const before = await postgresBook(opened).entriesOf("1");
      const taken: string[] = [];
      for (const mutation of mutations) {
        const failed = await asApp(sql.raw(mutation)).then(
          () => false,
          () => true,
        );
        if (!failed) taken.push(mutation);
      }
      expect(taken).toEqual([]);
      expect(mutations.length).toBeGreaterThanOrEqual(50);
      expect(await postgresBook(opened).entriesOf("1")).toEqual(before);
    });

    test("lets who may only add and read give themselves no more", async () => {
      await postgresBook(opened).append([ledgerEntry("1")]);
      // It is a warning, and nothing happens.
      await asApp(sql.raw(`grant all on ${table} to drawbridge_app`));
      const { rows } = await opened.database.run((queries) =>
        queries.execute(sql`select t as target, p as privilege from unnest(array[${table}, ${partition}]) t,
          unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES']) p
          where has_table_privilege('drawbridge_app', t, p) order by 1, 2`),
      );
      expect(rows).toEqual([
        { target: table, privilege: "INSERT" },
        { target: table, privilege: "SELECT" },
      ]);
    });

    test.each([
      `update ${table} set nano_usd = 0`,
      `update ${partition} set nano_usd = 0`,
      `delete from ${table} where request_id = 'none'`,
      `delete from ${partition}`,
      `truncate ${table}`,
      `truncate ${partition}`,
    ])("refuses %s even from the owner of its tables", async (mutation) => {
      await postgresBook(opened).append([ledgerEntry("1")]);
      const changed = opened.database.run((queries) => queries.execute(sql.raw(mutation)));
      await expect(changed).rejects.toMatchObject({ code: "store-failed", message: /are only ever added/u });
      expect(await postgresBook(opened).entriesOf("1")).toMatchObject([{ nanoUsd: 1_000_000 }]);
    });

    test("works as the role that may only add and read", async () => {
      const { url } = opened;
      await emptied(opened.database);
      const database = url === undefined ? opened.database : await connectPostgres({ url, role: "drawbridge_app" });
      if (url === undefined) await database.run((queries) => queries.execute(sql`set role drawbridge_app`));
      try {
        const book = postgresBook({ database });
        const later = Date.parse("2031-05-01T00:00:00Z");
        await book.append([ledgerEntry("1"), ledgerEntry("2", { admittedMs: later, atMs: later })]);
        expect(await book.totals({ by: ["month"], fromMs: 0, toMs: later + 1 })).toMatchObject([
          { of: { month: "2026-11" } },
          { of: { month: "2031-05" } },
        ]);
      } finally {
        await database.run((queries) => queries.execute(sql`reset role`));
        if (url !== undefined) await database.close();
      }
    });

    test("takes the same entries from several replicas at once, each once", async () => {
      await emptied(opened.database);
      const { url } = opened;
      const others = await Promise.all(
        Array.from({ length: 3 }, async () => (url === undefined ? opened.database : connectPostgres({ url }))),
      );
      const entries: LedgerEntry[] = Array.from({ length: 300 }, (_, index) => {
        const admittedMs = Date.parse("2026-01-15T00:00:00Z") + index * 86_400_000;
        return ledgerEntry(`${index}`, { admittedMs, atMs: admittedMs });
      });
      await Promise.all(
        others.map(async (database, replica) => {
          const mine = replica % 2 === 0 ? entries : entries.toReversed();
          const book = postgresBook({ database });
          for (let at = 0; at < mine.length; at += 100) await book.append(mine.slice(at, at + 100));
        }),
      );
      const question = { by: [], fromMs: 0, toMs: Date.parse("2030-01-01T00:00:00Z") };
      expect(await postgresBook(opened).totals(question)).toMatchObject([{ attempts: 300, nanoUsd: 300_000_000 }]);
      if (url !== undefined) await Promise.all(others.map((database) => database.close()));
    });
  });
});
