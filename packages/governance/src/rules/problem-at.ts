import { GovernanceError } from "../errors.ts";

/** A part of a condition, by its first character and the one behind it, counted from 0. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

const longestShown = 60;

/** An error `invalid-rule` that says where in a condition something is wrong, what stands there and what to do. */
export function problemAt(condition: string, range: Range | undefined, what: string): GovernanceError {
  return new GovernanceError("invalid-rule", range === undefined ? what : `${placeOf(condition, range)}: ${what}`);
}

/** A range that counts from the condition's end stands behind its last character. */
function placeOf(condition: string, { start, end }: Range): string {
  const before = condition.slice(0, start).split("\n");
  const line = before.length > 1 ? `line ${before.length}, ` : "";
  const column = (before.at(-1)?.length ?? 0) + 1;
  const seen = condition.slice(start, end).replaceAll(/\s+/g, " ").trim();
  if (seen === "") return `at ${line}character ${column}${start >= condition.length ? ", its end" : ""}`;
  const shown = seen.length > longestShown ? `${seen.slice(0, longestShown)}…` : seen;
  return `at ${line}character ${column}, ${shown}`;
}
