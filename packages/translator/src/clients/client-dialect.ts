import type {
  AnswerStream,
  Dialect,
  Dropped,
  Envelope,
  Target,
  TranslationContext,
  WholeAnswer,
  WholeRounds,
} from "../dialects/dialect.ts";
import type { RecurringContainers } from "../json/recurring-containers.ts";
import type { UpstreamFailure } from "../messages/failure.ts";
import type { RequestContent } from "../messages/request-content.ts";
import type { DeclaredTool } from "../tools/tool-list.ts";
import type { FailureContext, Refusal, RenderedError } from "../messages/render-failure.ts";

/** The wire formats that a client can speak. */
export type ClientDialectName = "anthropic-messages" | "openai-chat" | "openai-responses";

/** Values from outside that reading a client's request needs; passed in so that it stays pure. */
export interface ClientContext {
  /** When the request came, in epoch seconds; some answers carry it. */
  readonly createdAtSeconds: number;
  /** The betas that the request's `anthropic-beta` names, see `readBetas`; only clients of the Messages API name any. */
  readonly betas?: readonly string[];
  /** What knows tools and system prompts again, at less than scanning them anew; only for requests of the Messages API. */
  readonly recurring?: RecurringContainers;
}

/** One wire format of clients: how a request in it becomes a Messages request, and how it is answered. */
export interface ClientDialect {
  readonly name: ClientDialectName;
  /** A comment or an event that means nothing, sent when a stream has been silent for long. */
  readonly keepAlive: string;
  /** Name of the header in which this dialect's clients look for the id of their request, lower case. */
  readonly requestIdHeader: string;
  /** True when its clients read what a provider of their own API says in the head of an answer. */
  readonly readsHeaders?: true;
  /** Reads a request. Throws a TranslatorError that names what is wrong in the client's own terms. */
  decodeRequest(body: Uint8Array, context: ClientContext): ClientCall;
  /** The answer for a request that failed upstream. */
  renderFailure(failure: UpstreamFailure, context: FailureContext): RenderedError;
  /** The answer for a request that the gateway itself refuses. */
  renderRefusal(refusal: Refusal, requestId: string): RenderedError;
}

/** A request that has been read. */
export interface ClientCall {
  /** What routing and policy need to know. */
  readonly facts: Pick<Envelope, "model" | "stream" | "maxTokens" | "searchesAt" | "mediaAt">;
  /** What it asks for that can make its tokens cost otherwise than usual: a service tier, a speed, a place. */
  readonly tiers: readonly string[];
  /** What rules and policies may ask besides; found when it is read. */
  readonly content: RequestContent;
  /** As its client wrote it, or as it was changed here since. */
  readonly body: Uint8Array;
  /** The tools that it offers its model, those among them that its messages define; found anew with each call. */
  tools(): readonly DeclaredTool[];
  /**
   * The same request without the tools of these names, still valid: cut the same way every time, so that prompt caches
   * live. What was cut is among what its translation drops.
   */
  withoutTools(names: readonly string[]): ClientCall;
  /** The same request for an answer of at most so many tokens. */
  limitOutput(maxTokens: number): ClientCall;
  /** Writes it for a provider. Throws a TranslatorError when the request itself is at fault. */
  translate(dialect: Dialect, target: Target, context: TranslationContext): ClientTranslation;
}

/** A call in a provider's dialect, together with the way back for its answer, all the way to the client. */
export interface ClientTranslation {
  /** What goes to the provider. */
  readonly body: Uint8Array;
  /** What the client asked for and the provider is not told, in the client's own terms. */
  readonly dropped: readonly Dropped[];
  /** What `anthropic-beta` is to say in place of the client's own words, nothing when empty; without it those stand. */
  readonly betaHeader?: string | undefined;
  /** Set when the answer is known without asking the provider. */
  readonly answer?: KnownAnswer | undefined;
  /** A fresh translator for a streamed answer: provider bytes in, client bytes out. */
  answerStream(): AnswerStream;
  /** Translates a whole answer. `contentType` tells JSON from an event stream sent unasked. */
  answerWhole(body: Uint8Array, contentType: string): WholeAnswer;
  /** A fresh translator for a whole answer that may take several calls; only where the model's searches are made here. */
  readonly answerInRounds?: (() => WholeRounds) | undefined;
  /** Translates a whole answer for a client that asked for a stream. */
  answerReplayed(body: Uint8Array, contentType: string): WholeAnswer;
}

/** An answer in both of its forms. */
export interface KnownAnswer {
  whole(): Uint8Array;
  stream(): Uint8Array;
}
