import { addAmounts, missingAmounts, noAmounts } from "../limits/amounts.ts";
import type { HoldRef } from "../limits/hold-ref.ts";
import { quantityIn } from "../limits/demand.ts";
import type { Amounts } from "../limits/limit.ts";
import type { LimitRefusal, LimitStore, TopUpResult } from "../limits/limit-store.ts";

const held: TopUpResult = { outcome: "held" };

/** A hold of a store that is made larger when it does not cover what may be needed. */
export class GrowingHold {
  readonly ref: HoldRef;
  readonly #store: Pick<LimitStore, "topUp">;
  #held: Amounts;

  constructor(store: Pick<LimitStore, "topUp">, ref: HoldRef, amounts: Amounts) {
    this.ref = ref;
    this.#store = store;
    this.#held = amounts;
  }

  /** What it covers now. */
  get held(): Amounts {
    return this.#held;
  }

  /** Sees to it that it covers `wanted`. */
  async cover(wanted: Amounts): Promise<TopUpResult> {
    const more = missingAmounts(wanted, this.#held);
    if (more === undefined) return held;
    const before = this.#held;
    // Counted before the answer is there, so that of two that want more at the same time each gets its own.
    this.#held = addAmounts(this.#held, more);
    let result: TopUpResult | undefined;
    try {
      result = await this.#store.topUp(this.ref, more);
      return result.outcome === "refused" ? { ...result, refusal: asWhole(result.refusal, before) } : result;
    } finally {
      if (result?.outcome !== "held") this.#held = missingAmounts(this.#held, more) ?? noAmounts;
    }
  }
}

/** A refusal of more, told as one of all that the request wants: what it holds already is not held by others. */
function asWhole(refusal: LimitRefusal, own: Amounts): LimitRefusal {
  const { limit, need, held: all } = refusal;
  if (limit.window.kind === "request") return refusal;
  const holds = quantityIn({ ...own, requests: 0 }, limit.of);
  return { ...refusal, held: Math.max(0, all - holds), need: need + holds };
}
