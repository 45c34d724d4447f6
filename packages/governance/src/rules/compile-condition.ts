import type { ASTNode } from "@marcbachmann/cel-js";
import { compileCall } from "./compile-call.ts";
import { compileMethod } from "./compile-method.ts";
import { compileLogic, isLogic } from "./compile-logic.ts";
import { compileOperator } from "./compile-operator.ts";
import type { Demand } from "./demand.ts";
import { demandsOf } from "./demands-of.ts";
import type { Compiled, CompiledList, CompiledMap, CompiledText, CompiledValue } from "./compiled.ts";
import { type Facts, longestText } from "./facts.ts";
import { problemAt } from "./problem-at.ts";
import type { RuleLanguage } from "./rule-language.ts";
import { boolOf, refuse, textOf, valueOf, type Local, type Look, type Scope } from "./scope.ts";
import { variables } from "./variables.ts";

/** A condition, ready to be asked. */
export interface Condition {
  readonly text: string;
  /** The variables that it names. */
  readonly needs: ReadonlySet<string>;
  /** The most steps that it can take, whatever the request; a step is some ten nanoseconds. */
  readonly cost: number;
  /** What it looks at. */
  readonly looks: readonly Look[];
  /** Throws a GovernanceError `rule-failed` where it makes no sense for a request, like a division by zero. */
  readonly holds: (facts: Facts) => boolean;
  /** What must be so for it to hold: for finding the few among many that may. */
  readonly demands: readonly Demand[];
}

/** Steps that one condition can take. */
export const mostSteps = 50_000;

/**
 * Compiles a condition to functions. The library reads and checks it; running it is done here, because that takes a
 * third of the time, needs no big integers, gives names that are missing an empty text, and has a bound known beforehand.
 * Throws a GovernanceError `invalid-rule` that says what is wrong, and where.
 */
export function compileCondition(
  condition: string,
  { language, providers }: { readonly language: RuleLanguage; readonly providers: readonly string[] | undefined },
): Condition {
  const tree = language.parse(condition);
  const needs = new Set<string>();
  const looks = new Map<string, Look>();
  const scope: Scope = { condition, providers, locals: [], needs, looks, compile };
  const { run, cost } = boolOf(scope, tree);
  if (cost > mostSteps) {
    const most = `for a large request this takes up to ${cost} steps, and ${mostSteps} are the most`;
    throw problemAt(condition, undefined, `${most}; leave loops within loops out`);
  }
  return { text: condition, needs, cost, looks: [...looks.values()], holds: run, demands: demandsOf(tree, scope) };
}

/** Compiles one part of a condition, with all below it. */
function compile(node: ASTNode, scope: Scope): Compiled {
  if (isLogic(node)) return compileLogic(node, scope);
  switch (node.op) {
    case "value":
      return literal(node, scope);
    case "id":
      return named(node, scope);
    case ".":
      return below(node, node.args[1], scope);
    case "[]":
      return indexed(node, scope);
    case "list":
      return list(node, scope);
    case "call":
      return compileCall(node, scope);
    case "rcall":
      return compileMethod(node, scope);
    case ".?":
    case "[?]":
    case "map":
      return refuse(scope, node, "rules have no use for this part of CEL");
    default:
      return compileOperator(node, scope);
  }
}

type Node<Op extends ASTNode["op"]> = Extract<ASTNode, { readonly op: Op }>;

function literal(node: Node<"value">, scope: Scope): CompiledValue {
  const { args: value } = node;
  const common = { cost: 0, canFail: false };
  if (typeof value === "boolean") return { type: "bool", run: () => value, literal: value, ...common };
  if (typeof value === "string") return constant(value);
  if (typeof value === "number") return { type: "double", run: () => value, literal: value, ...common };
  if (typeof value !== "bigint") return refuse(scope, node, "rules know numbers, texts, true and false");
  const whole = Number(value);
  if (!Number.isSafeInteger(whole)) return refuse(scope, node, "too large for a whole number");
  return { type: "int", run: () => whole, literal: whole, ...common };
}

