import { isLoose, listOf, loose, parseJson, stringOf } from "../../json/loose.ts";
import type { AnswerEnd, AnswerWriter } from "../../messages/answer-writer.ts";
import type { StreamEvent } from "../../messages/events.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { noUsage } from "../../messages/usage.ts";
import { AnswerState } from "../../stream/answer-state.ts";
import type { EventDecoder } from "../../stream/answer-stream.ts";
import type { AwsFrame } from "../../stream/aws-event-stream.ts";
import type { Metered } from "../dialect.ts";
import type { ConverseExchange } from "./exchange.ts";
import { AnswerBlocks } from "./answer-blocks.ts";
import { readException } from "./errors.ts";
import { readFinish, type Finish } from "./finish.ts";
import { readUsage, settleUsage, type ReportedUsage } from "./usage.ts";

type AnswerKey = "output" | "stopReason" | "usage" | "additionalModelResponseFields";

/** Turns what ConverseStream sends, or a whole answer of Converse, into the events of a Messages stream. */
export class ConverseDecoder implements EventDecoder {
  readonly #exchange: ConverseExchange;
  readonly #writer: AnswerWriter;
  readonly #answer: AnswerState;
  readonly #blocks: AnswerBlocks;
  #finish: Finish | undefined;
  #matchedStop: string | undefined;
  #reported: ReportedUsage | undefined;

  constructor(exchange: ConverseExchange, { liveTools }: { readonly liveTools: boolean }) {
    this.#exchange = exchange;
    this.#blocks = new AnswerBlocks(exchange, liveTools);
    this.#writer = this.#blocks.writer;
    this.#answer = new AnswerState(exchange, this.#writer, "Amazon Bedrock");
  }

  /** Why there is no complete answer. */
  get failure(): UpstreamFailure | undefined {
    return this.#answer.failure;
  }

  /** True once the provider has said how its answer ends. */
  get concluded(): boolean {
    return this.#finish !== undefined;
  }

