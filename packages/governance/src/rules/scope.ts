import type { ASTNode } from "@marcbachmann/cel-js";
import type { Compiled, CompiledBool, CompiledList, CompiledText, CompiledValue, ScalarType } from "./compiled.ts";
import { problemAt } from "./problem-at.ts";

/** What an entry of a list is called within `exists` and its like. */
export interface Local {
  readonly name: string;
  readonly type: ScalarType;
  readonly length: number;
}

/** Something that a condition looks at, for explanations. */
export interface Look {
  /** As it stands in the condition. */
  readonly text: string;
  readonly value: CompiledValue;
}

/** What the parts of one condition are compiled in. */
export interface Scope {
  readonly condition: string;
  /** The providers there are; undefined where that is not known, and any name is taken. */
  readonly providers: readonly string[] | undefined;
  /** Outermost first. */
  readonly locals: readonly Local[];
  /** The variables that the condition names, filled while it is compiled. */
  readonly needs: Set<string>;
  /** What it looks at, filled while it is compiled. */
  readonly looks: Map<string, Look>;
  compile(node: ASTNode, scope: Scope): Compiled;
}

/** Throws what is wrong at a part of the condition. */
export function refuse(scope: Scope, node: ASTNode, what: string): never {
  throw problemAt(scope.condition, node, what);
}

/** A part that makes a value. */
export function valueOf(scope: Scope, node: ASTNode): CompiledValue {
  const compiled = scope.compile(node, scope);
  if (compiled.type === "map")
    refuse(scope, node, `this is all ${compiled.name}; name one, as in ${compiled.name}["x"]`);
  if (compiled.type === "record") {
    refuse(scope, node, `${compiled.name} has parts; name one of ${Object.keys(compiled.fields).join(", ")}`);
  }
  return compiled;
}

/** A part that makes true or false. */
export function boolOf(scope: Scope, node: ASTNode): CompiledBool {
  const compiled = valueOf(scope, node);
  if (compiled.type !== "bool") refuse(scope, node, `this makes ${compiled.type}; wanted is true or false`);
  return compiled;
}

/** A part that makes a text. */
export function textOf(scope: Scope, node: ASTNode): CompiledText {
  const compiled = valueOf(scope, node);
  if (compiled.type !== "string") refuse(scope, node, `this makes ${compiled.type}; wanted is a text`);
  return compiled;
}

/** A part that makes a list. */
export function listOf(scope: Scope, node: ASTNode): CompiledList {
  const compiled = valueOf(scope, node);
  if (compiled.type !== "list") refuse(scope, node, `this makes ${compiled.type}; wanted is a list`);
  return compiled;
}
