import { isRecord } from "../json/is-record.ts";

/** What `clear_tool_uses_20250919` is told to do. */
export interface ClearingSettings {
  /** The edit is made when there is more than this of it. */
  readonly trigger: { readonly of: "input_tokens" | "tool_uses"; readonly value: number };
  /** Number of tool uses that stay, the last ones. */
  readonly keep: number;
  /** Number of tokens below which clearing is not worth the cache that it spoils. */
  readonly atLeast: number;
  readonly excluded: ReadonlySet<string>;
  /** The tools of which the input is cleared as well as the result. */
  readonly inputs: "all" | ReadonlySet<string>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads the settings, with the API's own defaults; undefined when one is not understood. Source: Anthropic docs, "Context editing". */
export function readClearingSettings(edit: Fields): ClearingSettings | undefined {
  const trigger = readTrigger(edit["trigger"]);
  const keep = readAmount(edit["keep"], "tool_uses", 3);
  const atLeast = readAmount(edit["clear_at_least"], "input_tokens", 0);
  const excluded = readNames(edit["exclude_tools"]);
  const inputs = edit["clear_tool_inputs"] === true ? "all" : readNames(edit["clear_tool_inputs"] || undefined);
  if (!trigger || keep === undefined || atLeast === undefined || !excluded || !inputs) return undefined;
  return { trigger, keep, atLeast, excluded, inputs };
}

function readTrigger(value: unknown): ClearingSettings["trigger"] | undefined {
  const uses = readAmount(value, "tool_uses", undefined);
  if (uses !== undefined) return { of: "tool_uses", value: uses };
  const tokens = readAmount(value, "input_tokens", 100_000);
  return tokens === undefined ? undefined : { of: "input_tokens", value: tokens };
}

/** The value of `{ type, value }`; `otherwise` when there is nothing, undefined when there is something else. */
function readAmount(amount: unknown, type: string, otherwise: number | undefined): number | undefined {
  if (amount === undefined || amount === null) return otherwise;
  if (!isRecord(amount) || amount["type"] !== type) return undefined;
  const { value } = amount;
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function readNames(list: unknown): ReadonlySet<string> | undefined {
  if (list === undefined || list === null) return new Set();
  if (!Array.isArray(list)) return undefined;
  const names = list.filter((name) => typeof name === "string");
  return names.length === list.length ? new Set(names) : undefined;
}
