import type { DomainFilter } from "../../conversation/domain-filter.ts";
import type { AnsweredShape } from "../../conversation/answered-shape.ts";
import { toolNaming, type NamingSource } from "../../conversation/tool-naming.ts";
import { isLoose, listOf, parseJson, stringOf, type Loose } from "../../json/loose.ts";
import { RecurringJson } from "../../json/recurring-json.ts";
import type { StreamEvent } from "../../messages/events.ts";
import { answerEnd } from "../../messages/answer-end.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import type { InputEstimates } from "../../messages/input-estimates.ts";
import { AnswerWriter, type AnswerEnd } from "../../messages/answer-writer.ts";
import { noUsage, type Usage } from "../../messages/usage.ts";
import type { EventDecoder } from "../../stream/answer-stream.ts";
import { AnswerState } from "../../stream/answer-state.ts";
import type { SseFrame } from "../../stream/sse.ts";
import type { Metered } from "../dialect.ts";
import { settleUsage } from "../openai-chat/usage.ts";
import { readSpokenFailure } from "./errors.ts";
import { keepNumbers } from "./exact-numbers.ts";
import { readFinish, type Finish } from "./finish.ts";
import { Grounding } from "./grounding.ts";
import { Parts } from "./parts.ts";
import { emptyThought } from "./thought-state.ts";
import { readUsage, reportsUsage } from "./usage.ts";

/** The request as far as its answer depends on it. */
export interface GeminiExchange extends AnsweredShape, NamingSource, InputEstimates {
  /** The provider's own name of the model. */
  readonly model: string;
  /** Stop sequences that the provider was not told about. */
  readonly stopSequences: readonly string[];
  /** Set when Google may search; `alone` says that the request is for nothing else, so that its text can wait for the sources. */
  readonly search: { readonly alone: boolean; readonly domains: DomainFilter } | undefined;
}

/** A chunk of a stream, or a whole answer: they look the same. */
export type WireChunk = Loose<"candidates" | "promptFeedback" | "usageMetadata" | "error">;
type WireCandidate = Loose<"index" | "content" | "finishReason" | "finishMessage" | "groundingMetadata">;

/** A finish that is one: the answer is there. */
type Ended = Exclude<Finish, { readonly end: "failure" | "broken-call" }>;

const noDomains: DomainFilter = { allowed: [], blocked: [] };

/** Turns what Gemini streams into the events of a Messages stream. */
export class GeminiDecoder implements EventDecoder {
  readonly #json = new RecurringJson();
  readonly #writer: AnswerWriter;
  readonly #answer: AnswerState;
  readonly #parts: Parts;
  readonly #grounding: Grounding;
  readonly #newId: () => string;
  #finish: Finish | undefined;
  /** Content came after a finish reason: some versions send one with each chunk, so it does not tell the end. */
  #wentOn = false;
  /** The last account given; each chunk has one, and only the last is read. */
  #account: unknown;