function named(node: Node<"id">, scope: Scope): Compiled {
  const name = node.args;
  const depth = scope.locals.findLastIndex((local) => local.name === name);
  const local = scope.locals[depth];
  if (local !== undefined) return readLocal(local, depth);
  const variable = variables[name];
  if (variable === undefined) return refuse(scope, node, "rules have no use for this part of CEL");
  scope.needs.add(name);
  return noted(node, variable.compiled, scope);
}

function readLocal({ type, length }: Local, depth: number): CompiledValue {
  const common = { cost: 1, canFail: false };
  switch (type) {
    case "bool":
      return { type, run: ({ locals }) => locals[depth] === true, ...common };
    case "string":
      return { type, run: (facts) => textAt(facts, depth), length, ...common };
    default:
      return { type, run: ({ locals }) => Number(locals[depth]), ...common };
  }
}

/** What stands there is known to be a text. */
function textAt({ locals }: Facts, depth: number): string {
  const value = locals[depth];
  return typeof value === "string" ? value : "";
}

/** Takes note of what is looked at, but for what changes within a loop. */
function noted(node: ASTNode, compiled: Compiled, scope: Scope): Compiled {
  const text = scope.condition.slice(node.start, node.end);
  if (compiled.type !== "map" && compiled.type !== "record") scope.looks.set(text, { text, value: compiled });
  return compiled;
}

function below(node: Node<".">, name: string, scope: Scope): Compiled {
  const from = scope.compile(node.args[0], scope);
  if (from.type === "map") return entry(node, from, { scope, key: constant(name) });
  if (from.type !== "record") return refuse(scope, node, `this is no group of values, so it has no "${name}"`);
  const field = from.fields[name];
  if (field === undefined) return refuse(scope, node, `${from.name} has ${Object.keys(from.fields).join(", ")}`);
  return noted(node, field, scope);
}

function indexed(node: Node<"[]">, scope: Scope): Compiled {
  const from = scope.compile(node.args[0], scope);
  if (from.type === "map") return entry(node, from, { scope, key: textOf(scope, node.args[1]) });
  if (from.type === "record") {
    const { literal: name } = textOf(scope, node.args[1]);
    const field = name === undefined ? undefined : from.fields[name];
    if (field !== undefined) return noted(node, field, scope);
  }
  return refuse(scope, node, "not possible here; ask for entries of lists with in, exists, all or filter");
}

function constant(text: string): CompiledText {
  return { type: "string", run: () => text, length: text.length, literal: text, cost: 0, canFail: false };
}

function entry(node: ASTNode, map: CompiledMap, { scope, key }: { scope: Scope; key: CompiledText }): Compiled {
  const { literal: name } = key;
  const wrong = name === undefined ? undefined : map.problem(name);
  if (name !== undefined && wrong !== undefined) return refuse(scope, node, `"${name}" ${wrong}`);
  const common = { type: "string", length: longestText, canFail: key.canFail, cost: key.cost + 2 } as const;
  const kept = name === undefined ? undefined : map.canonical(name);
  const run: (facts: Facts) => string =
    kept === undefined ? (facts) => map.get(facts, map.canonical(key.run(facts))) : (facts) => map.get(facts, kept);
  const compiled: CompiledText = { ...common, run };
  return kept === undefined ? compiled : noted(node, compiled, scope);
}

function list(node: Node<"list">, scope: Scope): CompiledList {
  const entries = node.args.map((entryNode) => {
    const compiled = valueOf(scope, entryNode);
    if (compiled.type === "list") return refuse(scope, entryNode, "a list within a list is not possible");
    return compiled;
  });
  const literals = entries.flatMap(({ literal: value }) => (value === undefined ? [] : [value]));
  const fixed = literals.length === entries.length;
  return {
    type: "list",
    of: entries[0]?.type ?? "string",
    run: fixed ? () => literals : (facts) => entries.map((one) => one.run(facts)),
    count: entries.length,
    length: Math.max(0, ...entries.map((one) => (one.type === "string" ? one.length : 0))),
    canFail: entries.some(({ canFail }) => canFail),
    cost: fixed ? 0 : entries.reduce((sum, one) => sum + one.cost + 1, 1),
    literal: fixed ? literals : undefined,
  };
}
