import { isRecord } from "../json/is-record.ts";
import {
  aBoolean,
  aCount,
  aNumber,
  aString,
  listOf,
  objectWith,
  oneOf,
  optional,
  problem,
  required,
  someText,
  taggedWith,
  under,
  type Check,
} from "../json/problem.ts";
import { checkBlock, checkContent } from "./check-content.ts";

const effort = optional(oneOf("low", "medium", "high", "xhigh", "max"));

const messages = listOf(
  objectWith({
    role: required(oneOf("user", "assistant", "system")),
    content: required(checkContent),
    output_config: optional(objectWith({ effort })),
  }),
);

const someMessages: Check = (value) =>
  Array.isArray(value) && value.length === 0 ? problem("at least one message is required") : messages(value);

const systemBlocks = listOf(checkBlock);

const system: Check = (value) => (typeof value === "string" ? undefined : systemBlocks(value));

/** Tools that the provider defines carry a dated type of their own, and a toolset has no name. */
const tool: Check = (value) => {
  if (!isRecord(value)) return problem("Input should be an object");
  const { name, type } = value;
  if (name === undefined && typeof type === "string" && type !== "custom") return undefined;
  return under("name", required(aString)(name)) ?? under("type", optional(aString)(type));
};

/** One of a closed set of types; `members` says what each needs beside its type. */
function variant(members: Readonly<Record<string, Check>>): Check {
  const check = taggedWith(new Map(Object.entries(members)));
  const expected = Object.keys(members).map((name) => `'${name}'`);
  return (value) => {
    const known = !isRecord(value) || typeof value["type"] !== "string" || Object.hasOwn(members, value["type"]);
    if (known) return check(value);
    return problem(`Input tag found using 'type' does not match any of the expected tags: ${expected.join(", ")}`);
  };
}

const anything: Check = () => undefined;

const countable = {
  model: required(someText),
  messages: required(someMessages),
  system: optional(system),
  tools: optional(listOf(tool)),
  tool_choice: optional(
    variant({ auto: anything, any: anything, tool: objectWith({ name: required(aString) }), none: anything }),
  ),
  thinking: optional(
    variant({ disabled: anything, enabled: objectWith({ budget_tokens: required(aCount) }), adaptive: anything }),
  ),
  output_config: optional(objectWith({ effort, format: optional(taggedWith(new Map())) })),
};

/** Accepts the body of `POST /v1/messages`: the structure that this package relies on, and whatever else is in it. */
export const checkMessagesRequest: Check = objectWith({
  ...countable,
  max_tokens: required(aCount),
  stop_sequences: optional(listOf(aString)),
  stream: optional(aBoolean),
  temperature: optional(aNumber),
  top_p: optional(aNumber),
  top_k: optional(aNumber),
  metadata: optional(objectWith({ user_id: optional(aString) })),
});

/** Accepts the body of `POST /v1/messages/count_tokens`, which has neither limits nor sampling. */
export const checkCountRequest: Check = objectWith(countable);
