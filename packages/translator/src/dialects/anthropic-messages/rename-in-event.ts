import { renameAt } from "../../messages/rename-at.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * A `message_start` event with another model name, all else byte for byte. `data` is the JSON of its data lines;
 * where that is spread over several lines it is written on one.
 */
export function renameInEvent(event: Uint8Array, data: string, name: string): Uint8Array {
  const renamed = decoder.decode(renameAt(encoder.encode(data), ["message", "model"], name));
  const text = decoder.decode(event);
  if (text.includes(data)) return encoder.encode(text.replace(data, () => renamed));
  return encoder.encode(`event: message_start\ndata: ${renamed.replaceAll(/[\r\n]+/gu, " ")}\n\n`);
}
