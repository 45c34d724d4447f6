import type { AnswerStream, Metered } from "../dialects/dialect.ts";
import type { UpstreamFailure } from "../messages/failure.ts";
import type { EventEncoder } from "../stream/answer-stream.ts";
import { decodeSse, type SseDecoder, type SseFrame } from "../stream/sse.ts";
import { TextBytes } from "../stream/text-bytes.ts";
import { readStreamEvent } from "./read-stream-event.ts";

const nothing = new Uint8Array(0);

/**
 * The same stream, but with its events written by `encode`. Streams that have events write them so at once; of
 * those that pass a provider's bytes on, the bytes are read again.
 */
export function recodeStream(answer: AnswerStream, encode: EventEncoder): AnswerStream {
  if (answer.writeWith === undefined) return new RecodedStream(answer, encode);
  answer.writeWith(encode);
  return answer;
}

class RecodedStream implements AnswerStream {
  readonly #inner: AnswerStream;
  readonly #encode: EventEncoder;
  readonly #sse: SseDecoder = decodeSse();
  readonly #bytes = new TextBytes();

  constructor(inner: AnswerStream, encode: EventEncoder) {
    this.#inner = inner;
    this.#encode = encode;
  }

  get committed(): boolean {
    return this.#inner.committed;
  }

  get concluded(): boolean {
    return this.#inner.concluded;
  }

  get finished(): boolean {
    return this.#inner.finished;
  }

  get failure(): UpstreamFailure | undefined {
    return this.#inner.failure;
  }

  get thinking(): boolean {
    return this.#inner.thinking;
  }

  get metered(): Metered {
    return this.#inner.metered;
  }

  push(chunk: Uint8Array): Uint8Array {
    return this.#recode(this.#inner.push(chunk));
  }

  end(): Uint8Array {
    return this.#recode(this.#inner.end());
  }

  fail(failure: UpstreamFailure): Uint8Array {
    return this.#recode(this.#inner.fail(failure));
  }

  #recode(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return nothing;
    return this.#bytes.of(this.#encodeAll(this.#sse.push(bytes)));
  }

  #encodeAll(frames: readonly SseFrame[]): string {
    let text = "";
    for (const { data } of frames) {
      const event = readStreamEvent(data);
      if (event !== undefined) text += this.#encode(event);
    }
    return text;
  }
}
