import { listOf, loose } from "../../json/loose.ts";
import type { Usage } from "../../messages/usage.ts";

/** What Bedrock reported; undefined is what it did not. */
export interface ReportedUsage {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly cacheReadTokens: number;
  readonly cacheWrite5mTokens: number;
  readonly cacheWrite1hTokens: number;
}

type UsageKey =
  | "inputTokens"
  | "outputTokens"
  | "cacheReadInputTokens"
  | "cacheWriteInputTokens"
  | "cacheDetails"
  | "totalTokens";

/**
 * Reads a `TokenUsage`; undefined when it says nothing. `inputTokens` counts what was neither read from a cache nor
 * written to one. Source: `TokenUsage` and `CacheDetail` in @aws-sdk/client-bedrock-runtime.
 */
export function readUsage(value: unknown): ReportedUsage | undefined {
  const usage = loose<UsageKey>(value);
  const inputTokens = countOf(usage.inputTokens);
  const outputTokens = countOf(usage.outputTokens);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const written = countOf(usage.cacheWriteInputTokens) ?? 0;
  const hour = listOf(usage.cacheDetails)
    .map((detail) => loose<"ttl" | "inputTokens">(detail))
    .filter(({ ttl }) => ttl === "1h")
    .reduce((sum, detail) => sum + (countOf(detail.inputTokens) ?? 0), 0);
  return {
    inputTokens,
    outputTokens,
    cacheReadTokens: countOf(usage.cacheReadInputTokens) ?? 0,
    cacheWrite5mTokens: Math.max(0, written - hour),
    cacheWrite1hTokens: hour,
  };
}

/** This package's own guess, for answers that break off before they report. */
export interface UsageEstimate {
  inputTokens(): number;
  outputTokens(): number;
}

/** The account of an answer: what was reported, and estimates for what was not. */
export function settleUsage(reported: ReportedUsage | undefined, estimate: UsageEstimate): Usage {
  const { inputTokens, outputTokens, ...cache } = reported ?? silence;
  return {
    inputTokens: inputTokens ?? estimate.inputTokens(),
    outputTokens: outputTokens ?? estimate.outputTokens(),
    ...cache,
    thinkingTokens: 0,
    webSearchRequests: 0,
    estimated: inputTokens === undefined || outputTokens === undefined,
    ...(inputTokens === undefined && { inputEstimated: true as const }),
  };
}

const silence: ReportedUsage = {
  inputTokens: undefined,
  outputTokens: undefined,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
};

function countOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? Math.max(0, Math.round(value)) : undefined;
}
