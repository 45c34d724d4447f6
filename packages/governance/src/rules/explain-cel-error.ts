import { ParseError, TypeError as CelTypeError } from "@marcbachmann/cel-js";
import type { GovernanceError } from "../errors.ts";
import { nearestNames } from "../routing/nearest-names.ts";
import { problemAt } from "./problem-at.ts";
import { insteadOf, ruleFunctions } from "./rule-functions.ts";
import { variables } from "./variables.ts";

/** What the library found wrong with a condition, in words that say what to do. */
export function explainCelError(condition: string, error: unknown): GovernanceError {
  if (!(error instanceof ParseError || error instanceof CelTypeError)) {
    const said = error instanceof Error ? error.message : "unreadable";
    return problemAt(condition, undefined, `it is no condition: ${said}`);
  }
  const { range } = error;
  const seen = range === undefined ? "" : condition.slice(range.start, range.end);
  if (error.code === "no_such_key") {
    return problemAt(condition, range, noSuchField(seen, condition.slice(0, range?.start)));
  }
  return problemAt(condition, range, words(error, seen));
}

function words({ code, summary }: ParseError | CelTypeError, seen: string): string {
  switch (code) {
    case "unknown_variable":
      return `there is no such variable${known(seen, Object.keys(variables))}`;
    case "no_matching_overload":
      return noSuchCall(summary);
    case "limit_exceeded":
      return `this is more than one condition can have (${summary}); make several rules of it`;
    case "unexpected_character":
      return hintFor(seen) ?? `nothing of CEL (${summary})`;
    case "unexpected_token":
      return summary.endsWith("EOF") ? "something is missing here" : `not possible here (${summary})`;
    case "no_such_overload":
      return `${summary}${/int|double/u.test(summary) ? "; 1 is an int and 1.0 a double, and double(…) makes one of the other" : ""}`;
    default:
      return summary;
  }
}

function hintFor(seen: string): string | undefined {
  if (seen.startsWith("=")) return "a single = compares nothing; write ==";
  if (/^[“”„‘’]/u.test(seen)) return 'a quotation mark that is none here; write "';
  return /^(?:and|or|not)\b/u.test(seen) ? "write && for and, || for or, ! for not" : undefined;
}

function noSuchField(name: string, before: string): string {
  const record = /(\w+)\s*\.\s*$/u.exec(before)?.[1] ?? "";
  return `${record} has no "${name}"${known(name, Object.keys(variables[record]?.fields ?? {}))}`;
}

/** CEL says the same of a function that it does not know and of arguments that one does not take. */
function noSuchCall(summary: string): string {
  const [, called = ""] = /'(.*)'/u.exec(summary) ?? [];
  const name = /(?:^|\.)(\w+)\(/u.exec(called)?.[1] ?? "";
  const instead = insteadOf[name];
  if (instead !== undefined) return `${name} cannot be used in rules: ${instead}`;
  const real = ruleFunctions[name];
  if (real === undefined) return `there is no function "${name}"${known(name, Object.keys(ruleFunctions))}`;
  return `${called} does not exist; it is called like ${real.call}`;
}

function known(name: string, names: readonly string[]): string {
  const near = nearestNames(name, names, 2);
  const all = `nown are ${names.join(", ")}`;
  return near.length === 0 ? `; k${all}` : `; did you mean ${near.join(" or ")}? K${all}`;
}
