import type { Amounts } from "./limit.ts";

/** Nothing of anything. */
export const noAmounts: Amounts = { nanoUsd: 0, inputTokens: 0, outputTokens: 0 };

/** Two amounts together. */
export function addAmounts(one: Amounts, other: Amounts): Amounts {
  return {
    nanoUsd: one.nanoUsd + other.nanoUsd,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
  };
}

/** The smaller of each of two amounts. */
export function leastAmounts(one: Amounts, other: Amounts): Amounts {
  return {
    nanoUsd: Math.min(one.nanoUsd, other.nanoUsd),
    inputTokens: Math.min(one.inputTokens, other.inputTokens),
    outputTokens: Math.min(one.outputTokens, other.outputTokens),
  };
}

/** What is missing of `wanted` where there is `held`; undefined where nothing is. */
export function missingAmounts(wanted: Amounts, held: Amounts): Amounts | undefined {
  const nanoUsd = Math.max(0, wanted.nanoUsd - held.nanoUsd);
  const inputTokens = Math.max(0, wanted.inputTokens - held.inputTokens);
  const outputTokens = Math.max(0, wanted.outputTokens - held.outputTokens);
  return nanoUsd + inputTokens + outputTokens === 0 ? undefined : { nanoUsd, inputTokens, outputTokens };
}
