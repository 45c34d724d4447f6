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

const part = taggedWith(
  new Map([
    ["text", objectWith({ text: required(aString) })],
    ["refusal", objectWith({ refusal: required(aString) })],
    ["image_url", objectWith({ image_url: required(objectWith({ url: required(aString) })) })],
    ["file", objectWith({ file: required(objectWith({ file_data: optional(aString), filename: optional(aString) })) })],
  ]),
);
const parts = listOf(part);

const content: Check = (value) => (typeof value === "string" ? undefined : parts(value));

const call = objectWith({
  id: required(aString),
  function: optional(objectWith({ name: required(aString), arguments: optional(aString) })),
  custom: optional(objectWith({ name: required(aString), input: required(aString) })),
});

const message = objectWith({
  role: required(oneOf("system", "developer", "user", "assistant", "tool", "function")),
  content: optional(content),
  tool_calls: optional(listOf(call)),
  tool_call_id: optional(aString),
  reasoning_content: optional(aString),
});

const messages: Check = (value) =>
  Array.isArray(value) && value.length === 0 ? problem("at least one message is required") : listOf(message)(value);

const named = objectWith({ name: required(aString), description: optional(aString), strict: optional(aBoolean) });
const tool = taggedWith(
  new Map([
    ["function", objectWith({ function: required(named) })],
    ["custom", objectWith({ custom: required(named) })],
  ]),
);

const name = required(objectWith({ name: required(aString) }));
const toolChoice = aToolChoice({
  function: objectWith({ function: name }),
  custom: objectWith({ custom: name }),
  allowed: (list) => objectWith({ allowed_tools: required(list) }),
});

const stop: Check = (value) => (typeof value === "string" ? undefined : listOf(aString)(value));

/** Accepts a chat completions request: the structure that its reader relies on, and whatever else is in it. */
export const checkChatRequest: Check = objectWith({
  model: required(someText),
  messages: required(messages),
  tools: optional(listOf(tool)),
  tool_choice: optional(toolChoice),
  parallel_tool_calls: optional(aBoolean),
  max_tokens: optional(aCount),
  max_completion_tokens: optional(aCount),
  temperature: optional(aNumber),
  top_p: optional(aNumber),
  stop: optional(stop),
  stream: optional(aBoolean),
  stream_options: optional(objectWith({ include_usage: optional(aBoolean) })),
  reasoning_effort: optional(anEffort),
  response_format: optional(
    taggedWith(new Map([["json_schema", objectWith({ json_schema: required(objectWith({})) })]])),
  ),
});
