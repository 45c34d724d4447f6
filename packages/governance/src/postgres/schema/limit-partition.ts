import { bigint, text } from "drizzle-orm/pg-core";
import { drawbridgeSchema } from "./drawbridge-schema.ts";

/** What is locked for a step. Its time never falls, whatever the server's clock does. */
export const limitPartition = drawbridgeSchema.table("limit_partition", {
  partition: text().primaryKey(),
  nowMs: bigint("now_ms", { mode: "number" }).notNull(),
  /** How often a fast store was seeded from here. */
  epoch: bigint({ mode: "number" }).notNull().default(0),
});
