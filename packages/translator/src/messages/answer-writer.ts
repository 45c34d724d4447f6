import type { ContextManagement } from "./context-management.ts";
import type { BlockDelta, BlockStart, StopDetails, StopReason, StreamEvent } from "./events.ts";
import { isJsonObject, ToolInput } from "./tool-input.ts";
import type { WireUsage } from "./usage.ts";

/** One tool call on its way. What is unknown yet is undefined; the block opens when a name and something to say are there. */
export interface ToolCall {
  readonly kind: "tool";
  readonly input: ToolInput;
  id: string | undefined;
  name: string | undefined;
  buffer: string;
  opened: boolean;
}

interface Prose {
  readonly kind: "text" | "thinking";
  buffer: string;
  opened: boolean;
  /** True when there is something to show, or the block is wanted even with nothing in it. */
  wanted: boolean;
  /** Set once a thinking block is over and signed: more thinking is another block. */
  signature?: string;
}

/** A block that came whole: its deltas are written together with its start. */
interface Whole {
  readonly kind: "whole";
  readonly start: BlockStart;
  readonly deltas: readonly BlockDelta[];
  opened: boolean;
}

type Segment = Prose | ToolCall | Whole;

/** How an answer is to look. */
export interface AnswerStyle {
  /** False keeps every call back until it is whole; true lets the first of several calls through as it comes. */
  readonly liveTools: boolean;
  /** False opens and signs thinking blocks but leaves them empty, as `display: "omitted"` asks. */
  readonly showThinking: boolean;
  /** Gives the signature of a thinking block. Asked once for each, when it closes. */
  signThinking(): string;
  /** Gives a call an id when its provider gave none. */
  newToolId(): string;
  /** What was done to the context before the model read it, told at the end. */
  readonly contextManagement?: ContextManagement | undefined;
}

/** How an answer ended. */
export interface AnswerEnd {
  readonly stop_reason: StopReason;
  readonly stop_sequence: string | null;
  readonly stop_details?: StopDetails;
}

const notBlank = /\S/;

/**
 * The one place that knows the grammar of a Messages stream: blocks have gapless rising indices, one is open at a time,
 * and the end comes once. Callers only say what arrived. What arrives while an unfinished tool call is open waits,
 * in order, until that call is whole.
 */
export class AnswerWriter {
  readonly #style: AnswerStyle;
  /** None while nothing has been written: a list that waits grows old, and what is put into an old one is not collected soon. */
  #events: StreamEvent[] | undefined;
  #queue: Segment[] = [];
  #index = -1;
  #toolCalls = 0;

  constructor(style: AnswerStyle) {
    this.#style = style;
  }

  /** The events written since the last call. */
  drain(): readonly StreamEvent[] {
    const events = this.#events ?? none;
    this.#events = undefined;
    return events;
  }

