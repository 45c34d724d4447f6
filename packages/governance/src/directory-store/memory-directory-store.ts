import type { AuditEntry } from "./audit-entry.ts";
import type { GovernedCheck } from "./check-edits.ts";
import { decideChange } from "./decide-change.ts";
import { decideFile } from "./decide-file.ts";
import { type AppliedFile, auditLimit, type DirectoryStore, type DirectoryWatcher } from "./directory-store.ts";
import {
  afterStep,
  type DirectoryContents,
  type DirectoryStep,
  emptyContents,
  nextStep,
  noteStep,
  stateOf,
  type StepRequest,
} from "./directory-step.ts";

/** What a directory in memory needs. */
export interface MemoryDirectoryStoreOptions {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Looks at changes beyond what every store looks at, such as whether the providers exist that rules name. */
  readonly check?: GovernedCheck | undefined;
}

/** A {@link DirectoryStore} of one process, which ends with it. */
export function memoryDirectoryStore(options: MemoryDirectoryStoreOptions): DirectoryStore {
  return directoryOfOneProcess({ ...options, contents: emptyContents, audit: [], keep: async () => undefined });
}

/** A directory that no other process changes. */
export interface DirectoryOfOneProcess extends MemoryDirectoryStoreOptions {
  readonly contents: DirectoryContents;
  /** What was done so far. */
  readonly audit: AuditEntry[];
  /** Keeps a step for good. When it rejects, the step was not taken. */
  readonly keep: (step: DirectoryStep) => Promise<void>;
  readonly close?: () => Promise<void>;
}

/** A directory store over contents in memory. Changes are made one after the other. */
export function directoryOfOneProcess(parts: DirectoryOfOneProcess): DirectoryStore {
  const { audit, clock, check, keep } = parts;
  let { contents } = parts;
  const watchers = new Set<DirectoryWatcher>();
  let last: Promise<unknown> = Promise.resolve();

  async function take(step: DirectoryStep | undefined): Promise<AppliedFile> {
    if (step === undefined) return { version: contents.version, changed: 0 };
    await keep(step);
    contents = afterStep(contents, step);
    audit.push(...step.audit);
    if (step.edits.length > 0) for (const watcher of watchers) watcher.onVersion(step.version);
    return { version: step.version, changed: step.edits.length };
  }

  function inTurn(stepOf: () => Promise<DirectoryStep | undefined>): Promise<AppliedFile> {
    const turn = last.then(stepOf).then(take);
    last = turn.catch(() => undefined);
    return turn;
  }

  const decided = (actor: string, decide: StepRequest["decide"]): Promise<AppliedFile> =>
    inTurn(() => nextStep(contents, { actor, atMs: clock(), check, decide }));

  return {
    load: async () => stateOf(contents),
    async change(actor, change) {
      const { version } = await decided(actor, (entries, moment) => [decideChange(entries, change, moment)]);
      return version;
    },
    applyFile: (actor, declared) => decided(actor, (entries, { version }) => decideFile(entries, declared, version)),
    async note(actor, notes) {
      if (notes.length > 0) await inTurn(() => noteStep(contents, { actor, atMs: clock(), notes }));
    },
    entries: async (kind) => [...contents.entries.of(kind)],
    audit: async ({ afterSeq = 0, ...query } = {}) => audit.slice(afterSeq, afterSeq + auditLimit(query)),
    watch(since, watcher) {
      watchers.add(watcher);
      if (contents.version > since) queueMicrotask(() => watchers.has(watcher) && watcher.onVersion(contents.version));
      return { close: () => void watchers.delete(watcher) };
    },
    async close() {
      watchers.clear();
      await last;
      await parts.close?.();
    },
  };
}
