import { GovernanceError } from "../errors.ts";

/** A pattern made ready for matching. */
export interface Glob {
  readonly pattern: string;
  matches(text: string): boolean;
}

/** What is wrong with a pattern, as the end of a sentence; undefined when nothing is. */
export function globProblem(pattern: string): string | undefined {
  if (pattern === "") return "is empty";
  if (/\s/.test(pattern)) return "contains white space";
  const sign = /[?[\]{}!^$|\\()]/.exec(pattern)?.[0];
  return sign === undefined ? undefined : `contains "${sign}"; the only wildcard is *, for any characters`;
}

/**
 * A glob whose `*` stands for any characters, also none and also `/`; all else stands for itself, case matters.
 * Matching takes no regular expression, so that no pattern can make it slow.
 */
export function compileGlob(pattern: string): Glob {
  const problem = globProblem(pattern);
  if (problem !== undefined) {
    throw new GovernanceError("invalid-pattern", `the pattern "${pattern}" ${problem}`);
  }
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return { pattern, matches: (text) => text === pattern };
  const middle = rest.filter((part) => part !== "");
  if (middle.length === 0 && last === "") return { pattern, matches: (text) => text.startsWith(first) };
  const parts = { first, middle, last };
  return { pattern, matches: (text) => matchesParts(text, parts) };
}

interface Parts {
  readonly first: string;
  readonly middle: readonly string[];
  readonly last: string;
}

function matchesParts(text: string, { first, middle, last }: Parts): boolean {
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  // Taking the earliest place of each part is enough: a later one only leaves less for those that follow.
  for (const part of middle) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
