import type { Book } from "./book/book.ts";
import type { Directory } from "./directory/directory.ts";
import type { Presentation } from "./directory/key-refusal.ts";
import type { Principal } from "./directory/principal.ts";
import type { Decision } from "./errors.ts";
import type { ExplainOptions } from "./explain/explain-request.ts";
import type { Explanation } from "./explain/explanation.ts";
import { governedExplanation, governedRoute, standingOf, type GovernedRequest } from "./governed-route.ts";
import { chargeAt } from "./lease/attempt-progress.ts";
import { fitOutput } from "./lease/fit-output.ts";
import { GrowingHold } from "./lease/growing-hold.ts";
import { Lease } from "./lease/lease.ts";
import { LeaseKeeper } from "./lease/lease-keeper.ts";
import type { LeaseParts } from "./lease/lease-parts.ts";
import type { LeaseHolder, LeaseRequest, LeaseTerms, RequestBound } from "./lease/lease-request.ts";
import { OutputHistory } from "./lease/output-history.ts";
import { type Headroom, Standings, type ThresholdReached } from "./lease/standings.ts";
import type { Amounts } from "./limits/limit.ts";
import { denyByLimit, type LimitDenial } from "./limits/limit-denial.ts";
import type { LimitRule, LimitScope } from "./limits/limit-scope.ts";
import type { LimitStore, LimitUsage, Reservation, ReserveResult } from "./limits/limit-store.ts";
import { authorize, type Authorization, type RequestedUse } from "./policy/authorize.ts";
import type { RouteDecision } from "./routing/decide-route.ts";
import type { RouteTable } from "./routing/route-table.ts";
import type { RoutingRules } from "./rules/compile-rules.ts";

/** What governance reads of the configuration in force. */
export interface GovernanceSnapshot {
  readonly directory: Pick<Directory, "authenticate" | "providerScope">;
  /** Where models go; needed for `route` and `explain`. */
  readonly routes?: RouteTable;
  readonly rules?: RoutingRules | undefined;
}

/** What can be set about governance. */
export interface GovernanceSettings extends LeaseTerms {
  /** The least that is held of an answer at a time, in output tokens. */
  readonly sliceTokens: number;
  /** How often the leases of running requests are renewed. */
  readonly touchMs: number;
  /** At how many percent of a budget somebody is told. */
  readonly thresholds: readonly number[];
}

/** What a governance is made of. */
export interface GovernanceOptions {
  /** The configuration in force; read anew for each request. */
  readonly snapshot: () => GovernanceSnapshot;
  readonly limits: LimitStore;
  /** The account of attempts; without one there is none. */
  readonly book?: Book | undefined;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Ids that are never given twice, by whatever gateway. */
  readonly newId: () => string;
  /** The name of this gateway in the book. */
  readonly replica?: string | undefined;
  readonly settings?: Partial<GovernanceSettings> | undefined;
  /**
   * Told when a budget passes a threshold, and again in its next period: once of all processes that share the limits and have
   * this, whichever of them are started anew.
   */
  readonly onThreshold?: ((reached: ThresholdReached) => void) | undefined;
  /** Told when a store begins to fail, once until it works again. What it did not take is offered again. */
  readonly onTrouble?: ((error: unknown) => void) | undefined;
}

/** A request that may run, or why it may not. */
export type Admission = { readonly allowed: true; readonly value: Lease } | ({ readonly allowed: false } & LimitDenial);

