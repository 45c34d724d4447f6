import type { AnswerStream, ClientRequest, Dropped } from "../dialects/dialect.ts";
import type { Answer } from "../messages/answer.ts";
import type { UpstreamFailure } from "../messages/failure.ts";
import type { FailureContext, Refusal, RenderedError } from "../messages/render-failure.ts";

/** The wire formats that a client can speak. */
export type ClientDialectName = "anthropic-messages" | "openai-chat" | "openai-responses";

/** Values from outside that reading a client's request needs; passed in so that it stays pure. */
export interface ClientContext {
  /** When the request came, in epoch seconds; some answers carry it. */
  readonly createdAtSeconds: number;
}

/** One wire format of clients: how a request in it becomes a Messages request, and how it is answered. */
export interface ClientDialect {
  readonly name: ClientDialectName;
  /** A comment or an event that means nothing, sent when a stream has been silent for long. */
  readonly keepAlive: string;
  /** Name of the header in which this dialect's clients look for the id of their request, lower case. */
  readonly requestIdHeader: string;
  /** Reads a request. Throws a TranslatorError that names what is wrong in the client's own terms. */
  decodeRequest(body: Uint8Array, context: ClientContext): ClientCall;
  /** The answer for a request that failed upstream. */
  renderFailure(failure: UpstreamFailure, context: FailureContext): RenderedError;
  /** The answer for a request that the gateway itself refuses. */
  renderRefusal(refusal: Refusal, requestId: string): RenderedError;
}

/** A request that has been read, together with the way back for its answer. */
export interface ClientCall {
  /** The request as one of the Messages API. */
  readonly request: ClientRequest;
  /** What the client asked for and the provider was not told: `lost` in translating for the provider, and before that. */
  dropped(lost: readonly Dropped[]): readonly Dropped[];
  /** The client's form of a whole answer, of which `body` is the Messages form. */
  whole(body: Uint8Array): Uint8Array;
  /** The same stream, but written in the client's dialect. */
  stream(answer: AnswerStream): AnswerStream;
  /** A whole answer, told as a stream. */
  replay(answer: Answer): Uint8Array;
}
