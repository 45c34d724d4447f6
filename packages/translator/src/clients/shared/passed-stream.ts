import type { AnswerStream, Metered } from "../../dialects/dialect.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { decodeSse, type SseDecoder, type SseFrame } from "../../stream/sse.ts";
import { TextBytes } from "../../stream/text-bytes.ts";

/** One answer on its way from a server to a client of the same dialect, read in passing. */
export interface PassedAnswer extends Pick<AnswerStream, "committed" | "concluded" | "finished" | "failure"> {
  readonly metered: Metered;
  /** What a frame becomes, possibly nothing. */
  take(frame: SseFrame): string;
  /** What the client is owed when the server has ended its stream. */
  end(): string;
  /** Tells the client what went wrong. */
  fail(failure: UpstreamFailure): string;
}

/** Carries a {@link PassedAnswer}: one array of bytes out for each one in, and nothing after its end. */
export class PassedStream implements AnswerStream {
  readonly #answer: PassedAnswer;
  readonly #sse: SseDecoder = decodeSse();
  readonly #bytes = new TextBytes();

  constructor(answer: PassedAnswer) {
    this.#answer = answer;
  }

  get committed(): boolean {
    return this.#answer.committed;
  }

  get concluded(): boolean {
    return this.#answer.concluded;
  }

  get finished(): boolean {
    return this.#answer.finished;
  }

  get failure(): UpstreamFailure | undefined {
    return this.#answer.failure;
  }

  /** Not known: nobody looks at what is passed on, so the longer silence is allowed. */
  get thinking(): boolean {
    return true;
  }

  get metered(): Metered {
    return this.#answer.metered;
  }

  push(chunk: Uint8Array): Uint8Array {
    this.#pass(this.#sse.push(chunk));
    return this.#bytes.take();
  }

  end(): Uint8Array {
    this.#pass(this.#sse.end());
    if (!this.#answer.finished) this.#bytes.add(this.#answer.end());
    return this.#bytes.take();
  }

  fail(failure: UpstreamFailure): Uint8Array {
    if (!this.#answer.finished) this.#bytes.add(this.#answer.fail(failure));
    return this.#bytes.take();
  }

  #pass(frames: readonly SseFrame[]): void {
    for (const frame of frames) {
      if (this.#answer.finished) return;
      this.#bytes.add(this.#answer.take(frame));
    }
    if (this.#sse.failure === undefined || this.#answer.finished) return;
    this.#bytes.add(this.#answer.fail(this.#sse.failure));
  }
}
