import type { ASTNode } from "@marcbachmann/cel-js";
import type { CompiledBool, CompiledValue } from "./compiled.ts";
import type { Facts } from "./facts.ts";
import { boolOf, refuse, valueOf, type Scope } from "./scope.ts";

type Logic = Extract<ASTNode, { readonly op: "&&" | "||" | "!_" | "?:" }>;

/** Tells the parts that are and, or, not and either-or. */
export function isLogic(node: ASTNode): node is Logic {
  return node.op === "&&" || node.op === "||" || node.op === "!_" || node.op === "?:";
}

/** Compiles and, or, not and either-or. Only what is needed runs. */
export function compileLogic(node: Logic, scope: Scope): CompiledValue {
  if (node.op === "!_") return not(boolOf(scope, node.args));
  if (node.op === "?:") return choice(node, scope);
  const [left, right] = [boolOf(scope, node.args[0]), boolOf(scope, node.args[1])];
  return node.op === "&&" ? and(left, right) : or(left, right);
}

function not({ run, ...same }: CompiledBool): CompiledBool {
  return { ...same, literal: undefined, run: (facts) => !run(facts) };
}

/** As CEL has it, false wins over a part that fails, on whichever side it stands. */
function and(left: CompiledBool, right: CompiledBool): CompiledBool {
  const [first, second] = [left.run, right.run];
  const run = left.canFail
    ? (facts: Facts) => settled(left, right, { facts, wins: false })
    : (facts: Facts) => first(facts) && second(facts);
  return { type: "bool", run, cost: left.cost + right.cost, canFail: left.canFail || right.canFail };
}

/** As CEL has it, true wins over a part that fails, on whichever side it stands. */
function or(left: CompiledBool, right: CompiledBool): CompiledBool {
  const [first, second] = [left.run, right.run];
  const run = left.canFail
    ? (facts: Facts) => settled(left, right, { facts, wins: true })
    : (facts: Facts) => first(facts) || second(facts);
  return { type: "bool", run, cost: left.cost + right.cost, canFail: left.canFail || right.canFail };
}

function settled(left: CompiledBool, right: CompiledBool, { facts, wins }: { facts: Facts; wins: boolean }): boolean {
  let first: boolean;
  try {
    first = left.run(facts);
  } catch (error) {
    if (right.run(facts) === wins) return wins;
    throw error;
  }
  return first === wins ? wins : right.run(facts);
}

function choice(node: Extract<Logic, { readonly op: "?:" }>, scope: Scope): CompiledValue {
  const [asked, then, otherwise] = node.args;
  const when = boolOf(scope, asked);
  const [yes, no] = [valueOf(scope, then), valueOf(scope, otherwise)];
  const common = {
    cost: when.cost + Math.max(yes.cost, no.cost),
    canFail: when.canFail || yes.canFail || no.canFail,
    literal: undefined,
  };
  const pick = <Value>(run: (facts: Facts) => Value, other: (facts: Facts) => Value) => {
    return (facts: Facts): Value => (when.run(facts) ? run(facts) : other(facts));
  };
  if (yes.type === "bool" && no.type === "bool") return { ...yes, ...common, run: pick(yes.run, no.run) };
  if (isNumber(yes) && isNumber(no)) return { ...yes, ...common, run: pick(yes.run, no.run) };
  if (yes.type === "string" && no.type === "string") {
    return { type: "string", length: Math.max(yes.length, no.length), ...common, run: pick(yes.run, no.run) };
  }
  return refuse(scope, node, "both choices must be texts, numbers, or true and false");
}

function isNumber(value: CompiledValue): value is Extract<CompiledValue, { type: "int" | "double" }> {
  return value.type === "int" || value.type === "double";
}
