import { GovernanceError, isGovernanceError } from "../errors.ts";
import { readChain, type RouteLinkRule, type RouteProvider, splitTarget } from "../routing/route-table.ts";
import { checkExtent, conditionOf } from "./compile-rules.ts";
import type { RoutingRule } from "./routing-rule.ts";
import { type RuleLanguage, ruleLanguage } from "./rule-language.ts";

/**
 * Checks rules where it is not known which providers there are: all but their names. Of the rules only those are held to
 * it that `isNew` tells; the others count in what all together can take. Throws a GovernanceError, `invalid-rule` or
 * `invalid-target`, that names the rule, the place in its condition, what was seen there and what to do.
 */
export function checkRules(rules: readonly RoutingRule[], isNew: (rule: RoutingRule) => boolean): void {
  const language = ruleLanguage();
  let steps = 0;
  for (const rule of rules) {
    try {
      steps += checkRule(rule, language);
    } catch (error) {
      if (isNew(rule) || !isGovernanceError(error)) throw error;
    }
  }
  checkExtent({ count: rules.length, steps });
}

/** The most steps that a rule takes. */
function checkRule(rule: RoutingRule, language: RuleLanguage): number {
  const condition = conditionOf(rule, { language, providers: undefined });
  if (rule.route !== undefined) readChain(rule.route, rule.name, providersOf(rule.route, rule.name));
  return condition?.cost ?? 0;
}

/** The providers that a chain names, as if there were all of them. */
function providersOf(route: readonly RouteLinkRule[], rule: string): ReadonlyMap<string, RouteProvider> {
  const texts = route.flatMap(({ targets }) => targets.map(({ target }) => target));
  return new Map(
    texts.map((text) => {
      const name = splitTarget(text)?.provider;
      if (name !== undefined) return [name, { name, knows: () => false }];
      throw new GovernanceError("invalid-target", `the target "${text}" of "${rule}" is not "provider/model"`);
    }),
  );
}
