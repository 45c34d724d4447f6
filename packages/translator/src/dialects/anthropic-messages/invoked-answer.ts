import type { UpstreamFailure } from "../../messages/failure.ts";
import { awsFraming } from "../../stream/aws-event-stream.ts";
import type { AnswerStream, Metered, WholeAnswer } from "../dialect.ts";
import { concat } from "./event-finder.ts";
import { InvokeEvents } from "./invoke-events.ts";
import { readWhole } from "./read-whole.ts";
import { TappedStream, type TapOptions } from "./tapped-stream.ts";

const { formOf } = awsFraming();
const brokenOff: UpstreamFailure = {
  kind: "truncated",
  message: "Amazon Bedrock's stream ended before the answer was complete.",
};

/** A streamed answer of InvokeModel on its way to the client. One that comes as server-sent events is passed on. */
export class InvokedStream implements AnswerStream {
  readonly #events = new InvokeEvents();
  readonly #tap: TappedStream;
  #form: ReturnType<typeof formOf> = "unknown";

  constructor(options: TapOptions) {
    this.#tap = new TappedStream(options);
  }

  get committed(): boolean {
    return this.#tap.committed;
  }

  get concluded(): boolean {
    return this.#tap.concluded;
  }

  get finished(): boolean {
    return this.#tap.finished;
  }

  get failure(): UpstreamFailure | undefined {
    return this.#tap.failure;
  }

  get thinking(): boolean {
    return this.#tap.thinking;
  }

  get metered(): Metered {
    return this.#tap.metered;
  }

  push(chunk: Uint8Array): Uint8Array {
    if (this.#form === "unknown") this.#form = formOf(chunk);
    if (this.#form !== "stream") return this.#tap.push(chunk);
    const told = this.#tap.push(this.#events.push(chunk));
    const { failure } = this.#events;
    if (failure === undefined) return told;
    return concat([told, this.#tap.fail(failure)]);
  }

  end(): Uint8Array {
    // What is held back is the beginning of a frame, of which no text could be made.
    return this.#form === "stream" ? this.#tap.fail(brokenOff) : this.#tap.end();
  }

  fail(failure: UpstreamFailure): Uint8Array {
    return this.#tap.fail(failure);
  }
}

/** Reads a whole answer of InvokeModel, which is one of the Messages API; frames that nobody asked for are read first. */
export function readInvokedWhole(body: Uint8Array, contentType: string, renameTo: string | undefined): WholeAnswer {
  if (formOf(body) !== "stream") return readWhole(body, contentType, renameTo);
  const frames = new InvokeEvents(body.length);
  const events = frames.push(body);
  if (frames.failure !== undefined) return { ok: false, failure: frames.failure };
  return events.length === 0 ? { ok: false, failure: brokenOff } : readWhole(events, "text/event-stream", renameTo);
}
