import type { ASTNode } from "@marcbachmann/cel-js";
import type { Demand, Subject } from "./demand.ts";
import { valueOf, type Scope } from "./scope.ts";
import { variables } from "./variables.ts";

/**
 * What must be so for a condition to hold, as far as that can be seen: comparisons of what a request says with what
 * stands in the condition. `tree` was compiled in the same scope.
 */
export function demandsOf(tree: ASTNode, scope: Scope): readonly Demand[] {
  const subjectOf = (node: ASTNode): Subject | undefined => readSubject(node, scope);
  return demands(tree, { subjectOf, literalOf: (node) => readLiteral(node, scope) });
}

type Literal = Demand["values"][number];

interface Reading {
  readonly subjectOf: (node: ASTNode) => Subject | undefined;
  readonly literalOf: (node: ASTNode) => Literal | undefined;
}

const none: readonly Demand[] = [];

function demands(node: ASTNode, reading: Reading): readonly Demand[] {
  switch (node.op) {
    case "&&": {
      const [left, right] = node.args;
      return [...demands(left, reading), ...demands(right, reading).map(perhaps)];
    }
    case "||":
      return either(demands(node.args[0], reading), demands(node.args[1], reading));
    case "!_":
      return demand(reading.subjectOf(node.args), "is", [false]);
    case "==":
      return equality(node.args, reading);
    case "in":
      return membership(node.args, reading);
    case "rcall":
      return ofMethod(node, reading);
    default:
      return demand(reading.subjectOf(node), "is", [true]);
  }
}

function demand(
  subject: Subject | undefined,
  test: Demand["test"],
  values: readonly (Literal | undefined)[],
): readonly Demand[] {
  const known = values.filter((value) => value !== undefined);
  return subject === undefined || known.length < values.length
    ? none
    : [{ subject, test, values: known, always: true }];
}

function perhaps(one: Demand): Demand {
  return { ...one, always: false };
}

/** One of the two has to hold, so what both demand of the same must be so for one of them. */
function either(left: readonly Demand[], right: readonly Demand[]): readonly Demand[] {
  return left.flatMap((one) => {
    const other = right.find(({ subject, test }) => subject.text === one.subject.text && test === one.test);
    return other === undefined ? [] : [{ ...one, values: [...one.values, ...other.values] }];
  });
}

type Pair = readonly [left: ASTNode, right: ASTNode];

function equality([left, right]: Pair, { subjectOf, literalOf }: Reading): readonly Demand[] {
  const subject = subjectOf(left);
  return subject === undefined
    ? demand(subjectOf(right), "is", [literalOf(left)])
    : demand(subject, "is", [literalOf(right)]);
}

function membership([item, place]: Pair, { subjectOf, literalOf }: Reading): readonly Demand[] {
  if (place.op === "list") return demand(subjectOf(item), "is", place.args.map(literalOf));
  return demand(subjectOf(place), "is", [literalOf(item)]);
}

type Method = Extract<ASTNode, { readonly op: "rcall" }>;

function ofMethod(node: Method, reading: Reading): readonly Demand[] {
  const [name, on, [first, second]] = node.args;
  const part = first && reading.literalOf(first);
  switch (name) {
    case "exists":
    case "exists_one":
      return ofEntries(on, { variable: first, body: second }, reading);
    case "startsWith":
      return beginning(reading.subjectOf(on), part);
    case "glob": {
      const [head, ...rest] = String(part).split("*");
      return rest.length === 0 ? demand(reading.subjectOf(on), "is", [part]) : beginning(reading.subjectOf(on), head);
    }
    default:
      return none;
  }
}

/** Everything begins with nothing. */
function beginning(subject: Subject | undefined, head: Literal | undefined): readonly Demand[] {
  return head === "" ? none : demand(subject, "startsWith", [head]);
}

/** What the condition on an entry demands of it, some entry of the list must be. */
function ofEntries(
  on: ASTNode,
  { variable, body }: { readonly variable: ASTNode | undefined; readonly body: ASTNode | undefined },
  { subjectOf, literalOf }: Reading,
): readonly Demand[] {
  const list = subjectOf(on);
  if (list === undefined || variable?.op !== "id" || body === undefined) return none;
  const name = variable.args;
  const entry = (node: ASTNode): Subject | undefined => {
    if (node.op === "id" && node.args === name) return list;
    return mentions(node, name) ? undefined : subjectOf(node);
  };
  // The list is read in any case, what else the condition on its entries asks for only when it has some.
  return demands(body, { subjectOf: entry, literalOf }).map((one) => ({ ...one, always: one.subject === list }));
}

/** A subject is made of names alone, with at most one before a dot or in brackets. */
function mentions(node: ASTNode, name: string): boolean {
  return (node.op === "." || node.op === "[]") && node.args[0].op === "id" && node.args[0].args === name;
}

/** A variable, a part of one, or one header or tag. */
function readSubject(node: ASTNode, scope: Scope): Subject | undefined {
  const part = partOf(node, scope);
  const whole = part === undefined ? node : part.of;
  if (whole.op !== "id") return undefined;
  const variable = whole.args;
  const type = variables[variable]?.compiled.type;
  const isGroup = type === "map" || type === "record";
  if (type === undefined || isGroup !== (part !== undefined)) return undefined;
  const text = scope.condition.slice(node.start, node.end);
  return { text, variable, part: part?.name, value: valueOf(scope, node) };
}

function partOf(node: ASTNode, scope: Scope): { readonly of: ASTNode; readonly name: string } | undefined {
  if (node.op === ".") return { of: node.args[0], name: node.args[1] };
  const name = node.op === "[]" ? readLiteral(node.args[1], scope) : undefined;
  return node.op === "[]" && typeof name === "string" ? { of: node.args[0], name } : undefined;
}

function readLiteral(node: ASTNode, scope: Scope): Literal | undefined {
  const value = node.op === "value" ? valueOf(scope, node) : undefined;
  return value === undefined || value.type === "list" ? undefined : value.literal;
}
