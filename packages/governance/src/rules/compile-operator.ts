import type { ASTNode, BinaryOperator } from "@marcbachmann/cel-js";
import { GovernanceError } from "../errors.ts";
import { nearestNames } from "../routing/nearest-names.ts";
import type { Compiled, CompiledBool, CompiledList, CompiledNumber, CompiledText, CompiledValue } from "./compiled.ts";
import type { Facts } from "./facts.ts";
import { listOf, refuse, textOf, valueOf, type Scope } from "./scope.ts";

type Operator = Extract<ASTNode, { readonly op: BinaryOperator | "-_" }>;
type Binary = Exclude<Operator, { readonly op: "-_" }>;

/** Characters that are compared in one step. */
const charactersPerStep = 64;

/** Compiles comparisons, `in` and arithmetic. */
export function compileOperator(node: Operator, scope: Scope): CompiledValue {
  switch (node.op) {
    case "-_":
      return negative(node, scope);
    case "in":
      return membership(node, scope);
    case "==":
      return equality(node, scope);
    case "!=": {
      const { run, ...same } = equality(node, scope);
      return { ...same, run: (facts) => !run(facts) };
    }
    case "<":
    case "<=":
    case ">":
    case ">=":
      return order(node, scope);
    default:
      return arithmetic(node, scope);
  }
}

function negative(node: Extract<Operator, { readonly op: "-_" }>, scope: Scope): CompiledNumber {
  const { run, ...same } = numberOf(scope, node.args);
  // -0 would divide otherwise than 0.
  return { ...same, literal: undefined, cost: same.cost + 1, run: (facts) => 0 - run(facts) };
}

function equality(node: Binary, scope: Scope): CompiledBool {
  const left = valueOf(scope, node.args[0]);
  const right = valueOf(scope, node.args[1]);
  if (left.type === "list" || right.type === "list") {
    return refuse(scope, node, "lists are not compared as a whole; use in, exists or all");
  }
  if (left.type === "string" && right.type === "string") {
    checkChoice(node.args[1], scope, { of: left, literal: right.literal });
    checkChoice(node.args[0], scope, { of: right, literal: left.literal });
  }
  const [first, second] = [left.run, right.run];
  const { literal } = right;
  const run =
    literal === undefined
      ? (facts: Facts) => first(facts) === second(facts)
      : (facts: Facts) => first(facts) === literal;
  return bool(run, { parts: [left, right], steps: 1 + (left.type === "string" ? left.length / charactersPerStep : 0) });
}

/** Refuses a text that a variable with a fixed choice can never be. */
function checkChoice(
  node: ASTNode,
  scope: Scope,
  { of: { values }, literal }: { of: CompiledText; literal: string | undefined },
): void {
  if (values === undefined || literal === undefined || values.includes(literal)) return;
  const [near] = nearestNames(literal, values, 1);
  const meant = near === undefined ? "" : `; did you mean "${near}"?`;
  refuse(scope, node, `this never is one of ${values.map((one) => `"${one}"`).join(", ")}${meant}`);
}

function order(node: Binary, scope: Scope): CompiledBool {
  const { op } = node;
  const left = valueOf(scope, node.args[0]);
  const right = valueOf(scope, node.args[1]);
  if (left.type === "string" && right.type === "string") {
    return bool(compared(op, left.run, right.run), {
      parts: [left, right],
      steps: 1 + left.length / charactersPerStep,
    });
  }
  if (isNumber(left) && isNumber(right)) {
    return bool(compared(op, left.run, right.run), { parts: [left, right], steps: 1 });
  }
  return refuse(scope, node, `${left.type} ${op} ${right.type} is not possible; compare numbers or texts`);
}

function compared<Value extends string | number>(
  op: Binary["op"],
  left: (facts: Facts) => Value,
  right: (facts: Facts) => Value,
) {
  switch (op) {
    case "<":
      return (facts: Facts): boolean => left(facts) < right(facts);
    case "<=":
      return (facts: Facts): boolean => left(facts) <= right(facts);
    case ">":
      return (facts: Facts): boolean => left(facts) > right(facts);
    default:
      return (facts: Facts): boolean => left(facts) >= right(facts);
  }
}

