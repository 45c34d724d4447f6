const kept = 32;
const usuallyNeeded = 8;

/** The latest numbers of a kind, and the most of those before a start, which counts until as many have come anew. */
export class Latest {
  readonly #numbers: number[] = [];
  readonly #needed: number;
  #next = 0;
  #before: number | undefined;

  /** `needed` is how many there have to be before they say anything. */
  constructor(needed = usuallyNeeded) {
    this.#needed = needed;
  }

  add(number: number): void {
    this.#numbers[this.#next] = number;
    this.#next = (this.#next + 1) % kept;
  }

  /** Takes the most of those before, as long as too few have come. */
  recall(most: number | undefined): void {
    if (this.#numbers.length < this.#needed) this.#before = most ?? this.#before;
  }

  /** The most of them; undefined as long as there are too few. */
  get most(): number | undefined {
    const { length } = this.#numbers;
    const before = length < kept ? this.#before : undefined;
    if (length < this.#needed && before === undefined) return undefined;
    return Math.max(before ?? 0, ...this.#numbers);
  }
}
