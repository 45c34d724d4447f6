import type { ContextManagement } from "../messages/context-management.ts";
import type { StopReason, StreamEvent } from "../messages/events.ts";
import { noUsage, type Usage, type UsageIteration, type WireUsage } from "../messages/usage.ts";
import { toWireUsage } from "../messages/wire-usage.ts";
import type { RoundsAnswer } from "../stream/rounds-call.ts";

type End = Extract<StreamEvent, { type: "message_delta" }>;
type Head = Extract<StreamEvent, { type: "message_start" }>;

/** How an answer with a summary is to look. */
export interface CompactedStyle {
  /** True when it is to end with the summary. */
  readonly pauses: boolean;
  /** What else was done to the context, for the answer to tell. */
  readonly contextManagement: ContextManagement | undefined;
}

/** Makes one answer out of a summary and of what the model says next: the summary is its first block. */
export class CompactedAnswer implements RoundsAnswer {
  readonly #style: CompactedStyle;
  #events: StreamEvent[] = [];
  #phase: "summing" | "summed" | "answering" = "summing";
  #head: Head | undefined;
  #text = "";
  #summary: string | null = null;
  #usage: Usage | undefined;
  #stopReason: StopReason | undefined;
  #finished = false;

  constructor(style: CompactedStyle) {
    this.#style = style;
  }

  get finished(): boolean {
    return this.#finished;
  }

  get searching(): boolean {
    return this.#phase !== "answering";
  }

  get hidden(): boolean {
    return this.#phase !== "answering";
  }

  get wanted(): readonly [] | undefined {
    return this.#phase === "summed" && !this.#finished ? [] : undefined;
  }

  /** Why the answer ended, once it has. */
  get stopReason(): StopReason | undefined {
    return this.#stopReason;
  }

  drain(): readonly StreamEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  take(event: StreamEvent): void {
    if (this.#finished) return;
    if (event.type === "error") {
      this.#finished = true;
      this.#events.push(event);
    } else if (event.type === "ping") this.#events.push(event);
    else if (this.#phase === "answering") this.#answer(event);
    else this.#sum(event);
  }

  /**
   * Ends the summary, which has come to `usage`. Gives it, or null when the model gave none; undefined when the answer
   * ends with it.
   */
  settle(usage: Usage): string | null | undefined {
    this.#usage = usage;
    this.#phase = "answering";
    if (!this.#style.pauses || this.#summary === null) return this.#summary;
    if (this.#head !== undefined) this.#begin(this.#head);
    this.#end("compaction", usage);
    return undefined;
  }

  giveUp(): void {
    this.#finished = true;
    const message = "The conversation was to be compacted first, and nobody asked the model for the rest.";
    this.#events.push({ type: "error", error: { type: "api_error", message } });
  }

  #sum(event: StreamEvent): void {
    if (event.type === "message_start") this.#head = event;
    else if (event.type === "content_block_delta" && event.delta.type === "text_delta") this.#text += event.delta.text;
    else if (event.type === "message_delta") {
      const isWhole = event.delta.stop_reason === "end_turn";
      this.#summary = isWhole && this.#text.trim() !== "" ? this.#text.trim() : null;
    } else if (event.type === "message_stop") this.#phase = "summed";
  }

  #answer(event: Exclude<StreamEvent, { type: "error" | "ping" }>): void {
    switch (event.type) {
      case "message_start":
        this.#begin(event);
        return;
      case "message_delta":
        this.#stopReason = event.delta.stop_reason;
        this.#events.push(this.#ending(event.delta, this.#told(event.usage)));
        return;
      case "message_stop":
        this.#finished = true;
        this.#events.push(event);
        return;
      default:
        this.#events.push({ ...event, index: event.index + 1 });
    }
  }

  #begin(head: Head): void {
    const index = 0;
    const state = { content: this.#summary, encrypted_content: null };
    this.#events.push(
      head,
      {
        type: "content_block_start",
        index,
        content_block: { type: "compaction", content: null, encrypted_content: null },
      },
      { type: "content_block_delta", index, delta: { type: "compaction_delta", ...state } },
      { type: "content_block_stop", index },
    );
  }

  #end(reason: StopReason, summed: Usage): void {
    this.#finished = true;
    this.#stopReason = reason;
    const delta = { stop_reason: reason, stop_sequence: null };
    const usage = { ...toWireUsage(noUsage), iterations: [iteration("compaction", toWireUsage(summed))] };
    this.#events.push(this.#ending(delta, usage), { type: "message_stop" });
  }

  #ending(delta: End["delta"], usage: WireUsage): End {
    const { contextManagement: edits } = this.#style;
    return { type: "message_delta", delta, usage, ...(edits && { context_management: edits }) };
  }

  /** The summary's tokens stand apart, as in the API. Source: `BetaIterationsUsage` in anthropic-sdk-typescript. */
  #told(usage: WireUsage): WireUsage {
    const summed = toWireUsage(this.#usage ?? noUsage);
    return { ...usage, iterations: [iteration("compaction", summed), iteration("message", usage)] };
  }
}

function iteration(type: UsageIteration["type"], usage: WireUsage): UsageIteration {
  const { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens, cache_creation } = usage;
  const counts = { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens };
  return { type, ...counts, cache_creation: cache_creation ?? null };
}
