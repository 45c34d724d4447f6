import type { Look } from "./scope.ts";
import type { RoutingRule } from "./routing-rule.ts";
import type { Facts } from "./facts.ts";

/** What became of a rule: `unreached` comes after one that ended, `failed` made no sense for the request and did not hold. */
export type RuleOutcome = "held" | "not-held" | "failed" | "unreached";

/** A value, short enough to be shown. */
export type ShownValue = string | number | boolean | readonly (string | number | boolean)[];

/** What a rule made of a request, and from which values. */
export interface RuleTrace {
  readonly rule: string;
  /** The condition; undefined for a rule that always holds. */
  readonly when: string | undefined;
  readonly outcome: RuleOutcome;
  /** What the condition looked at. */
  readonly values: readonly { readonly text: string; readonly value: ShownValue }[];
  /** What it does where it holds, in words. */
  readonly does: readonly string[];
  /** Why it failed. */
  readonly reason?: string | undefined;
}

/** What a rule does where it holds, in words. */
export function actionsOf({ route, refuse, tag = {}, maxTokens }: RoutingRule): readonly string[] {
  const targets = route?.map((link) => link.targets.map(({ target }) => target).join(" or "));
  return [
    ...(targets === undefined ? [] : [`routes to ${targets.join(", then ")}`]),
    ...(refuse === undefined ? [] : [`refuses: ${refuse}`]),
    ...Object.entries(tag).map(([name, value]) => `tags ${name}=${value}`),
    ...(maxTokens === undefined ? [] : [`caps max_tokens at ${maxTokens}`]),
  ];
}

const longestShown = 200;
const mostShown = 20;

/** What a condition looked at. */
export function lookedAt(looks: readonly Look[], facts: Facts): RuleTrace["values"] {
  return looks.map(({ text, value }) => ({ text, value: short(value.run(facts)) }));
}

function short(value: ShownValue): ShownValue {
  if (typeof value === "string") return shortText(value);
  if (typeof value === "number" || typeof value === "boolean") return value;
  const shown = value.slice(0, mostShown).map((one) => (typeof one === "string" ? shortText(one) : one));
  return value.length > mostShown ? [...shown, `… ${value.length - mostShown} more`] : shown;
}

function shortText(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
