import type { Book } from "../book/book.ts";
import type { LedgerEntry } from "../book/ledger-entry.ts";
import { type GovernanceErrorCode, isGovernanceError } from "../errors.ts";
import { holdKey, type HoldRef } from "../limits/hold-ref.ts";
import type { Amounts } from "../limits/limit.ts";
import type { ExpiredHold, LimitStore } from "../limits/limit-store.ts";
import { isAttemptHoldId, leaseIdOf } from "./attempt-hold-id.ts";
import { endedAs } from "./ended-as.ts";
import { expiryEntries } from "./expiry-entries.ts";
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

const touchedAtOnce = 500;
/** A lease lasts as long as so many renewals of it. */
const touchesInLease = 6;
/** Errors that another try would not mend. */
const impossible: ReadonlySet<GovernanceErrorCode> = new Set(["invalid-entry", "invalid-reservation"]);
/** Beyond it, holds that were never used are left to expire: a store that refuses everything must not fill the memory. */
const mostReleases = 10_000;

type Charging = () => Amounts | undefined;

/** What a keeper works with, each of which may fail while the others work. */
type Source = "limits" | "book";

/** Something that a store has to be told. */
interface Delivery {
  readonly to: Source;
  readonly work: () => Promise<unknown>;
  /** Called when it is taken, or never will be. */
  readonly done?: () => void;
}

