import type { Usage } from "./usage.ts";

/** What providers say of a request that costs as usual. Sources: Anthropic docs; OpenAI API reference, `service_tier`. */
const usual: ReadonlySet<unknown> = new Set(["", "standard", "default", "auto", "global", "not_available"]);

/** Names of tiers are short words; anything longer is none. */
const longestName = 40;

/** What of these makes a request cost otherwise than usual: its service tier, its speed, where it was served. */
export function priceTiers(...reported: readonly unknown[]): Pick<Usage, "tiers"> {
  // Nearly no report has any.
  const tiers = reported.filter((name): name is string => typeof name === "string" && !usual.has(name));
  return tiers.length === 0 ? {} : { tiers: tiers.filter(({ length }) => length <= longestName) };
}
