import type { LedgerEntry } from "../book/ledger-entry.ts";
import { addAmounts, noAmounts } from "../limits/amounts.ts";
import { denyByLimit, type LimitDenial } from "../limits/limit-denial.ts";
import type { Amounts } from "../limits/limit.ts";
import type { LimitScope } from "../limits/limit-scope.ts";
import type { LimitRefusal } from "../limits/limit-store.ts";
import { AttemptLease } from "./attempt-lease.ts";
import type { Extension } from "./attempt-owner.ts";
import type { AttemptResult } from "./attempt-result.ts";
import { fitOutput } from "./fit-output.ts";
import type { GrowingHold } from "./growing-hold.ts";
import type { LeaseParts } from "./lease-parts.ts";
import type { AttemptPlace, LeaseHolder, LeaseMode, LeaseRequest, LeaseTerms, RequestBound } from "./lease-request.ts";

/** What a lease is made of. */
export interface LeaseOptions {
  readonly id: string;
  readonly holder: LeaseHolder;
  readonly modelAsked: string;
  readonly sessionId: string | undefined;
  readonly bound: RequestBound;
  readonly terms: LeaseTerms;
  /** By which rules it is charged should this process be gone. */
  readonly charged: LeaseMode;
  readonly expected: LeaseRequest["expected"];
  /** What the tenant was said to be charged with when its hold was made. */
  readonly firstCharge: Amounts | undefined;
  readonly slice: number;
  /** The hold on the tenant's scopes; undefined where it has no limits. */
  readonly tenant: GrowingHold | undefined;
  /** The scope of a provider as a whole. */
  readonly providerScope: (provider: string) => LimitScope | undefined;
}

/** What was begun, or why it may not be. */
export type AttemptAdmission =
  | { readonly allowed: true; readonly value: AttemptLease }
  | ({ readonly allowed: false } & LimitDenial);

/**
 * A request that may run, on account of its tenant: all that its attempts cost is settled once, at its end. Whoever was
 * given one calls `settle`, whatever happens.
 */
export class Lease {
  readonly id: string;
  readonly #parts: LeaseParts;
  readonly #options: LeaseOptions;
  readonly #attempts: AttemptLease[] = [];
  /** What limits money at the providers that were asked. */
  readonly #budgetsThere: LimitScope[] = [];
  readonly #admittedMs: number;
  #settled = false;

  constructor(parts: LeaseParts, options: LeaseOptions) {
    this.id = options.id;
    this.#parts = parts;
    this.#options = options;
    this.#admittedMs = parts.clock();
  }

  /** What the answer may have at most: `max_tokens` has to be lowered to it. */
  get maxOutputTokens(): number {
    return this.#options.bound.outputTokens;
  }

  /** What its attempts cost in nano-USD, as far as they have ended; in the order in which they began. */
  get costs(): readonly number[] {
    return this.#attempts.map(({ isBilled, share }) => (isBilled ? share.nanoUsd : 0));
  }

  /** True when the cost of an attempt is a guess, in part or whole. */
  get isEstimated(): boolean {
    return this.#attempts.some(({ isEstimated }) => isEstimated);
  }

  /** What is held for it in nano-USD; undefined without limits. */
  get heldNanoUsd(): number | undefined {
    return this.#options.tenant?.held.nanoUsd;
  }

