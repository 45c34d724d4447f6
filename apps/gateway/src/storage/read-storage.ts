import { existsSync } from "node:fs";
import path from "node:path";
import type {
  AuditEntry,
  AuditQuery,
  DirectoryEntry,
  DirectoryStore,
  EntryKind,
  LimitScope,
  LimitUsage,
} from "@drawbridge/governance";
import { journalDirectoryStore, readLimitJournal } from "@drawbridge/governance/node";
import type { Secret } from "@drawbridge/providers";
import type { StorageSettings } from "../config/storage-schema.ts";
import { explainedAsync } from "../start-error.ts";
import { explainPostgres, postgresTitle } from "./explain-postgres.ts";

/** What a storage holds, for somebody who only looks: nothing is written, and no gateway is disturbed. */
export interface StoredState {
  /** As the end of a sentence: `in /srv/.drawbridge`, `in PostgreSQL at db:5432/drawbridge`. Holds no secret. */
  readonly place: string;
  /** All that is governed, by whoever it was made. */
  readonly entries: readonly DirectoryEntry[];
  /** How the limits of a scope stand. */
  usage(scope: LimitScope): Promise<readonly LimitUsage[]>;
  /** What was done, oldest first. */
  audit(query: AuditQuery): Promise<readonly AuditEntry[]>;
  close(): Promise<void>;
}

/** Where a storage is. */
export interface ReadStorageOptions {
  readonly settings: StorageSettings | undefined;
  /** Of a storage on this machine. */
  readonly folder: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

const kinds: readonly EntryKind[] = ["customer", "team", "user", "key", "provider", "rule"];

/**
 * Reads the storage that a configuration names, or the one on this machine; undefined where no gateway has kept anything
 * yet. Throws a StartError that says why it cannot be read.
 */
export async function readStorage({ settings, ...options }: ReadStorageOptions): Promise<StoredState | undefined> {
  const postgres = settings?.postgres;
  return postgres === undefined ? readLocal(options) : readShared(postgres, options);
}

type Options = Omit<ReadStorageOptions, "settings">;

async function readLocal({ folder, clock }: Options): Promise<StoredState | undefined> {
  const [journal, limits] = ["directory.journal", "limits.journal"].map((name) => path.join(folder, name));
  if (journal === undefined || limits === undefined || ![journal, limits].some((file) => existsSync(file)))
    return undefined;
  return explainedAsync(async () => {
    // Reading makes no file, and no other store.
    const directory = await journalDirectoryStore({ path: journal, clock });
    const { usage } = await readLimitJournal({ path: limits, clock });
    return {
      place: `in ${folder}`,
      entries: await entriesOf(directory),
      usage,
      audit: (query) => directory.audit(query),
      close: () => directory.close(),
    };
  });
}

/** With Redis, PostgreSQL has all that it has decided, a moment later. */
async function readShared(postgres: Secret, { clock }: Options): Promise<StoredState | undefined> {
  const url = postgres.reveal();
  const [{ connectPostgres, lookOnly, postgresDirectoryStore, postgresLimitStore }, { sql }] = await Promise.all([
    import("@drawbridge/governance/postgres"),
    import("drizzle-orm"),
  ]);
  const connected = await connectPostgres({ url, mostConnections: 2 });
  const database = lookOnly(connected);
  try {
    const { rows } = await database.run((queries) =>
      queries.execute<{ table: string | null }>(sql`select to_regclass('drawbridge.directory_entry')::text as table`),
    );
    if ((rows[0]?.table ?? null) === null) {
      await connected.close();
      return undefined;
    }
    const limits = postgresLimitStore({ database, clock });
    const directory = postgresDirectoryStore({ database });
    const entries = await entriesOf(directory);
    return {
      place: `in PostgreSQL at ${postgresTitle(url)}`,
      entries,
      usage: (scope) => limits.usage(scope),
      audit: (query) => directory.audit(query),
      close: () => connected.close(),
    };
  } catch (error) {
    await connected.close();
    throw explainPostgres(url, error);
  }
}

async function entriesOf(directory: DirectoryStore): Promise<readonly DirectoryEntry[]> {
  const entries: DirectoryEntry[] = [];
  for (const kind of kinds) entries.push(...(await directory.entries(kind)));
  return entries;
}
