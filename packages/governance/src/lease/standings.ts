import type { Amounts, Limit, Quantity } from "../limits/limit.ts";
import { limitScope, type LimitScope, windowKeyOf } from "../limits/limit-scope.ts";
import type { LimitStore, LimitUsage } from "../limits/limit-store.ts";

/** The limit that leaves the least of a quantity. */
export interface Headroom {
  readonly scope: string;
  readonly limit: Limit;
  /** Neither used nor held; never negative. */
  readonly remaining: number;
  readonly resetsAtMs: number | undefined;
}

/** A limit of which so much is used. */
export interface ThresholdReached extends LimitUsage {
  readonly percent: number;
}

export interface StandingsOptions {
  readonly limits: Pick<LimitStore, "usage" | "reserve" | "settle">;
  readonly clock: () => number;
  readonly newId: () => string;
  readonly thresholds: readonly number[];
  readonly onThreshold: (reached: ThresholdReached) => void;
}

interface Told {
  readonly percent: number;
  readonly amount: number;
  /** When the period ends; undefined where time makes none. */
  readonly endMs: number | undefined;
}

interface Standing {
  scope: LimitScope;
  usages: readonly LimitUsage[];
  isStale: boolean;
  /** 0 when it was not read with these limits yet. */
  readMs: number;
  usedMs: number;
  changedMs: number;
  /** The highest threshold of each limit that needs no telling any more. */
  readonly told: Map<string, Told>;
}

const forgottenMs = 10 * 60 * 1000;
/** What is no older is told as it is. */
const freshMs = 1_000;
const refreshedAtOnce = 200;
/** What is used has to fall by so much below a threshold before that is told again: rolling windows go up and down. */
const slack = 10;

/** How limits stand, read again about each second where something has changed; asking costs nothing. */
export class Standings {
  readonly #options: StandingsOptions;
  readonly #standings = new Map<string, Standing>();
  readonly #telling = new Set<Promise<void>>();

  constructor(options: StandingsOptions) {
    this.#options = options;
  }

