import type { LimitStore } from "@drawbridge/governance";
import { connectPostgres, postgresLimitStore } from "@drawbridge/governance/postgres";
import { Client } from "pg";
import type { BookRow } from "./judge/judge.ts";
import type { World } from "./world.ts";

/** What the gateways have written down. */
export interface Money {
  readonly book: readonly BookRow[];
  /** The limits as they stand. */
  readonly limits: LimitStore;
  close(): Promise<void>;
}

/** Reads the gateways' account, and opens their limits to be looked at. */
export async function readMoney({ postgres: { port, user } }: World): Promise<Money> {
  const url = `postgres://${user}@127.0.0.1:${port}/postgres`;
  const client = new Client(url);
  await client.connect();
  const { rows } = await client.query<Omit<BookRow, "nanoUsd"> & { readonly nanoUsd: string }>(bookQuery);
  await client.end();
  const database = await connectPostgres({ url });
  return {
    book: rows.map((row) => ({ ...row, nanoUsd: Number(row.nanoUsd) })),
    limits: postgresLimitStore({ database, clock: Date.now }),
    close: () => database.close(),
  };
}

const bookQuery = `
  select coalesce(session_id, request_id) as label, request_id as "requestId", attempt, kind, nano_usd as "nanoUsd", source,
    key_name as key
  from drawbridge.ledger_entry`;
