import { createParser } from "eventsource-parser";
import type { UpstreamFailure } from "../messages/failure.ts";
import type { Stage } from "./stage.ts";

/** One server-sent event: its name, if it has one, and its data lines joined by newlines. */
export interface SseFrame {
  readonly event?: string | undefined;
  readonly data: string;
}

/** A stage that splits bytes into frames. A push that yields nothing still was a sign of life: comments do that. */
export interface SseDecoder extends Stage<Uint8Array, SseFrame> {
  push(chunk: Uint8Array): readonly SseFrame[];
  end(): readonly SseFrame[];
  fail(failure: UpstreamFailure): readonly SseFrame[];
  /** Set once an event outgrew the limit; from then on pushes yield nothing. */
  readonly failure: UpstreamFailure | undefined;
}

/** Limits of {@link decodeSse}. */
export interface SseOptions {
  /** Greatest size of one event, counted in UTF-16 units, of which there are never more than bytes. */
  readonly maxEventBytes?: number;
}

const defaultMaxEventBytes = 32 * 1024 * 1024;
const none: readonly SseFrame[] = [];

/** Splits a byte stream into server-sent events, however it is cut and whatever its line ends are. */
export function decodeSse({ maxEventBytes = defaultMaxEventBytes }: SseOptions = {}): SseDecoder {
  const decoder = new TextDecoder();
  let frames: SseFrame[] = [];
  let failure: UpstreamFailure | undefined;
  const parser = createParser({
    maxBufferSize: maxEventBytes,
    onEvent: (frame) => frames.push(frame),
    onError: ({ type }) => {
      if (type !== "max-buffer-size-exceeded") return;
      failure = { kind: "malformed", message: `The provider sent one event of more than ${maxEventBytes} bytes.` };
    },
  });

  function feed(text: string): readonly SseFrame[] {
    if (text === "" || failure !== undefined) return none;
    parser.feed(text);
    if (frames.length === 0) return none;
    const complete = frames;
    frames = [];
    return complete;
  }

  return {
    push: (chunk) => feed(decoder.decode(chunk, { stream: true })),
    // Servers forget the blank line after the last event; two more line ends never make an event out of nothing.
    end: () => feed(`${decoder.decode()}\n\n`),
    fail: () => none,
    get failure() {
      return failure;
    },
  };
}
