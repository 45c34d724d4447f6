import { EventStreamCodec } from "@smithy/eventstream-codec";

type Headers = Readonly<Record<string, string>>;

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes)),
  (text) => new TextEncoder().encode(text),
);

/** One frame as AWS's own library writes it. */
export function awsFrame(headers: Headers, payload: string | Uint8Array): Uint8Array {
  const typed = Object.entries(headers).map(([name, value]) => [name, { type: "string" as const, value }]);
  const body = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  return codec.encode({ headers: Object.fromEntries(typed), body });
}

/** An event as Bedrock sends it; a string stands for a payload that is not what it should be. */
export function awsEvent(type: string, payload: unknown): Uint8Array {
  const headers = { ":event-type": type, ":content-type": "application/json", ":message-type": "event" };
  return awsFrame(headers, typeof payload === "string" ? payload : JSON.stringify(payload));
}

/** An exception in the middle of a stream. */
export function awsException(type: string, message: string): Uint8Array {
  const headers = { ":exception-type": type, ":content-type": "application/json", ":message-type": "exception" };
  return awsFrame(headers, JSON.stringify({ message }));
}

/** Frames one after the other. */
export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
