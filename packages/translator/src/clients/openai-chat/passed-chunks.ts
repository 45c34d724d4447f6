import type { Metered } from "../../dialects/dialect.ts";
import { readUsage, type ReportedUsage } from "../../dialects/openai-chat/usage.ts";
import { isLoose, listOf, loose, stringOf, type Loose } from "../../json/loose.ts";
import { RecurringJson } from "../../json/recurring-json.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { errorTypeOf } from "../../messages/render-failure.ts";
import type { SseFrame } from "../../stream/sse.ts";
import { openAiErrorOf } from "../shared/openai-errors.ts";
import type { PassedAnswer } from "../shared/passed-stream.ts";
import { failureIn, meteredOf, type PassedChunk, type PassedRequest } from "./passed-answer.ts";

type Choice = Loose<"delta" | "finish_reason">;
type Delta = Loose<
  "content" | "reasoning_content" | "reasoning" | "tool_calls" | "refusal" | "audio" | "function_call"
>;

const done = "data: [DONE]\n\n";

/** A stream of chat completions on its way to a client that reads them: chunk by chunk, read in passing. */
export class PassedChunks implements PassedAnswer {
  committed = false;
  failure: UpstreamFailure | undefined;
  readonly #request: PassedRequest;
  readonly #json = new RecurringJson();
  #reported: ReportedUsage | undefined;
  #finish: string | undefined;
  #chars = 0;
  #ended = false;

  constructor(request: PassedRequest) {
    this.#request = request;
  }

  get concluded(): boolean {
    return this.#finish !== undefined;
  }

  get finished(): boolean {
    return this.#ended || this.failure !== undefined;
  }

  get metered(): Metered {
    const { requestBytes } = this.#request;
    return meteredOf(this.#reported, this.#finish, { requestBytes, answerChars: this.#chars });
  }

  take({ data }: SseFrame): string {
    if (data.trim() === "[DONE]") return this.end();
    const value = this.#json.parse(data);
    const failure = failureIn(value);
    if (failure !== undefined) return this.fail(failure);
    return this.#chunk(loose<keyof PassedChunk>(value), data);
  }

  end(): string {
    // A server may forget its [DONE]; without a finish reason nobody knows whether the answer is whole.
    if (this.#finish === undefined) return this.fail(truncated);
    this.#ended = true;
    return done;
  }

  fail(failure: UpstreamFailure): string {
    this.failure = failure;
    const error = openAiErrorOf({ type: errorTypeOf(failure.kind), message: failure.message });
    return `data: ${JSON.stringify({ error })}\n\n`;
  }

  #chunk(chunk: PassedChunk, data: string): string {
    const { includeUsage, context } = this.#request;
    const choices = listOf(chunk.choices);
    for (const choice of choices) this.#read(loose<keyof Choice>(choice));
    if (chunk.usage) this.#reported = readUsage(chunk.usage, chunk.service_tier) ?? this.#reported;
    if (!chunk.usage || includeUsage) return `data: ${renamed(data, chunk, context.askedModel)}\n\n`;
    if (choices.length === 0) return "";
    const { usage: _, ...rest } = chunk;
    return `data: ${JSON.stringify({ ...rest, model: context.askedModel })}\n\n`;
  }

  #read({ delta, finish_reason: finish }: Choice): void {
    this.#finish = stringOf(finish) ?? this.#finish;
    if (this.#finish !== undefined) this.committed = true;
    if (!isLoose<keyof Delta>(delta)) return;
    const { content, reasoning_content: thought, reasoning } = delta;
    this.#say(lengthOf(content) + lengthOf(thought) + lengthOf(reasoning));
    const { tool_calls: calls, function_call: call, refusal, audio } = delta;
    if (calls || call || refusal || audio) this.#say(JSON.stringify(calls ?? call ?? "").length);
  }

  #say(chars: number): void {
    this.#chars += chars;
    if (chars > 0) this.committed = true;
  }
}

/** The chunk's own text where that can be kept: writing it anew would cost as much as all the rest. */
function renamed(data: string, chunk: PassedChunk, model: string): string {
  // Quotes inside of texts are escaped, so this can only be a member.
  const member = `"model":${JSON.stringify(chunk.model)}`;
  const at = data.indexOf(member);
  if (at < 0 || data.includes("\n")) return JSON.stringify({ ...chunk, model });
  return `${data.slice(0, at)}"model":${JSON.stringify(model)}${data.slice(at + member.length)}`;
}

function lengthOf(text: unknown): number {
  return typeof text === "string" ? text.length : 0;
}

const truncated: UpstreamFailure = {
  kind: "truncated",
  message: "The provider's stream ended before the answer was complete.",
};
