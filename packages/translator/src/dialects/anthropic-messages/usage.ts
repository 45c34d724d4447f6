import type { StopReason } from "../../messages/events.ts";
import { priceTiers } from "../../messages/price-tiers.ts";
import type { Usage } from "../../messages/usage.ts";
import { isRecord } from "../../json/is-record.ts";

/**
 * What is known of the usage after another report of it. Counts that the report leaves out, or gives as zero, stay:
 * third parties say 0 in `message_start` and the truth in `message_delta`, and Anthropic repeats only some of them.
 */
export function mergeUsage(known: Usage, report: unknown): Usage {
  if (!isRecord(report)) return known;
  const details = objectAt(report, "output_tokens_details");
  const { cacheWrite5mTokens, cacheWrite1hTokens } = cacheWrites(known, report);
  const merged: Usage = {
    inputTokens: countAt(report, "input_tokens") || known.inputTokens,
    outputTokens: countAt(report, "output_tokens") || known.outputTokens,
    cacheReadTokens: countAt(report, "cache_read_input_tokens") || known.cacheReadTokens,
    cacheWrite5mTokens,
    cacheWrite1hTokens,
    thinkingTokens: countAt(details, "thinking_tokens") || known.thinkingTokens,
    webSearchRequests: countAt(objectAt(report, "server_tool_use"), "web_search_requests") || known.webSearchRequests,
    estimated: false,
  };
  const { tiers = known.tiers } = priceTiers(report["service_tier"], report["speed"], report["inference_geo"]);
  return tiers === undefined ? merged : { ...merged, tiers };
}

/** The two lifetimes cost differently; a total without the split counts as the short one, which is the default. */
function cacheWrites(known: Usage, report: Json): Pick<Usage, "cacheWrite5mTokens" | "cacheWrite1hTokens"> {
  const { cacheWrite5mTokens, cacheWrite1hTokens } = known;
  const split = objectAt(report, "cache_creation");
  const total = countAt(report, "cache_creation_input_tokens");
  const long = countAt(split, "ephemeral_1h_input_tokens");
  const short = Math.max(countAt(split, "ephemeral_5m_input_tokens"), total - long);
  const isNews = long + short > 0 && (long > 0 || short !== cacheWrite5mTokens + cacheWrite1hTokens);
  return isNews ? { cacheWrite5mTokens: short, cacheWrite1hTokens: long } : { cacheWrite5mTokens, cacheWrite1hTokens };
}

const stopReasons: readonly StopReason[] = [
  "end_turn",
  "max_tokens",
  "stop_sequence",
  "tool_use",
  "pause_turn",
  "compaction",
  "refusal",
  "model_context_window_exceeded",
];

/** A stop reason of the API; undefined for null and for what is not known. */
export function asStopReason(value: unknown): StopReason | undefined {
  return stopReasons.find((reason) => reason === value);
}

type Json = Readonly<Record<string, unknown>>;

const empty: Json = {};

function objectAt(value: Json, key: string): Json {
  const inner = value[key];
  return isRecord(inner) ? inner : empty;
}

/** A count as a whole number; 0 for what is missing, negative or no number. Some servers send numbers as strings. */
export function countAt(value: Json, key: string): number {
  const told = value[key];
  const count = typeof told === "number" || typeof told === "string" ? Number(told) : 0;
  return Number.isFinite(count) && count > 0 ? Math.trunc(count) : 0;
}
