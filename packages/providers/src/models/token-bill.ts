import type { PriceRow } from "./price-row.ts";

/** What the tokens of one request cost: added up exactly, of whatever kinds they are, and rounded up once, as a whole. */
export class TokenBill {
  /** Rates are for a million tokens, and each tier that changes them says so in thousandths. */
  #per = 1_000_000n;
  #times = 1n;
  #exact = 0n;
  #nanoUsd = 0;

  /** For tokens in such tiers together; an unknown one changes nothing. */
  constructor({ tiers }: PriceRow, names: readonly string[] = []) {
    for (const name of new Set(names)) {
      if (!Object.hasOwn(tiers, name)) continue;
      this.#times *= BigInt(tiers[name] ?? 1_000);
      this.#per *= 1_000n;
    }
  }

  /** So many more, at a rate per million of them. Returns what they add to the whole nano-USD of all. */
  add(tokens: number, rate: number): number {
    if (tokens === 0) return 0;
    this.#exact += BigInt(tokens) * BigInt(rate) * this.#times;
    const nanoUsd = Number((this.#exact + this.#per - 1n) / this.#per);
    const more = nanoUsd - this.#nanoUsd;
    this.#nanoUsd = nanoUsd;
    return more;
  }
}
