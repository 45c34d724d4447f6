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
  type Check,
} from "../../json/problem.ts";
import { aToolChoice } from "../shared/a-tool-choice.ts";
import { anEffort } from "../shared/an-effort.ts";
import { isRecord } from "../../json/is-record.ts";

const part = taggedWith(
  new Map([
    ["input_text", objectWith({ text: required(aString) })],
    ["output_text", objectWith({ text: required(aString) })],
    ["refusal", objectWith({ refusal: required(aString) })],
    ["input_image", objectWith({ image_url: optional(aString), file_id: optional(aString) })],
    [
      "input_file",
      objectWith({ file_data: optional(aString), file_url: optional(aString), filename: optional(aString) }),
    ],
  ]),
);
const parts = listOf(part);
const content: Check = (value) => (typeof value === "string" ? undefined : parts(value));

const message = objectWith({
  role: required(oneOf("user", "assistant", "system", "developer")),
  content: required(content),
});

const call = { call_id: required(aString), name: required(aString), namespace: optional(aString) };
const result = objectWith({ call_id: required(aString), output: required(content) });
const texts = optional(listOf(objectWith({ text: optional(aString) })));

const typed = taggedWith(
  new Map([
    ["message", message],
    ["function_call", objectWith({ ...call, arguments: required(aString) })],
    ["function_call_output", result],
    ["custom_tool_call", objectWith({ ...call, input: required(aString) })],
    ["custom_tool_call_output", result],
    [
      "reasoning",
      objectWith({ id: optional(aString), summary: texts, content: texts, encrypted_content: optional(aString) }),
    ],
  ]),
);

/** Items without a type are messages. */
const item: Check = (value) =>
  isRecord(value) && (value["type"] === undefined || value["type"] === null) ? message(value) : typed(value);

const items = listOf(item);
const input: Check = (value) => {
  if (typeof value === "string") return undefined;
  return Array.isArray(value) && value.length === 0 ? problem("at least one item is required") : items(value);
};

const named = objectWith({ name: required(aString), description: optional(aString) });
const tool = taggedWith(
  new Map([
    ["function", named],
    ["custom", named],
    ["namespace", objectWith({ name: required(aString), tools: required(listOf(named)) })],
  ]),
);

const name = objectWith({ name: required(aString) });
const toolChoice = aToolChoice({ function: name, custom: name, allowed: (list) => list });

const head = {
  model: required(someText),
  stream: optional(aBoolean),
  max_output_tokens: optional(aCount),
};

/** Accepts what every Responses request must have, wherever it goes. */
export const checkResponsesHead: Check = objectWith(head);

/** Accepts a Responses request: the structure that its reader relies on, and whatever else is in it. */
export const checkResponsesRequest: Check = objectWith({
  ...head,
  input: required(input),
  instructions: optional(aString),
  tools: optional(listOf(tool)),
  tool_choice: optional(toolChoice),
  parallel_tool_calls: optional(aBoolean),
  temperature: optional(aNumber),
  top_p: optional(aNumber),
  reasoning: optional(
    objectWith({
      effort: optional(anEffort),
      summary: optional(aString),
    }),
  ),
  text: optional(objectWith({ format: optional(taggedWith(new Map())) })),
});
