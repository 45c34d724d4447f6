import { sql } from "drizzle-orm";
import { bigint, index, jsonb, primaryKey, text } from "drizzle-orm/pg-core";
import { drawbridgeSchema } from "./drawbridge-schema.ts";

/** A request that has begun; ended ones are remembered for a while. */
export const limitHold = drawbridgeSchema.table(
  "limit_hold",
  {
    partition: text().notNull(),
    id: text().notNull(),
    state: text({ enum: ["held", "lapsed", "expired", "closed"] }).notNull(),
    /** When its lease runs out, or when it came into this state. */
    atMs: bigint("at_ms", { mode: "number" }).notNull(),
    nanoUsd: bigint("nano_usd", { mode: "number" }).notNull(),
    inputTokens: bigint("input_tokens", { mode: "number" }).notNull(),
    outputTokens: bigint("output_tokens", { mode: "number" }).notNull(),
    /** The limits that it began with, each with the slot that it counts in. */
    entries: jsonb().notNull(),
    /** Its last step among those of its partition, where a fast store decides; 0 where this database does. */
    seq: bigint({ mode: "number" }).notNull().default(0),
    /** What a closed one took, or an expired one was charged with, where a fast store decides. */
    used: jsonb(),
    /** What it is charged with if it expires, where this database decides; null for all that it holds. */
    charge: jsonb(),
  },
  (table) => [
    primaryKey({ columns: [table.partition, table.id] }),
    index("limit_hold_state").on(table.state, table.atMs),
    index("limit_hold_closed")
      .on(table.partition, table.seq)
      .where(sql`state = 'closed' and seq > 0`),
    // Those that have ended are many more.
    index("limit_hold_open")
      .on(table.partition)
      .where(sql`state <> 'closed'`),
  ],
);
