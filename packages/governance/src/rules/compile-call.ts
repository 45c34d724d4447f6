import type { ASTNode } from "@marcbachmann/cel-js";
import { GovernanceError } from "../errors.ts";
import { nearestNames } from "../routing/nearest-names.ts";
import type { CompiledNumber, CompiledValue } from "./compiled.ts";
import { insteadOf } from "./rule-functions.ts";
import { refuse, textOf, valueOf, type Scope } from "./scope.ts";

type Call = Extract<ASTNode, { readonly op: "call" }>;

/** Compiles a call of a function that belongs to no value. */
export function compileCall(node: Call, scope: Scope): CompiledValue {
  const [name, [argument]] = node.args;
  const only = insteadOf[name];
  if (argument === undefined || only !== undefined)
    return refuse(scope, node, `${name} cannot be used in rules: ${only ?? ""}`);
  switch (name) {
    case "size":
      return sizeOf(valueOf(scope, argument), { scope, node });
    case "int":
    case "double":
      return converted(valueOf(scope, argument), name, { scope, node });
    case "healthy":
      return healthy(argument, scope);
    default:
      return refuse(scope, node, `${name} cannot be used in rules`);
  }
}

/** How many characters a text or entries a list has. */
export function sizeOf(value: CompiledValue, { scope, node }: { scope: Scope; node: ASTNode }): CompiledNumber {
  const common = { type: "int", canFail: value.canFail } as const;
  if (value.type === "list") return { ...common, run: (facts) => value.run(facts).length, cost: value.cost + 1 };
  if (value.type !== "string") return refuse(scope, node, "only texts and lists have a size");
  const cost = value.cost + 1 + value.length / charactersPerStep;
  return { ...common, run: (facts) => characterCount(value.run(facts)), cost };
}

/** Characters that one step counts. */
const charactersPerStep = 8;

/** CEL counts characters, of which some are two UTF-16 units. */
function characterCount(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) if ((text.codePointAt(at) ?? 0) <= 0xffff) count += 1;
  return count;
}

function converted(value: CompiledValue, to: "int" | "double", at: { scope: Scope; node: ASTNode }): CompiledNumber {
  const cost = value.cost + 1;
  if (value.type === "string") {
    const read = to === "int" ? readWhole : readReal;
    return { type: to, run: (facts) => read(value.run(facts)), cost, canFail: true };
  }
  if (value.type !== "int" && value.type !== "double")
    return refuse(at.scope, at.node, "only numbers and texts become numbers");
  if (to === "double" || value.type === "int") return { ...value, type: to, cost, literal: undefined };
  return { type: to, run: (facts) => truncated(value.run(facts)), cost, canFail: true };
}

function truncated(value: number): number {
  const whole = Math.trunc(value) + 0;
  if (!Number.isSafeInteger(whole)) throw new GovernanceError("rule-failed", "a number larger than 2^53");
  return whole;
}

function readWhole(text: string): number {
  const value = /^[+-]?\d{1,16}$/u.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value)) throw unreadable(text, "a whole number");
  return value + 0;
}

function readReal(text: string): number {
  if (!/^[+-]?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?$/u.test(text)) throw unreadable(text, "a number");
  return Number(text);
}

function unreadable(text: string, wanted: string): GovernanceError {
  return new GovernanceError("rule-failed", `"${text.slice(0, 40)}" is not ${wanted}`);
}

/** The provider's name must stand there, so that one that does not exist is found at load. */
function healthy(argument: ASTNode, scope: Scope): CompiledValue {
  const { literal: provider } = textOf(scope, argument);
  if (provider === undefined) return refuse(scope, argument, 'wanted is the name of a provider, as in healthy("gpu")');
  const { providers } = scope;
  if (providers?.includes(provider) === false) {
    const [near] = nearestNames(provider, providers, 1);
    const known = providers.length === 0 ? "list it among the providers first" : `known are ${providers.join(", ")}`;
    const meant = near === undefined ? `; ${known}` : `; did you mean "${near}"?`;
    return refuse(scope, argument, `there is no such provider${meant}`);
  }
  scope.needs.add("healthy");
  const compiled: CompiledValue = { type: "bool", run: (facts) => facts.healthy(provider), cost: 50, canFail: false };
  const text = `healthy("${provider}")`;
  scope.looks.set(text, { text, value: compiled });
  return compiled;
}
