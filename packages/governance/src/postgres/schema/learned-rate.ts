import { jsonb, text, timestamp } from "drizzle-orm/pg-core";
import { drawbridgeSchema } from "./drawbridge-schema.ts";

/** What gateways have learned of a model's tokens: one row a model, by a print of where it is reached. */
export const learnedRate = drawbridgeSchema.table("learned_rate", {
  model: text().primaryKey(),
  rates: jsonb().$type<Readonly<Record<string, number>>>().notNull(),
  at: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
});
