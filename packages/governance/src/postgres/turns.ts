/** Lets work under the same name take turns, the one that came first in front. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Does work when all that came before under this name has ended. */
  async take<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const earlier = this.#last.get(name) ?? Promise.resolve();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const mine = earlier.then(() => ended);
    this.#last.set(name, mine);
    await earlier;
    try {
      return await work();
    } finally {
      end();
      if (this.#last.get(name) === mine) this.#last.delete(name);
    }
  }
}
