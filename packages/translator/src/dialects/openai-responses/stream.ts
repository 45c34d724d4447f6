import type { AnsweredShape } from "../../conversation/answered-shape.ts";
import { toolNaming, type NamingSource } from "../../conversation/tool-naming.ts";
import { isLoose, loose, parseJson, stringOf } from "../../json/loose.ts";
import { AnswerWriter, type AnswerEnd } from "../../messages/answer-writer.ts";
import type { StreamEvent } from "../../messages/events.ts";
import { answerEnd } from "../../messages/answer-end.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import type { InputEstimates } from "../../messages/input-estimates.ts";
import { noUsage, type Usage } from "../../messages/usage.ts";
import { AnswerState } from "../../stream/answer-state.ts";
import type { SseFrame } from "../../stream/sse.ts";
import type { EventDecoder } from "../../stream/answer-stream.ts";
import type { Metered } from "../dialect.ts";
import { readUsage, settleUsage, type ReportedUsage } from "../openai-chat/usage.ts";
import { readFailedResponse } from "./errors.ts";
import { endings, readFinish, type Finish } from "./finish.ts";
import { MessageText } from "./message-text.ts";
import { OutputItems } from "./output-items.ts";
import { sealReasoning } from "./reasoning-state.ts";
import { WebSearches } from "./web-searches.ts";
import type { WireEvent, WireResponse } from "./wire.ts";

/** The request as far as its answer depends on it. */
export interface ResponsesExchange extends AnsweredShape, NamingSource, InputEstimates {
  /** Stop sequences, none of which the provider was told about. */
  readonly stopSequences: readonly string[];
}

/** Turns what a server of the Responses API streams into the events of a Messages stream. */
export class ResponsesDecoder implements EventDecoder {
  readonly #writer: AnswerWriter;
  readonly #answer: AnswerState;
  readonly #text: MessageText;
  readonly #items: OutputItems;
  readonly #searches: WebSearches;
  #concluded = false;
  #reported: ReportedUsage | undefined;

  constructor(exchange: ResponsesExchange, { liveTools }: { readonly liveTools: boolean }) {
    const { display } = exchange;
    const naming = toolNaming(exchange);
    const writer = new AnswerWriter({
      liveTools,
      showThinking: display === "shown",
      signThinking: () => sealReasoning({ id: "" }),
      newToolId: () => naming.newId(),
      contextManagement: exchange.contextManagement,
    });
    this.#writer = writer;
    this.#answer = new AnswerState(exchange, writer);
    this.#searches = new WebSearches(exchange.messageId);
    this.#text = new MessageText(writer, this.#searches, exchange.stopSequences);
    this.#items = new OutputItems({ writer, naming, text: this.#text, searches: this.#searches, display });
  }

  /** Why there is no complete answer. */
  get failure(): UpstreamFailure | undefined {
    return this.#answer.failure;
  }

  /** True once the provider has said how its answer ends. */
  get concluded(): boolean {
    return this.#concluded;
  }

