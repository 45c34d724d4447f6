import { GovernanceError } from "../errors.ts";
import { addAmounts, missingAmounts, noAmounts } from "../limits/amounts.ts";
import type { Amounts } from "../limits/limit.ts";
import { denyByLimit } from "../limits/limit-denial.ts";
import type { LimitScope } from "../limits/limit-scope.ts";
import type { LimitRefusal } from "../limits/limit-store.ts";
import { attemptHoldId } from "./attempt-hold-id.ts";
import type { AttemptOwner, Extension } from "./attempt-owner.ts";
import { type AttemptProgress, chargeAt } from "./attempt-progress.ts";
import { type AttemptResult, amountsOf } from "./attempt-result.ts";
import { GrowingHold } from "./growing-hold.ts";
import type { AttemptPlace, RequestBound } from "./lease-request.ts";

/** What is held outlives this process also while the book says nothing, so no answer waits for the book for longer. */
const firstBookedMs = 100;
/** How long a further attempt waits for the book, without which it is not made. */
const nextBookedMs = 2_000;

/** One call to a provider, on the account of its lease and of the limits that hang on the provider. */
export class AttemptLease {
  /** Counted from 1 within the request. */
  readonly number: number;
  readonly place: AttemptPlace;
  readonly #owner: AttemptOwner;
  readonly #bound: RequestBound;
  readonly #holds: GrowingHold[] = [];
  #share: Amounts = noAmounts;
  /** What calls before the present one of the same answer may have taken. */
  #base: Amounts = noAmounts;
  #granted = 0;
  /** Nothing more could be held. */
  #isLast = false;
  #isEstimated = false;
  #progress: (() => AttemptProgress | undefined) | undefined;
  #state: "new" | "running" | "ended" | "void" = "new";
  #recorded: Promise<void> = Promise.resolve();

  constructor(owner: AttemptOwner, place: AttemptPlace, { number, bound }: { number: number; bound: RequestBound }) {
    this.#owner = owner;
    this.place = place;
    this.number = number;
    this.#bound = bound;
    this.#progress = owner.expected;
  }

  /** What it may take as far as that is held, or what it took. */
  get share(): Amounts {
    return this.#share;
  }

  /** What its answer may have at most, by the limits there as well: `max_tokens` has to be lowered to it. */
  get maxOutputTokens(): number {
    return this.#bound.outputTokens;
  }

  get isRunning(): boolean {
    return this.#state === "running";
  }

  /** True until it has ended, from before it runs. */
  get isLive(): boolean {
    return this.isRunning || this.#state === "new";
  }

  /** True when what it cost is a guess, in part or whole. */
  get isEstimated(): boolean {
    return this.#isEstimated;
  }

  /** True when it was sent, so that the request counts. */
  get isBilled(): boolean {
    return this.#state === "ended";
  }

  /** Resolves when what is held for it outlives this process: the client is given nothing before. Rejects when it cannot. */
  get recorded(): Promise<void> {
    return this.#recorded;
  }

  /** Has it asked, now and then, how far the attempt has come: all that is held for it where that cannot be said. */
  measureBy(progress: () => AttemptProgress | undefined): void {
    this.#progress = progress;
  }

