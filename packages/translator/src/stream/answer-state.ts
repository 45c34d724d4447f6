import type { AnswerEnd, AnswerWriter } from "../messages/answer-writer.ts";
import type { TranslationContext } from "../dialects/dialect.ts";
import type { StopReason } from "../messages/events.ts";
import type { UpstreamFailure } from "../messages/failure.ts";
import type { InputEstimates } from "../messages/input-estimates.ts";
import { errorTypeOf } from "../messages/render-failure.ts";
import { noUsage, type Usage } from "../messages/usage.ts";
import { toWireUsage } from "../messages/wire-usage.ts";

/** The request as far as every answer to it depends on it. */
type AnsweredRequest = TranslationContext & InputEstimates;

/** How far an answer has come: not begun, on its way, ended or failed. Each of these happens once, whatever comes after. */
export class AnswerState {
  readonly #request: AnsweredRequest;
  readonly #writer: AnswerWriter;
  readonly #provider: string;
  #started = false;
  #end: AnswerEnd | undefined;
  #failure: UpstreamFailure | undefined;
  #inputEstimate: number | undefined;

  /** `provider` is what sentences about failures begin with. */
  constructor(request: AnsweredRequest, writer: AnswerWriter, provider = "The provider") {
    this.#request = request;
    this.#writer = writer;
    this.#provider = provider;
  }

  get started(): boolean {
    return this.#started;
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** True when nothing can follow. */
  get over(): boolean {
    return this.#end !== undefined || this.#failure !== undefined;
  }

  get failure(): UpstreamFailure | undefined {
    return this.#failure;
  }

  get stopReason(): StopReason | undefined {
    return this.#end?.stop_reason;
  }

  /** Begins the message, with a rough estimate of its input unless its usage is known already. */
  start(known?: Usage): void {
    if (this.#started) return;
    this.#started = true;
    const usage = known ?? { ...noUsage, inputTokens: this.#request.roughInputTokens() };
    this.#writer.start({
      id: this.#request.messageId,
      model: this.#request.askedModel,
      usage: toWireUsage(usage),
    });
  }

  end(end: AnswerEnd, usage: Usage): void {
    this.#end = end;
    this.#writer.end(end, toWireUsage(usage));
  }

  fail(failure: UpstreamFailure): void {
    if (this.over) return;
    this.#failure = failure;
    this.#writer.fail(errorTypeOf(failure.kind), failure.message);
  }

  /** Fails for something that is no answer. */
  malformed(message: string): void {
    this.fail({ kind: "malformed", message });
  }

  /** Fails for an end that came too early: without a finish reason nobody knows whether an answer is whole. */
  cutOff(): void {
    if (!this.#started) this.malformed(`${this.#provider}'s stream ended without an answer in it.`);
    else this.fail({ kind: "truncated", message: `${this.#provider}'s stream ended before the answer was complete.` });
  }

  /** The careful estimate of the input, made when it is first asked for. */
  inputTokens(): number {
    return (this.#inputEstimate ??= this.#request.inputTokens());
  }
}
