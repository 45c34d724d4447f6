import type { UpstreamFailure } from "../messages/failure.ts";
import type { Framing } from "./answer-stream.ts";
import { AwsFrameHeaders } from "./aws-frame-headers.ts";
import { crc32 } from "./crc32.ts";
import type { SseDecoder, SseFrame, SseOptions } from "./sse.ts";

/**
 * One frame of an AWS event stream: `event` is its `:event-type`, `data` its payload. For an exception or an error
 * `exception` is its type, e.g. `throttlingException`.
 */
export interface AwsFrame extends SseFrame {
  readonly exception?: string;
}

/** A stage that splits bytes into frames; see {@link SseDecoder}. */
export interface AwsFrameDecoder extends SseDecoder {
  push(chunk: Uint8Array): readonly AwsFrame[];
  end(): readonly AwsFrame[];
}

/** Total length, length of the headers, checksum of both. */
const preludeBytes = 12;
const checksumBytes = 4;
/** Source: Smithy specification, "Event stream message frames": headers take at most 128 KiB. */
const maxHeaderBytes = 128 * 1024;
const defaultMaxEventBytes = 32 * 1024 * 1024;
const none: readonly AwsFrame[] = [];

/**
 * Splits a byte stream in AWS's binary framing (`application/vnd.amazon.eventstream`) into frames, however it is cut.
 * Both checksums of each frame are verified. Source: Smithy specification, "Amazon Event Stream".
 */
export function decodeAwsEventStream({ maxEventBytes = defaultMaxEventBytes }: SseOptions = {}): AwsFrameDecoder {
  return new FrameSplitter(maxEventBytes);
}

/**
 * AWS's framing for a streamed answer. A frame begins with its length in four bytes, of which the first is small;
 * JSON and markup never begin so.
 */
export function awsFraming(options: SseOptions = {}): Framing {
  return {
    frames: decodeAwsEventStream(options),
    formOf: (chunk) => (chunk[0] === undefined ? "unknown" : chunk[0] < firstBlank ? "stream" : "whole"),
  };
}

const firstBlank = 0x09;

class FrameSplitter implements AwsFrameDecoder {
  readonly #maxBytes: number;
  readonly #text = new TextDecoder();
  readonly #headers = new AwsFrameHeaders();
  /** The beginning of a frame, in the pieces in which it came: joining them at each would be quadratic. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** How many bytes must be there before another look is worth it. */
  #wanted = preludeBytes;
  #failure: UpstreamFailure | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get failure(): UpstreamFailure | undefined {
    return this.#failure;
  }

  push(chunk: Uint8Array): readonly AwsFrame[] {
    if (this.#failure !== undefined) return none;
    if (this.#heldBytes + chunk.length < this.#wanted) {
      this.#hold(chunk);
      return none;
    }
    const frames: AwsFrame[] = [];
    this.#hold(this.#split(this.#joined(chunk), frames));
    return frames;
  }

  end(): readonly AwsFrame[] {
    return none;
  }

  fail(): readonly AwsFrame[] {
    return none;
  }

  #hold(rest: Uint8Array): void {
    if (rest.length === 0) return;
    this.#held.push(rest.slice());
    this.#heldBytes += rest.length;
  }

  #joined(chunk: Uint8Array): Uint8Array {
    if (this.#heldBytes === 0) return chunk;
    const bytes = new Uint8Array(this.#heldBytes + chunk.length);
    let at = 0;
    for (const piece of this.#held) {
      bytes.set(piece, at);
      at += piece.length;
    }
    bytes.set(chunk, at);
    this.#held = [];
    this.#heldBytes = 0;
    return bytes;
  }

  /** Reads every whole frame and gives what is left. */
  #split(bytes: Uint8Array, frames: AwsFrame[]): Uint8Array {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    this.#wanted = preludeBytes;
    while (bytes.length - at >= preludeBytes) {
      const length = this.#checkPrelude(view, at);
      if (length === undefined) return bytes.subarray(bytes.length);
      if (bytes.length - at < length) {
        this.#wanted = length;
        break;
      }
      const frame = isWhole(view, at, length)
        ? this.#read(bytes.subarray(at, at + length), view.getUint32(at + 4))
        : this.#broken("a frame whose content is damaged");
      if (frame === undefined) return bytes.subarray(bytes.length);
      frames.push(frame);
      at += length;
    }
    return bytes.subarray(at);
  }

  /** The length of the frame that begins at `at`; undefined when no frame can. */
  #checkPrelude(view: DataView, at: number): number | undefined {
    const length = view.getUint32(at);
    const headerLength = view.getUint32(at + 4);
    if (crc32(view, at, at + 8) !== view.getUint32(at + 8)) {
      return this.#broken("a frame whose head is damaged");
    }
    if (length > this.#maxBytes) return this.#broken(`a frame of more than ${this.#maxBytes} bytes`);
    if (headerLength > maxHeaderBytes || length < headerLength + preludeBytes + checksumBytes) {
      return this.#broken("a frame with impossible lengths");
    }
    return length;
  }

  #read(frame: Uint8Array, headerLength: number): AwsFrame | undefined {
    const end = frame.length - checksumBytes;
    const payload = preludeBytes + headerLength;
    const headers = this.#headers.read(frame.subarray(preludeBytes, payload));
    if (headers === undefined) return this.#broken("a frame with unreadable headers");
    const data = this.#text.decode(frame.subarray(payload, end));
    if (headers.exception === undefined) return { event: headers.event, data };
    const { event, exception, message } = headers;
    return { event, exception, data: data === "" ? JSON.stringify({ message: message ?? "" }) : data };
  }

  #broken(what: string): undefined {
    this.#failure = { kind: "malformed", message: `The provider sent ${what} in its event stream.` };
    this.#held = [];
    this.#heldBytes = 0;
    return undefined;
  }
}

function isWhole(view: DataView, at: number, length: number): boolean {
  const end = at + length - checksumBytes;
  return crc32(view, at, end) === view.getUint32(end);
}
