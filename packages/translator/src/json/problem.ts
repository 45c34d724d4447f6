import { isRecord } from "./is-record.ts";

/** What is wrong with a value and where below it, in the API's own words; undefined when nothing is. */
export type Problem = { readonly path: string; readonly message: string } | undefined;

/** Looks at one value. Nothing is allocated for a value that is right. */
export type Check = (value: unknown) => Problem;

/** A problem with the value itself. */
export function problem(message: string): Problem {
  return { path: "", message };
}

/** The same problem, seen from one level further out. */
export function under(key: string | number, inner: Problem): Problem {
  if (inner === undefined) return undefined;
  return { path: inner.path === "" ? String(key) : `${key}.${inner.path}`, message: inner.message };
}

/** How the Messages API prints a problem: `messages.1.content.0.text: Input should be a valid string`. */
export function describeProblem(found: { readonly path: string; readonly message: string }): string {
  return found.path === "" ? found.message : `${found.path}: ${found.message}`;
}

/** Accepts strings. */
export const aString: Check = (value) =>
  typeof value === "string" ? undefined : problem("Input should be a valid string");

/** Accepts strings with something in them, and no half of a character, which no address and no header can carry. */
export const someText: Check = (value) => {
  if (value === "") return problem("String should have at least 1 character");
  const isHalf = typeof value === "string" && !value.isWellFormed();
  return isHalf ? problem("String should be valid Unicode") : aString(value);
};

/** Accepts numbers. */
export const aNumber: Check = (value) =>
  typeof value === "number" ? undefined : problem("Input should be a valid number");

/** Accepts true and false. */
export const aBoolean: Check = (value) =>
  typeof value === "boolean" ? undefined : problem("Input should be a valid boolean");

/** Accepts whole numbers from 1 on. */
export const aCount: Check = (value) => {
  if (!Number.isSafeInteger(value)) return problem("Input should be a valid integer");
  return Number(value) < 1 ? problem("Input should be greater than or equal to 1") : undefined;
};

/** Accepts one of some strings. */
export function oneOf(...allowed: readonly string[]): Check {
  const list = allowed.map((name) => `'${name}'`);
  const message = `Input should be ${list.slice(0, -1).join(", ")} or ${list.at(-1)}`;
  return (value) => (typeof value === "string" && allowed.includes(value) ? undefined : problem(message));
}

/** Accepts what `check` accepts, and null and nothing at all. */
export function optional(check: Check): Check {
  return (value) => (value === undefined || value === null ? undefined : check(value));
}

/** Refuses only a value that is missing. */
export function required(check: Check): Check {
  return (value) => (value === undefined ? problem("Field required") : check(value));
}

/** Accepts arrays whose every element `check` accepts. */
export function listOf(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return problem("Input should be a valid list");
    for (let index = 0; index < value.length; index += 1) {
      const found = check(value[index]);
      if (found !== undefined) return under(index, found);
    }
    return undefined;
  };
}

/** Accepts objects whose named members the checks accept; keys that are not named may be anything. */
export function objectWith(members: Readonly<Record<string, Check>>): Check {
  const entries = Object.entries(members);
  return (value) => {
    if (!isRecord(value)) return problem("Input should be an object");
    for (const [key, check] of entries) {
      const found = check(value[key]);
      if (found !== undefined) return under(key, found);
    }
    return undefined;
  };
}

/** Accepts objects with a string under `type`, and what the type's own check accepts; other types may be anything. */
export function taggedWith(checks: ReadonlyMap<string, Check>): Check {
  return (value) => {
    if (!isRecord(value)) return problem("Input should be an object");
    const { type } = value;
    if (type === undefined) return under("type", problem("Field required"));
    if (typeof type !== "string") return under("type", problem("Input should be a valid string"));
    return checks.get(type)?.(value);
  };
}
