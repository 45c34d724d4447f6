import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { GroupTarget } from "./group-commit.ts";
import { JournalFile } from "./journal-file.ts";

/** A place between two entries: in a segment, behind so many of its entries. */
export interface JournalPlace {
  readonly segment: number;
  readonly entries: number;
}

const named = /^(\d{8})\.journal$/u;
const mostRecent = 1000;
const usualSegmentBytes = 16 * 1024 * 1024;

/**
 * Entries that are kept for ever, in files of about the same length in a folder, so that opening reads the last one only.
 * No other process has the folder open.
 */
export class SegmentedJournal<Entry> implements GroupTarget<Entry> {
  readonly #folder: string;
  readonly #segmentBytes: number;
  #file: JournalFile<Entry>;
  #end: JournalPlace;
  /** The last file is open. */
  #isBegun = false;
  /** The last entries before the end, all of the last file: who has read the rest needs no file for them. */
  #recent: Entry[] = [];

  private constructor(folder: string, segmentBytes: number, end: JournalPlace) {
    this.#folder = folder;
    this.#segmentBytes = segmentBytes;
    this.#end = end;
    this.#file = this.#fileOf(end.segment);
  }

  /**
   * Opens the journal of a folder, made when it is not there. Throws a GovernanceError, `journal-corrupt`, when its last
   * file is damaged elsewhere than at its end.
   */
  static async open<Entry>(folder: string, segmentBytes = usualSegmentBytes): Promise<SegmentedJournal<Entry>> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const segments = (await readdir(folder)).flatMap((name) => Number(named.exec(name)?.[1] ?? []));
    const journal = new SegmentedJournal<Entry>(folder, segmentBytes, {
      segment: Math.max(1, ...segments),
      entries: 0,
    });
    await journal.#begin();
    return journal;
  }

  /** How long the last file is. */
  get writtenBytes(): number {
    return this.#file.writtenBytes;
  }

  /** Behind the last entry. */
  get end(): JournalPlace {
    return this.#end;
  }

  /** Adds entries, which are on the disk when it comes back. */
  async append(entries: readonly Entry[]): Promise<void> {
    if (this.#file.writtenBytes >= this.#segmentBytes) {
      await this.#file.close();
      this.#end = { segment: this.#end.segment + 1, entries: 0 };
      this.#recent = [];
      this.#file = this.#fileOf(this.#end.segment);
      this.#isBegun = false;
    }
    // One that could not be made is tried again.
    if (!this.#isBegun) await this.#begin();
    await this.#file.append(entries);
    this.#end = { ...this.#end, entries: this.#end.entries + entries.length };
    this.#recent.push(...entries);
    if (this.#recent.length > 2 * mostRecent) this.#recent.splice(0, this.#recent.length - mostRecent);
  }

  /** What is kept for ever is replaced by nothing: all of it is added. */
  replace(entries: readonly Entry[]): Promise<void> {
    return this.append(entries);
  }

  /** Gives the entries from a place up to another one, as many at once as `most`, each time with the place behind them. */
  async readFrom(
    from: JournalPlace,
    to: JournalPlace,
    { most, take }: { most: number; take: (entries: readonly Entry[], behind: JournalPlace) => Promise<void> },
  ): Promise<void> {
    for (let { segment } = from; segment <= to.segment; segment++) {
      const first = segment === from.segment ? from.entries : 0;
      const entries = await this.#entriesFrom({ segment, entries: first });
      const last = segment === to.segment ? Math.min(to.entries - first, entries.length) : entries.length;
      for (let at = 0; at < last; at += most) {
        const behind = Math.min(at + most, last);
        await take(entries.slice(at, behind), { segment, entries: first + behind });
      }
    }
  }

  /** The rest of a file from a place on. */
  async #entriesFrom({ segment, entries: from }: JournalPlace): Promise<Entry[]> {
    const recentFrom = this.#end.entries - this.#recent.length;
    if (segment === this.#end.segment && from >= recentFrom) return this.#recent.slice(from - recentFrom);
    const entries: Entry[] = [];
    await this.#fileOf(segment).read((entry) => entries.push(entry));
    return entries.slice(from);
  }

  /** Lets go of the last file. */
  close(): Promise<void> {
    return this.#file.close();
  }

  async #begin(): Promise<void> {
    let entries = 0;
    await this.#file.read(() => (entries += 1));
    await this.#file.resume();
    this.#isBegun = true;
    this.#end = { ...this.#end, entries };
  }

  #fileOf(segment: number): JournalFile<Entry> {
    return new JournalFile(join(this.#folder, `${String(segment).padStart(8, "0")}.journal`));
  }
}
