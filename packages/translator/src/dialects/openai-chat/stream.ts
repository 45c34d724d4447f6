import { AnswerWriter, type AnswerEnd } from "../../messages/answer-writer.ts";
import type { StreamEvent } from "../../messages/events.ts";
import { answerEnd } from "../../messages/answer-end.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import type { InputEstimates } from "../../messages/input-estimates.ts";
import { sealOpaque } from "../../messages/opaque.ts";
import { noUsage } from "../../messages/usage.ts";
import { AnswerState } from "../../stream/answer-state.ts";
import type { SseFrame } from "../../stream/sse.ts";
import type { Stage } from "../../stream/stage.ts";
import type { Metered } from "../dialect.ts";
import { readSpokenFailure } from "./errors.ts";
import { readFinish, type Finish } from "./finish.ts";
import { Prose } from "./prose.ts";
import { ReasoningState } from "./reasoning-state.ts";
import { SearchSources } from "./search-sources.ts";
import { ToolCalls } from "./tool-calls.ts";
import type { AnsweredShape } from "../../conversation/answered-shape.ts";
import { toolNaming, type NamingSource } from "../../conversation/tool-naming.ts";
import { readUsage, settleUsage, type ReportedUsage } from "./usage.ts";
import { isLoose, listOf, loose, stringOf } from "../../json/loose.ts";
import { RecurringJson } from "../../json/recurring-json.ts";
import type { ToldSearch } from "./web-search.ts";
import type { WireChoice, WireChunk, WireDelta } from "./wire.ts";

/** The request as far as its answer depends on it. */
export interface ChatExchange extends AnsweredShape, NamingSource, InputEstimates {
  /** Stop sequences that the provider was not told about. */
  readonly stopSequences: readonly string[];
  /** True when the provider wants its reasoning back with the next request. */
  readonly reasoningBack: boolean;
  /** The provider's own search, when it was asked for. */
  readonly search?: ToldSearch | undefined;
}

/** Turns what an OpenAI-compatible server streams into the events of a Messages stream. */
export class ChatDecoder implements Stage<SseFrame, StreamEvent> {
  readonly #exchange: ChatExchange;
  readonly #json = new RecurringJson();
  readonly #writer: AnswerWriter;
  readonly #answer: AnswerState;
  readonly #prose: Prose;
  readonly #state = new ReasoningState();
  readonly #tools: ToolCalls;
  readonly #sources: SearchSources | undefined;
  #finish: Finish | undefined;
  #matchedStop: string | undefined;
  #reported: ReportedUsage | undefined;
  #argumentLength = 0;

