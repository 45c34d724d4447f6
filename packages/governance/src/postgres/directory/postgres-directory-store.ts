import { asc, gt, sql } from "drizzle-orm";
import type { GovernedCheck } from "../../directory-store/check-edits.ts";
import { decideChange } from "../../directory-store/decide-change.ts";
import { decideFile } from "../../directory-store/decide-file.ts";
import { type AppliedFile, auditLimit, type DirectoryStore } from "../../directory-store/directory-store.ts";
import {
  afterStep,
  type DirectoryContents,
  emptyContents,
  type DirectoryStep,
  nextStep,
  noteStep,
  stateOf,
  type StepRequest,
} from "../../directory-store/directory-step.ts";
import { type ListenTo, watchVersion, type VersionWatchSettings } from "../../directory-store/watch-version.ts";
import { GovernanceError } from "../../errors.ts";
import type { Database, Queries } from "../database.ts";
import { directoryAudit, directoryHead } from "../schema/directory-tables.ts";
import { Turns } from "../turns.ts";
import { type HeadRow, readContents } from "./read-contents.ts";
import { auditEntryOf, directoryChannel, writeStep } from "./write-step.ts";

/** What a directory in PostgreSQL needs. */
export interface PostgresDirectoryStoreOptions extends VersionWatchSettings {
  /** Migrated before. Closing the store leaves it open. */
  readonly database: Database;
  /** Looks at changes beyond what every store looks at, such as whether the providers exist that rules name. */
  readonly check?: GovernedCheck | undefined;
  /** Further ways on which word of changes comes, beside LISTEN and NOTIFY. */
  readonly listenTo?: readonly ListenTo[];
  /** Is called after a change was committed, to tell others of it; what it rejects with is nobody's failure. */
  readonly onCommit?: (version: number) => Promise<void>;
}

/**
 * A {@link DirectoryStore} in PostgreSQL or PGlite, shared by any number of processes. Changes of all processes are made
 * one after the other. Times are those of the database.
 */
export function postgresDirectoryStore(options: PostgresDirectoryStoreOptions): DirectoryStore {
  return new PostgresDirectory(options);
}

class PostgresDirectory implements DirectoryStore {
  readonly #options: PostgresDirectoryStoreOptions;
  #contents = emptyContents;
  readonly #turns = new Turns();
  readonly #watches = new Set<{ close(): void }>();

  constructor(options: PostgresDirectoryStoreOptions) {
    this.#options = options;
  }

  load(): ReturnType<DirectoryStore["load"]> {
    return this.#read(stateOf);
  }

  entries(kind: Parameters<DirectoryStore["entries"]>[0]): ReturnType<DirectoryStore["entries"]> {
    return this.#read(({ entries }) => [...entries.of(kind)]);
  }

  async change(actor: string, change: Parameters<DirectoryStore["change"]>[1]): Promise<number> {
    const { version } = await this.#decide(actor, (entries, moment) => [decideChange(entries, change, moment)]);
    return version;
  }

  applyFile(actor: string, declared: Parameters<DirectoryStore["applyFile"]>[1]): Promise<AppliedFile> {
    return this.#decide(actor, (entries, { version }) => decideFile(entries, declared, version));
  }

  async note(actor: string, notes: Parameters<DirectoryStore["note"]>[1]): Promise<void> {
    if (notes.length > 0) await this.#write((contents, atMs) => noteStep(contents, { actor, atMs, notes }));
  }

  async audit({ afterSeq = 0, ...query }: Parameters<DirectoryStore["audit"]>[0] = {}): ReturnType<
    DirectoryStore["audit"]
  > {
    const rows = await this.#options.database.run((queries) =>
      queries
        .select()
        .from(directoryAudit)
        .where(gt(directoryAudit.seq, afterSeq))
        .orderBy(asc(directoryAudit.seq))
        .limit(auditLimit(query)),
    );
    return rows.map(auditEntryOf);
  }

  watch(since: number, watcher: Parameters<DirectoryStore["watch"]>[1]): ReturnType<DirectoryStore["watch"]> {
    const { database, listenTo = [], ...settings } = this.#options;
    const told: ListenTo = (onWord, onLost) => database.listen(directoryChannel, { onPayload: onWord, onLost });
    const read = async (): Promise<number> => headOf(await database.run(selectHead)).version;
    const watch = watchVersion({ read, listenTo: [told, ...listenTo], since, watcher, ...settings });
    this.#watches.add(watch);
    return {
      close: () => {
        this.#watches.delete(watch);
        watch.close();
      },
    };
  }

  async close(): Promise<void> {
    for (const watch of this.#watches) watch.close();
    this.#watches.clear();
    await this.#turns.take("", async () => undefined);
  }

  /** Reads what is new, all of one moment, and then what was asked for. */
  #read<Result>(result: (contents: DirectoryContents) => Result): Promise<Result> {
    return this.#turns.take("", async () => {
      this.#contents = await this.#options.database.transaction(async (queries) => {
        await queries.execute(sql`set transaction isolation level repeatable read, read only`);
        // All of a large directory leaves this process no time between two pages for a while, and nobody waits for it.
        if (this.#contents.version === 0) {
          await queries.execute(sql`set local idle_in_transaction_session_timeout = '60s'`);
        }
        return readContents(queries, this.#contents, headOf(await selectHead(queries)));
      });
      return result(this.#contents);
    });
  }

  #decide(actor: string, decide: StepRequest["decide"]): Promise<AppliedFile> {
    const { check } = this.#options;
    return this.#write((contents, atMs) => nextStep(contents, { actor, atMs, check, decide }));
  }

  async #write(
    stepOf: (contents: DirectoryContents, atMs: number) => Promise<DirectoryStep | undefined>,
  ): Promise<AppliedFile> {
    const { database, onCommit } = this.#options;
    const applied = await this.#turns.take("", async () => {
      const { contents, step } = await database.transaction(async (queries) => {
        const head = headOf(await selectHead(queries).for("update"));
        const before = await readContents(queries, this.#contents, head);
        const next = await stepOf(before, head.atMs);
        if (next !== undefined) await writeStep(queries, next);
        return { contents: before, step: next };
      });
      this.#contents = step === undefined ? contents : afterStep(contents, step);
      return { version: this.#contents.version, changed: step?.edits.length ?? 0 };
    });
    if (applied.changed > 0) void onCommit?.(applied.version).catch(() => undefined);
    return applied;
  }
}

function selectHead(queries: Queries) {
  const atMs = sql<number>`floor(extract(epoch from clock_timestamp()) * 1000)`.mapWith(Number);
  const { only, version, auditSeq, auditHash } = directoryHead;
  return queries.select({ only, version, auditSeq, auditHash, atMs }).from(directoryHead);
}

function headOf<Row extends HeadRow>([head]: readonly Row[]): Row {
  if (head !== undefined) return head;
  throw new GovernanceError("store-failed", "the directory has lost the row that says its version; restore a backup");
}
