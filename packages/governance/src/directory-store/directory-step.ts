import { type AuditEntry, type AuditHead, auditOf, auditStart } from "./audit-entry.ts";
import { checkEdits, type GovernedCheck } from "./check-edits.ts";
import type { EntryEdit } from "./directory-entry.ts";
import type { AuditNote, DirectoryState } from "./directory-store.ts";
import { EntryIndex, type EntryView } from "./entry-index.ts";
import { type Governed, governedBy } from "./governed.ts";

/** A directory at one version. Immutable. */
export interface DirectoryContents {
  readonly entries: EntryIndex;
  readonly version: number;
  /** Where the audit ends. */
  readonly head: AuditHead;
}

/** What one change does to a directory. */
export interface DirectoryStep {
  readonly version: number;
  readonly edits: readonly EntryEdit[];
  readonly audit: readonly AuditEntry[];
}

/** What is to be done, by whom and when. */
export interface StepRequest {
  readonly actor: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly check: GovernedCheck | undefined;
  /** Says what becomes of which entry; nothing when all is as it should be. */
  readonly decide: (entries: EntryView, moment: { version: number; atMs: number }) => readonly EntryEdit[];
}

/** A directory in which there is nothing. */
export const emptyContents: DirectoryContents = { entries: new EntryIndex(), version: 0, head: auditStart };

/** The step that a request leads to, checked but not taken; undefined when there is nothing to do. Throws what speaks against it. */
export async function nextStep(contents: DirectoryContents, request: StepRequest): Promise<DirectoryStep | undefined> {
  const { actor, atMs, check, decide } = request;
  const version = contents.version + 1;
  const edits = decide(contents.entries, { version, atMs });
  if (edits.length === 0) return undefined;
  checkEdits(contents.entries, edits, check);
  return { version, edits, audit: await auditOf(edits, { actor, atMs, version }, contents.head) };
}

/** The step that only says something in the audit. */
export async function noteStep(
  { version, head }: DirectoryContents,
  { actor, atMs, notes }: Pick<StepRequest, "actor" | "atMs"> & { readonly notes: readonly AuditNote[] },
): Promise<DirectoryStep> {
  const told = notes.map(({ before, after, ...note }) => ({
    ...note,
    before: { spec: before },
    after: { spec: after },
  }));
  return { version, edits: [], audit: await auditOf(told, { actor, atMs, version }, head) };
}

/** What others see of it. */
export function stateOf({ entries, version }: DirectoryContents): DirectoryState {
  let governed: Governed | undefined;
  return {
    version,
    entries,
    get governed() {
      return (governed ??= governedBy(entries));
    },
  };
}

/** The directory after a step. */
export function afterStep(contents: DirectoryContents, { version, edits, audit }: DirectoryStep): DirectoryContents {
  return { entries: contents.entries.after(edits), version, head: audit.at(-1) ?? contents.head };
}