/** Decides who may do what, how much, and where it goes. */
export interface Governance {
  /** Says who presents these keys, in the order in which they are tried. */
  authenticate(tokens: readonly string[], from: Presentation): Decision<Principal>;
  /** Says whether somebody may ask this at all, and which tools have to be taken out of the request. */
  authorize(principal: Pick<Principal, "policies">, use: RequestedUse): Decision<Authorization>;
  /** How all limits of a holder stand, as they were a second ago at most; empty when the store of limits cannot say. */
  usage(holder: Pick<LeaseHolder, "scopes">): Promise<readonly LimitUsage[]>;
  /** Says where a request goes, by rules, routes and policies, or why it may go nowhere. */
  route(request: GovernedRequest): Promise<RouteDecision>;
  /** Says what would become of a request, and why. Changes nothing. */
  explain(request: GovernedRequest, options?: ExplainOptions): Promise<Explanation>;
  /** True when a request of this holder counts in a limit, or in the book, wherever of these providers it goes. */
  concerns(holder: LeaseHolder, providers: Iterable<string>): boolean;
  /** True when it counts in a limit of money there: what has no price may not be asked for then. */
  limitsMoney(holder: LeaseHolder, provider: string): boolean;
  /**
   * Holds what a request can take in all limits of its tenant, in one step, or nothing. Rejects when the store of limits
   * cannot say: no money is spent then. Costs nothing where there are no limits.
   */
  admit(request: LeaseRequest): Promise<Admission>;
  /** What is left to a holder, as of up to a second ago: of each quantity, the limit with the least room. */
  remaining(holder: LeaseHolder): readonly Headroom[];
  /** To be called each second: renews leases, ends those of the dead, delivers late settlements, tells of thresholds. */
  tick(): Promise<void>;
  /**
   * To be called some times a second: tells the stores how far requests are, each second and when they have just begun, so
   * that they are charged with no more than that should this process be gone. Without it, `tick` does.
   */
  tell(): Promise<void>;
  /** Delivers what has ended; to be called at the end. */
  flush(): Promise<void>;
  /** How much is under way: holds that are kept alive, and ends that no store has taken yet. */
  readonly pending: { readonly holds: number; readonly undelivered: number };
}

const nothingLimited: readonly Headroom[] = [];

const usualSettings: GovernanceSettings = {
  mode: "incremental",
  whenSpent: "cut",
  sliceTokens: 1_024,
  touchMs: 5_000,
  thresholds: [80, 90, 100],
};

/** A governance over these stores. It has no timer of its own: call `tick` each second. */
export function createGovernance(options: GovernanceOptions): Governance {
  const { limits, book, clock, replica = "" } = options;
  const settings = { ...usualSettings, ...options.settings };
  const { onTrouble = () => undefined, onThreshold = () => undefined } = options;
  const keeper = new LeaseKeeper({ limits, book, clock, replica, touchMs: settings.touchMs, onTrouble });
  const standings = new Standings({
    limits,
    clock,
    newId: options.newId,
    // Whoever tells nobody leaves it to others.
    thresholds: options.onThreshold === undefined ? [] : settings.thresholds,
    onThreshold,
  });
  // What is written down and said of a request goes by the time by which it counts.
  const storeClock = (): number => clock() + (limits.skewMs?.() ?? 0);
  const history = new OutputHistory();
  const parts: LeaseParts = { limits, keeper, standings, clock: storeClock, replica, history };
  return {
    authenticate: (tokens, from) => options.snapshot().directory.authenticate(tokens, from),
    authorize,
    usage: (holder) => standingOf({ standings, onTrouble }, holder),
    route: (request) => governedRoute({ source: options.snapshot(), standings, clock, onTrouble }, request),
    explain(request, asked = {}) {
      const source = options.snapshot();
      const providerScope = (provider: string): LimitScope | undefined => source.directory.providerScope(provider);
      return governedExplanation({ source, standings, clock, onTrouble, providerScope }, request, asked);
    },
    concerns: (holder, providers) => book !== undefined || isLimited(options.snapshot(), holder, providers),
    limitsMoney: (holder, provider) =>
      scopesAt(options.snapshot(), holder, provider).some(({ rules }) => rules.some(isOfMoney)),
    admit: (request) => admit(parts, { request, options, settings }),
    remaining: ({ scopes }) => (scopes.length === 0 ? nothingLimited : standings.remaining(scopes)),
    async tick() {
      await keeper.tick();
      await keeper.watchOver("limits", () => standings.tick());
    },
    tell: () => keeper.tell(),
    flush: () => keeper.flush(),
    get pending() {
      return { holds: keeper.live, undelivered: keeper.undelivered };
    },
  };
}