  /** Begins the message. */
  start(head: { readonly id: string; readonly model: string; readonly usage: WireUsage }): void {
    this.#put({
      type: "message_start",
      message: {
        id: head.id,
        type: "message",
        role: "assistant",
        model: head.model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: head.usage,
      },
    });
  }

  text(text: string): void {
    this.#prose("text", text);
  }

  thinking(text: string): void {
    this.#prose("thinking", text);
  }

  /** Makes sure that a signature can still be written: opens an empty thinking block unless one is last. */
  carryState(): void {
    let last = this.#queue.at(-1);
    if (last?.kind !== "thinking" || last.signature !== undefined) {
      last = this.#add({ kind: "thinking", buffer: "", opened: false, wanted: false });
    }
    last.wanted = true;
    if (last === this.#queue[0]) this.#flow(last);
  }

  /** Ends the thinking block that is last with this signature; opens an empty one first when there is none to sign. */
  signThinking(signature: string): void {
    this.carryState();
    const last = this.#queue.at(-1);
    if (last?.kind === "thinking") last.signature = signature;
  }

  /** A block that came whole: redacted thinking, a search that the provider made itself, a text with its citations. */
  whole(start: BlockStart, deltas: readonly BlockDelta[] = []): void {
    const block = this.#add({ kind: "whole", start, deltas, opened: false });
    if (block === this.#queue[0]) this.#flow(block);
  }

  /** A new tool call, in the place where it first showed. */
  tool(): ToolCall {
    const call: ToolCall = {
      kind: "tool",
      input: new ToolInput(),
      id: undefined,
      name: undefined,
      buffer: "",
      opened: false,
    };
    this.#add(call);
    return call;
  }

  /** Takes a fragment of a call's arguments, or word that its id or name have become known. */
  toolInput(call: ToolCall, fragment: string): void {
    call.buffer += call.input.take(fragment);
    if (call !== this.#queue[0]) return;
    if (this.#style.liveTools) this.#flow(call);
    if (this.#queue.length > 1) this.#advance();
  }

  /**
   * Closes all blocks and gives the number of tool calls among them. After a cut at the token limit (`truncated`)
   * calls that are not whole are left out, or left open-ended when they have been shown already: they must not run.
   */
  closeBlocks(truncated: boolean): number {
    for (const segment of this.#queue) this.#close(segment, truncated);
    this.#queue = [];
    return this.#toolCalls;
  }

  end(end: AnswerEnd, usage: WireUsage): void {
    const edits = this.#style.contextManagement;
    this.#put({ type: "message_delta", delta: end, usage, ...(edits && { context_management: edits }) });
    this.#put({ type: "message_stop" });
  }

  /** Ends the answer in the middle. Open blocks stay open: closed ones would pass for complete. */
  fail(type: string, message: string): void {
    this.#queue = [];
    this.#put({ type: "error", error: { type, message } });
  }

  #prose(kind: Prose["kind"], text: string): void {
    let last = this.#queue.at(-1);
    if (last?.kind !== kind || last.signature !== undefined) {
      last = this.#add({ kind, buffer: "", opened: false, wanted: false });
    }
    last.buffer += text;
    if (!last.wanted) last.wanted = notBlank.test(text);
    if (last === this.#queue[0]) this.#flow(last);
  }

  #add<S extends Segment>(segment: S): S {
    this.#queue.push(segment);
    if (this.#queue.length > 1) this.#advance();
    return segment;
  }

  /** Closes what is complete at the head of the queue, and lets the next one flow. */
  #advance(): void {
    for (let head = this.#queue[0]; head !== undefined && this.#queue.length > 1; head = this.#queue[0]) {
      if (head.kind === "tool" && !(head.input.complete && head.name !== undefined)) return;
      this.#close(head, false);
      this.#queue.shift();
      const next = this.#queue[0];
      if (next !== undefined && (next.kind !== "tool" || this.#style.liveTools)) this.#flow(next);
    }
  }

  /** Writes what a segment at the head of the queue has to say so far. */
  #flow(segment: Segment): void {
    if (!segment.opened) {
      if (!isReady(segment)) return;
      this.#open(segment);
    }
    if (segment.kind === "whole" || segment.buffer === "") return;
    this.#write(segment);
    segment.buffer = "";
  }

  #open(segment: Segment): void {
    if (segment.opened) return;
    segment.opened = true;
    this.#index += 1;
    this.#put({ type: "content_block_start", index: this.#index, content_block: this.#blockStart(segment) });
    if (segment.kind === "whole") for (const delta of segment.deltas) this.#delta(delta);
  }

  #blockStart(segment: Segment): BlockStart {
    if (segment.kind === "whole") return segment.start;
    if (segment.kind === "text") return { type: "text", text: "" };
    if (segment.kind !== "tool") return { type: "thinking", thinking: "", signature: "" };
    this.#toolCalls += 1;
    const id = segment.id ?? this.#style.newToolId();
    return { type: "tool_use", id, name: segment.name ?? "", input: {} };
  }

  #write(segment: Prose | ToolCall): void {
    const text = segment.buffer;
    if (segment.kind === "text") this.#delta({ type: "text_delta", text });
    else if (segment.kind === "tool") this.#delta({ type: "input_json_delta", partial_json: text });
    else if (this.#style.showThinking) this.#delta({ type: "thinking_delta", thinking: text });
  }

  #put(event: StreamEvent): void {
    (this.#events ??= []).push(event);
  }

  #delta(delta: BlockDelta): void {
    this.#put({ type: "content_block_delta", index: this.#index, delta });
  }

  #close(segment: Segment, truncated: boolean): void {
    if (segment.kind === "tool") this.#settleInput(segment, truncated);
    else this.#flow(segment);
    if (!segment.opened) return;
    if (segment.kind === "thinking") {
      this.#delta({ type: "signature_delta", signature: segment.signature ?? this.#style.signThinking() });
    }
    this.#put({ type: "content_block_stop", index: this.#index });
  }

  #settleInput(call: ToolCall, truncated: boolean): void {
    if (call.name === undefined || (truncated && !call.input.complete)) {
      if (call.opened) this.#flow(call);
      return;
    }
    const rest = call.input.end();
    if (!call.opened) {
      const whole = rest === undefined ? "" : call.buffer + rest;
      call.buffer = whole === "" || isJsonObject(whole) ? whole : "{}";
    } else {
      call.buffer += rest ?? "";
    }
    this.#open(call);
    this.#flow(call);
  }
}

const none: readonly StreamEvent[] = [];

function isReady(segment: Segment): boolean {
  if (segment.kind === "tool") return canOpen(segment);
  return segment.kind === "whole" || segment.wanted;
}

function canOpen(call: ToolCall): boolean {
  return call.name !== undefined && (call.id !== undefined || call.buffer !== "");
}
