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
  },
  (table) => [
    primaryKey({ columns: [table.partition, table.id] }),
    index("limit_hold_state").on(table.state, table.atMs),
  ],
);