  constructor(exchange: ChatExchange, { liveTools }: { readonly liveTools: boolean }) {
    const { display } = exchange;
    const naming = toolNaming(exchange);
    this.#exchange = exchange;
    this.#writer = new AnswerWriter({
      liveTools,
      showThinking: display === "shown",
      signThinking: () => sealOpaque("openai-chat", this.#state.seal()),
      newToolId: () => naming.newId(),
      contextManagement: exchange.contextManagement,
    });
    this.#answer = new AnswerState(exchange, this.#writer);
    this.#tools = new ToolCalls(this.#writer, naming);
    const sources = exchange.search && new SearchSources(exchange.search, exchange.messageId);
    this.#sources = sources;
    this.#prose = new Prose({
      writer: sources === undefined ? this.#writer : sources.before(this.#writer),
      state: this.#state,
      display,
      keepOmitted: exchange.reasoningBack,
      stopSequences: exchange.stopSequences,
    });
  }

  /** Why there is no complete answer. */
  get failure(): UpstreamFailure | undefined {
    return this.#answer.failure;
  }

  /** True once the provider has said how its answer ends. */
  get concluded(): boolean {
    return this.#finish !== undefined;
  }

  /** What the answer came to so far, with estimates for what the provider has not reported. */
  get metered(): Metered {
    const usage = this.#answer.started || this.#reported !== undefined ? this.#usage() : noUsage;
    return { usage, stopReason: this.#answer.stopReason };
  }

  push({ event, data }: SseFrame): readonly StreamEvent[] {
    if (this.#answer.failure !== undefined) return [];
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
      this.#answer.malformed("The provider's answer is nested too deeply to be one.");
    }
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

  #oddity(data: string, value: unknown): void {
    const text = data.trim();
    if (text === "" || this.#answer.ended) return;
    const failure = value === undefined ? undefined : readSpokenFailure(value);
    if (text === "[DONE]") this.#complete();
    else if (failure !== undefined) this.#answer.fail(failure);
    else
      this.#answer.malformed(
        `The provider sent something that is not JSON in the middle of its stream: ${excerpt(text)}`,
      );
  }

  #chunk(chunk: WireChunk, isError: boolean): void {
    this.#sources?.take(chunk);
    this.#report(chunk.usage ?? loose<"usage">(chunk.x_groq).usage, chunk);
    if (this.#answer.ended) return;
    const choice = firstChoice(chunk.choices);
    if (isError || chunk.error) this.#error(chunk, isError);
    else if (choice?.error) this.#error(choice, false);
    else if (choice !== undefined) this.#choice(choice);
    else if (!Array.isArray(chunk.choices)) this.#error(chunk, false);
    else if (this.#finish !== undefined && this.#reported !== undefined) this.#complete();
  }

  #error(value: unknown, certain: boolean): void {
    const failure = readSpokenFailure(value, certain);
    if (failure !== undefined) this.#answer.fail(failure);
  }

  #choice(choice: WireChoice): void {
    this.#answer.start();
    if (choice.usage) this.#report(choice.usage, {});
    const delta = isLoose<keyof WireDelta>(choice.delta) ? choice.delta : this.#wholeMessage(choice.message);
    if (delta !== undefined) this.#delta(delta);
    if (typeof choice.stop_reason === "string") this.#matchedStop = choice.stop_reason;
    const reason = stringOf(choice.finish_reason);
    if (reason !== undefined && !this.#answer.ended) this.#finish ??= readFinish(reason);
  }

  // Some servers repeat the whole message in the last chunk; it counts only when nothing came before.
  #wholeMessage(message: unknown): WireDelta | undefined {
    const fresh = this.#prose.length + this.#argumentLength === 0;
    return fresh && isLoose<keyof WireDelta>(message) ? message : undefined;
  }

  #delta(delta: WireDelta): void {
    this.#sources?.takeDelta(delta);
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

  #report(usage: unknown, { service_tier: tier }: WireChunk): void {
    this.#reported = readUsage(usage, tier) ?? this.#reported;
  }

  /** Ends the answer, or fails it: without a finish reason nobody knows whether it is whole. */
  #complete(): void {
    if (this.#answer.over) return;
    const finish = this.#prose.stoppedBy === undefined ? this.#finish : { end: "stop" as const };
    if (finish === undefined) this.#answer.cutOff();
    else if (finish.end === "failure") this.#answer.fail({ kind: finish.kind, message: finish.message });
    else this.#settle(finish.end);
  }

  #settle(end: "stop" | "length" | "refusal"): void {
    this.#prose.flush();
    this.#sources?.write(this.#writer);
    if (this.#state.sealed) this.#writer.carryState();
    const toolCalls = this.#writer.closeBlocks(end === "length");
    const silent = this.#prose.length === 0 && toolCalls === 0 && !this.#reported?.outputTokens;
    if (silent && end === "stop") {
      this.#answer.malformed("The provider's answer was empty.");
      return;
    }
    this.#answer.end(this.#endOf(end, toolCalls), this.#usage());
  }

  #endOf(end: "stop" | "length" | "refusal", toolCalls: number): AnswerEnd {
    const explanation = "The provider's content filter stopped the answer.";
    const sequence = this.#prose.stoppedBy ?? this.#askedFor(this.#matchedStop);
    return answerEnd({ end, toolCalls, refused: this.#prose.refused, explanation, sequence });
  }

  // vLLM also names the model's own end mark here, which the client knows nothing of.
  #askedFor(sequence: string | undefined): string | undefined {
    return this.#exchange.askedStops.find((asked) => asked === sequence);
  }

  #usage(): ReturnType<typeof settleUsage> {
    const usage = settleUsage(this.#reported, {
      inputTokens: () => this.#answer.inputTokens(),
      // Four characters a token, as usual for lack of the model's own tokenizer.
      outputTokens: () => Math.ceil((this.#prose.length + this.#argumentLength) / 4),
    });
    return this.#sources === undefined ? usage : { ...usage, webSearchRequests: this.#sources.count };
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
