import type { LimitStore } from "@drawbridge/governance";
import { connectPostgres, postgresLimitBook, postgresLimitStore } from "@drawbridge/governance/postgres";
import { redisLimitStore } from "@drawbridge/governance/redis";
import { Redis } from "ioredis";
import { Client } from "pg";
import type { BookRow } from "./judge/evidence.ts";
import type { World } from "./world.ts";

/** What the gateways have written down. */
export interface Money {
  readonly book: readonly BookRow[];
  /** The limits as PostgreSQL remembers them. */
  readonly remembered: LimitStore;
  /** The limits as Redis counts them. */
  readonly counted: LimitStore;
  close(): Promise<void>;
}

/** Reads the gateways' account, and opens their limits to be looked at. */
export async function readMoney({ postgres: { port, user }, redis }: World, leaseMs: number): Promise<Money> {
  const url = `postgres://${user}@127.0.0.1:${port}/postgres`;
  const client = new Client(url);
  await client.connect();
  const { rows } = await client.query<Omit<BookRow, "nanoUsd"> & { readonly nanoUsd: string }>(bookQuery);
  await client.end();
  const database = await connectPostgres({ url });
  const connection = new Redis({ host: "127.0.0.1", port: redis.port });
  const counted = redisLimitStore({
    client: connection,
    clock: Date.now,
    // As those of the gateways, should it be the first to ask for something that Redis has lost.
    leaseMs,
    graceMs: 3 * leaseMs,
    book: postgresLimitBook({ database }),
    // Whoever only looks can wait.
    timeoutMs: 5_000,
  });
  return {
    book: rows.map((row) => ({ ...row, nanoUsd: Number(row.nanoUsd) })),
    remembered: postgresLimitStore({ database, clock: Date.now }),
    counted,
    async close() {
      await counted.close();
      connection.disconnect();
      await database.close();
    },
  };
}

const bookQuery = `
  select coalesce(nullif(split_part(model_asked, '~', 2), ''), session_id, request_id) as label, request_id as "requestId", attempt, kind, nano_usd as "nanoUsd", source, outcome,
    input_tokens::float8 as "inputTokens", output_tokens::float8 as "outputTokens", key_name as key
  from drawbridge.ledger_entry`;
