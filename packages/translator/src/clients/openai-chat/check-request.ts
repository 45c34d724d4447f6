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
  taggedWith,
  type Check,
} from "../../json/problem.ts";

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
const choice = taggedWith(
  new Map([
    ["function", objectWith({ function: name })],
    ["custom", objectWith({ custom: name })],
    [
      "allowed_tools",
      objectWith({
        allowed_tools: required(
          objectWith({ mode: required(oneOf("auto", "required")), tools: required(listOf(objectWith({}))) }),
        ),
      }),
    ],
  ]),
);
const toolChoice: Check = (value) =>
  typeof value === "string" ? oneOf("none", "auto", "required")(value) : choice(value);

const stop: Check = (value) => (typeof value === "string" ? undefined : listOf(aString)(value));

const model: Check = (value) => (value === "" ? problem("String should have at least 1 character") : aString(value));

/** Accepts a chat completions request: the structure that its reader relies on, and whatever else is in it. */
export const checkChatRequest: Check = objectWith({
  model: required(model),
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
  reasoning_effort: optional(oneOf("none", "minimal", "low", "medium", "high", "xhigh", "max")),
  response_format: optional(
    taggedWith(new Map([["json_schema", objectWith({ json_schema: required(objectWith({})) })]])),
  ),
});
