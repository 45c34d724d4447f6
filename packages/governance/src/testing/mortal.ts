/** A process that dies at one of its steps: from then on nothing it asks for is done, and nothing is answered. */
export class Mortal {
  /** How many steps were begun. */
  steps = 0;
  readonly #diesAt: number;
  readonly #isDoneFirst: boolean;
  readonly #died = Promise.withResolvers<void>();
  #isDead = false;

  /** Dies at its step of that number, counted from 1: before it is done, or after, and before it is told so. */
  constructor(diesAt: number, when: "before" | "after") {
    this.#diesAt = diesAt;
    this.#isDoneFirst = when === "after";
  }

  /** Resolves after a while, unless it has died in the meantime. */
  async lives(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    if (this.#isDead) await new Promise(() => undefined);
  }

  /** Resolves when it is dead. */
  get died(): Promise<void> {
    return this.#died.promise;
  }

  /** What it calls, each call of which is a step. */
  within<Called extends object>(called: Called): Called {
    return new Proxy(called, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        return (...args: readonly unknown[]): unknown =>
          this.#step(() => Reflect.apply(value, target, args) as unknown);
      },
    });
  }

  #step(work: () => unknown): unknown {
    if (this.#isDead) return new Promise(() => undefined);
    this.steps += 1;
    if (this.steps !== this.#diesAt) return this.#unlessDead(work());
    void this.#die(work);
    return new Promise(() => undefined);
  }

  async #die(work: () => unknown): Promise<void> {
    try {
      if (this.#isDoneFirst) await work();
    } catch {
      // Nobody is there to be told.
    }
    this.#isDead = true;
    this.#died.resolve();
  }

  /** What was on its way when it died arrives, and its answer does not. */
  async #unlessDead(result: unknown): Promise<unknown> {
    const value = await result;
    return this.#isDead ? new Promise(() => undefined) : value;
  }
}
