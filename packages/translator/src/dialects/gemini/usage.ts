import { loose } from "../../json/loose.ts";
import type { ReportedUsage } from "../openai-chat/usage.ts";

type UsageKey =
  | "promptTokenCount"
  | "cachedContentTokenCount"
  | "toolUsePromptTokenCount"
  | "candidatesTokenCount"
  | "thoughtsTokenCount"
  | "totalTokenCount";

/**
 * Reads `usageMetadata`; undefined when it says nothing. Cached tokens are part of the prompt's, thoughts stand beside
 * the candidates, and what tools gave the model to read is input.
 * Source: `GenerateContentResponseUsageMetadata` in @google/genai 3.1: the total is the sum of the four others.
 */
export function readUsage(value: unknown): ReportedUsage | undefined {
  const usage = loose<UsageKey>(value);
  const prompt = count(usage.promptTokenCount);
  const total = count(usage.totalTokenCount);
  if (prompt === undefined && total === undefined) return undefined;
  const thinkingTokens = count(usage.thoughtsTokenCount) ?? 0;
  const inputTokens = (prompt ?? 0) + (count(usage.toolUsePromptTokenCount) ?? 0);
  const candidates = count(usage.candidatesTokenCount);
  const rest = total === undefined ? undefined : Math.max(0, total - inputTokens);
  return {
    inputTokens,
    outputTokens: candidates === undefined ? rest : candidates + thinkingTokens,
    cacheReadTokens: count(usage.cachedContentTokenCount) ?? 0,
    cacheWriteTokens: 0,
    thinkingTokens,
  };
}

/** True for a `usageMetadata` that {@link readUsage} can read, without reading it. */
export function reportsUsage(value: unknown): boolean {
  const { promptTokenCount, totalTokenCount } = loose<UsageKey>(value);
  return count(promptTokenCount) !== undefined || count(totalTokenCount) !== undefined;
}

function count(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? Math.max(0, Math.round(number)) : undefined;
}
