import { ProviderError } from "../errors.ts";
import type { AttemptReason } from "./attempt.ts";
import { backoff } from "./backoff.ts";
import type { DispatchCredential, DispatchLink, DispatchPlan, DispatchTarget } from "./dispatch-plan.ts";
import type { Engine } from "./engine.ts";
import { candidatesOf, pickRoute, type Candidate } from "./pick-route.ts";
import type { PlaceNames } from "./place-names.ts";
import { hashText } from "./rendezvous.ts";

/** What to do next for a request. */
export interface Step<T, C> {
  readonly candidate: Candidate<T, C>;
  readonly reason: AttemptReason;
  readonly waitMs: number;
}

/** Finds for one request where to ask next, from its plan, from what it has tried, and from how the places are doing. */
export class RouteSearch<T extends DispatchTarget<C>, C extends DispatchCredential> {
  readonly #engine: Engine;
  readonly #plan: DispatchPlan<T>;
  readonly #seed: number;
  readonly #tried: PlaceNames[] = [];
  /** Upstreams that failed themselves, and not only with a credential. */
  readonly #failed: string[] = [];
  /** Providers that this request may not go to. */
  readonly #declined: string[] = [];
  #repeats = 0;
  #isLast = false;

  constructor(engine: Engine, plan: DispatchPlan<T>) {
    this.#engine = engine;
    this.#plan = plan;
    const { stickyKey } = plan;
    this.#seed = stickyKey === undefined ? Math.floor(engine.parts.random() * 2 ** 32) : hashText(stickyKey);
  }

  /** Where to go now; undefined when there is nothing left that could answer within this time. */
  next(leftMs: number): Step<T, C> | undefined {
    if (this.#isLast) return undefined;
    const isFirst = this.#tried.length === 0;
    const candidate = this.fresh();
    if (candidate !== undefined) return { candidate, reason: isFirst ? "first" : "failover", waitMs: 0 };
    return isFirst ? this.#leastBad() : this.#repeat(leftMs);
  }

  /** A place that was not asked yet and may be, of an upstream that has not failed. */
  fresh(): Candidate<T, C> | undefined {
    return this.#pick((place) => !this.#failed.includes(place.upstream) && !this.#hasTried(place));
  }

  #hasTried({ key }: PlaceNames): boolean {
    return this.#tried.some((place) => place.key === key);
  }

