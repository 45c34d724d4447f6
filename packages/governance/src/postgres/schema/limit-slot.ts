import { bigint, index, integer, primaryKey, text } from "drizzle-orm/pg-core";
import { drawbridgeSchema } from "./drawbridge-schema.ts";

/** What is used and held of one meter in one stretch of time. */
export const limitSlot = drawbridgeSchema.table(
  "limit_slot",
  {
    partition: text().notNull(),
    meter: text().notNull(),
    startMs: bigint("start_ms", { mode: "number" }).notNull(),
    /** From here on it counts no more; null for what always does. */
    endMs: bigint("end_ms", { mode: "number" }),
    settled: bigint({ mode: "number" }).notNull(),
    held: bigint({ mode: "number" }).notNull(),
    /** How many holds may still change it; without any it may go when it counts no more. */
    holds: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.partition, table.meter, table.startMs] }),
    index("limit_slot_end").on(table.endMs),
  ],
);
