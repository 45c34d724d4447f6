import { recodeStream } from "../clients/recode-stream.ts";
import type { AnswerStream, Metered, StreamRounds } from "../dialects/dialect.ts";
import type { UpstreamFailure } from "../messages/failure.ts";
import { errorTypeOf } from "../messages/render-failure.ts";
import type { EventEncoder } from "./answer-stream.ts";
import { encodeEvent } from "./event-bytes.ts";
import type { RoundsCall } from "./rounds-call.ts";
import type { SearchOutcome, SearchQuery } from "../search/web-search.ts";

const encoder = new TextEncoder();
const nothing = new Uint8Array(0);

/**
 * One streamed answer out of the streams of several calls. After `rounds.resume` the next call's bytes are to be
 * pushed; what the client gets of the results comes with the next push, which may be empty.
 */
export class RoundsStream implements AnswerStream {
  readonly rounds: StreamRounds;
  readonly #call: RoundsCall;
  #inner: AnswerStream;
  #encode: EventEncoder = encodeEvent;
  #failure: UpstreamFailure | undefined;
  #committed = false;

  constructor(call: RoundsCall) {
    this.#call = call;
    this.#inner = this.#open();
    this.rounds = this.#rounds();
  }

  get committed(): boolean {
    return this.#committed || (this.#inner.committed && this.#call.answer.hidden !== true);
  }

  get concluded(): boolean {
    return this.#inner.concluded && !this.#call.answer.searching;
  }

  get finished(): boolean {
    return this.#call.answer.finished;
  }

  get failure(): UpstreamFailure | undefined {
    return this.#failure ?? this.#inner.failure;
  }

  get thinking(): boolean {
    return this.#inner.thinking;
  }

  get metered(): Metered {
    return this.#call.metered(this.#inner.metered.usage);
  }

  writeWith(encode: EventEncoder): void {
    this.#encode = encode;
  }

  push(chunk: Uint8Array): Uint8Array {
    if (chunk.length > 0) this.#inner.push(chunk);
    return this.#written();
  }

  end(): Uint8Array {
    if (this.#searches() !== undefined) this.#call.answer.giveUp();
    return this.#written();
  }

  fail(failure: UpstreamFailure): Uint8Array {
    if (this.finished) return this.#written();
    this.#inner.fail(failure);
    // Between two calls there is no answer that could fail.
    if (!this.finished) {
      this.#failure = failure;
      this.#call.answer.take({ type: "error", error: { type: errorTypeOf(failure.kind), message: failure.message } });
    }
    return this.#written();
  }

  #rounds(): StreamRounds {
    const present = (): AnswerStream => this.#inner;
    return {
      get call() {
        return present();
      },
      searches: () => this.#searches(),
      resume: (found) => this.#resume(found),
    };
  }

  #open(): AnswerStream {
    return recodeStream(this.#call.translation.answerStream(), (event) => {
      this.#call.answer.take(event);
      return "";
    });
  }

  #searches(): readonly SearchQuery[] | undefined {
    if (!this.#inner.finished) this.#inner.end();
    return this.#call.answer.wanted;
  }

  #resume(found: readonly SearchOutcome[]): Uint8Array | undefined {
    const body = this.#call.advance(found, this.#inner.metered.usage);
    if (body === undefined) return undefined;
    this.#committed = this.committed;
    this.#inner = this.#open();
    return body;
  }

  #written(): Uint8Array {
    let text = "";
    for (const event of this.#call.answer.drain()) text += this.#encode(event);
    return text === "" ? nothing : encoder.encode(text);
  }
}
