import type { Limit } from "../limits/limit.ts";
import type { LimitScope } from "../limits/limit-scope.ts";
import type { LimitRefusal } from "../limits/limit-store.ts";
import type { LeaseMode, RequestBound } from "./lease-request.ts";

/** How long an answer may be by the limits on single requests, or which of them the request does not fit into. */
export type OutputFit =
  | { readonly fits: true; readonly outputTokens: number }
  | { readonly fits: false; readonly refusal: LimitRefusal };

/** Shorter answers are of no use to anybody. */
const leastOutputTokens = 1_024;

/**
 * Fits a request into the limits on single requests: where the whole does not fit but an answer of useful length does,
 * by making `max_tokens` smaller. Where all of an answer is held from the start, into rates of tokens as well: one that
 * asks for more than a whole minute has would never find room, though it will hardly use so much.
 */
export function fitOutput(scopes: readonly LimitScope[], bound: RequestBound, mode: LeaseMode): OutputFit {
  let outputTokens = bound.outputTokens;
  for (const { id, rules } of scopes) {
    for (const { limit } of rules) {
      const isOfRequest = limit.window.kind === "request";
      if (!isOfRequest && (mode === "incremental" || limit.of === "nanoUsd")) continue;
      const most = outputWithin(limit, bound);
      if (most >= outputTokens) continue;
      const least = Math.min(leastOutputTokens, bound.outputTokens);
      if (most >= least) outputTokens = most;
      else if (isOfRequest) {
        const need = quantityOf(limit, bound, least);
        return { fits: false, refusal: { scope: id, limit, used: 0, held: 0, need, resetsAtMs: undefined } };
      }
    }
  }
  return { fits: true, outputTokens };
}

/** The most output tokens that a limit leaves to a request; negative when its input alone is too much. */
function outputWithin({ of, amount }: Limit, bound: RequestBound): number {
  switch (of) {
    case "outputTokens":
      return amount;
    case "totalTokens":
      return amount - bound.inputTokens;
    case "inputTokens":
      return bound.inputTokens <= amount ? bound.outputTokens : -1;
    case "nanoUsd":
      return affordable(bound, amount);
    case "requests":
      return bound.outputTokens;
  }
}

/** The price of an answer rises with its length, so the longest that fits is found by halving. */
function affordable({ outputTokens, nanoUsd }: RequestBound, amount: number): number {
  if (nanoUsd(outputTokens) <= amount) return outputTokens;
  let fits = -1;
  let tooMuch = outputTokens;
  while (tooMuch - fits > 1) {
    const middle = Math.floor((fits + tooMuch) / 2);
    if (nanoUsd(middle) <= amount) fits = middle;
    else tooMuch = middle;
  }
  return fits;
}

function quantityOf({ of }: Limit, { inputTokens, nanoUsd }: RequestBound, outputTokens: number): number {
  switch (of) {
    case "outputTokens":
      return outputTokens;
    case "totalTokens":
      return inputTokens + outputTokens;
    case "inputTokens":
      return inputTokens;
    case "nanoUsd":
      return nanoUsd(outputTokens);
    case "requests":
      return 1;
  }
}
