import { priceTiers } from "../../messages/price-tiers.ts";
import type { Usage } from "../../messages/usage.ts";
import { isLoose, loose, type Loose } from "../../json/loose.ts";

/** What a provider reported; undefined is what it did not. */
export interface ReportedUsage {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly thinkingTokens: number;
  readonly tiers?: readonly string[];
}

type UsageKey =
  | "prompt_tokens"
  | "input_tokens"
  | "completion_tokens"
  | "output_tokens"
  | "total_tokens"
  | "prompt_tokens_details"
  | "input_tokens_details"
  | "completion_tokens_details"
  | "output_tokens_details"
  | "reasoning_tokens"
  | "cached_tokens"
  | "prompt_cache_hit_tokens"
  | "cache_read_input_tokens"
  | "cache_creation_input_tokens";
type DetailKey = "cached_tokens" | "cache_write_tokens" | "cache_creation_tokens" | "reasoning_tokens";

/**
 * Reads a `usage` object of any compatible server, and the `service_tier` beside it; undefined when it says nothing. Cached tokens are looked for where
 * OpenAI, DeepSeek (`prompt_cache_hit_tokens`), Moonshot (`cached_tokens`) and LiteLLM (`cache_read_input_tokens`) put them.
 */
export function readUsage(usage: unknown, serviceTier: unknown): ReportedUsage | undefined {
  // Most chunks have none.
  if (!isLoose<UsageKey>(usage)) return undefined;
  const inputTokens = firstCount(usage.prompt_tokens, usage.input_tokens);
  const outputTokens = firstCount(usage.completion_tokens, usage.output_tokens);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const cache = readCache(usage);
  const beside = countBeside(usage, cache);
  return {
    inputTokens,
    outputTokens: outputTokens === undefined ? undefined : outputTokens + beside,
    ...cache,
    thinkingTokens: readThinking(usage) || beside,
    ...priceTiers(serviceTier),
  };
}

type CacheCounts = Pick<ReportedUsage, "cacheReadTokens" | "cacheWriteTokens">;

/** xAI and Google's shim count reasoning beside the completion, not in it; only the total tells, unless it counts the cache. */
function countBeside(usage: Loose<UsageKey>, { cacheReadTokens, cacheWriteTokens }: CacheCounts): number {
  const total = firstCount(usage.total_tokens) ?? 0;
  const input = firstCount(usage.prompt_tokens, usage.input_tokens);
  const output = firstCount(usage.completion_tokens, usage.output_tokens);
  if (input === undefined || output === undefined) return 0;
  const rest = total - input - output;
  return rest === cacheReadTokens + cacheWriteTokens ? 0 : Math.max(0, rest);
}

function readThinking(usage: Loose<UsageKey>): number {
  const details = loose<DetailKey>(usage.completion_tokens_details ?? usage.output_tokens_details);
  return firstCount(details.reasoning_tokens, usage.reasoning_tokens) ?? 0;
}

function readCache(usage: Loose<UsageKey>): CacheCounts {
  const details = loose<DetailKey>(usage.prompt_tokens_details ?? usage.input_tokens_details);
  const reads = [
    details.cached_tokens,
    usage.prompt_cache_hit_tokens,
    usage.cached_tokens,
    usage.cache_read_input_tokens,
  ];
  const writes = [details.cache_write_tokens, details.cache_creation_tokens, usage.cache_creation_input_tokens];
  return { cacheReadTokens: firstCount(...reads) ?? 0, cacheWriteTokens: firstCount(...writes) ?? 0 };
}

/** This package's own guess, for servers that report nothing: zeros would blind the client's compaction. */
export interface UsageEstimate {
  inputTokens(): number;
  outputTokens(): number;
}

/** The account of an answer: what was reported, and estimates for what was not. Cached input is part of what servers report. */
export function settleUsage(reported: ReportedUsage | undefined, estimate: UsageEstimate): Usage {
  const { cacheReadTokens: read, cacheWriteTokens: write, thinkingTokens, tiers, ...told } = reported ?? silence;
  // A zero is as good as nothing here: there is no request without input.
  const input = told.inputTokens ? Math.max(0, told.inputTokens - read - write) : undefined;
  const output = told.outputTokens || estimate.outputTokens();
  return {
    inputTokens: input ?? estimate.inputTokens(),
    outputTokens: output,
    cacheReadTokens: read,
    cacheWrite5mTokens: write,
    cacheWrite1hTokens: 0,
    thinkingTokens,
    webSearchRequests: 0,
    estimated: input === undefined || (output > 0 && !told.outputTokens),
    ...(input === undefined && { inputEstimated: true as const }),
    ...(tiers !== undefined && { tiers }),
  };
}

const silence: ReportedUsage = {
  inputTokens: undefined,
  outputTokens: undefined,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  thinkingTokens: 0,
};

function firstCount(...values: readonly unknown[]): number | undefined {
  for (const value of values) {
    const count = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof count === "number" && Number.isFinite(count)) return Math.max(0, Math.round(count));
  }
  return undefined;
}
