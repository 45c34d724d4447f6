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

const nothing = new Uint8Array(0);

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
    return this.#bytes.of(this.#pass(this.#sse.push(chunk)));
  }

  end(): Uint8Array {
    const last = this.#pass(this.#sse.end());
    return this.#bytes.of(this.#answer.finished ? last : last + this.#answer.end());
  }

  fail(failure: UpstreamFailure): Uint8Array {
    return this.#answer.finished ? nothing : this.#bytes.of(this.#answer.fail(failure));
  }

  #pass(frames: readonly SseFrame[]): string {
    let text = "";
    for (const frame of frames) {
      if (this.#answer.finished) return text;
      text += this.#answer.take(frame);
    }
    if (this.#sse.failure === undefined || this.#answer.finished) return text;
    return text + this.#answer.fail(this.#sse.failure);
  }
}
