import type { AuditEntry } from "./audit-entry.ts";
import type { DirectoryChange } from "./directory-change.ts";
import type { DirectoryEntry, EntryKind, EntrySpec } from "./directory-entry.ts";
import type { EntryView } from "./entry-index.ts";
import type { Governed } from "./governed.ts";

/** What is governed, at one moment. Immutable: what changes later, another state has. */
export interface DirectoryState {
  /** Rises with every change; 0 while there was none. */
  readonly version: number;
  /** All that there is, found by name and by digest. Two states share what is the same in both. */
  readonly entries: EntryView;
  /** All of it as plain data, which is put together when it is first asked for: with many keys that takes long. */
  readonly governed: Governed;
}

/** How a configuration file was applied. */
export interface AppliedFile {
  /** The directory's version with what the file declares. */
  readonly version: number;
  /** How many entries had to be made, changed or removed. */
  readonly changed: number;
}

/** Something that came about with what belongs to an entry, and changed nothing that is governed: for the audit alone. */
export interface AuditNote {
  /** What was done, in one word. */
  readonly action: string;
  readonly kind: EntryKind;
  readonly name: string;
  readonly before: EntrySpec;
  readonly after: EntrySpec;
}

/** Which part of the audit is asked for. */
export interface AuditQuery {
  /** Only entries after this one; from the first unless told. */
  readonly afterSeq?: number;
  /** How many at most; 100 unless told, 1,000 at most. */
  readonly limit?: number;
}

/** Who wants to know of changes. Neither function throws. */
export interface DirectoryWatcher {
  /** Is told each newer version once, in rising order; of changes that come together perhaps only the last. */
  onVersion(version: number): void;
  /** Is told after each look at the store how it went: `undefined`, or why the store cannot be reached. */
  onLook?(failure: Error | undefined): void;
}

/** A watch in progress. */
export interface DirectoryWatch {
  /** Ends it; the watcher is told nothing more. */
  close(): void;
}

/**
 * Keeps what is governed: customers, teams, users, keys, limits of providers, and rules of routing. Every change, also
 * what a configuration file declares, is decided and checked in one way, and written together with its audit, or not at
 * all. Methods reject with a GovernanceError: what speaks against a change, or `store-unavailable`.
 */
export interface DirectoryStore {
  /** What is governed now. */
  load(): Promise<DirectoryState>;
  /** Makes one change on behalf of `actor`, and resolves to the version with it. */
  change(actor: string, change: DirectoryChange): Promise<number>;
  /**
   * Sees to it that the entries managed by the file are those that it declares. Applying the same again changes nothing,
   * and nothing that was made elsewhere is touched.
   */
  applyFile(actor: string, declared: Governed): Promise<AppliedFile>;
  /** Writes down in the audit what `actor` did beside that. The version stays. */
  note(actor: string, notes: readonly AuditNote[]): Promise<void>;
  /** All entries of a kind, with who manages them. */
  entries(kind: EntryKind): Promise<readonly DirectoryEntry[]>;
  /** What was done, oldest first. */
  audit(query?: AuditQuery): Promise<readonly AuditEntry[]>;
  /** Tells of versions after `since`, until it is closed, whatever happens to the store meanwhile. */
  watch(since: number, watcher: DirectoryWatcher): DirectoryWatch;
  /** Lets go of everything; watches end. */
  close(): Promise<void>;
}

/** The number of audit entries that a query wants. */
export function auditLimit({ limit = 100 }: AuditQuery): number {
  return Math.min(Math.max(1, Math.trunc(limit)), 1_000);
}
