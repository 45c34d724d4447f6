import { compileRules, type GovernedCheck } from "@drawbridge/governance";
import type { Snapshot } from "./services.ts";

/** What stored rules are held to when they are written. */
export interface RuleCheck {
  /** For a store: throws a GovernanceError for a rule that makes no sense with the configuration in force. */
  readonly check: GovernedCheck;
  /** Says how to find that configuration. Until then there is none, and nothing is checked. */
  holdTo(inForce: () => Pick<Snapshot, "routes" | "ruleSettings">): void;
}

/** A check that is there before the first configuration is in force, since that takes a store. */
export function createRuleCheck(): RuleCheck {
  let current: Parameters<RuleCheck["holdTo"]>[0] | undefined;
  return {
    check({ rules }) {
      if (current === undefined) return;
      const { routes, ruleSettings } = current();
      compileRules(rules, { routes, ...ruleSettings });
    },
    holdTo(inForce) {
      current = inForce;
    },
  };
}
