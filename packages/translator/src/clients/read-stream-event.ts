import { isRecord } from "../json/is-record.ts";
import { aNumber, aString, objectWith, required, taggedWith, type Check } from "../json/problem.ts";
import type { StreamEvent } from "../messages/events.ts";

const text = required(aString);
const index = required(aNumber);
const anything: Check = () => undefined;
const anObject: Check = objectWith({});
const call = objectWith({ id: text, name: text });

const check = new Map<string, Check>([
  ["message_start", objectWith({ message: required(anObject) })],
  [
    "content_block_start",
    objectWith({
      index,
      content_block: required(
        taggedWith(
          new Map([
            ["tool_use", call],
            ["server_tool_use", call],
            ["redacted_thinking", objectWith({ data: text })],
          ]),
        ),
      ),
    }),
  ],
  [
    "content_block_delta",
    objectWith({
      index,
      delta: required(
        taggedWith(
          new Map([
            ["text_delta", objectWith({ text })],
            ["thinking_delta", objectWith({ thinking: text })],
            ["signature_delta", objectWith({ signature: text })],
            ["input_json_delta", objectWith({ partial_json: text })],
          ]),
        ),
      ),
    }),
  ],
  ["content_block_stop", objectWith({ index })],
  ["message_delta", objectWith({ delta: required(anObject) })],
  ["message_stop", anything],
  ["ping", anything],
  ["error", objectWith({ error: required(objectWith({ type: text, message: text })) })],
]);

/**
 * Reads the data of one event of a Messages stream; undefined when it is none that this package knows. Ids, usage and
 * stop reasons are not looked at, and blocks and deltas may be of kinds that came up since.
 */
export function readStreamEvent(data: string): StreamEvent | undefined {
  const value = parse(data);
  if (!isRecord(value) || typeof value["type"] !== "string") return undefined;
  const checked = check.get(value["type"]);
  return checked !== undefined && checked(value) === undefined ? asStreamEvent(value) : undefined;
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

/** Guaranteed by the check that the value has just passed, as far as this package's readers rely on the type. */
function asStreamEvent(value: unknown): StreamEvent {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return value as StreamEvent;
}