  constructor(exchange: GeminiExchange, { liveTools }: { readonly liveTools: boolean }) {
    const naming = toolNaming(exchange);
    const { display } = exchange;
    this.#newId = () => naming.newId();
    this.#writer = new AnswerWriter({
      liveTools,
      showThinking: display === "shown",
      signThinking: () => emptyThought,
      newToolId: this.#newId,
      contextManagement: exchange.contextManagement,
    });
    this.#answer = new AnswerState(exchange, this.#writer);
    this.#grounding = new Grounding(exchange.search?.domains ?? noDomains);
    this.#parts = new Parts(this.#writer, naming, {
      model: exchange.model,
      stopSequences: exchange.stopSequences,
      hideThinking: display === "hidden",
      holdText: exchange.search?.alone === true,
    });
  }

  /** Why there is no complete answer. */
  get failure(): UpstreamFailure | undefined {
    return this.#answer.failure;
  }

  /** True once the provider has said how its answer ends. */
  get concluded(): boolean {
    return this.#finish !== undefined && !this.#wentOn;
  }

  /** What the answer came to so far, with estimates for what the provider has not reported. */
  get metered(): Metered {
    const usage = this.#answer.started || this.#account !== undefined ? this.#usage() : noUsage;
    return { usage, stopReason: this.#answer.stopReason };
  }

  push({ event, data }: SseFrame): readonly StreamEvent[] {
    if (this.#answer.failure !== undefined) return [];
    const value = this.#json.recall(data) ?? this.#read(data);
    if (isLoose<keyof WireChunk>(value)) return this.take(value, event === "error");
    this.#oddity(data, value);
    return this.#writer.drain();
  }

  // Arguments are kept until their call is whole, and with all digits.
  #read(data: string): unknown {
    return data.includes('"functionCall"') ? parseJson(keepNumbers(data)) : this.#json.learn(data);
  }

  /** Takes a parsed chunk, or a whole answer, which looks like a single one. */
  take(chunk: WireChunk, isError = false): readonly StreamEvent[] {
    this.#chunk(chunk, isError);
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
    if (text === "" || text === "[DONE]" || this.#answer.ended) return;
    const failure = value === undefined ? undefined : readSpokenFailure(value);
    if (failure !== undefined) this.#answer.fail(failure);
    else this.#answer.malformed("The provider sent something that is no JSON object in the middle of its stream.");
  }

  #chunk(chunk: WireChunk, isError: boolean): void {
    if (reportsUsage(chunk.usageMetadata)) this.#account = chunk.usageMetadata;
    if (this.#answer.over) return;
    if (isError || chunk.error) {
      const failure = readSpokenFailure(chunk, true);
      if (failure !== undefined) this.#answer.fail(failure);
      return;
    }
    const candidate = firstCandidate(chunk.candidates);
    if (candidate !== undefined) this.#candidate(candidate);
    else if (isLoose<"blockReason" | "blockReasonMessage">(chunk.promptFeedback)) this.#blocked(chunk.promptFeedback);
  }

  #candidate(candidate: WireCandidate): void {
    this.#start();
    const parts = isLoose<"parts">(candidate.content) ? listOf(candidate.content.parts) : [];
    if (parts.length > 0 && this.#finish !== undefined) this.#wentOn = true;
    for (const part of parts) this.#parts.take(part);
    if (candidate.groundingMetadata) this.#grounding.take(candidate.groundingMetadata);
    const reason = stringOf(candidate.finishReason);
    if (reason !== undefined) this.#finish ??= readFinish(reason, stringOf(candidate.finishMessage));
    if (this.#parts.stoppedBy !== undefined) this.#complete();
  }

  /** A blocked prompt has no candidates; the client is told as of a refusal, for an error would be tried again. */
  #blocked(feedback: Loose<"blockReason" | "blockReasonMessage">): void {
    const reason = stringOf(feedback.blockReason);
    if (reason === undefined || this.#answer.started) return;
    this.#start();
    const detail = stringOf(feedback.blockReasonMessage);
    this.#parts.note(`The provider blocked the prompt (${reason})${detail === undefined ? "." : `: ${detail}`}`);
    this.#finish = { end: "refusal", reason };
  }

  #start(): void {
    if (this.#answer.started) return;
    const told = readUsage(this.#account)?.inputTokens ? this.#usage() : undefined;
    this.#answer.start(told && { ...told, outputTokens: 0, thinkingTokens: 0 });
  }

  /** Ends the answer, or fails it: without a finish reason nobody knows whether it is whole. */
  #complete(): void {
    if (this.#answer.over) return;
    const finish = this.#parts.stoppedBy === undefined ? this.#finish : { end: "stop" as const };
    if (finish === undefined) this.#answer.cutOff();
    else if (finish.end === "failure") this.#answer.fail({ kind: finish.kind, message: finish.message });
    else if (finish.end === "broken-call") this.#settleBroken(finish.message);
    else this.#settle(finish);
  }

  #settleBroken(message: string): void {
    if (!this.#parts.hasContent) {
      this.#answer.fail({ kind: "server-error", message });
      return;
    }
    this.#parts.note(`[${message}]`);
    this.#settle({ end: "stop" });
  }

  #settle(finish: Ended): void {
    this.#writeSearch();
    this.#parts.finish(finish.end === "length");
    const toolCalls = this.#writer.closeBlocks(finish.end === "length");
    if (finish.end === "stop" && !this.#parts.hasContent && !this.#parts.hasThought) {
      this.#answer.malformed("The provider's answer was empty.");
      return;
    }
    this.#answer.end(this.#endOf(finish, toolCalls), this.#usage());
  }

  /** The sources stand before the text when that could wait for them, and else after it. */
  #writeSearch(): void {
    const held = this.#parts.heldText();
    if (this.#grounding.searches > 0) {
      this.#grounding.write(this.#writer, this.#newId().replace(/^call_/, "srvtoolu_"));
      if (held !== "") this.#writer.whole({ type: "text", text: "" }, textWith(held, this.#grounding.citations()));
    } else if (held !== "") this.#writer.text(held);
  }

  #endOf(finish: Ended, toolCalls: number): AnswerEnd {
    const reason = finish.end === "refusal" ? finish.reason : "";
    const explanation = `The provider's filter stopped the answer (${reason}).`;
    return answerEnd({ end: finish.end, toolCalls, explanation, sequence: this.#parts.stoppedBy });
  }

  #usage(): Usage {
    const usage = settleUsage(readUsage(this.#account), {
      inputTokens: () => this.#answer.inputTokens(),
      // Four characters a token, as usual for lack of the model's own tokenizer.
      outputTokens: () => Math.ceil(this.#parts.length / 4),
    });
    return { ...usage, webSearchRequests: this.#grounding.searches };
  }
}

function textWith(text: string, citations: ReturnType<Grounding["citations"]>): ReturnType<Grounding["citations"]> {
  return [{ type: "text_delta", text }, ...citations];
}

/** The one candidate that is answered with: a Messages answer has no room for more. */
function firstCandidate(candidates: unknown): WireCandidate | undefined {
  for (const value of listOf(candidates)) {
    if (!isLoose<keyof WireCandidate>(value)) continue;
    if (typeof value.index !== "number" || value.index === 0) return value;
  }
  return undefined;
}
