import type { Book } from "../book/book.ts";
import type { LedgerEntry } from "../book/ledger-entry.ts";
import { holdKey, type HoldRef } from "../limits/hold-ref.ts";
import type { Amounts } from "../limits/limit.ts";
import type { ExpiredHold, LimitStore } from "../limits/limit-store.ts";
import { isAttemptHoldId, leaseIdOf } from "./attempt-hold-id.ts";
import { Deliveries, type Source } from "./deliveries.ts";
import { endedAs } from "./ended-as.ts";
import { expiryEntries } from "./expiry-entries.ts";
import { type Charging, Renewals } from "./renewals.ts";
import { takeBack } from "./take-back.ts";
import { unwrittenEntries, type UnwrittenEntries } from "./unwritten-entries.ts";

/** What a keeper works with. */
export interface LeaseKeeperOptions {
  readonly limits: LimitStore;
  readonly book: Book | undefined;
  readonly clock: () => number;
  readonly replica: string;
  /** How often leases are renewed. */
  readonly touchMs: number;
  /** Told when a store begins to fail, once until it works again. */
  readonly onTrouble: (error: unknown) => void;
}

/** Beyond it, holds that were never used are left to expire: a store that refuses everything must not fill the memory. */
const mostReleases = 10_000;

/**
 * Keeps the holds of all leases alive with one timer, and delivers what has ended: what a store does not take now is
 * offered again until it does, for a settlement that is lost is money that is lost.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #renewals: Renewals;
  /** By request: how many of its entries the book has yet to take, and what is to be done then. */
  readonly #unwritten = new Map<string, UnwrittenEntries>();
  readonly #deliveries: Deliveries;
  /** Holds that may have expired, until it is looked once more for what the account has charged for them. */
  readonly #doubtful = new Map<string, { readonly ref: HoldRef; readonly atMs: number }>();

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#deliveries = new Deliveries(options.onTrouble);
    this.#renewals = new Renewals(options);
  }

  /** Holds that are kept alive. */
  get live(): number {
    return this.#renewals.live;
  }

  /** What the stores have not taken yet. */
  get undelivered(): number {
    let waiting = 0;
    for (const { after } of this.#unwritten.values()) waiting += after.length;
    return this.#deliveries.size + waiting;
  }

  /** False where entries would go nowhere. */
  get hasBook(): boolean {
    return this.#options.book !== undefined;
  }

  /** Keeps one alive no more that is not held. */
  forget(ref: HoldRef): void {
    this.#renewals.forget(ref);
  }

  /**
   * Keeps a hold alive; `charge` says at any time what it has come to at most, should this process end then. With `isTold` the
   * store has heard that when it was held.
   */
  watch(ref: HoldRef, charge: Charging, isTold: boolean): void {
    this.#renewals.watch(ref, charge, isTold);
  }

  /** Ends a hold with what was used. */
  settle(ref: HoldRef, actual: Amounts): void {
    this.#close(ref, actual);
  }

  /** Ends a hold of which nothing was used. */
  release(ref: HoldRef): void {
    if (this.#deliveries.waiting >= mostReleases) this.#renewals.leave(ref);
    else this.#close(ref, undefined);
  }

  /**
   * No limit remembers that a request has ended before the book does: should this process end in between, the hold is still
   * there for another to find, which then looks into the book. For the same reason a hold that was used is not ended before
   * it outlives this process.
   */
  #close(ref: HoldRef, actual: Amounts | undefined): void {
    const { keptMs } = this.#renewals;
    const end = (): void => this.#end(ref, { actual, keptMs });
    if (!this.#renewals.mayHaveExpired(ref, keptMs)) return end();
    // Should this process be gone in the next moment, nobody looks for what is to be taken back of a hold that has ended.
    const work = (): Promise<void> => this.#takeBack(ref);
    this.#onceAccounted(ref, () => void this.#deliveries.deliver({ to: "book", work, done: end }));
  }

  #end(ref: HoldRef, { actual, keptMs }: { readonly actual: Amounts | undefined; readonly keptMs: number }): void {
    const { limits } = this.#options;
    const unwritten = this.#unwritten.get(leaseIdOf(ref.id));
    const done = (said: unknown): void => {
      const isDoubtful = said !== "done" || this.#renewals.mayHaveExpired(ref, keptMs);
      this.forget(ref);
      const isLate = (): boolean => isDoubtful || this.#renewals.mayHaveExpired(ref, keptMs);
      // No entry of its own says of one that was never used that nothing was charged.
      if (isDoubtful || actual === undefined) this.#onceAccounted(ref, () => this.#takeBackIf(isLate, ref));
    };
    const close = (): void => {
      const ahead = unwritten && limits.closeAhead?.bind(limits, ref, actual, unwritten.accounted.promise);
      const now = (): Promise<unknown> => (actual === undefined ? limits.release(ref) : limits.settle(ref, actual));
      const end = ahead ?? now;
      const work = actual === undefined ? end : (): Promise<unknown> => limits.durable(ref).then(end);
      void this.#deliveries.deliver({ to: "limits", work, done });
    };
    if (limits.closeAhead === undefined) this.#onceAccounted(ref, close);
    else close();
  }

  /** Does something when the book has all that was told of a request so far. */
  #onceAccounted(ref: HoldRef, act: () => void): void {
    const unwritten = this.#unwritten.get(leaseIdOf(ref.id));
    if (unwritten === undefined) act();
    else unwritten.after.push(act);
  }

  /** As `record`, for who waits for it: a book that has not answered by then has not taken it for now. */
  async recordSoon(entry: LedgerEntry, patienceMs: number): Promise<boolean> {
    if (!this.hasBook) return true;
    const late = Promise.withResolvers<boolean>();
    const timer = setTimeout(late.resolve, patienceMs, false);
    try {
      return await Promise.race([this.record(entry), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Writes an entry into the book. Gives whether that is done; what has failed is offered again. */
  record(entry: LedgerEntry): Promise<boolean> {
    const { book } = this.#options;
    if (book === undefined) return Promise.resolve(true);
    const { requestId } = entry;
    const unwritten = this.#unwritten.get(requestId) ?? unwrittenEntries();
    unwritten.entries += 1;
    this.#unwritten.set(requestId, unwritten);
    const written = (): void => {
      unwritten.entries -= 1;
      if (unwritten.entries > 0) return;
      this.#unwritten.delete(requestId);
      unwritten.accounted.resolve();
      for (const act of unwritten.after) act();
    };
    return this.#deliveries.deliver({ to: "book", work: () => book.append([entry]), done: written });
  }

  /** To be called each second: renews leases, ends those of the dead, and delivers what could not be delivered. */
  async tick(): Promise<void> {
    const { clock, limits } = this.#options;
    await this.#deliveries.offerAgain();
    await this.watchOver("limits", () => this.#renewals.renew());
    await this.watchOver("limits", async () => {
      const { expired } = await limits.sweep();
      for (const hold of expired) void this.#deliveries.deliver({ to: "book", work: () => this.#expire(hold) });
    });
    for (const [key, { ref, atMs }] of this.#doubtful) {
      if (atMs > clock()) break;
      this.#doubtful.delete(key);
      void this.#deliveries.deliver({ to: "book", work: () => this.#takeBack(ref) });
    }
  }

  /** To be called some times a second: tells the store how far requests are. */
  async tell(): Promise<void> {
    if (this.#renewals.hasNews) await this.watchOver("limits", () => this.#renewals.tell());
  }

  /** Resolves when all that has ended is delivered, or has been tried once more. */
  async flush(): Promise<void> {
    await this.#deliveries.flush();
  }

  /** Does something with a store; tells of it when that begins to fail. Never rejects. */
  async watchOver(source: Source, work: () => Promise<void>): Promise<void> {
    await this.#deliveries.watchOver(source, work);
  }

  /** Asked when its end is durable: who looks for it from then on does not say any more that it has expired. */
  #takeBackIf(isLate: () => boolean, ref: HoldRef): void {
    const work = (): Promise<unknown> => this.#options.limits.durable(ref);
    void this.#deliveries.deliver({ to: "limits", work, done: () => isLate() && this.#takeBackTwice(ref) });
  }

  /** Whoever has found it expired may be about to say so. */
  #takeBackTwice(ref: HoldRef): void {
    this.#doubtful.set(holdKey(ref), { ref, atMs: this.#options.clock() + this.#renewals.patienceMs });
    void this.#deliveries.deliver({ to: "book", work: () => this.#takeBack(ref) });
  }

  async #takeBack({ id }: HoldRef): Promise<void> {
    const { book, clock, replica } = this.#options;
    if (book !== undefined && !isAttemptHoldId(id)) await takeBack(id, book, { atMs: clock(), replica });
  }

  /** Holds at a provider are part of what the tenant's hold accounts for. */
  async #expire(hold: ExpiredHold): Promise<void> {
    const { book, clock, replica } = this.#options;
    if (book === undefined) return;
    const written = await book.entriesOf(leaseIdOf(hold.id));
    const ended = endedAs(hold, written);
    if (ended !== undefined) return this.#close(hold, ended);
    if (isAttemptHoldId(hold.id)) return;
    const entries = expiryEntries(hold, written, { atMs: clock(), replica });
    if (entries.length === 0) return;
    await book.append(entries);
    void this.#deliveries.deliver({ to: "limits", work: () => this.#takeBackIfEnded(hold) });
  }

  /**
   * Its owner may have come back and looked for what was said of it before that could be seen. Where it is known to have ended,
   * the account has all of its ends.
   */
  async #takeBackIfEnded(ref: HoldRef): Promise<void> {
    if ((await this.#options.limits.hasEnded?.(ref)) === true) await this.#takeBack(ref);
  }
}
