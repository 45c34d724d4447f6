import type { Usage } from "@drawbridge/translator";
import type { GatewayBound } from "./request-bound.ts";

/** What an answer can come to. */
export interface Plausible {
  readonly bound: GatewayBound;
  /** Calls that it took. */
  readonly calls: number;
  /** Output tokens that were held for it. */
  readonly heldOutput: number;
  /** False for one that was cut off, maybe before its first word. */
  readonly isWhole: boolean;
}

/** Providers add instructions of their own to a request, and think beyond what they are asked to write. */
const addedInput = 50_000;
const addedOutput = 20_000;

/**
 * What a provider counted, within what can be: a request has input, an answer output, and neither is out of proportion to
 * what was asked. Else the bound of the input and what was held of the output take its place, as an estimate.
 */
export function believeUsage(usage: Usage, { bound, calls, heldOutput, isWhole }: Plausible): Usage {
  const input = inputIn(usage);
  const { outputTokens: output } = usage;
  const hasInput = input > 0 && input <= calls * (3 * bound.mostInputTokens + addedInput);
  const hasOutput = output >= (isWhole ? 1 : 0) && output <= calls * (2 * bound.outputTokens + addedOutput);
  if (hasInput && hasOutput) return usage;
  const told = hasInput
    ? usage
    : { ...usage, ...noTokens, inputTokens: calls * bound.chargedInputTokens, inputEstimated: true as const };
  return { ...told, outputTokens: hasOutput ? output : heldOutput, estimated: true };
}

/** The usage of a request of which nothing came back that could be read. */
export function unansweredUsage(inputTokens: number, outputTokens: number): Usage {
  return { ...noTokens, inputTokens, outputTokens, thinkingTokens: 0, webSearchRequests: 0, estimated: true };
}

const noTokens = { inputTokens: 0, cacheReadTokens: 0, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0 };

/** What was read, of all four kinds. */
export function inputIn({ inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens }: Usage): number {
  return inputTokens + cacheReadTokens + cacheWrite5mTokens + cacheWrite1hTokens;
}