  #pick(fits: (place: PlaceNames) => boolean): Candidate<T, C> | undefined {
    const { book, names } = this.#engine;
    const nowMs = this.#nowMs;
    return pickRoute<T, C>(this.#plan, {
      names,
      seed: this.#seed,
      usable: (place) => fits(place) && !this.#declined.includes(place.provider) && book.outUntilMs(place, nowMs) === 0,
      merit: (upstream, target, link) => this.#merit(upstream, target, link),
    });
  }

  /** A session stays where it was, so that its prompt is in the provider's cache. */
  #merit(upstream: string, target: T, link: DispatchLink<T>): number {
    const nowMs = this.#nowMs;
    const key = this.#sessionKey(link);
    if (key !== undefined && this.#engine.chosen.get(key, nowMs) === upstream) return Number.POSITIVE_INFINITY;
    if (link.order === "price") return -(target.price ?? Number.POSITIVE_INFINITY);
    return -this.#engine.latency(upstream, nowMs).expectedMs(nowMs);
  }

  #sessionKey({ order, targets }: DispatchLink<T>): string | undefined {
    const { stickyKey } = this.#plan;
    const [first] = targets;
    if (stickyKey === undefined || order === "weight" || first === undefined) return undefined;
    return `${stickyKey}\n${first.provider.name}\n${first.model}`;
  }

  /** Takes note that a place is asked. */
  begun({ place }: Candidate<T, C>, nowMs: number): void {
    if (!this.#tried.some(({ upstream }) => upstream === place.upstream)) {
      this.#engine.budget(place.upstream, nowMs).earn();
    }
    this.#tried.push(place);
  }

  /** Takes note that it was the upstream that failed, and not only the credential. */
  upstreamFailed({ link, place }: Candidate<T, C>): void {
    const { book, names } = this.#engine;
    this.#failed.push(place.upstream);
    const equals = candidatesOf<T, C>({ links: [link] }, names).map((candidate) => candidate.place);
    if (equals.length > 1) book.ejectOutlier(place, equals, this.#nowMs);
  }

  /** Takes note that the request may not go to this provider. */
  declined({ place }: Candidate<T, C>): void {
    this.#declined.push(place.provider);
  }

  /** Takes note of how long a place took, at least. */
  waited({ place }: Candidate<T, C>, startedMs: number, nowMs: number): void {
    this.#engine.latency(place.upstream, nowMs).add(nowMs - startedMs, nowMs);
  }

  /** Takes note of who answered, where a session stays with them. */
  answered({ link, place }: Candidate<T, C>): void {
    const key = this.#sessionKey(link);
    if (key !== undefined) this.#engine.chosen.set(key, place.upstream, this.#nowMs);
  }

  /** How long until some place can be asked again; undefined when nobody knows. */
  soonestMs(): number | undefined {
    return this.#soonest(0)?.waitMs;
  }

  /** When all are out from the start: the one that is back first is asked once, but no refused credential. */
  #leastBad(): Step<T, C> {
    const { book } = this.#engine;
    const nowMs = this.#nowMs;
    const candidates = candidatesOf<T, C>(this.#plan, this.#engine.names);
    const [first] = candidates;
    if (first === undefined) throw new ProviderError({ kind: "not-found", message: nobodyServes(this.#plan) });
    const open = candidates.filter(({ place }) => book.refusal(place, nowMs) === undefined);
    const [candidate] = open.sort(
      (one, other) => book.outUntilMs(one.place, nowMs) - book.outUntilMs(other.place, nowMs),
    );
    const refusal = book.refusal(first.place, nowMs);
    if (candidate === undefined && refusal !== undefined) {
      const { provider, model, credential } = first.place;
      throw new ProviderError(refusal, { place: { provider, model, credential } });
    }
    this.#isLast = true;
    return { candidate: candidate ?? first, reason: "last-resort", waitMs: 0 };
  }

  /** When nobody else is left: an upstream once more, after a backoff or the pause it asked for, as its budget permits. */
  #repeat(leftMs: number): Step<T, C> | undefined {
    const { settings, random } = this.#engine.parts;
    this.#repeats += 1;
    if (this.#repeats >= settings.attempts) return undefined;
    const pauseMs = backoff(this.#repeats, random(), settings);
    const candidate = this.#pick((place) => !this.#hasTried(place)) ?? this.#pick(() => true);
    const step = candidate === undefined ? this.#soonest(pauseMs) : { candidate, waitMs: pauseMs };
    if (step === undefined || step.waitMs > Math.min(settings.longestWaitMs, leftMs)) return undefined;
    const upstream = step.candidate.place.upstream;
    return this.#engine.budget(upstream, this.#nowMs).spend(this.#nowMs) ? { ...step, reason: "retry" } : undefined;
  }

  /** The place whose cooldown ends first; one with an open breaker is not waited for. */
  #soonest(pauseMs: number): Omit<Step<T, C>, "reason"> | undefined {
    const { book } = this.#engine;
    const nowMs = this.#nowMs;
    let best: Omit<Step<T, C>, "reason"> | undefined;
    for (const candidate of candidatesOf<T, C>(this.#plan, this.#engine.names)) {
      const waitMs = book.outUntilMs(candidate.place, nowMs) - nowMs + pauseMs;
      if (this.#declined.includes(candidate.place.provider)) continue;
      if (book.isOpen(candidate.place, nowMs) || (best !== undefined && best.waitMs <= waitMs)) continue;
      best = { candidate, waitMs };
    }
    return best;
  }

  get #nowMs(): number {
    return this.#engine.parts.clock();
  }
}

function nobodyServes<T extends DispatchTarget<DispatchCredential>>({ links }: DispatchPlan<T>): string {
  const names = links.flatMap(({ targets }) => targets.map(({ provider, model }) => `${provider.name}/${model}`));
  return `no credential may be used for ${names.join(", ")}; check the models and regions that they are limited to`;
}
