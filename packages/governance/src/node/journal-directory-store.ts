import type { AuditEntry } from "../directory-store/audit-entry.ts";
import type { DirectoryStore } from "../directory-store/directory-store.ts";
import { type DirectoryStep, emptyContents } from "../directory-store/directory-step.ts";
import { directoryOfOneProcess, type MemoryDirectoryStoreOptions } from "../directory-store/memory-directory-store.ts";
import { GovernanceError } from "../errors.ts";
import { JournalFile } from "./journal-file.ts";

/** What a directory with a journal needs. */
export interface JournalDirectoryStoreOptions extends MemoryDirectoryStoreOptions {
  /** The file. No other process has it open. */
  readonly path: string;
  /** Is called before the file is first written, for what that needs: its folder, a lock. */
  readonly beforeWriting?: () => Promise<void>;
}

/**
 * A directory store of one process whose changes are on the disk when they come back, each with its audit. What a
 * configuration file declares is at hand at every start, so a file is made only for what was made elsewhere; without that
 * nothing is written at all.
 *
 * Rejects with a GovernanceError: `journal-corrupt` when the file is damaged elsewhere than at its end, `journal-closed`
 * when it cannot be read or written; a change that could not be written has not happened.
 */
export async function journalDirectoryStore(options: JournalDirectoryStoreOptions): Promise<DirectoryStore> {
  const { path, beforeWriting, ...memory } = options;
  const draft = emptyContents.entries.draft();
  let { version } = emptyContents;
  const audit: AuditEntry[] = [];
  const journal = new StepJournal(path, beforeWriting);
  await journal.read((step) => {
    draft.apply(step.edits);
    audit.push(...step.audit);
    ({ version } = step);
  });
  return directoryOfOneProcess({
    ...memory,
    contents: { entries: draft.done(), version, head: audit.at(-1) ?? emptyContents.head },
    audit,
    keep: (step) => journal.keep(step),
    close: () => journal.close(),
  });
}

class StepJournal {
  readonly #path: string;
  readonly #file: JournalFile<DirectoryStep>;
  readonly #beforeWriting: (() => Promise<void>) | undefined;
  /** Steps that no file holds, since another file declares all that they made. */
  #declared: DirectoryStep[] = [];
  #state: "absent" | "read" | "open" | "closed" = "absent";

  constructor(path: string, beforeWriting: (() => Promise<void>) | undefined) {
    this.#path = path;
    this.#file = new JournalFile(path);
    this.#beforeWriting = beforeWriting;
  }

  async read(take: (step: DirectoryStep) => void): Promise<void> {
    await this.#explained("read", () =>
      this.#file.read((step) => {
        this.#state = "read";
        take(step);
      }),
    );
  }

  async keep(step: DirectoryStep): Promise<void> {
    if (this.#state === "closed") throw this.#failed("written");
    if (this.#state === "absent" && step.edits.length > 0 && step.edits.every(isDeclared)) {
      this.#declared.push(step);
      return;
    }
    await this.#explained("written", () => this.#write(step));
  }

  async close(): Promise<void> {
    this.#state = "closed";
    await this.#file.close();
  }

  async #write(step: DirectoryStep): Promise<void> {
    if (this.#state !== "open") {
      await this.#beforeWriting?.();
      await this.#file.resume();
      this.#state = "open";
    }
    await this.#file.append([...this.#declared, step]);
    this.#declared = [];
  }

  async #explained(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw error instanceof GovernanceError ? error : this.#failed(what, error);
    }
  }

  #failed(what: string, cause?: unknown): GovernanceError {
    const reason = cause instanceof Error ? cause.message : "an earlier write failed, or it was closed";
    return new GovernanceError(
      "journal-closed",
      `the journal ${this.#path} of what is governed cannot be ${what}: ${reason}`,
      { cause },
    );
  }
}

function isDeclared({ before, after }: DirectoryStep["edits"][number]): boolean {
  return [before, after].every((entry) => entry === undefined || entry.managedBy === "file");
}
