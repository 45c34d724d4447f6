import type { HeldLimit } from "../limits/hold-record.ts";
import type { Limit } from "../limits/limit.ts";
import type { LimitRule, LimitScope } from "../limits/limit-scope.ts";
import type { Spans } from "../limits/spans.ts";

/** A limit that a hold counts in as the database keeps it, with what a refusal says of it. */
export interface LimitEntry extends Omit<HeldLimit, "endMs"> {
  /** Null for what always counts. */
  readonly endMs: number | null;
  readonly scope: string;
  readonly limit: Limit;
}

/** Entries, and from when until when they are the right ones. */
export interface EntriesAt {
  readonly entries: readonly LimitEntry[];
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The entries of scopes at a moment. */
export function limitEntries(scopes: readonly LimitScope[], atMs: number, spans: Spans): EntriesAt {
  let [fromMs, untilMs] = [0, Number.MAX_SAFE_INTEGER];
  const entries = scopes.flatMap(({ rules }) =>
    rules.map((rule): LimitEntry => {
      const { scope, limit, meter } = rule;
      const known = { meter, of: limit.of, window: limit.window.kind, amount: limit.amount, scope, limit };
      if (limit.window.kind === "request") return { ...known, startMs: 0, endMs: null };
      const { startMs, endMs } = spans.at(rule, atMs);
      fromMs = Math.max(fromMs, startMs);
      untilMs = Math.min(untilMs, lastStart(rule, endMs));
      return { ...known, startMs, endMs: Number.isFinite(endMs) ? endMs : null };
    }),
  );
  return { entries, fromMs, untilMs };
}

/** A slot of a rolling window counts for as long as the window after what is admitted in it last. */
function lastStart({ limit: { window } }: LimitRule, endMs: number): number {
  return window.kind === "rolling" ? endMs - window.ms : endMs;
}
