import { AnswerWriter, type AnswerEnd } from "../../messages/answer-writer.ts";
import type { ContextManagement } from "../../messages/context-management.ts";
import type { StreamEvent } from "../../messages/events.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { sealOpaque } from "../../messages/opaque.ts";
import { errorTypeOf } from "../../messages/render-failure.ts";
import { noUsage } from "../../messages/usage.ts";
import { toWireUsage } from "../../messages/wire-usage.ts";
import type { SseFrame } from "../../stream/sse.ts";
import type { Stage } from "../../stream/stage.ts";
import type { Metered } from "../dialect.ts";
import { readSpokenFailure } from "./errors.ts";
import { readFinish, type Finish } from "./finish.ts";
import { Prose } from "./prose.ts";
import { ReasoningState } from "./reasoning-state.ts";
import { ToolCalls } from "./tool-calls.ts";
import { reasoningDisplay } from "../../conversation/reasoning-display.ts";
import { toolNaming, type NamingSource } from "../../conversation/tool-naming.ts";
import { readUsage, settleUsage, type ReportedUsage } from "./usage.ts";
import { isLoose, listOf, loose, stringOf } from "../../json/loose.ts";
import { RecurringJson } from "../../json/recurring-json.ts";
import type { WireChoice, WireChunk, WireDelta } from "./wire.ts";

/** The request as far as its answer depends on it. */
export interface ChatExchange extends NamingSource {
  /** The model name that the client asked for and is told. */
  readonly askedModel: string;
  /** Stop sequences that the provider was not told about. */
  readonly stopSequences: readonly string[];
  /** True when the provider wants its reasoning back with the next request. */
  readonly reasoningBack: boolean;
  /** Estimate of the input for the head of the message, which nearly always is corrected at its end. */
  roughInputTokens(): number;
  /** Estimate of the input for servers that report none. */
  inputTokens(): number;
  /** What was done to the context of the request, for the answer to tell. */
  readonly contextManagement?: ContextManagement | undefined;
}

/** Turns what an OpenAI-compatible server streams into the events of a Messages stream. */
export class ChatDecoder implements Stage<SseFrame, StreamEvent> {
  readonly #exchange: ChatExchange;
  readonly #json = new RecurringJson();
  readonly #writer: AnswerWriter;
  readonly #prose: Prose;
  readonly #state = new ReasoningState();
  readonly #tools: ToolCalls;
  #started = false;
  #ended = false;
  #failure: UpstreamFailure | undefined;
  #finish: Finish | undefined;
  #end: AnswerEnd | undefined;
  #matchedStop: string | undefined;
  #reported: ReportedUsage | undefined;
  #argumentLength = 0;
  #inputEstimate: number | undefined;

