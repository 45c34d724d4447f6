/** What a token costs at the provider of a campaign, in nano-USD: 1 and 10 USD a million. */
export const chaosPrice = { inputNanoUsd: 1_000, outputNanoUsd: 10_000 } as const;

/** What the provider bills for so many tokens, in nano-USD. */
export function billFor(inputTokens: number, outputTokens: number): number {
  return inputTokens * chaosPrice.inputNanoUsd + outputTokens * chaosPrice.outputNanoUsd;
}
