import type { LedgerEntry } from "../book/ledger-entry.ts";
import { noAmounts } from "../limits/amounts.ts";
import type { Amounts } from "../limits/limit.ts";
import type { LimitScope } from "../limits/limit-scope.ts";
import type { LimitRefusal } from "../limits/limit-store.ts";
import { attemptHoldId } from "./attempt-hold-id.ts";
import { type AttemptResult, amountsOf } from "./attempt-result.ts";
import { GrowingHold } from "./growing-hold.ts";
import type { AttemptPlace, LeaseTerms, RequestBound } from "./lease-request.ts";
import type { LeaseParts } from "./lease-parts.ts";

/** What an attempt asks of the lease that it belongs to. */
export interface AttemptOwner extends LeaseParts {
  readonly id: string;
  /** True when the tenant has limits. */
  readonly isLimited: boolean;
  readonly terms: LeaseTerms;
  /** Output tokens that are held at a time. */
  readonly slice: number;
  /** Sees to it that the tenant's hold covers all attempts. */
  coverTenant(): Promise<LimitRefusal | "lost" | undefined>;
  entry(attempt: AttemptLease, of: Pick<LedgerEntry, "kind" | "nanoUsd" | "source" | "outcome" | "usage">): LedgerEntry;
}

/** One call to a provider, on the account of its lease and of the limits that hang on the provider. */
export class AttemptLease {
  /** Counted from 1 within the request. */
  readonly number: number;
  readonly place: AttemptPlace;
  readonly #owner: AttemptOwner;
  readonly #bound: RequestBound;
  readonly #holds: GrowingHold[] = [];
  #share: Amounts = noAmounts;
  #granted = 0;
  #state: "new" | "running" | "ended" | "void" = "new";
  #recorded: Promise<void> = Promise.resolve();

  constructor(owner: AttemptOwner, place: AttemptPlace, { number, bound }: { number: number; bound: RequestBound }) {
    this.#owner = owner;
    this.place = place;
    this.number = number;
    this.#bound = bound;
  }

  /** What it may take as far as that is held, or what it took. */
  get share(): Amounts {
    return this.#share;
  }

  get isRunning(): boolean {
    return this.#state === "running";
  }

  /** True when it was sent, so that the request counts. */
  get isBilled(): boolean {
    return this.#state === "ended";
  }

  /** Resolves when the book knows that it runs, or has been given up for now; never rejects. */
  get recorded(): Promise<void> {
    return this.#recorded;
  }

  /** Holds what it needs. Gives the limit that has no room; nothing is held then. */
  async begin(scopes: readonly LimitScope[]): Promise<LimitRefusal | undefined> {
    this.#grant(this.#firstSlice());
    let refusal: LimitRefusal | undefined;
    let isHeld = false;
    try {
      const tenant = await this.#owner.coverTenant();
      // What is held for the tenant is lost with the lease of a process that stood still; its limits still count it.
      if (typeof tenant === "object") refusal = tenant;
      refusal ??= await this.#reserve(scopes);
      isHeld = refusal === undefined;
    } finally {
      if (!isHeld) this.#giveUp();
    }
    if (!isHeld) return refusal;
    this.#state = "running";
    const { nanoUsd } = this.#share;
    const open = { kind: "open", nanoUsd, source: "estimated", outcome: "", usage: undefined } as const;
    if (this.#isLimited) this.#recorded = this.#owner.keeper.record([this.#owner.entry(this, open)]);
    return undefined;
  }

  /** True while what is held is enough for an answer of so many output tokens, and a little more. */
  covers(outputTokens: number): boolean {
    if (this.#granted >= this.#bound.outputTokens || !this.#isLimited) return true;
    return outputTokens + this.#owner.slice / 4 < this.#granted;
  }

  /** Holds another slice for an answer that has come to so many output tokens. False when it has to end here. */
  async extend(outputTokens: number): Promise<boolean> {
    if (!this.isRunning) return true;
    const [granted, share] = [this.#granted, this.#share];
    this.#grant(Math.min(this.#bound.outputTokens, Math.max(outputTokens, this.#granted) + this.#owner.slice));
    const results = [await this.#owner.coverTenant()];
    for (const hold of this.#holds) {
      const result = await hold.cover(this.#share);
      results.push(result.outcome === "held" ? undefined : result.outcome === "lost" ? "lost" : result.refusal);
    }
    if (results.every((result) => result === undefined)) return true;
    const runsOn = this.#owner.terms.whenSpent === "run";
    this.#share = share;
    // One that may run on is not asked about again.
    this.#granted = runsOn ? Number.POSITIVE_INFINITY : granted;
    return runsOn;
  }

  /** Ends it with what it came to; the first end counts. Numbers that cannot be true are replaced by what was held. */
  end(result: AttemptResult): void {
    if (!this.isRunning) return;
    this.#state = "ended";
    const amounts = amountsOf(result);
    const known: AttemptResult =
      amounts === undefined ? { nanoUsd: this.#share.nanoUsd, source: "estimated", outcome: result.outcome } : result;
    this.#share = amounts ?? this.#share;
    const { keeper } = this.#owner;
    for (const { ref } of this.#holds) keeper.settle(ref, this.#share);
    const { nanoUsd, source, outcome, usage } = known;
    void keeper.record([this.#owner.entry(this, { kind: "close", nanoUsd, source, outcome, usage })]);
  }

  /** Ends one that was never sent: nothing was used. */
  cancel(): void {
    if (!this.isRunning) return;
    const isLimited = this.#isLimited;
    this.#giveUp();
    const nothing = { kind: "void", nanoUsd: 0, source: "final", outcome: "not sent", usage: undefined } as const;
    if (isLimited) void this.#owner.keeper.record([this.#owner.entry(this, nothing)]);
  }

  /** Ends one whose end nobody has told, by the most that was held for it. */
  abandon(): void {
    const { nanoUsd } = this.#share;
    this.end({ nanoUsd, source: "estimated", outcome: "abandoned" });
  }

  get #isLimited(): boolean {
    return this.#owner.isLimited || this.#holds.length > 0;
  }

  #firstSlice(): number {
    const { mode } = this.#owner.terms;
    return mode === "strict" ? this.#bound.outputTokens : Math.min(this.#bound.outputTokens, this.#owner.slice);
  }

  #grant(outputTokens: number): void {
    this.#granted = outputTokens;
    const { inputTokens } = this.#bound;
    this.#share = { inputTokens, outputTokens, nanoUsd: this.#bound.nanoUsd(outputTokens) };
  }

  /** One hold for each partition, the tenant's first. */
  async #reserve(scopes: readonly LimitScope[]): Promise<LimitRefusal | undefined> {
    const { limits, keeper, id } = this.#owner;
    for (const partition of new Set(scopes.map((scope) => scope.partition))) {
      const ref = { id: attemptHoldId(id, this.number), partition };
      const own = scopes.filter((scope) => scope.partition === partition);
      const result = await limits.reserve({ ...ref, scopes: own, need: this.#share });
      if (result.outcome === "refused") return result.refusal;
      keeper.watch(ref);
      this.#holds.push(new GrowingHold(limits, ref, this.#share));
    }
    return undefined;
  }

  #giveUp(): void {
    for (const { ref } of this.#holds) this.#owner.keeper.release(ref);
    this.#holds.length = 0;
    this.#share = noAmounts;
    this.#state = "void";
  }
}