function isLimited(snapshot: GovernanceSnapshot, holder: LeaseHolder, providers: Iterable<string>): boolean {
  if (holder.scopes.length > 0) return true;
  for (const provider of providers) if (scopesAt(snapshot, holder, provider).length > 0) return true;
  return false;
}

function scopesAt({ directory }: GovernanceSnapshot, holder: LeaseHolder, provider: string): readonly LimitScope[] {
  const whole = directory.providerScope(provider);
  const own = [...holder.scopes, ...holder.scopesAt(provider)];
  return whole === undefined ? own : [...own, whole];
}

function isOfMoney({ limit }: LimitRule): boolean {
  return limit.of === "nanoUsd";
}

interface Admitting {
  readonly request: LeaseRequest;
  readonly options: GovernanceOptions;
  readonly settings: GovernanceSettings;
}

async function admit(parts: LeaseParts, { request, options, settings }: Admitting): Promise<Admission> {
  const { holder, modelAsked, sessionId } = request;
  const { scopes, partition } = holder;
  const { mode, whenSpent } = settings;
  const terms: LeaseTerms = { mode, whenSpent, ...holder.terms, ...request.terms };
  const fit = fitOutput(scopes, request.bound, terms.mode);
  if (!fit.fits) return { allowed: false, ...denyByLimit(fit.refusal, parts.clock()) };
  const bound: RequestBound = { ...request.bound, outputTokens: fit.outputTokens };
  const slice = Math.max(settings.sliceTokens, parts.history.p95(`${holder.keyId} ${modelAsked}`));
  const id = request.id ?? options.newId();
  const charged = request.charged ?? terms.mode;
  let tenant: GrowingHold | undefined;
  let firstCharge: Amounts | undefined;
  if (scopes.length > 0) {
    const need = firstNeed(bound, terms.mode === "strict" ? bound.outputTokens : slice);
    const ref = { id, partition };
    const progress = request.expected?.();
    firstCharge = progress && chargeAt(progress, { share: need, mode: charged, slice });
    // From before it is held: whoever stands still meanwhile has to know that it may have been charged without it.
    parts.keeper.watch(ref, () => firstCharge, true);
    const result = await reserve(parts, { ...ref, scopes, need, charge: firstCharge });
    if (result.outcome === "refused") {
      parts.keeper.forget(ref);
      return { allowed: false, ...denyByLimit(result.refusal, parts.clock()) };
    }
    tenant = new GrowingHold(parts.limits, ref, need);
  }
  const { directory } = options.snapshot();
  const providerScope = (provider: string): LimitScope | undefined => directory.providerScope(provider);
  const held = { terms, charged, expected: request.expected, firstCharge, slice, tenant };
  const lease = new Lease(parts, { id, holder, modelAsked, sessionId, bound, ...held, providerScope });
  if (tenant !== undefined) parts.keeper.watch(tenant.ref, () => lease.charge, firstCharge !== undefined);
  return { allowed: true, value: lease };
}

async function reserve({ limits, keeper, standings }: LeaseParts, reservation: Reservation): Promise<ReserveResult> {
  // How limits stand is only told, so a request does not fail for want of it.
  const loaded = standings.load(reservation.scopes).catch(() => undefined);
  try {
    const [result] = await Promise.all([limits.reserve(reservation), loaded]);
    return result;
  } catch (error) {
    // The store may have held it all the same.
    keeper.release({ id: reservation.id, partition: reservation.partition ?? "" });
    throw error;
  }
}

function firstNeed({ inputTokens, outputTokens, nanoUsd }: RequestBound, most: number): Amounts {
  const output = Math.min(outputTokens, most);
  return { inputTokens, outputTokens: output, nanoUsd: nanoUsd(output) };
}
