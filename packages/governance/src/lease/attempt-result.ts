import type { LedgerUsage, UsageSource } from "../book/ledger-entry.ts";
import { noAmounts } from "../limits/amounts.ts";
import type { Amounts } from "../limits/limit.ts";

/** What an attempt came to. */
export interface AttemptResult {
  readonly nanoUsd: number;
  /** As far as it is known; without it nothing was used. */
  readonly usage?: LedgerUsage | undefined;
  readonly source: UsageSource;
  /** How it ended: `ok`, `cancelled`, a kind of failure. */
  readonly outcome: string;
}

/** Beyond it a number is no count of anything that one request did: 9 million USD, or as many thousand tokens. */
const most = Number.MAX_SAFE_INTEGER / 1024;

/** The amounts of a result; undefined where one of its numbers cannot be true, so that no limit ever counts it. */
export function amountsOf({ nanoUsd, usage }: AttemptResult): Amounts | undefined {
  if (!isCount(nanoUsd)) return undefined;
  if (usage === undefined) return { ...noAmounts, nanoUsd };
  const { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens } = usage;
  const counts = [inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens];
  if (!counts.every(isCount)) return undefined;
  const input = inputTokens + cacheReadTokens + cacheWrite5mTokens + cacheWrite1hTokens;
  return { nanoUsd, inputTokens: input, outputTokens };
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= most;
}
