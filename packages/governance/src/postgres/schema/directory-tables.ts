import { sql } from "drizzle-orm";
import { bigint, boolean, check, index, jsonb, primaryKey, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";
import type { EntryKind, EntryManager, EntrySpec } from "../../directory-store/directory-entry.ts";
import { drawbridgeSchema } from "./drawbridge-schema.ts";

/** One row: at which version the directory is, and where its audit ends. Whoever changes the directory locks it. */
export const directoryHead = drawbridgeSchema.table(
  "directory_head",
  {
    only: boolean().primaryKey().default(true),
    version: bigint({ mode: "number" }).notNull(),
    auditSeq: bigint("audit_seq", { mode: "number" }).notNull(),
    auditHash: text("audit_hash").notNull(),
  },
  ({ only }) => [check("directory_head_only", sql`${only}`)],
);

/** What is governed: one row a customer, team, user, key, provider or rule. */
export const directoryEntry = drawbridgeSchema.table(
  "directory_entry",
  {
    kind: text().$type<EntryKind>().notNull(),
    name: text().notNull(),
    spec: jsonb().$type<EntrySpec>().notNull(),
    managedBy: text("managed_by").$type<EntryManager>().notNull(),
    /** The directory's version that brought the row in this form. */
    version: bigint({ mode: "number" }).notNull(),
  },
  ({ kind, name, spec, version }) => [
    primaryKey({ columns: [kind, name] }),
    index("directory_entry_version").on(version),
    uniqueIndex("directory_entry_digest")
      .on(sql`(${spec} ->> 'digest')`)
      .where(sql`${kind} = 'key'`),
  ],
);

/** What was done to which entry, by whom and when. Rows are only ever added. */
export const directoryAudit = drawbridgeSchema.table(
  "directory_audit",
  {
    seq: bigint({ mode: "number" }).primaryKey(),
    version: bigint({ mode: "number" }).notNull(),
    at: timestamp({ withTimezone: true, precision: 3 }).notNull(),
    actor: text().notNull(),
    action: text().notNull(),
    kind: text().$type<EntryKind>().notNull(),
    name: text().notNull(),
    before: jsonb().$type<EntrySpec>(),
    after: jsonb().$type<EntrySpec>(),
    hash: text().notNull(),
  },
  ({ version, kind, name }) => [
    index("directory_audit_version").on(version),
    index("directory_audit_entry").on(kind, name),
  ],
);

/** One row: under which key virtual keys are hashed, so that all processes use the same one. */
export const hashKey = drawbridgeSchema.table(
  "hash_key",
  {
    only: boolean().primaryKey().default(true),
    /** What tells two keys apart and gives none away. */
    print: text().notNull(),
    /** The key itself as base64url, where the configuration of no process gives it. */
    value: text(),
  },
  ({ only }) => [check("hash_key_only", sql`${only}`)],
);
