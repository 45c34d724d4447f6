import { GovernanceError, isGovernanceError } from "../errors.ts";
import { type OffsetAt, zoneOffsets } from "../limits/zone-offsets.ts";
import { compileGlob } from "../policy/compile-glob.ts";
import { readChain, type RouteTable } from "../routing/route-table.ts";
import { compileCondition, type Condition } from "./compile-condition.ts";
import { Facts, type FactSettings } from "./facts.ts";
import { minuteOffsets } from "./minute-offsets.ts";
import type { RuleContext } from "./rule-context.ts";
import { ruleIndex } from "./rule-index.ts";
import { type RuleLanguage, ruleLanguage } from "./rule-language.ts";
import type { RuleTrace } from "./rule-trace.ts";
import type { RoutingRule } from "./routing-rule.ts";
import { decide, explain, type CompiledRule, type RuleDecision } from "./run-rules.ts";

/** Rules, ready to be asked. Immutable. */
export interface RoutingRules {
  readonly size: number;
  /** The variables that any of them names: what nobody asks for need not be found. */
  readonly needs: ReadonlySet<string>;
  decide(context: RuleContext): RuleDecision;
  /** The same decision, and what each rule made of the request. */
  explain(context: RuleContext): { readonly decision: RuleDecision; readonly rules: readonly RuleTrace[] };
}

/** What rules are compiled with. */
export interface CompileRulesOptions {
  /** Whose providers the rules name. */
  readonly routes: RouteTable;
  /** What `time` shows; UTC unless told. */
  readonly timeZone?: string | undefined;
  /** Globs of models by tier, besides those that have the tier in their name; the first that matches counts. */
  readonly tiers?: Readonly<Partial<Record<Tier, readonly string[] | undefined>>> | undefined;
  readonly offsetAt?: OffsetAt | undefined;
  /** Told of each rule that is wrong, which is then left out instead of thrown: one must not keep all others out. */
  readonly onWrong?: ((rule: string, reason: string) => void) | undefined;
}

/** Steps that all conditions together can take. */
const mostSteps = 1_000_000;
const mostRules = 1_000;

/**
 * Compiles rules, once for many requests. Throws a GovernanceError `invalid-rule` or `invalid-target` that names the rule,
 * the place in its condition, what was seen there and what to do.
 */
export function compileRules(rules: readonly RoutingRule[], options: CompileRulesOptions): RoutingRules {
  checkExtent({ count: rules.length, steps: 0 });
  const language = ruleLanguage();
  const names = new Set<string>();
  let cost = 0;
  const compiled = rules.flatMap((rule): CompiledRule[] => {
    try {
      if (names.has(rule.name)) throw invalid(`two rules are named "${rule.name}"; rename one`);
      names.add(rule.name);
      const one = compileRule(rule, { language, routes: options.routes });
      cost += one.condition?.cost ?? 0;
      checkExtent({ count: rules.length, steps: cost });
      return [one];
    } catch (error) {
      if (options.onWrong === undefined || !isGovernanceError(error)) throw error;
      options.onWrong(rule.name, error.message);
      return [];
    }
  });
  const settings = settingsOf(options);
  const candidates = ruleIndex(compiled);
  return Object.freeze({
    size: compiled.length,
    needs: new Set(compiled.flatMap(({ condition }) => [...(condition?.needs ?? [])])),
    decide(context: RuleContext) {
      const facts = new Facts(context, settings);
      return decide(candidates(facts), facts);
    },
    explain: (context: RuleContext) => explain(compiled, new Facts(context, settings)),
  });
}

/** Throws a GovernanceError `invalid-rule` for more rules than are possible, or such as take too long together. */
export function checkExtent({ count, steps }: { readonly count: number; readonly steps: number }): void {
  if (count > mostRules) throw invalid(`there are ${count} rules; at most ${mostRules} are possible`);
  if (steps <= mostSteps) return;
  const most = `and ${mostSteps} are the most`;
  throw invalid(`for a large request the rules together take up to ${Math.ceil(steps)} steps, ${most}`);
}

/** What is wrong with a condition, as a sentence; undefined when nothing is. */
export function conditionProblem(when: string, routes: { readonly providers: readonly string[] }): string | undefined {
  try {
    compileCondition(when, { language: ruleLanguage(), providers: routes.providers });
    return undefined;
  } catch (error) {
    if (isGovernanceError(error)) return error.message;
    throw error;
  }
}

function compileRule(
  rule: RoutingRule,
  { language, routes }: { language: RuleLanguage; routes: RouteTable },
): CompiledRule {
  const { name, route } = rule;
  const providers = routes.providers.map((provider) => provider.name);
  const condition = conditionOf(rule, { language, providers });
  return { ...rule, condition, links: route && readChain(route, name, routes.addressable) };
}

/**
 * The condition of a rule that can be; undefined for one that always holds. Throws a GovernanceError `invalid-rule` that
 * names the rule. Without `providers` any name of one is taken.
 */
export function conditionOf(
  rule: RoutingRule,
  { language, providers }: { readonly language: RuleLanguage; readonly providers: readonly string[] | undefined },
): Condition | undefined {
  const { name, when } = rule;
  const problem = problemOf(rule);
  if (problem !== undefined) throw invalid(`the rule "${name}" ${problem}`);
  try {
    return when === undefined ? undefined : compileCondition(when, { language, providers });
  } catch (error) {
    if (isGovernanceError(error) && error.code === "invalid-rule") {
      throw new GovernanceError("invalid-rule", `the condition of the rule "${name}": ${error.message}`, {
        cause: error,
      });
    }
    throw error;
  }
}

function problemOf({ route, refuse, tag, maxTokens }: RoutingRule): string | undefined {
  if ([route, refuse, tag, maxTokens].every((action) => action === undefined)) {
    return "does nothing; give it route, refuse, tag or maxTokens";
  }
  if (route !== undefined && refuse !== undefined) return "has both route and refuse; give it one of them";
  if (refuse?.trim() === "") return "refuses without a word; write what the developer is to do";
  if (maxTokens !== undefined && !(Number.isSafeInteger(maxTokens) && maxTokens > 0)) {
    return `has ${maxTokens} as maxTokens; wanted is a whole number from 1`;
  }
  return undefined;
}

function invalid(message: string): GovernanceError {
  return new GovernanceError("invalid-rule", message);
}

/** What Claude Code takes a model for. */
export type Tier = "opus" | "sonnet" | "haiku" | "fable";

const ownTiers: readonly Tier[] = ["opus", "sonnet", "haiku", "fable"];

function settingsOf({ timeZone = "UTC", tiers = {}, offsetAt = zoneOffsets() }: CompileRulesOptions): FactSettings {
  try {
    offsetAt(timeZone, 0);
  } catch {
    throw invalid(`there is no time zone "${timeZone}"; give one of IANA's names, like Europe/Berlin`);
  }
  const named = ownTiers.map((tier) => [tier, [`*${tier}*`]] as const);
  return {
    tiers: [...Object.entries(tiers), ...named].map(([tier, globs = []]) => ({
      tier,
      globs: globs.map((glob) => compileGlob(glob)),
    })),
    timeZone,
    offsetAt: minuteOffsets(offsetAt),
  };
}
