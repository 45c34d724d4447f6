import { isRecord } from "../json/is-record.ts";
import {
  aBoolean,
  aString,
  listOf,
  objectWith,
  optional,
  problem,
  required,
  taggedWith,
  type Check,
} from "../json/problem.ts";

/**
 * Accepts one content block: an object with a `type`, and the members this package reads of the types it knows.
 * Types that it does not know pass, for new features of the API arrive as new types.
 */
export const checkBlock: Check = (block) => byType(block);

const blockList = listOf(checkBlock);

/** Accepts the content of a message or a tool result: a string, a list of blocks, or null. */
export const checkContent: Check = (content) => {
  if (typeof content === "string" || content === null) return undefined;
  return Array.isArray(content)
    ? blockList(content)
    : problem("Input should be a valid string or a list of content blocks");
};

// Some gateways write null where a text is empty, and it comes back with the history.
const aText: Check = (text) => (text === null ? undefined : aString(text));

// Clients that keep to the letter less strictly send a bare JSON object.
const toolOutput: Check = (content) => (content === undefined || isRecord(content) ? undefined : checkContent(content));

const media = objectWith({
  source: required(
    taggedWith(
      new Map([
        ["base64", objectWith({ media_type: required(aString), data: required(aString) })],
        ["url", objectWith({ url: required(aString) })],
        ["file", objectWith({ file_id: required(aString) })],
        ["text", objectWith({ data: required(aString) })],
        ["content", objectWith({ content: required(checkContent) })],
      ]),
    ),
  ),
});

const call = objectWith({ id: required(aString), name: required(aString) });

const toolChange = objectWith({ tool: required(objectWith({})) });
const toolChanges = listOf(
  taggedWith(
    new Map([
      ["tool_addition", toolChange],
      ["tool_removal", toolChange],
    ]),
  ),
);

const byType = taggedWith(
  new Map([
    ["text", objectWith({ text: required(aText) })],
    ["image", media],
    ["document", media],
    [
      "search_result",
      objectWith({ title: required(aString), source: required(aString), content: required(blockList) }),
    ],
    ["thinking", objectWith({ thinking: required(aString), signature: optional(aString) })],
    ["redacted_thinking", objectWith({ data: required(aString) })],
    ["tool_use", call],
    ["server_tool_use", call],
    [
      "tool_result",
      objectWith({
        tool_use_id: required(aString),
        content: toolOutput,
        is_error: optional(aBoolean),
      }),
    ],
    ["tool_reference", objectWith({ tool_name: required(aString) })],
    ["web_search_tool_result", objectWith({ tool_use_id: required(aString) })],
    ["compaction", objectWith({ content: optional(aString), tool_changes: optional(toolChanges) })],
  ]),
);
