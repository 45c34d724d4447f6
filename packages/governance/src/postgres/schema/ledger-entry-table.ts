import { bigint, date, index, jsonb, primaryKey, smallint, text, timestamp } from "drizzle-orm/pg-core";
import { drawbridgeSchema } from "./drawbridge-schema.ts";

/** The account of all attempts, parted by the month of their admission. Rows are only ever added: triggers see to it. */
export const ledgerEntryTable = drawbridgeSchema.table(
  "ledger_entry",
  {
    month: date().notNull(),
    requestId: text("request_id").notNull(),
    attempt: smallint().notNull(),
    kind: text({ enum: ["open", "close", "void", "expire", "adjust"] }).notNull(),
    /** Empty for all that is no adjustment. */
    adjustment: text().notNull(),
    admittedAt: timestamp("admitted_at", { withTimezone: true }).notNull(),
    at: timestamp({ withTimezone: true }).notNull(),
    recordedAt: timestamp("recorded_at", { withTimezone: true }).notNull().defaultNow(),
    customer: text(),
    team: text(),
    user: text(),
    keyId: text("key_id").notNull(),
    keyName: text("key_name").notNull(),
    tags: jsonb().notNull(),
    sessionId: text("session_id"),
    provider: text().notNull(),
    model: text().notNull(),
    modelAsked: text("model_asked").notNull(),
    credential: text().notNull(),
    nanoUsd: bigint("nano_usd", { mode: "number" }).notNull(),
    /** Null, as all of these, where no usage is told. */
    inputTokens: bigint("input_tokens", { mode: "number" }),
    outputTokens: bigint("output_tokens", { mode: "number" }),
    cacheReadTokens: bigint("cache_read_tokens", { mode: "number" }),
    cacheWrite5mTokens: bigint("cache_write_5m_tokens", { mode: "number" }),
    cacheWrite1hTokens: bigint("cache_write_1h_tokens", { mode: "number" }),
    webSearchRequests: bigint("web_search_requests", { mode: "number" }),
    source: text({ enum: ["final", "partial", "estimated"] }).notNull(),
    outcome: text().notNull(),
    replica: text().notNull(),
    actor: text(),
    reason: text(),
  },
  (table) => [
    primaryKey({ columns: [table.requestId, table.attempt, table.kind, table.adjustment, table.month] }),
    index("ledger_entry_admitted").on(table.admittedAt),
  ],
);