  /** Reads how these scopes stand where that is not known yet; nobody waits for what is read again. */
  async load(scopes: readonly LimitScope[]): Promise<void> {
    const nowMs = this.#options.clock();
    const unknown = scopes.filter((scope) => {
      const standing = this.#standings.get(keyOf(scope));
      if (standing?.scope !== scope || standing.readMs === 0) return true;
      // Other gateways use it as well.
      if (standing.readMs + freshMs <= nowMs) this.#readAgain(standing, nowMs);
      return false;
    });
    if (unknown.length === 0) return;
    await Promise.all(unknown.map((scope) => this.#read(scope)));
  }

  /** How the limits of these scopes stand, as they were no longer ago than `withinMs`; what other processes used is in it. */
  async usages(scopes: readonly LimitScope[], withinMs: number): Promise<readonly LimitUsage[]> {
    const nowMs = this.#options.clock();
    const isFresh = (scope: LimitScope): boolean => {
      const standing = this.#standings.get(keyOf(scope));
      return standing?.scope === scope && standing.readMs + withinMs >= nowMs;
    };
    await Promise.all(scopes.filter((scope) => !isFresh(scope)).map((scope) => this.#read(scope)));
    return scopes.flatMap((scope) => this.#standings.get(keyOf(scope))?.usages ?? []);
  }

  /** Says that a request of these scopes has ended; one that nobody has asked for yet is read with the next tick. */
  changed(scopes: readonly LimitScope[]): void {
    const nowMs = this.#options.clock();
    for (const scope of scopes) {
      const key = keyOf(scope);
      const standing = this.#standings.get(key) ?? this.#unread(scope);
      // With other limits than those that were read.
      if (standing.scope !== scope) standing.readMs = 0;
      this.#standings.set(key, Object.assign(standing, { scope, isStale: true, changedMs: nowMs }));
    }
  }

  /** Of each quantity that these scopes limit over time, the limit with the least room. */
  remaining(scopes: readonly LimitScope[]): readonly Headroom[] {
    const nowMs = this.#options.clock();
    const least = new Map<Quantity | "parallel", Headroom>();
    for (const scope of scopes) {
      const standing = this.#standings.get(keyOf(scope));
      if (standing === undefined) continue;
      standing.usedMs = nowMs;
      for (const { limit, used, held, resetsAtMs: endMs } of standing.usages) {
        const key = limit.window.kind === "parallel" ? "parallel" : limit.of;
        // In a period that has begun since nothing was used that this gateway knows of.
        const isOver = limit.window.kind === "calendar" && endMs !== undefined && endMs <= nowMs;
        const remaining = isOver ? limit.amount : Math.max(0, limit.amount - used - held);
        const resetsAtMs = isOver ? undefined : endMs;
        if (remaining < (least.get(key)?.remaining ?? Number.POSITIVE_INFINITY)) {
          least.set(key, { scope: scope.id, limit, remaining, resetsAtMs });
        }
      }
    }
    return [...least.values()];
  }

  /** To be called each second: reads again what has changed, and forgets what nobody uses. */
  async tick(): Promise<void> {
    const nowMs = this.#options.clock();
    const stale: LimitScope[] = [];
    for (const [key, { isStale, usedMs, scope }] of this.#standings) {
      if (isStale && stale.length < refreshedAtOnce) stale.push(scope);
      else if (!isStale && usedMs + forgottenMs < nowMs) this.#standings.delete(key);
    }
    await Promise.all(stale.map((scope) => this.#read(scope)));
    await Promise.all(this.#telling);
  }

  /** Once for all that ask meanwhile; the next tick tries again what fails. */
  #readAgain(standing: Standing, nowMs: number): void {
    standing.readMs = nowMs;
    this.#read(standing.scope).catch(() => (standing.isStale = true));
  }

  async #read(scope: LimitScope): Promise<void> {
    const key = keyOf(scope);
    const nowMs = this.#options.clock();
    const standing = this.#standings.get(key) ?? this.#unread(scope);
    // What has just ended may still be on its way to the store.
    standing.isStale = nowMs < standing.changedMs + freshMs;
    const usages = await this.#options.limits.usage(scope);
    standing.readMs = nowMs;
    standing.scope = scope;
    standing.usages = usages;
    // Put at the end, so that all get their turn.
    this.#standings.delete(key);
    this.#standings.set(key, standing);
    for (const usage of usages) this.#look(standing, usage);
  }

  #unread(scope: LimitScope): Standing {
    const usedMs = this.#options.clock();
    return { scope, usages: [], isStale: false, readMs: 0, usedMs, changedMs: 0, told: new Map() };
  }

  /** Alerts are about money: rates come and go. */
  #look({ scope, told }: Standing, usage: LimitUsage): void {
    const { of, window, amount } = usage.limit;
    if (of !== "nanoUsd" || amount === 0) return;
    const key = windowKeyOf(window);
    const endMs = window.kind === "calendar" ? usage.resetsAtMs : undefined;
    const last = told.get(key);
    const before = last?.amount === amount && last.endMs === endMs ? last.percent : 0;
    const percent = (usage.used / amount) * 100;
    const reached = this.#options.thresholds.filter((threshold) => threshold <= percent);
    const highest = Math.max(0, ...reached);
    if (highest > before || percent < before - slack) told.set(key, { percent: highest, amount, endMs });
    if (highest <= before) return;
    const passed = reached.filter((threshold) => threshold > before);
    // What cannot be told now is when this is read next.
    const telling = this.#tell(scope, usage, passed).catch(
      () => void told.set(key, { percent: before, amount, endMs }),
    );
    this.#telling.add(telling);
    void telling.finally(() => this.#telling.delete(telling));
  }

  /** Each threshold is a limit of one request in the same window, so that one is admitted of all processes that come. */
  async #tell({ id, partition }: LimitScope, usage: LimitUsage, thresholds: readonly number[]): Promise<void> {
    const { limits, onThreshold, newId } = this.#options;
    const { window, amount } = usage.limit;
    for (const percent of thresholds) {
      const name = `${id} at ${percent} % of ${amount}`;
      const once = limitScope({ id: name, partition, limits: [{ of: "requests", amount: 1, window }] });
      const hold = { id: newId(), partition };
      const { outcome } = await limits.reserve({ ...hold, scopes: [once], need: nothing });
      if (outcome !== "held") continue;
      onThreshold({ ...usage, percent });
      await limits.settle(hold, nothing);
    }
  }
}

const nothing: Amounts = { nanoUsd: 0, inputTokens: 0, outputTokens: 0 };

function keyOf({ id, partition }: LimitScope): string {
  return `${partition}\n${id}`;
}