  /** What the answer came to so far, with estimates for what the provider has not reported. */
  get metered(): Metered {
    const usage = this.#answer.started || this.#reported !== undefined ? this.#usage() : noUsage;
    return { usage, stopReason: this.#answer.stopReason };
  }

  push({ event, data }: SseFrame): readonly StreamEvent[] {
    if (this.#answer.over) return [];
    const value = parseJson(data);
    if (isLoose<keyof WireEvent>(value)) return this.take(value, event);
    const text = data.trim();
    if (text !== "" && text !== "[DONE]") {
      this.#answer.malformed("The provider sent something that is not JSON in the middle of its stream.");
    }
    return this.#writer.drain();
  }

  /** Takes a parsed event. `name` is what the frame called it, for servers that leave `type` out. */
  take(event: WireEvent, name?: string): readonly StreamEvent[] {
    try {
      this.#event(event, stringOf(event.type) ?? name ?? "");
    } catch (error) {
      // Only a nesting so deep that the stack ends throws here, and only what is not an answer is nested so.
      if (!(error instanceof RangeError)) throw error;
      this.#answer.malformed("The provider's answer is nested too deeply to be one.");
    }
    return this.#writer.drain();
  }

  end(): readonly StreamEvent[] {
    if (!this.#answer.over) this.#answer.cutOff();
    return this.#writer.drain();
  }

  fail(failure: UpstreamFailure): readonly StreamEvent[] {
    this.#answer.fail(failure);
    return this.#writer.drain();
  }

  #event(event: WireEvent, type: string): void {
    const read = readers.get(type);
    if (read !== undefined) {
      this.#answer.start();
      read(this.#items, event);
      if (this.#text.stoppedBy !== undefined) this.#settle("stop");
    } else if (endings.has(type)) this.#finish(event, endings.get(type));
    else if (type === "error" || (type === "" && event.error))
      this.#answer.fail(readFailedResponse(event.error ?? event));
    else if (openings.has(type)) this.#answer.start();
    else if (type === "response.output_text.annotation.added") this.#text.annotate(event.annotation);
  }

  #finish(event: WireEvent, announced: string | undefined): void {
    this.#concluded = true;
    const response = loose<keyof WireResponse>(event.response);
    if (response.usage) this.#reported = readUsage(response.usage, response.service_tier) ?? this.#reported;
    const finish: Finish = readFinish(response, announced);
    if (finish.end === "failure") {
      this.#answer.fail(finish.failure);
      return;
    }
    this.#answer.start();
    this.#items.finishAll(response.output);
    this.#settle(this.#text.stoppedBy === undefined ? finish.end : "stop");
  }

  #settle(end: "stop" | "length" | "refusal"): void {
    this.#text.release();
    const toolCalls = this.#writer.closeBlocks(end === "length");
    const silent = this.#text.length + this.#items.length === 0 && toolCalls === 0 && !this.#reported?.outputTokens;
    if (silent && end === "stop" && this.#searches.count === 0) {
      this.#answer.malformed("The provider's answer was empty.");
      return;
    }
    this.#answer.end(this.#endOf(end, toolCalls), this.#usage());
  }

  #endOf(end: "stop" | "length" | "refusal", toolCalls: number): AnswerEnd {
    const explanation = "The provider's content filter stopped the answer.";
    const { refused, stoppedBy: sequence } = this.#text;
    return answerEnd({ end, toolCalls, refused, explanation, sequence });
  }

  #usage(): Usage {
    const usage = settleUsage(this.#reported, {
      inputTokens: () => this.#answer.inputTokens(),
      // Four characters a token, as usual for lack of the model's own tokenizer.
      outputTokens: () => Math.ceil((this.#text.length + this.#items.length) / 4),
    });
    return { ...usage, webSearchRequests: this.#searches.count };
  }
}

/** Events that tell of the answer's content. Source: `ResponseStreamEvent` in openai-node 7.57. */
const readers: ReadonlyMap<string, (items: OutputItems, event: WireEvent) => void> = new Map([
  ["response.output_item.added", (items: OutputItems, event: WireEvent) => items.begin(event)],
  ["response.output_item.done", (items, event) => items.finish(event)],
  ["response.content_part.done", (items, event) => items.fillPart(event)],
  ["response.output_text.delta", (items, event) => items.grow(event, "text")],
  ["response.output_text.done", (items, event) => items.fill(event, "text")],
  ["response.refusal.delta", (items, event) => items.grow(event, "refusal")],
  ["response.refusal.done", (items, event) => items.fill(event, "refusal")],
  ["response.reasoning_summary_text.delta", (items, event) => items.grow(event, "summary")],
  ["response.reasoning_summary_text.done", (items, event) => items.fill(event, "summary")],
  ["response.reasoning_summary_part.done", (items, event) => items.fillPart(event)],
  ["response.reasoning_text.delta", (items, event) => items.grow(event, "raw")],
  ["response.reasoning_text.done", (items, event) => items.fill(event, "raw")],
  ["response.function_call_arguments.delta", (items, event) => items.callInput(event)],
  ["response.function_call_arguments.done", (items, event) => items.callInput(event)],
]);

/** Events that say that the provider has begun. */
const openings: ReadonlySet<string> = new Set(["response.created", "response.in_progress", "response.queued"]);
