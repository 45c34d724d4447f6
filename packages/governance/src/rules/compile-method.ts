import type { ASTNode } from "@marcbachmann/cel-js";
import { compileGlob, globProblem } from "../policy/compile-glob.ts";
import { sizeOf } from "./compile-call.ts";
import type { CompiledBool, CompiledList, CompiledText, CompiledValue } from "./compiled.ts";
import type { Facts } from "./facts.ts";
import { insteadOf } from "./rule-functions.ts";
import { boolOf, listOf, refuse, textOf, valueOf, type Scope } from "./scope.ts";

type Method = Extract<ASTNode, { readonly op: "rcall" }>;

/** Characters that one step looks through. */
const charactersPerStep = 16;

/** Compiles a call of a function that belongs to a text or a list. */
export function compileMethod(node: Method, scope: Scope): CompiledValue {
  const [name, on, [first, second]] = node.args;
  const only = insteadOf[name];
  if (only !== undefined) return refuse(scope, node, `${name} cannot be used in rules: ${only}`);
  if (name === "size") return sizeOf(valueOf(scope, on), { scope, node });
  if (isQuantifier(name) && first !== undefined && second !== undefined) return overList(name, node, scope);
  const text = textOf(scope, on);
  if (first === undefined) return changed(name, text, { scope, node });
  const other = textOf(scope, first);
  switch (name) {
    case "glob":
      return glob(text, other, { scope, node: first });
    case "contains":
      return tested((one, part) => one.includes(part), text, other);
    case "startsWith":
      return tested((one, part) => one.startsWith(part), text, other);
    case "endsWith":
      return tested((one, part) => one.endsWith(part), text, other);
    default:
      return refuse(scope, node, `${name} cannot be used in rules`);
  }
}

function tested(test: (text: string, part: string) => boolean, text: CompiledText, other: CompiledText): CompiledBool {
  const [one, part] = [text.run, other.run];
  const { literal } = other;
  const run =
    literal === undefined
      ? (facts: Facts) => test(one(facts), part(facts))
      : (facts: Facts) => test(one(facts), literal);
  return {
    type: "bool",
    run,
    cost: text.cost + other.cost + searchSteps(text, other),
    canFail: text.canFail || other.canFail,
  };
}

/** A text that repeats itself is looked through more than once. */
function searchSteps(text: CompiledText, part: CompiledText): number {
  return Math.ceil(1 + (text.length * (1 + part.length / 32)) / charactersPerStep);
}

/** The pattern must stand there, so that it is made ready, and found wrong, at load. */
function glob(
  text: CompiledText,
  pattern: CompiledText,
  { scope, node }: { scope: Scope; node: ASTNode },
): CompiledBool {
  if (pattern.literal === undefined) return refuse(scope, node, 'wanted is a pattern, as in model.glob("claude-*")');
  const problem = globProblem(pattern.literal);
  if (problem !== undefined) return refuse(scope, node, `the pattern ${problem}`);
  const compiled = compileGlob(pattern.literal);
  const run = (facts: Facts): boolean => compiled.matches(text.run(facts));
  return { type: "bool", run, cost: text.cost + searchSteps(text, pattern), canFail: text.canFail };
}

function changed(name: string, text: CompiledText, { scope, node }: { scope: Scope; node: ASTNode }): CompiledText {
  const change = changes[name];
  if (change === undefined) return refuse(scope, node, `${name} cannot be used in rules`);
  const { run, length, canFail, cost } = text;
  return {
    type: "string",
    run: (facts) => change(run(facts)),
    length,
    canFail,
    cost: cost + 1 + length / charactersPerStep,
  };
}

const changes: Readonly<Record<string, (text: string) => string>> = {
  lowerAscii: (text) => text.replaceAll(/[A-Z]+/gu, (letters) => letters.toLowerCase()),
  upperAscii: (text) => text.replaceAll(/[a-z]+/gu, (letters) => letters.toUpperCase()),
  trim: (text) => text.trim(),
};

type Quantifier = "exists" | "all" | "exists_one" | "filter";

function isQuantifier(name: string): name is Quantifier {
  return name === "exists" || name === "all" || name === "exists_one" || name === "filter";
}

function overList(name: Quantifier, node: Method, scope: Scope): CompiledValue {
  const [, on, [variable, condition]] = node.args;
  const list = listOf(scope, on);
  if (variable?.op !== "id" || condition === undefined)
    return refuse(scope, node, "wanted is list.exists(one, condition)");
  const depth = scope.locals.length;
  const local = { name: variable.args, type: list.of, length: list.length };
  const body = boolOf({ ...scope, locals: [...scope.locals, local] }, condition);
  const cost = list.cost + list.count * (body.cost + 2);
  const canFail = list.canFail || body.canFail;
  const holds = (facts: Facts, entry: string | number | boolean): boolean => {
    facts.locals[depth] = entry;
    return body.run(facts);
  };
  const loop = { list, holds };
  switch (name) {
    case "filter":
      return {
        ...list,
        literal: undefined,
        cost,
        canFail,
        run: (facts) => list.run(facts).filter((entry) => holds(facts, entry)),
      };
    case "exists_one":
      return {
        type: "bool",
        cost,
        canFail,
        run: (facts) => list.run(facts).filter((entry) => holds(facts, entry)).length === 1,
      };
    case "exists":
      return {
        type: "bool",
        cost,
        canFail,
        run: body.canFail ? settling(loop, true) : (facts) => list.run(facts).some((entry) => holds(facts, entry)),
      };
    case "all":
      return {
        type: "bool",
        cost,
        canFail,
        run: body.canFail ? settling(loop, false) : (facts) => list.run(facts).every((entry) => holds(facts, entry)),
      };
  }
}

interface Loop {
  readonly list: CompiledList;
  readonly holds: (facts: Facts, entry: string | number | boolean) => boolean;
}

/** As CEL has it, one entry that decides wins over others that fail. */
function settling({ list, holds }: Loop, wins: boolean): (facts: Facts) => boolean {
  return (facts) => {
    const failures: unknown[] = [];
    for (const entry of list.run(facts)) {
      try {
        if (holds(facts, entry) === wins) return wins;
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return !wins;
  };
}
