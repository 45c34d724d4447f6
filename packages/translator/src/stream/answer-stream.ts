import type { AnswerStream, Metered } from "../dialects/dialect.ts";
import type { BlockStart, StreamEvent } from "../messages/events.ts";
import type { UpstreamFailure } from "../messages/failure.ts";
import { encodeEvent } from "./event-bytes.ts";
import { decodeSse, type SseDecoder, type SseFrame } from "./sse.ts";
import type { Stage } from "./stage.ts";
import { TextBytes } from "./text-bytes.ts";

/** Turns frames of one dialect into Messages events and keeps the account. */
export interface EventDecoder extends Stage<SseFrame, StreamEvent> {
  readonly failure: UpstreamFailure | undefined;
  /** True once the provider has said how its answer ends. */
  readonly concluded: boolean;
  readonly metered: Metered;
}

/** Writes one event of an answer as the client reads it, which may be nothing. May remember what it has written. */
export type EventEncoder = (event: StreamEvent) => string;

/** How a stream's bytes are cut into frames, where they are not server-sent events. */
export interface Framing {
  readonly frames: SseDecoder;
  /** Tells a stream by its first bytes from a body that came whole. */
  readonly formOf: (chunk: Uint8Array) => AnswerForm;
}

type AnswerForm = "unknown" | "stream" | "whole";

/** How a dialect's streamed answers are read. */
export interface AnswerReading {
  readonly decoder: EventDecoder;
  /** Reads an answer that came whole although a stream was asked for. */
  readonly readWhole: (text: string) => Iterable<StreamEvent>;
  readonly maxEventBytes?: number;
  readonly framing?: Framing;
}

const nothing = new Uint8Array(0);
const defaultMaxWholeBytes = 32 * 1024 * 1024;
const brace = 0x7b;
const bracket = 0x5b;
const angle = 0x3c;

/** Carries one streamed answer from the provider's bytes to the client's: one array of bytes out for each one in. */
export function streamAnswer(reading: AnswerReading): AnswerStream {
  return new DecodedAnswer(reading);
}

class DecodedAnswer implements AnswerStream {
  readonly #reading: AnswerReading;
  readonly #sse: SseDecoder;
  readonly #bytes = new TextBytes();
  #encode: EventEncoder = encodeEvent;
  #form: AnswerForm = "unknown";
  #whole: Uint8Array[] = [];
  #wholeBytes = 0;
  #committed = false;
  #finished = false;
  #thinking = true;

  constructor(reading: AnswerReading) {
    this.#reading = reading;
    const { maxEventBytes, framing } = reading;
    this.#sse = framing?.frames ?? decodeSse(maxEventBytes === undefined ? {} : { maxEventBytes });
  }

  get committed(): boolean {
    return this.#committed;
  }

  get concluded(): boolean {
    return this.#reading.decoder.concluded;
  }

  get finished(): boolean {
    return this.#finished;
  }

  get failure(): UpstreamFailure | undefined {
    return this.#reading.decoder.failure;
  }

  get thinking(): boolean {
    return this.#thinking;
  }

  get metered(): Metered {
    return this.#reading.decoder.metered;
  }

  writeWith(encode: EventEncoder): void {
    this.#encode = encode;
  }

  push(chunk: Uint8Array): Uint8Array {
    if (this.#form === "unknown") this.#form = (this.#reading.framing?.formOf ?? formOf)(chunk);
    if (this.#form === "whole") return this.#keep(chunk);
    const text = this.#decode(this.#sse.push(chunk));
    return this.#bytes.of(this.#sse.failure === undefined ? text : text + this.#write(this.#fail(this.#sse.failure)));
  }

  end(): Uint8Array {
    if (this.#form === "whole") return this.#bytes.of(this.#write(this.#reading.readWhole(this.#wholeText())));
    return this.#bytes.of(this.#decode(this.#sse.end()) + this.#write(this.#reading.decoder.end()));
  }

  fail(failure: UpstreamFailure): Uint8Array {
    return this.#bytes.of(this.#write(this.#fail(failure)));
  }

  #fail(failure: UpstreamFailure): Iterable<StreamEvent> {
    return this.#reading.decoder.fail(failure);
  }

  #decode(frames: readonly SseFrame[]): string {
    let text = "";
    for (const frame of frames) text += this.#write(this.#reading.decoder.push(frame));
    return text;
  }

  #write(events: Iterable<StreamEvent>): string {
    let text = "";
    for (const event of events) {
      if (!this.#committed) this.#committed = commits(event);
      if (event.type === "content_block_start") this.#thinking = isThinking(event.content_block);
      if (event.type === "message_stop" || event.type === "error") this.#finished = true;
      text += this.#encode(event);
    }
    return text;
  }

  #keep(chunk: Uint8Array): Uint8Array {
    this.#wholeBytes += chunk.length;
    if (this.#wholeBytes > (this.#reading.maxEventBytes ?? defaultMaxWholeBytes)) {
      this.#whole = [];
      return this.fail({ kind: "malformed", message: "The provider's answer is too large to be one." });
    }
    this.#whole.push(chunk.slice());
    return nothing;
  }

  #wholeText(): string {
    const decoder = new TextDecoder();
    const texts = this.#whole.map((chunk) => decoder.decode(chunk, { stream: true }));
    this.#whole = [];
    return texts.join("") + decoder.decode();
  }
}

/** Lines of an event stream begin with a letter or a colon; what begins like JSON or markup is a whole body. */
function formOf(chunk: Uint8Array): AnswerForm {
  const first = chunk.find((byte) => byte > 0x20);
  if (first === undefined) return "unknown";
  return first === brace || first === bracket || first === angle ? "whole" : "stream";
}

function isThinking({ type }: BlockStart): boolean {
  return type === "thinking" || type === "redacted_thinking";
}

function commits({ type }: StreamEvent): boolean {
  return type === "content_block_start" || type === "message_delta";
}
