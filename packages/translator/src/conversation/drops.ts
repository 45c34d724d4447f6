import type { Dropped } from "../dialects/dialect.ts";

/** Collects what a translation leaves out: one entry a path, in the order of first mention. */
export class Drops {
  readonly #reasons = new Map<string, string>();

  /** Notes that `path` of the request stays behind; a path that is already noted keeps its first reason. */
  add(path: string, reason: string): void {
    if (!this.#reasons.has(path)) this.#reasons.set(path, reason);
  }

  /** Everything noted so far. */
  list(): Dropped[] {
    return Array.from(this.#reasons, ([path, reason]) => ({ path, reason }));
  }
}
