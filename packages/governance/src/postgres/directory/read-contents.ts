import { and, asc, eq, gt, isNull, sql } from "drizzle-orm";
import type { DirectoryEntry } from "../../directory-store/directory-entry.ts";
import type { IndexEdit } from "../../directory-store/entry-index.ts";
import { type DirectoryContents, emptyContents } from "../../directory-store/directory-step.ts";
import type { Queries } from "../database.ts";
import { directoryAudit, directoryEntry, type directoryHead } from "../schema/directory-tables.ts";

/** How many rows are fetched at once: a bound on memory, and on how long a statement takes. */
const pageRows = 1_000;

/** The row that says where the directory is. */
export type HeadRow = typeof directoryHead.$inferSelect;

/**
 * Contents as they are where `head` says the directory is: those that are known with what has changed since, or all anew
 * where those are of another history, such as before a backup was restored. The rows must be those of one moment. They
 * come in pages, so that a large directory takes neither twice its memory nor long at a time.
 */
export async function readContents(
  queries: Queries,
  known: DirectoryContents,
  head: HeadRow,
): Promise<DirectoryContents> {
  const before = (await isSameHistory(queries, known, head)) ? known : emptyContents;
  const audited = { seq: head.auditSeq, hash: head.auditHash };
  // The audit may have gone on by itself.
  if (head.version === before.version) return { ...before, head: audited };
  const draft = before.entries.draft();
  draft.apply(await removedSince(queries, before.version));
  for await (const page of changedSince(queries, before.version)) draft.apply(page);
  return { entries: draft.done(), version: head.version, head: audited };
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

async function removedSince(queries: Queries, version: number): Promise<IndexEdit[]> {
  if (version === 0) return [];
  const removed = await queries
    .selectDistinct({ kind: directoryAudit.kind, name: directoryAudit.name })
    .from(directoryAudit)
    .where(and(gt(directoryAudit.version, version), isNull(directoryAudit.after)));
  return removed.map((ref) => ({ ...ref, after: undefined }));
}

async function* changedSince(queries: Queries, version: number): AsyncGenerator<readonly IndexEdit[]> {
  let last: DirectoryEntry | undefined;
  do {
    const beyond = last && sql`(${directoryEntry.kind}, ${directoryEntry.name}) > (${last.kind}, ${last.name})`;
    const page: DirectoryEntry[] = await queries
      .select()
      .from(directoryEntry)
      .where(and(gt(directoryEntry.version, version), beyond))
      .orderBy(asc(directoryEntry.kind), asc(directoryEntry.name))
      .limit(pageRows);
    yield page.map((after) => ({ kind: after.kind, name: after.name, after }));
    last = page.length < pageRows ? undefined : page.at(-1);
  } while (last !== undefined);
}
