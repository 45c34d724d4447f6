import { isGovernanceError } from "../errors.ts";
import type { RouteLink } from "../routing/route-table.ts";
import type { Condition } from "./compile-condition.ts";
import type { Facts } from "./facts.ts";
import type { NextRule } from "./rule-index.ts";
import type { RoutingRule } from "./routing-rule.ts";
import { actionsOf, lookedAt, type RuleOutcome, type RuleTrace } from "./rule-trace.ts";

/** What rules make of a request. */
export interface RuleDecision {
  /** The rules that held, in order. */
  readonly held: readonly string[];
  /** The chain that takes the place of the one that the model's name leads to. */
  readonly route?: { readonly rule: string; readonly links: readonly RouteLink[] } | undefined;
  readonly refusal?: { readonly rule: string; readonly reason: string } | undefined;
  /** Tags that the request has besides those of its key; they win over these. */
  readonly tags: Readonly<Record<string, string>>;
  /** The most that `max_tokens` may be. */
  readonly maxTokens?: number | undefined;
  /** Rules whose condition made no sense for the request; they did not hold. */
  readonly failed: readonly { readonly rule: string; readonly reason: string }[];
}

/** A rule, ready to be asked. */
export interface CompiledRule extends RoutingRule {
  readonly condition: Condition | undefined;
  readonly links: readonly RouteLink[] | undefined;
}

/** Asks the rules that `next` gives, up to the first that routes or refuses. */
export function decide(next: NextRule<CompiledRule>, facts: Facts): RuleDecision {
  return run(next, facts, () => undefined);
}

/** Asks every rule up to that one, and tells what each made of the request. */
export function explain(
  rules: readonly CompiledRule[],
  facts: Facts,
): { readonly decision: RuleDecision; readonly rules: readonly RuleTrace[] } {
  const traces: RuleTrace[] = [];
  const note: Note = (rule, outcome, reason) => {
    const values = outcome === "unreached" ? [] : lookedAt(rule.condition?.looks ?? [], facts);
    const told = { rule: rule.name, when: rule.when, outcome, values, does: actionsOf(rule) };
    traces.push(reason === undefined ? told : { ...told, reason });
  };
  const inOrder = rules.values();
  const decision = run(() => inOrder.next().value, facts, note);
  for (const rule of rules.slice(traces.length)) note(rule, "unreached");
  return { decision, rules: traces };
}

type Note = (rule: CompiledRule, outcome: RuleOutcome, reason?: string) => void;

function run(next: NextRule<CompiledRule>, facts: Facts, note: Note): RuleDecision {
  const held: string[] = [];
  const failed: { rule: string; reason: string }[] = [];
  let maxTokens: number | undefined;
  let last: CompiledRule | undefined;
  for (let rule = next(); rule !== undefined; rule = next()) {
    const outcome = ask(rule, facts);
    if (outcome !== true) {
      if (outcome !== false) failed.push({ rule: rule.name, reason: outcome });
      note(rule, outcome === false ? "not-held" : "failed", outcome === false ? undefined : outcome);
      continue;
    }
    note(rule, "held");
    held.push(rule.name);
    if (rule.maxTokens !== undefined) maxTokens = Math.min(maxTokens ?? Infinity, rule.maxTokens);
    if (rule.tag !== undefined) facts.addTags(rule.tag);
    last = rule;
    if (rule.links !== undefined || rule.refuse !== undefined) break;
  }
  return {
    held,
    ...ending(last),
    tags: facts.addedTags,
    maxTokens,
    failed,
  };
}

/** Whether a rule holds, or why that cannot be said. */
function ask({ condition }: CompiledRule, facts: Facts): boolean | string {
  if (condition === undefined) return true;
  try {
    return condition.holds(facts);
  } catch (error) {
    if (isGovernanceError(error) && error.code === "rule-failed") return error.message;
    throw error;
  }
}

function ending(last: CompiledRule | undefined): Pick<RuleDecision, "route" | "refusal"> {
  if (last?.refuse !== undefined) return { refusal: { rule: last.name, reason: last.refuse } };
  return last?.links === undefined ? {} : { route: { rule: last.name, links: last.links } };
}
