import type { Book, BookTotal, TotalsQuestion } from "../book/book.ts";
import { checkEntry } from "../book/check-entry.ts";
import { checkQuestion } from "../book/check-question.ts";
import type { LedgerEntry } from "../book/ledger-entry.ts";
import { GovernanceError } from "../errors.ts";
import type { BookView } from "./book-view.ts";
import { GroupCommit } from "./group-commit.ts";
import { SegmentedJournal } from "./segmented-journal.ts";

/** What a book with a journal needs. */
export interface JournalBookOptions {
  /** The folder of the journal, made when it is not there. No other process has it open. */
  readonly folder: string;
  /** Opens the view, when a question is asked first, and again when it has failed. */
  readonly openView: () => Promise<BookView>;
  /** How long a file of the journal becomes; 16 MB unless told. */
  readonly segmentBytes?: number;
}

/** A book that holds files open until it is closed. */
export interface JournalBook extends Book {
  /** Waits for what is under way, and lets go of files and view. */
  close(): Promise<void>;
}

const addedAtOnce = 500;

/**
 * A book of one process whose entries are on the disk when `append` comes back, so that nothing is lost by a crash,
 * `kill -9` or a loss of power. Questions are answered from a view, which is made from the journal when it is lost; a
 * question waits until the view has all that was added before.
 *
 * Rejects with a GovernanceError: `journal-corrupt` when the journal is damaged elsewhere than at its end, `journal-closed`
 * when it cannot be read, and as long as it cannot be written.
 */
export async function journalBook({ folder, openView, segmentBytes }: JournalBookOptions): Promise<JournalBook> {
  try {
    return new JournaledBook(await SegmentedJournal.open<LedgerEntry>(folder, segmentBytes), openView);
  } catch (error) {
    if (error instanceof GovernanceError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new GovernanceError("journal-closed", `the journal of the book in ${folder} cannot be opened: ${reason}`, {
      cause: error,
    });
  }
}

class JournaledBook implements JournalBook {
  readonly #journal: SegmentedJournal<LedgerEntry>;
  readonly #commit: GroupCommit<LedgerEntry>;
  readonly #openView: () => Promise<BookView>;
  #view: Promise<BookView> | undefined;
  #catchingUp: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(journal: SegmentedJournal<LedgerEntry>, openView: () => Promise<BookView>) {
    this.#journal = journal;
    this.#openView = openView;
    const kept = { compactBytes: Number.POSITIVE_INFINITY, snapshot: () => [] };
    this.#commit = new GroupCommit({
      target: journal,
      title: "the journal of the book",
      meanwhile: "what calls cost is kept in memory",
      ...kept,
    });
  }

  async append(entries: readonly LedgerEntry[]): Promise<void> {
    if (entries.length === 0) return;
    entries.forEach(checkEntry);
    this.#checkOpen();
    if (this.#commit.hasFailed) await this.#commit.flushed();
    this.#commit.add(entries);
    await this.#commit.flushed();
  }

  entriesOf(requestId: string): Promise<readonly LedgerEntry[]> {
    return this.#ask((view) => view.entriesOf(requestId));
  }

  async totals(question: TotalsQuestion): Promise<readonly BookTotal[]> {
    checkQuestion(question);
    return this.#ask((view) => view.totals(question));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    try {
      await this.#commit.flushed();
    } finally {
      await this.#catchingUp.catch(() => undefined);
      const view = await this.#view?.catch(() => undefined);
      await view?.close().catch(() => undefined);
      await this.#journal.close();
    }
  }

  /** Asks the view, and a new one when that fails: what is lost of it is in the journal. */
  async #ask<Answer>(question: (view: BookView) => Promise<Answer>): Promise<Answer> {
    this.#checkOpen();
    try {
      return await question(await this.#caughtUp());
    } catch (error) {
      if (error instanceof GovernanceError && error.code === "journal-corrupt") throw error;
      await this.#leaveView();
      return question(await this.#caughtUp());
    }
  }

  /** The view with all that is in the journal now. */
  #caughtUp(): Promise<BookView> {
    const { end } = this.#journal;
    const caughtUp = this.#catchingUp
      .catch(() => undefined)
      .then(async () => {
        this.#view ??= this.#openView();
        const view = await this.#view;
        const take = view.add.bind(view);
        await this.#journal.readFrom(await view.place(), end, { most: addedAtOnce, take });
        return view;
      });
    this.#catchingUp = caughtUp;
    return caughtUp;
  }

  async #leaveView(): Promise<void> {
    const view = this.#view;
    this.#view = undefined;
    await view?.then((left) => left.close()).catch(() => undefined);
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new GovernanceError("journal-closed", "the book is closed");
  }
}
