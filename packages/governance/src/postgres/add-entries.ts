import { sql } from "drizzle-orm";
import type { LedgerEntry } from "../book/ledger-entry.ts";
import type { Queries } from "./database.ts";
import { ledgerRow, type LedgerRow } from "./ledger-rows.ts";
import { storableJson } from "./storable-json.ts";

const aheadMonths = 2;

/** Makes the partitions for a month, given as its first day, and the next ones, so that none begins without one. */
export async function makeMonth(queries: Queries, month: string): Promise<void> {
  await queries.execute(
    sql`select drawbridge.ledger_months(${month}::date, (${month}::date + make_interval(months => ${aheadMonths}))::date)`,
  );
}

/** Adds entries whose months are there, and says how many of them are new. */
export async function addEntries(queries: Queries, entries: readonly LedgerEntry[]): Promise<number> {
  const rows = entries.map(ledgerRow).toSorted(byName);
  const { rows: added } = await queries.execute<{ count: number }>(sql`
    with added as (
      insert into drawbridge.ledger_entry
      select row.* from jsonb_array_elements(${storableJson(rows)}::jsonb) as item
      cross join lateral jsonb_populate_record(null::drawbridge.ledger_entry,
        item || jsonb_build_object('recorded_at', now())) as row
      on conflict do nothing returning 1
    )
    select count(*)::int as count from added`);
  return added[0]?.count ?? 0;
}

/** The one order in which rows are added, so that batches with the same entries never wait for each other. */
function byName(one: LedgerRow, other: LedgerRow): number {
  if (one.request_id !== other.request_id) return one.request_id < other.request_id ? -1 : 1;
  if (one.attempt !== other.attempt) return one.attempt - other.attempt;
  const [first, second] = [`${one.kind} ${one.adjustment}`, `${other.kind} ${other.adjustment}`];
  return first < second ? -1 : 1;
}
