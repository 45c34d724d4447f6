import type { Metered } from "../../dialects/dialect.ts";
import { readFailedResponse } from "../../dialects/openai-responses/errors.ts";
import { endings, readFinish, type Finish } from "../../dialects/openai-responses/finish.ts";
import type { WireEvent, WireResponse } from "../../dialects/openai-responses/wire.ts";
import { isLoose, stringOf } from "../../json/loose.ts";
import { RecurringJson } from "../../json/recurring-json.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { renameAt } from "../../messages/rename-at.ts";
import { errorTypeOf } from "../../messages/render-failure.ts";
import type { SseFrame } from "../../stream/sse.ts";
import { bareId } from "../shared/bare-id.ts";
import { openAiErrorOf, type OpenAiError } from "../shared/openai-errors.ts";
import type { PassedAnswer } from "../shared/passed-stream.ts";
import { EventWriter } from "./event-writer.ts";
import { accountOf, type PassedRequest } from "./passed-account.ts";
import { responseSettings } from "./response-settings.ts";
import { responseObject } from "./response-object.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The events of a Responses stream on their way to a client that reads them: each as it came, but for the model's name
 * in those that carry the whole response.
 */
export class PassedEvents implements PassedAnswer {
  committed = false;
  failure: UpstreamFailure | undefined;
  readonly #request: PassedRequest;
  readonly #json = new RecurringJson();
  #response: WireResponse = {};
  #finish: Finish | undefined;
  #nextNumber = 0;
  #chars = 0;

  constructor(request: PassedRequest) {
    this.#request = request;
  }

  get concluded(): boolean {
    return this.finished;
  }

  get finished(): boolean {
    return this.#finish !== undefined || this.failure !== undefined;
  }

  get metered(): Metered {
    const { requestBytes } = this.#request;
    return accountOf({ response: this.#response, finish: this.#finish, answerChars: this.#chars, requestBytes });
  }

  take(frame: SseFrame): string {
    const value = this.#json.parse(frame.data);
    if (isLoose<keyof WireEvent | "sequence_number">(value)) {
      const { sequence_number: number } = value;
      this.#nextNumber = (typeof number === "number" ? number : this.#nextNumber) + 1;
      return this.#event(frame, value, stringOf(value.type) ?? frame.event ?? "");
    }
    const text = frame.data.trim();
    if (text === "" || text === "[DONE]") return "";
    return this.fail(malformed("The provider sent something that is not JSON in the middle of its stream."));
  }

  end(): string {
    if (this.#nextNumber === 0) return this.fail(malformed("The provider's stream ended without an answer in it."));
    return this.fail({
      kind: "truncated",
      message: "The provider's stream ended before the answer was complete.",
    });
  }

  fail(failure: UpstreamFailure): string {
    this.failure = failure;
    const error = openAiErrorOf({ type: errorTypeOf(failure.kind), message: failure.message });
    const { code, message, param } = error;
    return new EventWriter(this.#nextNumber).event("error", { code, message, param }) + this.#failed(error, 1);
  }

  #event(frame: SseFrame, event: WireEvent, type: string): string {
    if (type === "error" || (type === "" && event.error)) return this.#error(frame, event);
    if (isLoose<keyof WireResponse>(event.response)) return this.#whole(frame, event.response, type);
    if (!beginnings.has(type)) this.committed = true;
    const { delta } = event;
    if (typeof delta === "string") this.#chars += delta.length;
    return frameOf(frame);
  }

  #whole(frame: SseFrame, response: WireResponse, type: string): string {
    // What has been parsed is the next event's too.
    this.#response = structuredClone(response);
    const announced = endings.get(type);
    if (announced !== undefined) {
      this.#finish = readFinish(response, announced);
      if (this.#finish.end === "failure") this.failure = this.#finish.failure;
      else this.committed = true;
    }
    const { askedModel } = this.#request.context;
    const data = decoder.decode(renameAt(encoder.encode(frame.data), ["response", "model"], askedModel));
    return frameOf({ ...frame, data });
  }

  /** OpenAI's SDKs stop at such an event; Codex waits for a response that has failed, so it gets one too. */
  #error(frame: SseFrame, event: WireEvent): string {
    const failure = readFailedResponse(event.error ?? event);
    this.failure = failure;
    return frameOf(frame) + this.#failed(openAiErrorOf({ type: errorTypeOf(failure.kind), message: failure.message }));
  }

  #failed({ code, message }: OpenAiError, behind = 0): string {
    const { context, createdAtSeconds } = this.#request;
    const settings = responseSettings({ model: context.askedModel, input: [] });
    const { model } = settings;
    const id = `resp_${bareId(context.messageId)}`;
    const begun = { id, model, status: "failed", usage: undefined } as const;
    const response = {
      ...responseObject(settings, createdAtSeconds, begun),
      output: [],
      ...this.#response,
      model,
      status: "failed",
      error: { code: code ?? "server_error", message },
    };
    return new EventWriter(this.#nextNumber + behind).event("response.failed", { response });
  }
}

/** Events that say that something has begun, and not yet what. */
const beginnings: ReadonlySet<string> = new Set([
  "response.output_item.added",
  "response.content_part.added",
  "response.reasoning_summary_part.added",
]);

function malformed(message: string): UpstreamFailure {
  return { kind: "malformed", message };
}

function frameOf({ event, data }: SseFrame): string {
  const lines = data.includes("\n") ? data.replaceAll("\n", "\ndata: ") : data;
  return event === undefined ? `data: ${lines}\n\n` : `event: ${event}\ndata: ${lines}\n\n`;
}
