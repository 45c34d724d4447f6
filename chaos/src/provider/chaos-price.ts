/** What a token costs at the provider of a campaign, in nano-USD: 3 and 15 USD a million, as for a model of the middle. */
export const chaosPrice = { inputNanoUsd: 3_000, outputNanoUsd: 15_000 } as const;

/** What the provider bills for so many tokens, in nano-USD. */
export function billFor(inputTokens: number, outputTokens: number): number {
  return inputTokens * chaosPrice.inputNanoUsd + outputTokens * chaosPrice.outputNanoUsd;
}