  /** What the answer came to so far, with estimates for what has not been reported. */
  get metered(): Metered {
    const usage = this.#answer.started || this.#reported !== undefined ? this.#usage() : noUsage;
    return { usage, stopReason: this.#answer.stopReason };
  }

  push({ event, data, exception }: AwsFrame): readonly StreamEvent[] {
    if (this.#answer.failure !== undefined) return [];
    if (exception === undefined) this.#event(event ?? "", data);
    else this.#answer.fail(readException(exception, data));
    return this.#writer.drain();
  }

  /** Takes the body of a whole answer. */
  takeWhole(body: unknown): readonly StreamEvent[] {
    const answer = loose<AnswerKey>(body);
    const message = loose<"content">(loose<"message">(answer.output).message);
    if (!Array.isArray(message.content) && stringOf(answer.stopReason) === undefined) {
      this.#answer.malformed("Amazon Bedrock's answer is not one of the Converse API.");
      return this.#writer.drain();
    }
    this.#start();
    listOf(message.content).forEach((block, index) => this.#blocks.whole(index, block));
    this.#stop(answer.stopReason, answer.additionalModelResponseFields);
    this.#reported = readUsage(answer.usage);
    this.#complete();
    return this.#writer.drain();
  }

  end(): readonly StreamEvent[] {
    this.#complete();
    return this.#writer.drain();
  }

  fail(failure: UpstreamFailure): readonly StreamEvent[] {
    this.#answer.fail(failure);
    return this.#writer.drain();
  }

  #event(type: string, data: string): void {
    const value = parseJson(data);
    if (!isLoose<EventKey>(value)) {
      if (!this.#answer.ended) this.#answer.malformed("Amazon Bedrock sent an event that is not a JSON object.");
      return;
    }
    switch (type) {
      case "messageStart":
        this.#start();
        return;
      case "contentBlockStart":
        this.#content(() => this.#blocks.start(indexOf(value), value.start));
        return;
      case "contentBlockDelta":
        this.#content(() => this.#blocks.delta(indexOf(value), value.delta));
        return;
      case "contentBlockStop":
        this.#content(() => this.#blocks.stop(indexOf(value)));
        return;
      case "messageStop":
        this.#stop(value.stopReason, value.additionalModelResponseFields);
        break;
      case "metadata":
        this.#reported = readUsage(value.usage) ?? this.#reported;
        break;
      default:
        return;
    }
    // AWS sends the usage last, others first.
    if (this.#finish !== undefined && this.#reported !== undefined) this.#complete();
  }

  #content(take: () => string | undefined): void {
    if (this.#answer.ended || this.#finish !== undefined) return;
    this.#start();
    const problem = take();
    if (problem !== undefined) this.#answer.malformed(problem);
    else if (this.#blocks.stoppedBy !== undefined) this.#complete();
  }

  #start(): void {
    if (this.#answer.started) return;
    const inputTokens = this.#reported?.inputTokens;
    this.#answer.start(inputTokens === undefined ? undefined : { ...noUsage, inputTokens });
  }

  #stop(reason: unknown, fields: unknown): void {
    if (this.#answer.ended) return;
    this.#finish ??= readFinish(stringOf(reason) ?? "missing");
    this.#matchedStop = stringOf(loose<"stop_sequence">(fields).stop_sequence);
  }

  /** Ends the answer, or fails it: without a stop reason nobody knows whether it is whole. */
  #complete(): void {
    if (this.#answer.over) return;
    const finish: Finish | undefined = this.#blocks.stoppedBy === undefined ? this.#finish : { end: "stop-sequence" };
    if (finish === undefined) this.#answer.cutOff();
    else if (finish.end === "failure") this.#answer.fail({ kind: finish.kind, message: finish.message });
    else this.#settle(finish);
  }

  #settle(finish: Exclude<Finish, { end: "failure" }>): void {
    const toolCalls = this.#blocks.close(finish.end === "length" || finish.end === "window");
    const silent = this.#blocks.length === 0 && toolCalls === 0 && !this.#reported?.outputTokens;
    if (silent && finish.end === "stop") {
      this.#answer.malformed("Amazon Bedrock's answer was empty.");
      return;
    }
    this.#start();
    this.#answer.end(this.#endOf(finish, toolCalls), this.#usage());
  }

  #endOf(finish: Exclude<Finish, { end: "failure" }>, toolCalls: number): AnswerEnd {
    switch (finish.end) {
      case "length":
        return { stop_reason: "max_tokens", stop_sequence: null };
      case "window":
        return { stop_reason: "model_context_window_exceeded", stop_sequence: null };
      case "refusal": {
        const stop_details = { type: "refusal", category: null, explanation: finish.explanation } as const;
        return { stop_reason: "refusal", stop_sequence: null, stop_details };
      }
      case "stop-sequence":
        return { stop_reason: "stop_sequence", stop_sequence: this.#sequence() };
      case "stop":
        return { stop_reason: toolCalls > 0 ? "tool_use" : "end_turn", stop_sequence: null };
    }
  }

  /** Which sequence it was: found here, told by the model, or the only one there is. */
  #sequence(): string | null {
    const asked = this.#exchange.askedStops;
    const told = asked.find((sequence) => sequence === this.#matchedStop);
    return this.#blocks.stoppedBy ?? told ?? (asked.length === 1 ? (asked[0] ?? null) : null);
  }

  #usage(): ReturnType<typeof settleUsage> {
    return settleUsage(this.#reported, {
      inputTokens: () => this.#answer.inputTokens(),
      // Four characters a token, as usual for lack of the model's own tokenizer.
      outputTokens: () => Math.ceil(this.#blocks.length / 4),
    });
  }
}

type EventKey = "contentBlockIndex" | "start" | "delta" | "stopReason" | "additionalModelResponseFields" | "usage";

function indexOf({ contentBlockIndex: index }: { readonly contentBlockIndex?: unknown }): number {
  return typeof index === "number" ? index : 0;
}
