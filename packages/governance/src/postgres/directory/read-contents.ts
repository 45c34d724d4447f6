import { and, asc, eq, gt, isNull, sql } from "drizzle-orm";
import type { DirectoryEntry, EntryEdit } from "../../directory-store/directory-entry.ts";
import { type DirectoryContents, emptyContents } from "../../directory-store/directory-step.ts";
import type { Queries } from "../database.ts";
import { directoryAudit, directoryEntry, type directoryHead } from "../schema/directory-tables.ts";

/** How many rows are fetched at once: a bound on memory, and on how long a statement takes. */
const pageRows = 5_000;

/** The row that says where the directory is. */
export type HeadRow = typeof directoryHead.$inferSelect;

/**
 * Brings contents to where `head` says the directory is, by what has changed since; from the beginning where they are of
 * another history, such as before a backup was restored. The rows must be those of one moment.
 */
export async function readContents(queries: Queries, contents: DirectoryContents, head: HeadRow): Promise<void> {
  if (!(await isSameHistory(queries, contents, head))) Object.assign(contents, emptyContents());
  if (head.version === contents.version) return;
  const fresh = [
    ...(await removedSince(queries, contents.version)),
    ...(await changedSince(queries, contents.version)),
  ];
  contents.entries.apply(fresh);
  contents.version = head.version;
  contents.head = { seq: head.auditSeq, hash: head.auditHash };
}

async function isSameHistory(queries: Queries, contents: DirectoryContents, head: HeadRow): Promise<boolean> {
  const { seq, hash } = contents.head;
  if (seq === head.auditSeq) return hash === head.auditHash;
  if (seq === 0 || seq > head.auditSeq) return seq === 0;
  const [row] = await queries
    .select({ hash: directoryAudit.hash })
    .from(directoryAudit)
    .where(eq(directoryAudit.seq, seq));
  return row?.hash === hash;
}

type Fresh = Pick<EntryEdit, "kind" | "name" | "after">;

async function removedSince(queries: Queries, version: number): Promise<Fresh[]> {
  if (version === 0) return [];
  const removed = await queries
    .selectDistinct({ kind: directoryAudit.kind, name: directoryAudit.name })
    .from(directoryAudit)
    .where(and(gt(directoryAudit.version, version), isNull(directoryAudit.after)));
  return removed.map((ref) => ({ ...ref, after: undefined }));
}

async function changedSince(queries: Queries, version: number): Promise<Fresh[]> {
  const changed: Fresh[] = [];
  let last: DirectoryEntry | undefined;
  for (;;) {
    const beyond = last && sql`(${directoryEntry.kind}, ${directoryEntry.name}) > (${last.kind}, ${last.name})`;
    const page: DirectoryEntry[] = await queries
      .select()
      .from(directoryEntry)
      .where(and(gt(directoryEntry.version, version), beyond))
      .orderBy(asc(directoryEntry.kind), asc(directoryEntry.name))
      .limit(pageRows);
    for (const after of page) changed.push({ kind: after.kind, name: after.name, after });
    last = page.at(-1);
    if (page.length < pageRows) return changed;
  }
}