function membership(node: Binary, scope: Scope): CompiledBool {
  const [item, place] = node.args;
  const from: Compiled = scope.compile(place, scope);
  if (from.type === "map") {
    const key = textOf(scope, item);
    const wrong = key.literal === undefined ? undefined : from.problem(key.literal);
    if (wrong !== undefined) refuse(scope, item, wrong);
    return bool((facts) => from.has(facts, from.canonical(key.run(facts))), { parts: [key], steps: 3 });
  }
  const list = listOf(scope, place);
  const one = valueOf(scope, item);
  if (one.type === "string")
    for (const literal of list.literal ?? []) {
      checkChoice(place, scope, { of: one, literal: String(literal) });
    }
  return amongst(one, list);
}

function amongst(one: CompiledValue, list: CompiledList): CompiledBool {
  if (one.type === "list") return bool(() => false, { parts: [], steps: 0 });
  const { run } = one;
  if (list.literal !== undefined) {
    const literals = new Set(list.literal);
    return bool((facts) => literals.has(run(facts)), { parts: [one], steps: 2 });
  }
  const steps = list.count * (1 + Math.min(list.length, one.type === "string" ? one.length : 0) / charactersPerStep);
  return bool((facts) => list.run(facts).includes(run(facts)), { parts: [one, list], steps });
}

function arithmetic(node: Binary, scope: Scope): CompiledValue {
  const left = valueOf(scope, node.args[0]);
  const right = valueOf(scope, node.args[1]);
  if (left.type === "string" && right.type === "string" && node.op === "+") {
    const length = left.length + right.length;
    const run = (facts: Facts): string => left.run(facts) + right.run(facts);
    return {
      type: "string",
      run,
      length,
      cost: left.cost + right.cost + length / charactersPerStep,
      canFail: left.canFail || right.canFail,
    };
  }
  if (!isNumber(left) || !isNumber(right) || left.type !== right.type) {
    return refuse(scope, node, `${left.type} ${node.op} ${right.type} is not possible`);
  }
  const calculate = left.type === "int" ? whole(node.op) : real(node.op);
  const run = (facts: Facts): number => calculate(left.run(facts), right.run(facts));
  return {
    type: left.type,
    run,
    cost: left.cost + right.cost + 1,
    canFail: left.type === "int" || left.canFail || right.canFail,
  };
}

function real(op: Binary["op"]): (left: number, right: number) => number {
  switch (op) {
    case "+":
      return (left, right) => left + right;
    case "-":
      return (left, right) => left - right;
    case "*":
      return (left, right) => left * right;
    default:
      return (left, right) => left / right;
  }
}

function whole(op: Binary["op"]): (left: number, right: number) => number {
  if (op === "/") return (left, right) => exact(Math.trunc(left / divisor(right)));
  if (op === "%") return (left, right) => exact(left % divisor(right));
  const calculate = real(op);
  return (left, right) => exact(calculate(left, right));
}

function divisor(right: number): number {
  if (right === 0) throw new GovernanceError("rule-failed", "division by zero");
  return right;
}

/** Without -0, which would divide otherwise than 0. */
function exact(result: number): number {
  if (!Number.isSafeInteger(result)) throw new GovernanceError("rule-failed", "a number larger than 2^53");
  return result + 0;
}

function numberOf(scope: Scope, node: ASTNode): CompiledNumber {
  const value = valueOf(scope, node);
  if (!isNumber(value)) return refuse(scope, node, `this makes ${value.type}; wanted is a number`);
  return value;
}

function isNumber(value: CompiledValue): value is CompiledNumber {
  return value.type === "int" || value.type === "double";
}

function bool(
  run: (facts: Facts) => boolean,
  { parts, steps }: { readonly parts: readonly CompiledValue[]; readonly steps: number },
): CompiledBool {
  const cost = parts.reduce((sum, part) => sum + part.cost, Math.ceil(steps));
  return { type: "bool", run, cost, canFail: parts.some(({ canFail }) => canFail) };
}
