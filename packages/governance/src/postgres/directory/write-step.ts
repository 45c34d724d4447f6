import { and, eq, inArray, sql } from "drizzle-orm";
import type { AuditEntry } from "../../directory-store/audit-entry.ts";
import { entryKinds } from "../../directory-store/directory-entry.ts";
import type { DirectoryStep } from "../../directory-store/directory-step.ts";
import type { Queries } from "../database.ts";
import { directoryAudit, directoryEntry, directoryHead } from "../schema/directory-tables.ts";

/** The channel on which versions are told. */
export const directoryChannel = "drawbridge_directory";

/** Rows written at once: a statement takes at most 65,535 parameters. */
const batchRows = 1_000;

/** Writes what a step changes, its audit and the version, and tells whoever listens when all that is committed. */
export async function writeStep(queries: Queries, { version, edits, audit }: DirectoryStep): Promise<void> {
  // What changes is taken out first and put in again, so that two keys may exchange their values.
  for (const kind of entryKinds) {
    const names = edits.filter((edit) => edit.kind === kind && edit.before !== undefined).map(({ name }) => name);
    for (const batch of batches(names)) {
      await queries
        .delete(directoryEntry)
        .where(and(eq(directoryEntry.kind, kind), inArray(directoryEntry.name, [...batch])));
    }
  }
  const entries = edits.flatMap(({ after }) => after ?? []);
  for (const batch of batches(entries)) await queries.insert(directoryEntry).values([...batch]);
  for (const batch of batches(audit)) await queries.insert(directoryAudit).values(batch.map(auditRow));
  const last = audit.at(-1);
  await queries.update(directoryHead).set({ version, ...(last && { auditSeq: last.seq, auditHash: last.hash }) });
  if (edits.length > 0) await queries.execute(sql`select pg_notify(${directoryChannel}, ${String(version)})`);
}

function* batches<Item>(items: readonly Item[]): Iterable<readonly Item[]> {
  for (let start = 0; start < items.length; start += batchRows) yield items.slice(start, start + batchRows);
}

function auditRow({ atMs, ...entry }: AuditEntry): typeof directoryAudit.$inferInsert {
  return { ...entry, at: new Date(atMs) };
}

/** An entry of the audit as it was before it was a row. */
export function auditEntryOf({ at, before, after, ...row }: typeof directoryAudit.$inferSelect): AuditEntry {
  return { ...row, atMs: at.getTime(), before: before ?? undefined, after: after ?? undefined };
}