  /** What it is charged with should this process be gone from now on; undefined for all that is held. */
  get charge(): Amounts | undefined {
    const progress = this.isLive ? this.#progress?.() : undefined;
    const { charged: mode, slice } = this.#owner;
    return progress && chargeAt(progress, { share: this.#share, mode, slice });
  }

  /** True when it counts in a limit. */
  get isLimited(): boolean {
    return this.#owner.isLimited || this.#holds.length > 0;
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
      // The request may have ended meanwhile, as when another call was quicker; nobody would end this one.
      isHeld = refusal === undefined && !this.#owner.isOver();
    } finally {
      if (!isHeld) this.#giveUp();
    }
    if (!isHeld) return refusal;
    this.#state = "running";
    if (this.isLimited) await this.#open();
    return undefined;
  }

  /** True while what is held is enough for an answer of so many output tokens, and a little more. */
  covers(outputTokens: number): boolean {
    if (this.#granted >= this.#bound.outputTokens || !this.isLimited) return true;
    return outputTokens + (this.#isLast ? 0 : this.#owner.slice / 4) < this.#granted;
  }

  /**
   * Holds another slice for an answer that has come to so many output tokens, or a smaller one where that does not fit;
   * refused when the last of it is used up.
   */
  async extend(outputTokens: number): Promise<Extension> {
    const [granted, share] = [this.#granted, this.#share];
    let extension: Extension = { granted: true };
    for (const part of [1, 4]) {
      // Its client may have left while more was asked for.
      if (!this.isRunning) return { granted: true };
      const more = Math.ceil(this.#owner.slice / part);
      this.#grant(Math.min(this.#bound.outputTokens, Math.max(outputTokens, granted) + more));
      let isGranted = false;
      try {
        extension = await this.#cover(share);
        isGranted = extension.granted;
      } finally {
        if (!isGranted) this.#granted = granted;
      }
      this.#isLast = !isGranted;
      if (isGranted) break;
    }
    // One that may run on is not asked about again.
    if (extension.isSpent) this.#granted = Number.POSITIVE_INFINITY;
    return this.#isLast && outputTokens < granted ? { granted: true } : extension;
  }

  /** Holds what another call needs that the same answer takes: its input, and what more it may write. */
  async callAgain(bound: Pick<RequestBound, "inputTokens" | "nanoUsd">): Promise<Extension> {
    await this.#chargeAll();
    if (!this.isRunning) return { granted: true };
    const share = this.#share;
    const more = { inputTokens: bound.inputTokens, outputTokens: 0, nanoUsd: bound.nanoUsd(0) };
    this.#base = addAmounts(this.#base, more);
    this.#share = addAmounts(share, more);
    const extension = await this.#cover(share);
    if (!extension.granted) this.#base = missingAmounts(this.#base, more) ?? noAmounts;
    return extension;
  }

  /** Ends it with what it came to; the first end counts. Numbers that cannot be true are replaced by what was held. */
  end(result: AttemptResult): void {
    if (!this.isRunning) return;
    this.#state = "ended";
    const amounts = amountsOf(result);
    const known: AttemptResult =
      amounts === undefined ? { nanoUsd: this.#share.nanoUsd, source: "estimated", outcome: result.outcome } : result;
    this.#share = amounts ?? this.#share;
    this.#isEstimated = known.source !== "final";
    const { keeper } = this.#owner;
    const { nanoUsd, source, outcome, usage } = known;
    if (!keeper.hasBook) return;
    void keeper.record(this.#owner.entry(this, { kind: "close", nanoUsd, source, outcome, usage }));
    for (const { ref } of this.#holds) keeper.settle(ref, this.#share);
  }

  /** Ends one that was never sent: nothing was used. */
  cancel(): void {
    if (!this.isRunning) return;
    const isLimited = this.isLimited;
    this.#giveUp();
    const nothing = { kind: "void", nanoUsd: 0, source: "final", outcome: "not sent", usage: undefined } as const;
    const { keeper } = this.#owner;
    if (isLimited && keeper.hasBook) void keeper.record(this.#owner.entry(this, nothing));
  }

  /** Ends one whose end nobody has told, by the most that was held for it. */
  abandon(): void {
    const { nanoUsd } = this.#share;
    this.end({ nanoUsd, source: "estimated", outcome: "abandoned" });
  }

  /**
   * Says that it begins, once what is held for it outlives this process: of what nobody holds, nobody looks for the end. While the provider thinks, so that it costs the client no time; a further attempt is in the book
   * before it is sent, or whoever finds those before it ended would take the request for ended. Whoever has done so already,
   * while this process stood still, has ended what is held for the request as well, and then nothing more is sent.
   */
  async #open(): Promise<void> {
    const { keeper, limits, tenant } = this.#owner;
    const written = this.#holds.map(({ ref }) => limits.durable(ref));
    if (tenant !== undefined) written.push(limits.durable(tenant.ref));
    const open = { kind: "open", source: "estimated", outcome: "", usage: undefined } as const;
    const entry = this.#owner.entry(this, { ...open, nanoUsd: this.#share.nanoUsd });
    const held = Promise.all(written);
    const book = (): Promise<boolean> => keeper.recordSoon(entry, this.number === 1 ? firstBookedMs : nextBookedMs);
    const booked = held.then(book, book);
    this.#recorded = Promise.all([held, booked]).then(() => undefined);
    // Whoever answers waits for it; a request that failed before does not.
    this.#recorded.catch(() => undefined);
    if (this.number === 1) return;
    const hindrance = (await booked) ? await this.#hindrance() : "the book takes nothing now";
    if (hindrance === undefined) return;
    this.cancel();
    throw new GovernanceError("store-unavailable", `${hindrance}, so nothing more is sent; try again soon`);
  }

  /** What keeps a further attempt from being sent that is in the book; undefined for nothing. */
  async #hindrance(): Promise<string | undefined> {
    const isHeld = await this.#owner.isTenantHeld().catch(() => undefined);
    if (isHeld === undefined) return "the limits cannot be looked up";
    return isHeld ? undefined : "what was held for the request has ended meanwhile";
  }

  /** Takes back what was told of how far it has come: another call is about to begin. */
  async #chargeAll(): Promise<void> {
    const { limits, tenant } = this.#owner;
    const refs = [...(tenant === undefined ? [] : [tenant]), ...this.#holds].map(({ ref }) => ref);
    if (this.#progress === undefined || refs.length === 0) return;
    this.#progress = undefined;
    await limits.touch(refs);
  }

  #firstSlice(): number {
    const { mode } = this.#owner.terms;
    return mode === "strict" ? this.#bound.outputTokens : Math.min(this.#bound.outputTokens, this.#owner.slice);
  }

  #grant(outputTokens: number): void {
    this.#granted = outputTokens;
    const { inputTokens } = this.#bound;
    const nanoUsd = this.#bound.nanoUsd(outputTokens);
    this.#share = addAmounts(this.#base, { inputTokens, outputTokens, nanoUsd });
  }

  /** Sees to it that all holds cover its share, which goes back to `before` where they cannot, unless it has ended meanwhile. */
  async #cover(before: Amounts): Promise<Extension> {
    if (!this.isRunning || !this.isLimited) return { granted: true };
    let isCovered = false;
    let refusal: LimitRefusal | "lost" | undefined;
    try {
      refusal = await this.#coverAll();
      isCovered = refusal === undefined;
    } finally {
      if (!isCovered && this.isRunning) this.#share = before;
    }
    if (refusal === undefined) return { granted: true };
    if (this.#owner.terms.whenSpent === "run") return { granted: true, isSpent: true };
    return { granted: false, denial: refusal === "lost" ? undefined : denyByLimit(refusal, this.#owner.clock()) };
  }

  async #coverAll(): Promise<LimitRefusal | "lost" | undefined> {
    const results = [await this.#owner.coverTenant()];
    for (const hold of this.#holds) {
      const result = await hold.cover(this.#share);
      results.push(result.outcome === "held" ? undefined : result.outcome === "lost" ? "lost" : result.refusal);
    }
    return results.find((result) => result !== undefined);
  }

  /** One hold for each partition, the tenant's first. */
  async #reserve(scopes: readonly LimitScope[]): Promise<LimitRefusal | undefined> {
    const { limits, keeper, id } = this.#owner;
    for (const partition of new Set(scopes.map((scope) => scope.partition))) {
      const ref = { id: attemptHoldId(id, this.number), partition };
      const own = scopes.filter((scope) => scope.partition === partition);
      const hold = new GrowingHold(limits, ref, this.#share);
      // Before the answer is there: a store that gives none may have held it all the same.
      this.#holds.push(hold);
      const { charge } = this;
      const result = await limits.reserve({ ...ref, scopes: own, need: this.#share, charge });
      if (result.outcome === "refused") {
        this.#holds.splice(this.#holds.indexOf(hold), 1);
        return result.refusal;
      }
      keeper.watch(ref, () => this.charge, charge !== undefined);
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
