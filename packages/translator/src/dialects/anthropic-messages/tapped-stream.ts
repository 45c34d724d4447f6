import type { StopReason } from "../../messages/events.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { errorTypeOf } from "../../messages/render-failure.ts";
import { noUsage, type Usage } from "../../messages/usage.ts";
import { isRecord } from "../../json/is-record.ts";
import { encodeEvent } from "../../stream/event-bytes.ts";
import type { AnswerStream, Metered } from "../dialect.ts";
import { estimateUsage } from "./estimate-usage.ts";
import { concat, EventFinder, type FoundEvent } from "./event-finder.ts";
import { readErrorInside } from "./read-failure.ts";
import { renameInEvent } from "./rename-in-event.ts";
import { asStopReason, countAt, mergeUsage } from "./usage.ts";

/** What a stream has to know of its request. */
export interface TapOptions {
  /** The model name to tell the client in place of the provider's; undefined leaves every byte as it is. */
  readonly renameTo: string | undefined;
  /** Size of the request, for an estimate where the provider counts nothing. */
  readonly requestBytes: number;
}

const maxEventBytes = 32 * 1024 * 1024;
const tooLarge: UpstreamFailure = { kind: "malformed", message: "The provider sent one event of more than 32 MB." };
const nothing = new Uint8Array(0);
const encoder = new TextEncoder();
const lineFeed = encoder.encode("\n");
const blankLine = encoder.encode("\n\n");
const messageStop = encoder.encode(encodeEvent({ type: "message_stop" }));