  /** What it is charged with should this process be gone from now on; undefined for all that is held. */
  get charge(): Amounts | undefined {
    if (this.#attempts.length === 0) return this.#options.firstCharge;
    // Before a further call is sent, the store is told of it.
    const taken = this.#attempts.flatMap((one) => (one.isLive ? [one.charge] : one.isBilled ? [one.share] : []));
    return taken.reduce<Amounts | undefined>((sum, one) => sum && one && addAmounts(sum, one), noAmounts);
  }

  /** Begins a call to a provider, if its limits have room. A refusal concerns this place alone: another may be asked. */
  async attempt(place: AttemptPlace): Promise<AttemptAdmission> {
    const { bound, holder, providerScope, terms } = this.#options;
    const whole = providerScope(place.provider);
    const own = holder.scopesAt(place.provider);
    const scopes = whole === undefined ? own : [...own, whole];
    const most = place.bound === undefined ? bound : atMost(place.bound, bound.outputTokens);
    const fit = fitOutput(scopes, most, terms.mode);
    if (!fit.fits) return { allowed: false, ...denyByLimit(fit.refusal, this.#parts.clock()) };
    const attempt = new AttemptLease(this.#owner(), place, {
      number: this.#attempts.length + 1,
      bound: atMost(most, fit.outputTokens),
    });
    this.#attempts.push(attempt);
    const refusal = await attempt.begin(scopes);
    if (refusal !== undefined) return { allowed: false, ...denyByLimit(refusal, this.#parts.clock()) };
    for (const scope of scopes) if (scope.rules.some(isBudget)) this.#budgetsThere.push(scope);
    return { allowed: true, value: attempt };
  }

  /** Holds more for the call that runs, whose answer has come to so many output tokens; see {@link AttemptLease.extend}. */
  async topUp(outputTokens: number): Promise<Extension> {
    const running = this.#running();
    if (running === undefined || running.covers(outputTokens)) return { granted: true };
    return running.extend(outputTokens);
  }

  /** Ends it as one that was never sent: of calls that nobody has ended nothing was used. */
  release(): void {
    for (const attempt of this.#attempts) attempt.cancel();
    this.settle();
  }

  /**
   * Ends it, once: the call that runs by what it came to, if that is told, and others that nobody has ended by what was held
   * for them. What fails is tried again later.
   */
  settle(result?: AttemptResult): void {
    if (this.#settled) return;
    this.#settled = true;
    if (result !== undefined) this.#running()?.end(result);
    for (const attempt of this.#attempts) attempt.abandon();
    const { history, keeper, standings } = this.#parts;
    const { holder, modelAsked, tenant } = this.#options;
    const billed = this.#attempts.filter(({ isBilled }) => isBilled);
    const last = billed.at(-1);
    if (last !== undefined) history.add(`${holder.keyId} ${modelAsked}`, last.share.outputTokens);
    standings.changed(this.#budgetsThere);
    if (tenant === undefined) return;
    if (last === undefined) keeper.release(tenant.ref);
    else keeper.settle(tenant.ref, this.#total());
    standings.changed(holder.scopes);
  }

  /** The newest call that has not ended. */
  #running(): AttemptLease | undefined {
    return this.#attempts.findLast(({ isRunning }) => isRunning);
  }

  #total(): AttemptLease["share"] {
    return this.#attempts.reduce((sum, { share }) => addAmounts(sum, share), noAmounts);
  }

  #owner(): ConstructorParameters<typeof AttemptLease>[0] {
    const { id, terms, charged, expected, slice, tenant } = this.#options;
    return {
      ...this.#parts,
      id,
      terms,
      charged,
      expected,
      slice,
      tenant,
      isLimited: tenant !== undefined,
      isOver: () => this.#settled,
      isTenantHeld: () => this.#isTenantHeld(),
      coverTenant: () => this.#coverTenant(),
      entry: (attempt, of) => this.#entry(attempt, of),
    };
  }

  async #isTenantHeld(): Promise<boolean> {
    const { limits } = this.#parts;
    const { tenant } = this.#options;
    if (tenant === undefined) return true;
    // While its word is on its way to the book, nobody can say of a hold that it is lost.
    await limits.durable(tenant.ref);
    const lost = await limits.touch([{ ...tenant.ref, charge: this.charge }]);
    return lost.length === 0;
  }

  async #coverTenant(): Promise<LimitRefusal | "lost" | undefined> {
    const { tenant } = this.#options;
    if (tenant === undefined) return undefined;
    const result = await tenant.cover(this.#total());
    if (result.outcome === "held") return undefined;
    return result.outcome === "lost" ? "lost" : result.refusal;
  }

  #entry(
    { number, place }: AttemptLease,
    of: Pick<LedgerEntry, "kind" | "nanoUsd" | "source" | "outcome" | "usage">,
  ): LedgerEntry {
    const { id, holder, modelAsked, sessionId } = this.#options;
    const { keyId, keyName, user, team, customer, tags } = holder;
    const { provider, model, credential } = place;
    const { clock, replica } = this.#parts;
    const who = { customer, team, user, keyId, keyName, tags, sessionId };
    return {
      requestId: id,
      attempt: number,
      admittedMs: this.#admittedMs,
      atMs: clock(),
      ...who,
      provider,
      model,
      modelAsked,
      credential,
      replica,
      ...of,
    };
  }
}

function atMost(bound: RequestBound, outputTokens: number): RequestBound {
  return bound.outputTokens <= outputTokens ? bound : { ...bound, outputTokens };
}

function isBudget({ limit }: LimitScope["rules"][number]): boolean {
  return limit.of === "nanoUsd" && limit.window.kind !== "request";
}
