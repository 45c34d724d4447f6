import type { StreamEvent } from "../messages/events.ts";
import type { EventEncoder } from "../stream/answer-stream.ts";

const encoder = new TextEncoder();

/** The bytes of several events. */
export function encodeEvents(events: Iterable<StreamEvent>, encode: EventEncoder): Uint8Array {
  let text = "";
  for (const event of events) text += encode(event);
  return encoder.encode(text);
}
