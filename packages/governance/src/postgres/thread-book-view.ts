import { rm } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import type { BookTotal } from "../book/book.ts";
import type { LedgerEntry } from "../book/ledger-entry.ts";
import { GovernanceError } from "../errors.ts";
import type { BookView } from "../node/book-view.ts";
import type { JournalPlace } from "../node/segmented-journal.ts";
import type { ViewAnswer, ViewCall } from "./view-message.ts";

/** What a view in a thread needs. */
export interface ThreadBookViewOptions {
  /** The folder of the view: nothing else is in it, and it is made anew when it does not open. */
  readonly folder: string;
  /** How long it may take to open until it is made anew; a minute unless told. */
  readonly openMs?: number;
}

const usualOpenMs = 60_000;

/**
 * A view of a book in PGlite in a thread of its own, so that nothing else waits while it computes. Rejects with a
 * GovernanceError, `store-unavailable`, when the thread has ended.
 */
export async function threadBookView({ folder, openMs = usualOpenMs }: ThreadBookViewOptions): Promise<BookView> {
  const view = new ThreadBookView(folder);
  if (await view.opens(openMs)) return view;
  await view.end();
  await rm(folder, { recursive: true, force: true });
  const again = new ThreadBookView(folder);
  await again.place();
  return again;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: GovernanceError) => void;
}

class ThreadBookView implements BookView {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #calls = 0;
  #ended: GovernanceError | undefined;

  constructor(folder: string) {
    // The same from `src` and from `dist`.
    const program = import.meta.url.endsWith(".ts") ? "./book-view-worker.ts" : "./book-view-worker.js";
    this.#worker = new Worker(new URL(program, import.meta.url), { workerData: { folder } });
    this.#worker.unref();
    this.#worker.on("message", (answer: ViewAnswer) => this.#take(answer));
    this.#worker.on("error", (error: Error) => this.#fail(error.message));
    this.#worker.on("exit", () => this.#fail("its thread has ended"));
  }

  /** Whether it answers in time. */
  async opens(withinMs: number): Promise<boolean> {
    const { promise: late, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), withinMs);
    try {
      const opened = this.place().then(
        () => true,
        () => false,
      );
      return await Promise.race([opened, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  place(): Promise<JournalPlace> {
    return this.#call<JournalPlace>({ name: "place" });
  }

  add(entries: readonly LedgerEntry[], behind: JournalPlace): Promise<void> {
    return this.#call({ name: "add", entries, behind });
  }

  entriesOf(requestId: string): Promise<readonly LedgerEntry[]> {
    return this.#call<readonly LedgerEntry[]>({ name: "entriesOf", requestId });
  }

  totals(question: Parameters<BookView["totals"]>[0]): Promise<readonly BookTotal[]> {
    return this.#call<readonly BookTotal[]>({ name: "totals", question });
  }

  async close(): Promise<void> {
    if (this.#ended === undefined) await this.#call({ name: "close" });
    await this.end();
  }

  /** Ends the thread, whatever it does. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #call<Value>(call: ViewCall): Promise<Value> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = (this.#calls += 1);
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the thread answers a call with what that call gives
    this.#pending.set(id, { resolve: (value) => resolve(value as Value), reject });
    this.#worker.postMessage({ id, call }, []);
    return promise;
  }

  #take({ id, ...answer }: ViewAnswer): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (answer.error === undefined) pending?.resolve(answer.value);
    else pending?.reject(new GovernanceError(answer.error.code, answer.error.message));
  }

  #fail(reason: string): void {
    this.#ended ??= new GovernanceError("store-unavailable", `the view of the book cannot be used (${reason})`);
    for (const { reject } of this.#pending.values()) reject(this.#ended);
    this.#pending.clear();
  }
}
