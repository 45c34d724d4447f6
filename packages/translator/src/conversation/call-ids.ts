import { sha256 } from "./sha256.ts";

/**
 * Gives each tool call of a conversation an id that is its own and that the provider accepts. It depends on the id and
 * on how often that id came before, and so is the same in every later turn.
 */
export class CallIds {
  readonly #fit: (id: string) => string;
  readonly #taken = new Set<string>();
  readonly #seen = new Map<string, number>();

  /** `fit` gives an id's form at the provider; a pure function. */
  constructor(fit: (id: string) => string) {
    this.#fit = fit;
  }

  /** The id on the wire of the next call that the client knows as `id`. */
  next(id: string): string {
    const base = id === "" ? "call" : id;
    let count = this.#seen.get(base) ?? 0;
    let wireId: string;
    do {
      count++;
      wireId = this.#fit(count === 1 ? base : `${base}_${count}`);
    } while (this.#taken.has(wireId));
    this.#seen.set(base, count);
    this.#taken.add(wireId);
    return wireId;
  }
}

/** An id of at most `maxLength` characters: the given one, or a hash of it when it is too long or holds others than `legal`. */
export function boundedId(id: string, maxLength: number, legal?: RegExp): string {
  if (id.length <= maxLength && legal?.test(id) !== false) return id;
  return `call_${sha256(id).slice(0, maxLength - 5)}`;
}