/**
 * Keeps the holds of all leases alive with one timer, and delivers what has ended: what a store does not take now is
 * offered again until it does, for a settlement that is lost is money that is lost.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #live = new Map<string, { readonly ref: HoldRef; readonly charge?: Charging }>();
  readonly #undelivered = new Set<Delivery>();
  /** By request: how many of its entries the book has yet to take, and what is to be done then. */
  readonly #unwritten = new Map<string, UnwrittenEntries>();
  readonly #underWay = new Set<Promise<boolean>>();
  readonly #troubled = new Set<Source>();
  /** Holds that the store did not know as running when they were last renewed. */
  readonly #lost = new Set<string>();
  /** Holds that may have expired, until it is looked once more for what the account has charged for them. */
  readonly #doubtful = new Map<string, { readonly ref: HoldRef; readonly atMs: number }>();
  #touchedMs = 0;
  /** When leases were last renewed. */
  #keptMs: number;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#keptMs = options.clock();
  }

  /** Holds that are kept alive. */
  get live(): number {
    return this.#live.size;
  }

  /** What the stores have not taken yet. */
  get undelivered(): number {
    let waiting = 0;
    for (const { after } of this.#unwritten.values()) waiting += after.length;
    return this.#undelivered.size + this.#underWay.size + waiting;
  }

  /** False where entries would go nowhere. */
  get hasBook(): boolean {
    return this.#options.book !== undefined;
  }

  /** Keeps one alive no more that is not held. */
  forget(ref: HoldRef): void {
    this.#live.delete(holdKey(ref));
    this.#lost.delete(holdKey(ref));
  }

  /** Keeps a hold alive; `charge` says at any time what it has come to at most, should this process end then. */
  watch(ref: HoldRef, charge: Charging = () => undefined): void {
    this.#live.set(holdKey(ref), { ref, charge });
  }

  /** Ends a hold with what was used. */
  settle(ref: HoldRef, actual: Amounts): void {
    this.#close(ref, actual);
  }

  /** Ends a hold of which nothing was used. */
  release(ref: HoldRef): void {
    if (this.#undelivered.size >= mostReleases) this.#live.delete(holdKey(ref));
    else this.#close(ref, undefined);
  }

  /**
   * No limit remembers that a request has ended before the book does: should this process end in between, the hold is still
   * there for another to find, which then looks into the book. For the same reason a hold that was used is not ended before
   * it outlives this process.
   */
  #close(ref: HoldRef, actual: Amounts | undefined): void {
    const { limits } = this.#options;
    const unwritten = this.#unwritten.get(leaseIdOf(ref.id));
    const mayHaveExpired = this.#mayHaveExpired(ref);
    const done = (): void => {
      this.forget(ref);
      if (mayHaveExpired) this.#onceAccounted(ref, () => this.#takeBackTwice(ref));
    };
    const close = (): void => {
      const ahead = unwritten && limits.closeAhead?.bind(limits, ref, actual, unwritten.accounted.promise);
      const now = (): Promise<unknown> => (actual === undefined ? limits.release(ref) : limits.settle(ref, actual));
      const end = ahead ?? now;
      const work = actual === undefined ? end : (): Promise<unknown> => limits.durable(ref).then(end);
      void this.#deliver({ to: "limits", work, done });
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
    return this.#deliver({ to: "book", work: () => book.append([entry]), done: written });
  }

  /** To be called each second: renews leases, ends those of the dead, and delivers what could not be delivered. */
  async tick(): Promise<void> {
    const { clock, limits, touchMs } = this.#options;
    await this.#redeliver();
    if (clock() - this.#touchedMs >= touchMs) {
      this.#touchedMs = clock();
      await this.watchOver("limits", () => this.#touch());
    }
    await this.watchOver("limits", async () => {
      const { expired } = await limits.sweep();
      for (const hold of expired) void this.#deliver({ to: "book", work: () => this.#expire(hold) });
    });
    for (const [key, { ref, atMs }] of this.#doubtful) {
      if (atMs > clock()) break;
      this.#doubtful.delete(key);
      void this.#deliver({ to: "book", work: () => this.#takeBack(ref) });
    }
  }

  /** Resolves when all that has ended is delivered, or has been tried once more. */
  async flush(): Promise<void> {
    await this.#arrived();
    await this.#redeliver();
    await this.#arrived();
  }

  /** Resolves when nothing is on its way any more: what is written may set off a settlement. */
  async #arrived(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Does something with a store; tells of it when that begins to fail. Never rejects. */
  async watchOver(source: Source, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#recover(source);
    } catch (error) {
      this.#report(source, error);
    }
  }

  /** A hold that is lost is settled all the same, which puts its expiry right; and a store may find it again. */
  async #touch(): Promise<void> {
    const holds = [...this.#live.values()];
    for (let at = 0; at < holds.length; at += touchedAtOnce) {
      const some = holds.slice(at, at + touchedAtOnce);
      const lost = await this.#options.limits.touch(some.map(({ ref, charge }) => ({ ...ref, charge: charge?.() })));
      for (const ref of lost) this.#lost.add(holdKey(ref));
    }
    this.#keptMs = this.#options.clock();
  }

  /** True when a hold may have been charged without its owner, which stood still or had no way to the store. */
  #mayHaveExpired(ref: HoldRef): boolean {
    const { clock, touchMs } = this.#options;
    return this.#lost.has(holdKey(ref)) || clock() - this.#keptMs > touchesInLease * touchMs;
  }

  /** Whoever has found it expired may be about to say so. */
  #takeBackTwice(ref: HoldRef): void {
    const { clock, touchMs } = this.#options;
    this.#doubtful.set(holdKey(ref), { ref, atMs: clock() + touchesInLease * touchMs });
    void this.#deliver({ to: "book", work: () => this.#takeBack(ref) });
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
    if (entries.length > 0) await book.append(entries);
  }

  #deliver(delivery: Delivery): Promise<boolean> {
    const offered = this.#offer(delivery).finally(() => this.#underWay.delete(offered));
    this.#underWay.add(offered);
    return offered;
  }

  /** Gives whether it was taken. What no store will ever take is told and dropped; everything else is offered again. */
  async #offer(delivery: Delivery): Promise<boolean> {
    try {
      await delivery.work();
    } catch (error) {
      if (!isGovernanceError(error) || !impossible.has(error.code)) {
        this.#undelivered.add(delivery);
        this.#report(delivery.to, error);
        return false;
      }
      this.#options.onTrouble(error);
    }
    delivery.done?.();
    return true;
  }

  /** The first that a store does not take this time is the last that it is offered. */
  async #redeliver(): Promise<void> {
    const closed = new Set<Source>();
    const waiting = Array.from(this.#undelivered);
    for (const delivery of waiting) {
      if (closed.has(delivery.to)) continue;
      this.#undelivered.delete(delivery);
      // It goes to the end, so that one that is never taken keeps no other back for long.
      if (!(await this.#offer(delivery))) closed.add(delivery.to);
    }
    for (const { to } of waiting) this.#recover(to);
  }

  /** A store that takes some of what it is told works when it has taken all. */
  #recover(source: Source): void {
    for (const { to } of this.#undelivered) if (to === source) return;
    this.#troubled.delete(source);
  }

  #report(source: Source, error: unknown): void {
    if (!this.#troubled.has(source)) this.#options.onTrouble(error);
    this.#troubled.add(source);
  }
}
