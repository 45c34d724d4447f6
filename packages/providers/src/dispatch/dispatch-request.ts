import { isProviderError, ProviderError } from "../errors.ts";
import type { Attempt, AttemptOutcome, Route } from "./attempt.ts";
import type { DispatchCredential, DispatchPlan, DispatchTarget } from "./dispatch-plan.ts";
import type { Engine } from "./engine.ts";
import { failureRule } from "./failure-rule.ts";
import type { Lease } from "./health-book.ts";
import { hedgeCalls, type CallResult, type StartedCall } from "./hedge-calls.ts";
import type { Candidate } from "./pick-route.ts";
import { RouteSearch, type Step } from "./route-search.ts";
import { startDeadline, type Deadline } from "./start-deadline.ts";
import { toldFailure } from "./told-failure.ts";

/** Asks one place. Resolves when the first content is there. */
export type Send<T, C, V> = (route: Route<T, C>) => Promise<V>;

/** How one request is dispatched. */
export interface DispatchOptions {
  /** Aborted when the client leaves; ends everything at once. */
  readonly signal: AbortSignal;
  /** From now until the first content, over all attempts. */
  readonly deadlineMs?: number | undefined;
  /** True for an error of `send` by which this request may not go there: nothing is said against the provider, the next one is asked. */
  readonly isDeclined?: ((error: unknown) => boolean) | undefined;
  /** Told of each attempt as it ends. */
  readonly onAttempt?: ((attempt: Attempt) => void) | undefined;
}

/** A call while it is on its way. */
interface OpenCall<T, C> {
  readonly route: Route<T, C>;
  readonly candidate: Candidate<T, C>;
  readonly lease: Lease;
  ended: boolean;
}

/** One request on its way from place to place. */
export class DispatchRequest<T extends DispatchTarget<C>, C extends DispatchCredential, V> {
  readonly #engine: Engine;
  readonly #search: RouteSearch<T, C>;
  readonly #send: Send<T, C, V>;
  readonly #options: DispatchOptions;
  readonly #startedMs: number;
  readonly #errors: ProviderError[] = [];
  #declined: { readonly error: unknown } | undefined;
  #deadline: Deadline | undefined;
  #calls = 0;
  #attempts = 0;

  constructor(
    engine: Engine,
    { plan, send }: { readonly plan: DispatchPlan<T>; readonly send: Send<T, C, V> },
    options: DispatchOptions,
  ) {
    this.#engine = engine;
    this.#search = new RouteSearch(engine, plan);
    this.#send = send;
    this.#options = options;
    this.#startedMs = engine.parts.clock();
  }

  async run(): Promise<V> {
    const { deadlineMs, signal } = this.#options;
    if (deadlineMs !== undefined) this.#deadline = startDeadline(deadlineMs, signal, this.#engine.parts.sleep);
    this.#engine.earnHedge();
    try {
      for (;;) {
        const step = this.#next();
        if (step === undefined) throw this.#last();
        if (step.waitMs > 0 && !(await this.#waited(step))) continue;
        const result = await this.#ask(step);
        if (result.ok) return result.value;
        if (result.isFinal) throw result.error;
      }
    } finally {
      this.#deadline?.stop();
    }
  }

  get #signal(): AbortSignal {
    return this.#deadline?.signal ?? this.#options.signal;
  }

  get #nowMs(): number {
    return this.#engine.parts.clock();
  }

  /** Where to go now; undefined when there is nothing left to try. */
  #next(): Step<T, C> | undefined {
    const { clock, settings } = this.#engine.parts;
    const { signal, deadlineMs = Number.POSITIVE_INFINITY } = this.#options;
    if (signal.aborted) throw cancelled();
    if (this.#deadline?.expired === true || this.#attempts >= settings.attempts) return undefined;
    return this.#search.next(this.#startedMs + deadlineMs - clock());
  }

  /** Waits; false when the place has meanwhile gone out again. */
  async #waited({ candidate, waitMs }: Step<T, C>): Promise<boolean> {
    try {
      await this.#engine.parts.sleep(waitMs, this.#signal);
    } catch (error) {
      if (!this.#signal.aborted) throw error;
    }
    if (this.#options.signal.aborted) throw cancelled();
    if (this.#deadline?.expired === true) return false;
    return this.#engine.book.outUntilMs(candidate.place, this.#nowMs) === 0;
  }

  #ask(step: Step<T, C>): Promise<CallResult<V>> {
    this.#attempts += 1;
    const afterMs = this.#engine.hedgeAfterMs(step.candidate.place.upstream, this.#nowMs);
    if (afterMs === undefined || step.reason === "last-resort") return this.#call(this.#open(step, this.#signal));
    return hedgeCalls(this.#start(step), {
      afterMs,
      sleep: this.#engine.parts.sleep,
      start: () => {
        const candidate = this.#signal.aborted ? undefined : this.#search.fresh();
        if (candidate === undefined || !this.#engine.spendHedge()) return undefined;
        return this.#start({ candidate, reason: "hedge", waitMs: 0 });
      },
    });
  }

  /** Begins a call that may be ended as one too many. */
  #start(step: Step<T, C>): StartedCall<V> {
    const stop = new AbortController();
    const call = this.#open(step, AbortSignal.any([this.#signal, stop.signal]));
    return {
      ended: this.#call(call),
      lose: () => {
        // Also one that has just answered: nobody reads what it says.
        stop.abort();
        if (call.ended) return;
        this.#engine.book.abandon(call.lease);
        this.#search.waited(call.candidate, call.lease.startedMs, this.#nowMs);
        this.#record(call, "lost");
      },
    };
  }

