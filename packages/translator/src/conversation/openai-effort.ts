import type { Effort } from "../messages/request.ts";

/** A value of `reasoning_effort` and of `reasoning.effort`. */
export type OpenAIEffort = "none" | "minimal" | Effort;

/** Every value, rising. Source: `ReasoningEffort` in openai-node. */
const ladder = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const satisfies readonly OpenAIEffort[];

/** The greatest effort of a model that is not above the wanted one, else the least there is; "none" is not an effort. */
export function nearestEffort(wanted: Effort, efforts: readonly OpenAIEffort[]): OpenAIEffort | undefined {
  const usable = efforts.filter((effort) => effort !== "none");
  const reach = ladder.indexOf(wanted);
  return usable.findLast((effort) => ladder.indexOf(effort) <= reach) ?? usable[0];
}

/** The highest effort that a refusal names as allowed: "Supported values are: 'low', 'medium', and 'high'."; undefined when it names none. */
export function namedEffort(message: string): string | undefined {
  const listed =
    /(?:supported values are|must be one of|set reasoning_effort to|expected)[^'"`]*(.*)$/is.exec(message)?.[1] ?? "";
  return Array.from(listed.matchAll(/['"`](none|minimal|low|medium|high|xhigh|max)['"`]/g), (match) => match[1]).at(-1);
}
