import { listOf, objectWith, oneOf, required, taggedWith, type Check } from "../../json/problem.ts";

const word = oneOf("none", "auto", "required");
const allowed = objectWith({ mode: required(oneOf("auto", "required")), tools: required(listOf(objectWith({}))) });

/** What stands beside the type of a choice, in each of OpenAI's APIs in another place. */
export interface ChoiceMembers {
  readonly function: Check;
  readonly custom: Check;
  /** Where the list of allowed tools stands. */
  readonly allowed: (list: Check) => Check;
}

/** Accepts a word, or one of the kinds of choice that this package knows. */
export function aToolChoice(members: ChoiceMembers): Check {
  const choice = taggedWith(
    new Map([
      ["function", members.function],
      ["custom", members.custom],
      ["allowed_tools", members.allowed(allowed)],
    ]),
  );
  return (value) => (typeof value === "string" ? word(value) : choice(value));
}