  #open({ candidate, reason }: Step<T, C>, signal: AbortSignal): OpenCall<T, C> {
    const { target, credential, place } = candidate;
    const nowMs = this.#nowMs;
    this.#calls += 1;
    this.#search.begun(candidate, nowMs);
    const { firstContentMs } = this.#engine.parts.settings;
    const hasNext = (): boolean => this.#hasNext();
    const route = { target, credential, attempt: this.#calls, reason, signal, firstContentMs, hasNext };
    return { route, candidate, lease: this.#engine.book.begin(place, nowMs), ended: false };
  }

  /** Whether a call that is slow to begin could be given up for another. */
  #hasNext(): boolean {
    const { attempts, retryUncertain } = this.#engine.parts.settings;
    return retryUncertain && this.#attempts < attempts && this.#search.fresh() !== undefined;
  }

  async #call(call: OpenCall<T, C>): Promise<CallResult<V>> {
    try {
      const value = await this.#send(call.route);
      if (!call.ended) this.#succeeded(call);
      return { ok: true, value };
    } catch (error) {
      return call.ended ? { ok: false, error, isFinal: false } : this.#failed(call, error);
    }
  }

  #succeeded(call: OpenCall<T, C>): void {
    const nowMs = this.#nowMs;
    this.#engine.book.succeed(call.lease, nowMs);
    this.#search.waited(call.candidate, call.lease.startedMs, nowMs);
    this.#search.answered(call.candidate);
    this.#record(call, "ok");
  }

  #failed(call: OpenCall<T, C>, error: unknown): CallResult<V> {
    const { book, parts } = this.#engine;
    if (this.#options.signal.aborted) return this.#gaveUp(call, cancelled(error), "aborted");
    if (this.#deadline?.expired === true) return this.#gaveUp(call, this.#timedOut(), "failed");
    if (this.#options.isDeclined?.(error) === true) return this.#wasDeclined(call, error);
    if (!isProviderError(error)) return this.#gaveUp(call, error, "failed");
    const { failure } = error;
    const rule = failureRule(failure, parts.settings.retryUncertain);
    book.fail(call.lease, { failure, rule }, this.#nowMs);
    this.#record(call, "failed", error);
    const { provider, model, credential } = call.candidate.place;
    const placed = new ProviderError(failure, { cause: error, place: { provider, model, credential } });
    // A model that a later place does not have is no news for a client whose first choice was down.
    const isFinal = rule.move === "nowhere" && (failure.kind !== "not-found" || this.#errors.length === 0);
    if (isFinal) return { ok: false, error: placed, isFinal };
    if (rule.move !== "credential") this.#search.upstreamFailed(call.candidate);
    this.#errors.push(placed);
    return { ok: false, error: placed, isFinal: false };
  }

  /** A place that was never asked: no attempt, and no later one there. */
  #wasDeclined(call: OpenCall<T, C>, error: unknown): CallResult<V> {
    this.#engine.book.abandon(call.lease);
    this.#record(call, "declined");
    this.#search.declined(call.candidate);
    this.#attempts -= 1;
    this.#declined ??= { error };
    return { ok: false, error, isFinal: false };
  }

  /** Ends a call of which nothing can be said against its place, and the request with it. */
  #gaveUp(call: OpenCall<T, C>, error: unknown, outcome: AttemptOutcome): CallResult<V> {
    this.#engine.book.abandon(call.lease);
    this.#record(call, outcome, error);
    // When the time is over, an earlier failure may say more than that.
    return { ok: false, error, isFinal: this.#options.signal.aborted || this.#deadline?.expired !== true };
  }

  #timedOut(): ProviderError {
    const seconds = (this.#options.deadlineMs ?? 0) / 1_000;
    return new ProviderError({ kind: "timed-out", message: `no provider gave an answer within ${seconds} s` });
  }

  #record(call: OpenCall<T, C>, outcome: AttemptOutcome, error?: unknown): void {
    call.ended = true;
    const { provider, model, credential } = call.candidate.place;
    const failure = isProviderError(error) ? error.failure : undefined;
    this.#options.onAttempt?.({
      attempt: call.route.attempt,
      reason: call.route.reason,
      provider,
      model,
      credential,
      startedMs: call.lease.startedMs,
      latencyMs: this.#nowMs - call.lease.startedMs,
      outcome,
      status: failure?.status,
      kind: failure?.kind,
    });
  }

  /** What to throw at the end. What providers said comes before what keeps the request from some of them. */
  #last(): unknown {
    return this.#errors.length === 0 && this.#declined !== undefined ? this.#declined.error : this.#told();
  }

  /** The failure to tell, with the time after which some place can be asked again where it has none itself. */
  #told(): ProviderError {
    const told = toldFailure(this.#errors);
    if (told === undefined) return this.#timedOut();
    const { failure } = told;
    if (failure.kind !== "rate-limited" && failure.kind !== "overloaded") return told;
    const waitMs = this.#search.soonestMs() ?? 0;
    if (waitMs <= 0) return told;
    const retryAfterSeconds = Math.min(failure.retryAfterSeconds ?? Number.POSITIVE_INFINITY, waitMs / 1_000);
    return new ProviderError({ ...failure, retryAfterSeconds }, { cause: told.cause, place: told.place });
  }
}

function cancelled(cause?: unknown): ProviderError {
  return new ProviderError({ kind: "cancelled", message: "the client left before there was an answer" }, { cause });
}
