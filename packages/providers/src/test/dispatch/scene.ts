import type { FailureKind, UpstreamFailure } from "@drawbridge/translator";
import { ProviderError } from "../../errors.ts";
import type { Attempt, Route } from "../../dispatch/attempt.ts";
import type { CooldownBus } from "../../dispatch/cooldown-bus.ts";
import { createDispatcher, type Dispatcher, type DispatcherParts } from "../../dispatch/create-dispatcher.ts";
import type { DispatchCredential, DispatchOrder, DispatchPlan, DispatchTarget } from "../../dispatch/dispatch-plan.ts";
import type { DispatchOptions } from "../../dispatch/dispatch-request.ts";
import { FakeTime } from "./fake-time.ts";

export type TestTarget = DispatchTarget<DispatchCredential>;
export type TestRoute = Route<TestTarget, DispatchCredential>;

/** Numbers from 0 to 1 that are the same in each run. Source: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function credential(name: string, weight = 1, models?: readonly string[]): DispatchCredential {
  return { name, weight, serves: (model) => models?.includes(model) ?? true };
}

/** A target `provider/model` with credentials `a`, `b`, … */
export function target(name: string, credentials: readonly (string | DispatchCredential)[] = ["key"]): TestTarget {
  const [provider = "", model = ""] = name.split("/");
  const made = credentials.map((entry) => (typeof entry === "string" ? credential(entry) : entry));
  return { provider: { name: provider, credentials: made }, model, weight: 1 };
}

/** A chain of links, each one target or several equals. */
export function chain(...links: readonly (TestTarget | readonly TestTarget[])[]): DispatchPlan<TestTarget> {
  return { links: links.map((entry) => ({ targets: [entry].flat(), order: "weight" as DispatchOrder })) };
}

export function failure(kind: FailureKind, more: Partial<UpstreamFailure> = {}): ProviderError {
  return new ProviderError({ kind, message: kind, ...more });
}

/** The names of a route, `provider/model/credential`. */
export function nameOf({ target: { provider, model }, credential: { name } }: TestRoute): string {
  return `${provider.name}/${model}/${name}`;
}

/** Joins dispatchers of one process; what it is given comes to all of them, the sender too, as from Redis. */
export class FakeBus implements CooldownBus {
  readonly #carry: (deliver: () => void) => void;
  readonly #hearers: ((message: string) => void)[] = [];

  constructor(carry: (deliver: () => void) => void = (deliver) => deliver()) {
    this.#carry = carry;
  }

  publish(message: string): void {
    this.#carry(() => this.#hearers.forEach((hear) => hear(message)));
  }

  subscribe(hear: (message: string) => void): void {
    this.#hearers.push(hear);
  }
}

/** A dispatcher on a fake clock, with what it asked and what it told. */
export class Scene {
  readonly time = new FakeTime();
  readonly dispatcher: Dispatcher;
  readonly asked: string[] = [];
  readonly attempts: Attempt[] = [];

  constructor(parts: Partial<DispatcherParts> = {}) {
    this.dispatcher = createDispatcher({
      clock: this.time.clock,
      sleep: this.time.sleep,
      random: seededRandom(7),
      ...parts,
    });
  }

  /** Runs a plan to its end, where each place answers with its name or fails as the table says. */
  run(
    plan: DispatchPlan<TestTarget>,
    faults: (name: string, route: TestRoute) => Error | undefined = () => undefined,
    options: Partial<DispatchOptions> = {},
  ): Promise<string> {
    return this.time.until(this.start(plan, faults, options));
  }

  start(
    plan: DispatchPlan<TestTarget>,
    faults: (name: string, route: TestRoute) => Error | undefined = () => undefined,
    options: Partial<DispatchOptions> = {},
  ): Promise<string> {
    const send = (route: TestRoute): Promise<string> => {
      const name = nameOf(route);
      this.asked.push(name);
      const fault = faults(name, route);
      return fault === undefined ? Promise.resolve(name) : Promise.reject(fault);
    };
    return this.dispatcher.run(plan, send, {
      signal: new AbortController().signal,
      onAttempt: (attempt) => this.attempts.push(attempt),
      ...options,
    });
  }
}