/** A stream of the Messages API on its way to the client: the bytes as they came, event by event, read in passing. */
export class TappedStream implements AnswerStream {
  committed = false;
  thinking = true;
  failure: UpstreamFailure | undefined;
  readonly #options: TapOptions;
  readonly #finder = new EventFinder();
  /** The beginning of an event that is not complete yet. A client could not use it, so nothing is lost by waiting. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  readonly #seen = { bytes: false, start: false, delta: false, stop: false };
  #usage: Usage = noUsage;
  #reported = false;
  #countedOutput = false;
  #stopReason: StopReason | undefined;

  constructor(options: TapOptions) {
    this.#options = options;
  }

  get concluded(): boolean {
    return this.#seen.delta;
  }

  get finished(): boolean {
    return this.#seen.stop || this.failure !== undefined;
  }

  get metered(): Metered {
    const counted = { usage: this.#usage, final: this.#countedOutput, reported: this.#reported };
    return { usage: estimateUsage(counted, this.#finder, this.#options.requestBytes), stopReason: this.#stopReason };
  }

  push(chunk: Uint8Array): Uint8Array {
    if (this.failure !== undefined || chunk.length === 0) return nothing;
    this.#seen.bytes = true;
    const event = this.#finder.next(chunk, 0);
    // By far the most common case: whole events of content came, and nothing waits.
    const passes = event === undefined && this.#finder.boundary === chunk.length && this.#held.length === 0;
    return passes ? chunk : this.#passOn(chunk, event);
  }

  end(): Uint8Array {
    if (this.failure !== undefined) return nothing;
    const last = this.#closeHeld();
    if (this.failure !== undefined || this.#seen.stop) return last;
    return concat([last, this.#seen.delta ? this.#stop() : this.#fail(this.#whatIsMissing())]);
  }

  fail(failure: UpstreamFailure): Uint8Array {
    if (this.failure !== undefined || this.#seen.stop) return nothing;
    // With its stop reason and usage an answer is whole; only its full stop is missing.
    return this.#seen.delta && failure.kind !== "cancelled" ? this.#stop() : this.#fail(failure);
  }

  #stop(): Uint8Array {
    this.#seen.stop = true;
    this.#drop();
    return messageStop;
  }

  #fail(failure: UpstreamFailure): Uint8Array {
    this.failure = failure;
    this.#drop();
    return errorBytes(failure);
  }

  #passOn(chunk: Uint8Array, first: FoundEvent | undefined): Uint8Array {
    const out: Uint8Array[] = [];
    let flushed = 0;
    for (let event = first; event !== undefined; event = this.#finder.next(chunk, event.end)) {
      if (this.#read(event)) {
        if (event.start > flushed) this.#release(out, chunk.subarray(flushed, event.start));
        out.push(this.#renamed(event, chunk));
        flushed = event.end;
      }
      if (this.failure !== undefined) return this.#break(this.failure, { event, chunk, flushed, out });
    }
    const { boundary } = this.#finder;
    if (boundary > flushed) this.#release(out, chunk.subarray(flushed, boundary));
    if (boundary < chunk.length) this.#hold(chunk.subarray(boundary));
    if (this.#heldBytes > maxEventBytes) out.push(this.#fail(tooLarge));
    return concat(out);
  }

  /** An upstream's own error event is the last thing the client gets; an error told otherwise is told again as one. */
  #break(
    failure: UpstreamFailure,
    { event, chunk, flushed, out }: { event: FoundEvent; chunk: Uint8Array; flushed: number; out: Uint8Array[] },
  ): Uint8Array {
    this.#release(out, chunk.subarray(flushed, event.end));
    if (event.name !== "error") out.push(errorBytes(failure));
    return concat(out);
  }

  #whatIsMissing(): UpstreamFailure {
    if (this.#seen.start || this.committed) {
      return { kind: "truncated", message: "The provider's stream ended before the answer was complete." };
    }
    const message = this.#seen.bytes
      ? "The provider's answer is not an event stream of the Messages API."
      : "The provider's answer is empty.";
    return { kind: "malformed", message };
  }

  /** Some servers forget the blank line after the last event. An event that was cut off is left out. */
  #closeHeld(): Uint8Array {
    if (this.#held.length === 0) return nothing;
    const text = new TextDecoder().decode(concat(this.#held));
    const lines = text.split(/\r\n|\n|\r/u);
    const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5));
    if (parse(data.join("\n")) === undefined) return nothing;
    return this.push(text.endsWith("\n") ? lineFeed : blankLine);
  }

  #renamed({ start, end, data }: FoundEvent, chunk: Uint8Array): Uint8Array {
    const out: Uint8Array[] = [];
    this.#release(out, chunk.subarray(start, end));
    return renameInEvent(concat(out), data, this.#options.renameTo ?? "");
  }

  /** Everything held so far, and these bytes behind it. */
  #release(out: Uint8Array[], bytes: Uint8Array): void {
    if (this.#held.length > 0) out.push(...this.#held);
    this.#drop();
    out.push(bytes);
  }

  #drop(): void {
    this.#held = [];
    this.#heldBytes = 0;
  }

  #hold(bytes: Uint8Array): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }

  /** Takes note of an event; true when its model has to be renamed. */
  #read(event: FoundEvent): boolean {
    if (this.#seen.stop) return false;
    const isPlain = event.data === "" || event.name === "content_block_start";
    const value = isPlain ? undefined : parse(event.data);
    const type = event.name === "nameless" ? nameIn(value) : event.name;
    if (type === "content_block_start") this.#readBlock(event.data);
    else if (type === "message_stop") this.#seen.stop = true;
    else if (type === "error") this.failure = readErrorInside(value ?? event.data);
    else if (type === "message_delta") this.#readDelta(value);
    else if (type === "message_start" && !this.#seen.start) return this.#readStart(value);
    return false;
  }

  #readBlock(data: string): void {
    this.committed = true;
    const kind = blockStart.exec(data)?.[1] ?? kindOfBlock(parse(data));
    this.thinking = kind === "thinking" || kind === "redacted_thinking";
  }

  #readStart(value: unknown): boolean {
    this.#seen.start = true;
    const message = isRecord(value) ? value["message"] : undefined;
    if (!isRecord(message)) return false;
    this.#count(message["usage"]);
    const { renameTo } = this.#options;
    return renameTo !== undefined && message["model"] !== renameTo;
  }

  #readDelta(value: unknown): void {
    if (!isRecord(value)) return;
    this.committed = true;
    this.#seen.delta = true;
    const { delta, usage } = value;
    this.#count(usage);
    this.#countedOutput = isRecord(usage) && countAt(usage, "output_tokens") > 0;
    if (isRecord(delta)) this.#stopReason = asStopReason(delta["stop_reason"]) ?? this.#stopReason;
  }

  #count(report: unknown): void {
    if (!isRecord(report)) return;
    this.#usage = mergeUsage(this.#usage, report);
    this.#reported = true;
  }
}

function errorBytes({ kind, message }: UpstreamFailure): Uint8Array {
  return encoder.encode(encodeEvent({ type: "error", error: { type: errorTypeOf(kind), message } }));
}

/** How Anthropic begins a block; what else it says is not asked for here. */
const blockStart = /^\{"type":"content_block_start","index":\d+,"content_block":\{"type":"(\w+)"/u;

function kindOfBlock(event: unknown): unknown {
  const block = isRecord(event) ? event["content_block"] : undefined;
  return isRecord(block) ? block["type"] : undefined;
}

/** What an event without a name is; one that holds an error and no type is an error. */
function nameIn(value: unknown): unknown {
  if (!isRecord(value)) return undefined;
  return value["type"] ?? (value["error"] === undefined ? undefined : "error");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
