import type { ASTNode } from "@marcbachmann/cel-js";
import { compileGlob, globProblem } from "../policy/compile-glob.ts";
import { sizeOf } from "./compile-call.ts";
import type { CompiledBool, CompiledText, CompiledValue } from "./compiled.ts";
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
  if (name === "glob") return glob(text, other, { scope, node: first });
  const test = tests[name];
  return test === undefined ? refuse(scope, node, `${name} cannot be used in rules`) : tested(test, text, other);
}

type Run<Value> = (facts: Facts) => Value;

interface TextTest {
  /** For a part that stands in the condition: rules mostly test such, and each call between costs. */
  readonly fixed: (text: Run<string>, part: string) => Run<boolean>;
  readonly found: (text: Run<string>, part: Run<string>) => Run<boolean>;
  readonly steps: (text: CompiledText, part: CompiledText) => number;
}

const tests: Readonly<Record<string, TextTest>> = {
  contains: {
    fixed: (text, part) => (facts) => text(facts).includes(part),
    found: (text, part) => (facts) => text(facts).includes(part(facts)),
    steps: searchSteps,
  },
  startsWith: {
    fixed: (text, part) => (facts) => text(facts).startsWith(part),
    found: (text, part) => (facts) => text(facts).startsWith(part(facts)),
    steps: comparingSteps,
  },
  endsWith: {
    fixed: (text, part) => (facts) => text(facts).endsWith(part),
    found: (text, part) => (facts) => text(facts).endsWith(part(facts)),
    steps: comparingSteps,
  },
};

function tested({ fixed, found, steps }: TextTest, text: CompiledText, part: CompiledText): CompiledBool {
  return {
    type: "bool",
    run: part.literal === undefined ? found(text.run, part.run) : fixed(text.run, part.literal),
    cost: text.cost + part.cost + steps(text, part),
    canFail: text.canFail || part.canFail,
  };
}

function comparingSteps(_: CompiledText, part: CompiledText): number {
  return 1 + part.length / charactersPerStep;
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
  const loop = { entries: list.run, test: body.run, depth };
  switch (name) {
    case "filter":
      return { ...list, literal: undefined, cost, canFail, run: (facts) => kept(loop, facts) };
    case "exists_one":
      return { type: "bool", cost, canFail, run: (facts) => kept(loop, facts).length === 1 };
    case "exists":
      return { type: "bool", cost, canFail, run: body.canFail ? settling(loop, true) : deciding(loop, true) };
    case "all":
      return { type: "bool", cost, canFail, run: body.canFail ? settling(loop, false) : deciding(loop, false) };
  }
}

interface Loop {
  readonly entries: Run<readonly (string | number | boolean)[]>;
  readonly test: Run<boolean>;
  /** Where the entry in hand is kept. */
  readonly depth: number;
}

function kept({ entries, test, depth }: Loop, facts: Facts): readonly (string | number | boolean)[] {
  return entries(facts).filter((entry) => {
    facts.locals[depth] = entry;
    return test(facts);
  });
}

/** One entry of the kind that `wins` decides. */
function deciding({ entries, test, depth }: Loop, wins: boolean): Run<boolean> {
  return (facts) => {
    for (const entry of entries(facts)) {
      facts.locals[depth] = entry;
      if (test(facts) === wins) return wins;
    }
    return !wins;
  };
}

/** As CEL has it, one entry that decides wins over others that fail. */
function settling({ entries, test, depth }: Loop, wins: boolean): Run<boolean> {
  return (facts) => {
    const failures: unknown[] = [];
    for (const entry of entries(facts)) {
      facts.locals[depth] = entry;
      try {
        if (test(facts) === wins) return wins;
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return !wins;
  };
}
