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
/** What is read as one text: whoever keeps a part of a text, were it one word, keeps all of it from being collected. */
const pieceBytes = 2048;
const lineFeed = 10;
const none: readonly SseFrame[] = [];

/** Splits a byte stream into server-sent events, however it is cut and whatever its line ends are. */
export function decodeSse({ maxEventBytes = defaultMaxEventBytes }: SseOptions = {}): SseDecoder {
  const decoder = new TextDecoder();
  let frames: SseFrame[] | undefined;
  let failure: UpstreamFailure | undefined;
  const parser = createParser({
    maxBufferSize: maxEventBytes,
    onEvent: (frame) => (frames ??= []).push(frame),
    onError: ({ type }) => {
      if (type !== "max-buffer-size-exceeded") return;
      failure = { kind: "malformed", message: `The provider sent one event of more than ${maxEventBytes} bytes.` };
    },
  });

  function feed(text: string): void {
    if (text !== "" && failure === undefined) parser.feed(text);
  }

  function taken(): readonly SseFrame[] {
    const complete = frames ?? none;
    frames = undefined;
    return complete;
  }

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length;) {
        const end = pieceEnd(chunk, at);
        const piece = at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end);
        feed(decoder.decode(piece, { stream: true }));
        at = end;
      }
      return taken();
    },
    // Servers forget the blank line after the last event; two more line ends never make an event out of nothing.
    end() {
      feed(`${decoder.decode()}\n\n`);
      return taken();
    },
    fail: () => none,
    get failure() {
      return failure;
    },
  };
}

/** Where a piece ends that begins at `start`: after the last line that fits, or else after the one that does not. */
function pieceEnd(chunk: Uint8Array, start: number): number {
  if (chunk.length - start <= pieceBytes) return chunk.length;
  const within = chunk.lastIndexOf(lineFeed, start + pieceBytes - 1);
  if (within >= start) return within + 1;
  const beyond = chunk.indexOf(lineFeed, start + pieceBytes);
  return beyond === -1 ? chunk.length : beyond + 1;
}
