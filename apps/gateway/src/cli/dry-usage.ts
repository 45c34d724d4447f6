import {
  type LimitRule,
  type LimitScope,
  type LimitUsage,
  type LimitWindow,
  periodOf,
  zoneOffsets,
} from "@drawbridge/governance";
import { explainedAsync } from "../start-error.ts";
import type { StoredState } from "../storage/read-storage.ts";
import type { ExplainArguments } from "./explain-arguments.ts";

/** How the limits of some scopes stand. */
export type ReadUsage = (scopes: readonly LimitScope[], atMs: number) => Promise<readonly LimitUsage[]>;

/** How limits stand to a dry run: as it is stored, or as somebody wants to see it. */
export function dryUsage({ used, atMs: asked }: ExplainArguments, stored: StoredState | undefined): ReadUsage {
  if (stored === undefined || used !== undefined || asked !== undefined) {
    return async (scopes, atMs) =>
      scopes.flatMap(({ rules }) => rules.map((rule) => usageAsIf(rule, used ?? 0, atMs))).filter(overTime);
  }
  return async (scopes) => {
    const usages = await explainedAsync(() => Promise.all(scopes.map((scope) => stored.usage(scope))));
    return usages.flat().filter(overTime);
  };
}

function overTime({ limit }: LimitUsage): boolean {
  return limit.window.kind !== "request";
}

/** As if so much of every budget were used, and nothing else. */
function usageAsIf({ scope, limit }: LimitRule, share: number, atMs: number): LimitUsage {
  const used = limit.of === "nanoUsd" ? Math.floor(limit.amount * share) : 0;
  return { scope, limit, used, held: 0, resetsAtMs: resetOf(limit.window, atMs) };
}

function resetOf(window: LimitWindow, atMs: number): number | undefined {
  if (window.kind === "calendar") return periodOf(window, atMs, zoneOffsets()).endMs;
  return window.kind === "rolling" ? atMs + window.ms : undefined;
}
