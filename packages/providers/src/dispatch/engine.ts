import type { DispatchSettings } from "./dispatch-settings.ts";
import { Generations } from "./generations.ts";
import { HealthBook, type Cooldown } from "./health-book.ts";
import { Latency } from "./latency.ts";
import { NameCache } from "./place-names.ts";
import { RetryBudget } from "./retry-budget.ts";
import type { Sleep } from "./start-deadline.ts";

/** What the outside gives to the dispatcher. */
export interface EngineParts {
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** From 0 up to, but without, 1. */
  readonly random: () => number;
  readonly sleep: Sleep;
  readonly settings: DispatchSettings;
  readonly onCooled: (cooldown: Cooldown) => void;
}

const idleMs = 900_000;
/** Hedges that may be saved up. */
const mostHedges = 5;

/** All that outlives a request: how places are doing, how soon they answer, what may be repeated. */
export class Engine {
  readonly parts: EngineParts;
  readonly book: HealthBook;
  readonly names = new NameCache();
  /** Which of several equals a session was given, where that is not a matter of weight. */
  readonly chosen: Generations<string>;
  readonly #latencies: Generations<Latency>;
  readonly #budgets: Generations<RetryBudget>;
  #hedges = 0;

  constructor(parts: EngineParts) {
    const limits = { size: parts.settings.places, idleMs };
    this.parts = parts;
    this.book = new HealthBook(parts.settings, parts.onCooled);
    this.chosen = new Generations(limits);
    this.#latencies = new Generations(limits);
    this.#budgets = new Generations(limits);
  }

  /** How soon an upstream answers: a model at a provider, whatever the credential. */
  latency(upstream: string, nowMs: number): Latency {
    return this.#latencies.ensure(upstream, nowMs, () => new Latency());
  }

  /** What an upstream may be sent beyond the requests that are meant for it. */
  budget(upstream: string, nowMs: number): RetryBudget {
    return this.#budgets.ensure(upstream, nowMs, () => new RetryBudget(this.parts.settings, nowMs));
  }

  /** How long an upstream is given before a second place is asked as well; undefined for as long as it takes. */
  hedgeAfterMs(upstream: string, nowMs: number): number | undefined {
    const { hedge } = this.parts.settings;
    if (hedge === undefined) return undefined;
    return "ms" in hedge.after ? hedge.after.ms : this.latency(upstream, nowMs).quantileMs(hedge.after.quantile);
  }

  /** Counts a request towards the hedges that may be sent. */
  earnHedge(): void {
    const { hedge } = this.parts.settings;
    if (hedge !== undefined) this.#hedges = Math.min(mostHedges, this.#hedges + (hedge.share ?? 0.05));
  }

  /** True when a hedge may be sent, which then counts. */
  spendHedge(): boolean {
    if (this.#hedges < 1) return false;
    this.#hedges -= 1;
    return true;
  }
}
