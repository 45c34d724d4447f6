import { GovernanceError } from "../errors.ts";

/** Where groups go: what has come back from `append` or `replace` is kept for good. */
export interface GroupTarget<Entry> {
  readonly writtenBytes: number;
  append(entries: readonly Entry[]): Promise<void>;
  replace(entries: readonly Entry[]): Promise<void>;
}

/** What a group commit needs. */
export interface GroupCommitOptions<Entry> {
  readonly target: GroupTarget<Entry>;
  /** What the target is, for people, like `the journal of limits`. */
  readonly title: string;
  /** What becomes of what should be written while it cannot be, like `no money is given out`. */
  readonly meanwhile: string;
  /** How much is appended at least until the target is replaced by a snapshot; never less than that one was long. */
  readonly compactBytes: number;
  /** The state with all that was added so far, as entries. */
  readonly snapshot: () => readonly Entry[];
}

/**
 * Writes what is added while a write is under way together with the next one. When a write fails, everybody who waits for it
 * is told with a GovernanceError; what it should have written goes into the next one, which whoever comes tries.
 */
export class GroupCommit<Entry> {
  readonly #options: GroupCommitOptions<Entry>;
  #entries: Entry[] = [];
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #failure: GovernanceError | undefined;
  #snapshotBytes: number;

  constructor(options: GroupCommitOptions<Entry>) {
    this.#options = options;
    this.#snapshotBytes = options.target.writtenBytes;
  }

  /** True when the last write has failed. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Throws when the last write has failed. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Puts entries into the next write. */
  add(entries: readonly Entry[]): void {
    this.#entries.push(...entries);
  }

  /** Comes back when all that was added before is kept. */
  flushed(): Promise<void> {
    if (this.#entries.length === 0) return this.#writing ?? Promise.resolve();
    this.#next ??= this.#writeAfter(this.#writing);
    return this.#next;
  }

  async #writeAfter(earlier: Promise<void> | undefined): Promise<void> {
    // Whoever waits for it is told; what it could not write is among these now.
    await earlier?.catch(() => undefined);
    const entries = this.#entries;
    this.#entries = [];
    this.#writing = this.#next;
    this.#next = undefined;
    try {
      await this.#write(entries);
      this.#failure = undefined;
    } catch (error) {
      this.#entries = [...entries, ...this.#entries];
      this.#failure = closedBy(this.#options, error);
      throw this.#failure;
    } finally {
      this.#writing = undefined;
    }
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    const { target, compactBytes, snapshot } = this.#options;
    const appendedBytes = target.writtenBytes - this.#snapshotBytes;
    if (appendedBytes < Math.max(compactBytes, this.#snapshotBytes)) return target.append(entries);
    // A snapshot holds what the entries would add. Where it cannot be written, it is tried again and nothing appended: what
    // was made after it counts on it.
    await target.replace(snapshot());
    this.#snapshotBytes = target.writtenBytes;
  }
}

function closedBy(
  { title, meanwhile }: Pick<GroupCommitOptions<unknown>, "title" | "meanwhile">,
  error: unknown,
): GovernanceError {
  const reason = error instanceof Error ? error.message : String(error);
  return new GovernanceError(
    "journal-closed",
    `${title} cannot be written (${reason}), so ${meanwhile} until it can; make room or repair it`,
    { cause: error },
  );
}
