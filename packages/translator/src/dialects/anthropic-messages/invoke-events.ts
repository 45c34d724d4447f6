import { isRecord } from "../../json/is-record.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { decodeAwsEventStream, type AwsFrame, type AwsFrameDecoder } from "../../stream/aws-event-stream.ts";
import { readException } from "../bedrock-converse/errors.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const nothing = new Uint8Array(0);
/** What Bedrock writes into the last event; it is an account for AWS's customer and no part of the Messages API. */
const metrics = "amazon-bedrock-invocationMetrics";
const unreadable: UpstreamFailure = {
  kind: "malformed",
  message: "Amazon Bedrock sent a chunk that holds no event of the Messages API.",
};

/**
 * Takes the events of the Messages API out of the frames of InvokeModelWithResponseStream, each event's JSON as it is.
 * Source: AWS, "InvokeModelWithResponseStream": frames of type `chunk`, whose payload is `{"bytes":"<base64>"}`.
 */
export class InvokeEvents {
  readonly #frames: AwsFrameDecoder;
  #failure: UpstreamFailure | undefined;

  constructor(maxEventBytes?: number) {
    this.#frames = decodeAwsEventStream(maxEventBytes === undefined ? {} : { maxEventBytes });
  }

  /** Set by a frame that carries a failure or is none; nothing behind it is read. */
  get failure(): UpstreamFailure | undefined {
    return this.#failure ?? this.#frames.failure;
  }

  /** The events that a chunk completes, as server-sent events. */
  push(chunk: Uint8Array): Uint8Array {
    let text = "";
    for (const frame of this.#frames.push(chunk)) {
      if (this.#failure !== undefined) break;
      text += this.#read(frame);
    }
    return text === "" ? nothing : encoder.encode(text);
  }

  #read({ event, exception, data }: AwsFrame): string {
    if (exception !== undefined) return this.#fail(readException(exception, data));
    if (event !== "chunk") return "";
    const json = eventIn(data);
    const type = json === undefined ? undefined : typeOf(json);
    if (json === undefined || type === undefined) return this.#fail(unreadable);
    // Gateways on the way keep connections alive with chunks that say nothing.
    if (type === "") return "";
    return `event: ${type}\ndata: ${type === "message_stop" ? withoutMetrics(json) : json}\n\n`;
  }

  #fail(failure: UpstreamFailure): string {
    this.#failure = failure;
    return "";
  }
}

const bytesKey = '{"bytes":"';

/** The JSON that a chunk holds, on one line. */
function eventIn(payload: string): string | undefined {
  const plainEnd = payload.startsWith(bytesKey) ? payload.indexOf('"', bytesKey.length) : -1;
  const plain = plainEnd === -1 ? "\\" : payload.slice(bytesKey.length, plainEnd);
  const base64 = plain.includes("\\") ? bytesOf(parse(payload)) : plain;
  const text = base64 === undefined ? undefined : decodeBase64(base64);
  // Line ends can only stand between tokens, and there they mean nothing.
  return text?.includes("\n") === true || text?.includes("\r") === true ? text.replaceAll(/[\r\n]+/gu, " ") : text;
}

function bytesOf(payload: unknown): string | undefined {
  const bytes = isRecord(payload) ? payload["bytes"] : undefined;
  return typeof bytes === "string" ? bytes : undefined;
}

const beyondAscii = /[^\0-\x7f]/;

function decodeBase64(base64: string): string | undefined {
  let binary: string;
  try {
    binary = atob(base64);
  } catch {
    return undefined;
  }
  // Most events are ASCII, for which each byte is its own letter.
  if (!beyondAscii.test(binary)) return binary;
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return decoder.decode(bytes);
}

/** Every event of the API names its type first; whatever is written otherwise is parsed. */
const typeFirst = /^\{"type":"([a-z_]+)"/;

/** The type of an event; empty when it names none, undefined when it is no event. */
function typeOf(json: string): string | undefined {
  const first = typeFirst.exec(json)?.[1];
  if (first !== undefined) return first;
  const event = parse(json);
  if (!isRecord(event)) return undefined;
  const type = event["type"] ?? "";
  return typeof type === "string" && /^[a-z_]*$/.test(type) ? type : undefined;
}

function withoutMetrics(json: string): string {
  const event = json.includes(metrics) ? parse(json) : undefined;
  if (!isRecord(event)) return json;
  const { [metrics]: _, ...rest } = event;
  return JSON.stringify(rest);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
