import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { createKey, type DirectoryStore, type GovernedCheck, type LeaseSettings } from "@drawbridge/governance";
import {
  type BookView,
  hmacKeyHasher,
  journalBook,
  type JournalBook,
  journalDirectoryStore,
  journalLimitStore,
} from "@drawbridge/governance/node";
import { readState, type State, storedState, writeState } from "../state/state-directory.ts";
import { explainedAsync, StartError } from "../start-error.ts";
import { lockFolder, type FolderLock } from "./folder-lock.ts";
import { lazyLimitStore } from "./lazy-limit-store.ts";
import { rateFile } from "./rate-file.ts";
import type { Storage } from "./storage.ts";

/** What a storage on this machine needs. */
export interface LocalStorageOptions {
  /** Its folder; made when there is something to be kept. */
  readonly folder: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly check?: GovernedCheck | undefined;
  /** The store of limits' own unless told. */
  readonly leases?: LeaseSettings | undefined;
}

/**
 * Keeps everything in a folder on this machine, for one gateway: a random key for hashing, and journals of what is
 * governed, of what is used and, once limits are opened, of what was spent. Nothing is written, and no other gateway shut
 * out, until there is something to be kept. Throws a StartError when the folder is damaged, cannot be written or is in use.
 */
export async function openLocalStorage({ folder, clock, check, leases }: LocalStorageOptions): Promise<Storage> {
  const state = await explainedAsync(() => readState(folder));
  const claim = folderClaim(folder, state);
  const directory = await openDirectory(state, claim, { folder, clock, check }).catch(async (error: unknown) => {
    await claim.end();
    throw error;
  });
  const limits = lazyLimitStore(() =>
    explainedAsync(async () => {
      await claim.take();
      return journalLimitStore({ path: path.join(folder, "limits.journal"), clock, ...leases });
    }),
  );
  let book: JournalBook | undefined;
  return {
    place: `in ${folder}`,
    directory,
    hasher: hmacKeyHasher(Buffer.from(state.hashKey, "base64url")),
    limits: limits.store,
    get book() {
      return book;
    },
    rates: rateFile(path.join(folder, "learned-rates.json"), () => claim.take()),
    cooldowns: undefined,
    async openLimits() {
      await limits.open();
      book ??= await explainedAsync(() => openBook(path.join(folder, "account")));
    },
    async close() {
      await limits.close();
      await book?.close();
      await directory.close();
      await claim.end();
    },
  };
}

/** A folder of what was spent, and in it one of its view, which whoever asks first waits for. */
function openBook(folder: string): Promise<JournalBook> {
  const openView = async (): Promise<BookView> => {
    const { threadBookView } = await import("@drawbridge/governance/postgres");
    return threadBookView({ folder: path.join(folder, "view") });
  };
  return journalBook({ folder, openView });
}

async function openDirectory(
  state: State,
  claim: FolderClaim,
  { folder, clock, check }: LocalStorageOptions,
): Promise<DirectoryStore> {
  const journal = path.join(folder, "directory.journal");
  return explainedAsync(async () => {
    if (existsSync(journal)) {
      if ((await storedState(folder)) === undefined) {
        throw new StartError(
          `${folder} has a directory.journal, but not the state.json with which its keys were hashed; restore that, or ` +
            "move the journal away, and with it the keys that were made here",
        );
      }
      await claim.take();
    }
    const directory = await journalDirectoryStore({ path: journal, clock, check, beforeWriting: () => claim.take() });
    await takeOver(state, directory);
    return directory;
  });
}

interface FolderClaim {
  take(): Promise<void>;
  end(): Promise<void>;
}

/** The right to write in the folder, taken once it is needed. The key for hashing is kept before what was hashed with it. */
function folderClaim(folder: string, state: State): FolderClaim {
  let taking: Promise<FolderLock> | undefined;
  const take = async (): Promise<FolderLock> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const lock = await lockFolder(folder);
    const stored = await storedState(folder);
    if (stored !== undefined && stored.hashKey !== state.hashKey) {
      await lock.release();
      throw new StartError(`another Drawbridge has used ${folder} since this one started; start this one again`);
    }
    if (stored === undefined) await writeState(folder, state);
    return lock;
  };
  return {
    async take() {
      taking ??= take().catch((error: unknown) => {
        taking = undefined;
        throw error;
      });
      await taking;
    },
    async end() {
      const lock = await taking?.catch(() => undefined);
      await lock?.release();
    },
  };
}

/** Keys that were minted when the state alone held them. */
async function takeOver(state: State, directory: DirectoryStore): Promise<void> {
  if (state.keys.length === 0 || (await directory.load()).version > 0) return;
  for (const { name, digest } of state.keys) {
    await directory.change("start", createKey({ name, digest }, "start"));
  }
}