  constructor(exchange: ChatExchange, { liveTools }: { readonly liveTools: boolean }) {
    const display = reasoningDisplay(exchange.request);
    const naming = toolNaming(exchange);
    this.#exchange = exchange;
    this.#writer = new AnswerWriter({
      liveTools,
      showThinking: display === "shown",
      signThinking: () => sealOpaque("openai-chat", this.#state.seal()),
      newToolId: () => naming.newId(),
      contextManagement: exchange.contextManagement,
    });
    this.#tools = new ToolCalls(this.#writer, naming);
    this.#prose = new Prose({
      writer: this.#writer,
      state: this.#state,
      display,
      keepOmitted: exchange.reasoningBack,
      stopSequences: exchange.stopSequences,
    });
  }

  /** Why there is no complete answer. */
  get failure(): UpstreamFailure | undefined {
    return this.#failure;
  }

  /** True once the provider has said how its answer ends. */
  get concluded(): boolean {
    return this.#finish !== undefined;
  }

  /** What the answer came to so far, with estimates for what the provider has not reported. */
  get metered(): Metered {
    const usage = this.#started || this.#reported !== undefined ? this.#usage() : noUsage;
    return { usage, stopReason: this.#end?.stop_reason };
  }

  push({ event, data }: SseFrame): readonly StreamEvent[] {
    if (this.#failure !== undefined) return [];
    const value = this.#json.parse(data);
    if (isLoose<keyof WireChunk>(value)) return this.take(value, event === "error");
    this.#oddity(data, value);
    return this.#writer.drain();
  }

  /** Takes a parsed chunk, or a whole completion, which looks like a single one. */
  take(chunk: WireChunk, isError = false): readonly StreamEvent[] {
    try {
      this.#chunk(chunk, isError);
    } catch (error) {
      // Only a nesting so deep that the stack ends throws here, and only what is not an answer is nested so.
      if (!(error instanceof RangeError)) throw error;
      this.#broken("The provider's answer is nested too deeply to be one.");
    }
    return this.#writer.drain();
  }

  end(): readonly StreamEvent[] {
    this.#complete();
    return this.#writer.drain();
  }

  fail(failure: UpstreamFailure): readonly StreamEvent[] {
    this.#fail(failure);
    return this.#writer.drain();
  }

  #fail(failure: UpstreamFailure): void {
    if (this.#failure !== undefined || this.#ended) return;
    this.#failure = failure;
    this.#writer.fail(errorTypeOf(failure.kind), failure.message);
  }

  #oddity(data: string, value: unknown): void {
    const text = data.trim();
    if (text === "" || this.#ended) return;
    const failure = value === undefined ? undefined : readSpokenFailure(value);
    if (text === "[DONE]") this.#complete();
    else if (failure !== undefined) this.#fail(failure);
    else this.#broken(`The provider sent something that is not JSON in the middle of its stream: ${excerpt(text)}`);
  }

  #broken(message: string): void {
    this.#fail({ kind: "malformed", message });
  }

  #chunk(chunk: WireChunk, isError: boolean): void {
    const usage = chunk.usage ?? loose<"usage">(chunk.x_groq).usage;
    if (usage) this.#report(usage);
    if (this.#ended) return;
    const choice = firstChoice(chunk.choices);
    if (isError || chunk.error) this.#error(chunk, isError);
    else if (choice?.error) this.#error(choice, false);
    else if (choice !== undefined) this.#choice(choice);
    else if (!Array.isArray(chunk.choices)) this.#error(chunk, false);
    else if (this.#finish !== undefined && this.#reported !== undefined) this.#complete();
  }

  #error(value: unknown, certain: boolean): void {
    const failure = readSpokenFailure(value, certain);
    if (failure !== undefined) this.#fail(failure);
  }

  #choice(choice: WireChoice): void {
    if (!this.#started) this.#start();
    if (choice.usage) this.#report(choice.usage);
    const delta = isLoose<keyof WireDelta>(choice.delta) ? choice.delta : this.#wholeMessage(choice.message);
    if (delta !== undefined) this.#delta(delta);
    if (typeof choice.stop_reason === "string") this.#matchedStop = choice.stop_reason;
    const reason = stringOf(choice.finish_reason);
    if (reason !== undefined && !this.#ended) this.#finish ??= readFinish(reason);
  }

  // Some servers repeat the whole message in the last chunk; it counts only when nothing came before.
  #wholeMessage(message: unknown): WireDelta | undefined {
    const fresh = this.#prose.length + this.#argumentLength === 0;
    return fresh && isLoose<keyof WireDelta>(message) ? message : undefined;
  }

  #delta(delta: WireDelta): void {
    this.#prose.take(delta);
    if (this.#prose.stoppedBy !== undefined) {
      this.#complete();
      return;
    }
    if (!delta.tool_calls && !delta.function_call) return;
    this.#prose.flush();
    if (this.#state.sealed) this.#writer.carryState();
    this.#argumentLength += this.#tools.take(delta);
  }

  #start(): void {
    this.#started = true;
    this.#writer.start({
      id: this.#exchange.messageId,
      model: this.#exchange.askedModel,
      usage: toWireUsage({ ...noUsage, inputTokens: this.#exchange.roughInputTokens() }),
    });
  }

  #report(usage: unknown): void {
    this.#reported = readUsage(usage) ?? this.#reported;
  }

  /** Ends the answer, or fails it: without a finish reason nobody knows whether it is whole. */
  #complete(): void {
    if (this.#ended || this.#failure !== undefined) return;
    const finish = this.#prose.stoppedBy === undefined ? this.#finish : { end: "stop" as const };
    if (finish === undefined) this.#cutOff();
    else if (finish.end === "failure") this.#fail({ kind: finish.kind, message: finish.message });
    else this.#settle(finish.end);
  }

  #cutOff(): void {
    if (!this.#started) this.#broken("The provider's stream ended without an answer in it.");
    else this.#fail({ kind: "truncated", message: "The provider's stream ended before the answer was complete." });
  }

  #settle(end: "stop" | "length" | "refusal"): void {
    this.#prose.flush();
    if (this.#state.sealed) this.#writer.carryState();
    const toolCalls = this.#writer.closeBlocks(end === "length");
    const silent = this.#prose.length === 0 && toolCalls === 0 && !this.#reported?.outputTokens;
    if (silent && end === "stop") {
      this.#broken("The provider's answer was empty.");
      return;
    }
    this.#ended = true;
    this.#end = this.#endOf(end, toolCalls);
    this.#writer.end(this.#end, toWireUsage(this.#usage()));
  }

  #endOf(end: "stop" | "length" | "refusal", toolCalls: number): AnswerEnd {
    if (end === "length") return { stop_reason: "max_tokens", stop_sequence: null };
    if (end === "refusal" || (this.#prose.refused && toolCalls === 0)) {
      const explanation = end === "refusal" ? "The provider's content filter stopped the answer." : null;
      const stop_details = { type: "refusal", category: null, explanation } as const;
      return { stop_reason: "refusal", stop_sequence: null, stop_details };
    }
    const sequence = this.#prose.stoppedBy ?? this.#askedFor(this.#matchedStop);
    if (toolCalls > 0) return { stop_reason: "tool_use", stop_sequence: null };
    if (sequence !== undefined) return { stop_reason: "stop_sequence", stop_sequence: sequence };
    return { stop_reason: "end_turn", stop_sequence: null };
  }

  // vLLM also names the model's own end mark here, which the client knows nothing of.
  #askedFor(sequence: string | undefined): string | undefined {
    return (this.#exchange.request.stop_sequences ?? []).find((asked) => asked === sequence);
  }

  #usage(): ReturnType<typeof settleUsage> {
    return settleUsage(this.#reported, {
      inputTokens: () => this.#estimatedInput(),
      // Four characters a token, as usual for lack of the model's own tokenizer.
      outputTokens: () => Math.ceil((this.#prose.length + this.#argumentLength) / 4),
    });
  }

  #estimatedInput(): number {
    return (this.#inputEstimate ??= this.#exchange.inputTokens());
  }
}

/** The one choice that is answered with: a Messages answer has no room for more. */
function firstChoice(choices: unknown): WireChoice | undefined {
  for (const value of listOf(choices)) {
    if (!isLoose<keyof WireChoice>(value)) continue;
    if (typeof value.index !== "number" || value.index === 0) return value;
  }
  return undefined;
}

function excerpt(text: string): string {
  return text.trimStart().startsWith("<") ? "markup" : JSON.stringify(text.slice(0, 80));
}
