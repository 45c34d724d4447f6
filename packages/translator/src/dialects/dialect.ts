import type { Answer } from "../messages/answer.ts";
import type { UpstreamFailure } from "../messages/failure.ts";
import type { StopReason, StreamEvent } from "../messages/events.ts";
import type { MessagesRequest } from "../messages/request.ts";
import type { Usage } from "../messages/usage.ts";
import type { SearchRounds } from "../search/web-search.ts";
import type { ConverseProfile } from "./bedrock-converse/profile.ts";
import type { GeminiProfile } from "./gemini/profile.ts";
import type { ChatProfile } from "./openai-chat/profile.ts";
import type { ResponsesProfile } from "./openai-responses/profile.ts";

/** Something of the request that the provider was not told: where it stood, and why it stayed behind. */
export interface Dropped {
  /** Path in the client's request, e.g. `messages[3].content[0]` or `metadata.user_id`. */
  readonly path: string;
  readonly reason: string;
}

/** The wire formats that a provider can speak. */
export type DialectName = "anthropic-messages" | "bedrock-converse" | "gemini" | "openai-chat" | "openai-responses";

/** One client request, as it came over the wire. */
export interface ClientRequest {
  readonly body: Uint8Array;
  readonly envelope: Envelope;
  /** The betas that its `anthropic-beta` names, see `readBetas`. */
  readonly betas?: readonly string[];
}

/** Where the request goes and what is known of the model there. */
export interface Target {
  /** The provider's own name of the model. */
  readonly model: string;
  /** What an OpenAI-compatible server can take; unused by the other dialects. */
  readonly chat?: ChatProfile;
  /** What a server of the Responses API can take, when the model's name does not tell; unused by the other dialects. */
  readonly responses?: ResponsesProfile;
  /** What a Gemini model can take, when its name does not tell; unused by the other dialects. */
  readonly gemini?: GeminiProfile;
  /** What a model behind Converse can take, when its id does not tell; unused by the other dialects. */
  readonly converse?: ConverseProfile;
}

/** Values from outside that a translation needs; passed in so that it stays pure. */
export interface TranslationContext {
  /** Id of the answer, `msg_…`. */
  readonly messageId: string;
  /** The model name that the client asked for and is told. */
  readonly askedModel: string;
}

/** One request as it goes to the provider. */
export interface WrittenRequest {
  /** As `fetch` takes it. */
  readonly body: Uint8Array<ArrayBuffer>;
  readonly dropped: readonly Dropped[];
  /** What `anthropic-beta` is to say in place of the client's own words, nothing when empty; without it those stand. */
  readonly betaHeader?: string | undefined;
}

/** One request in a provider's dialect, together with the way back for its answer. */
export interface Translation extends WrittenRequest {
  /** Set when the answer is known without asking the provider. */
  readonly answer?: Answer;
  /** A fresh translator for a streamed answer: provider bytes in, client bytes out. */
  answerStream(): AnswerStream;
  /** Translates a whole answer. `contentType` tells JSON from an event stream sent unasked. */
  answerWhole(body: Uint8Array, contentType: string): WholeAnswer;
  /** A fresh translator for a whole answer that may take several calls; only where the model's searches are made here. */
  readonly answerInRounds?: () => WholeRounds;
}

/** One whole answer out of those of several calls. */
export interface WholeRounds {
  readonly rounds: SearchRounds;
  /** Takes the answer of the present call; gives why it is none. */
  take(body: Uint8Array, contentType: string): UpstreamFailure | undefined;
  /** The answer, once no further call is needed. */
  end(): WholeAnswer;
}

/**
 * A streamed answer on its way to the client. `push` gives all bytes that one network chunk completes,
 * possibly none. After `failure` is set nothing more is to be pushed; the bytes returned then end with an `error` event.
 */
export interface AnswerStream {
  push(chunk: Uint8Array): Uint8Array;
  end(): Uint8Array;
  fail(failure: UpstreamFailure): Uint8Array;
  /** Has the events written otherwise than as Messages events; to be called first. Missing where bytes are passed on. */
  writeWith?(encode: (event: StreamEvent) => string): void;
  /** True from the first real content on: until then a failure may still become an HTTP status. */
  readonly committed: boolean;
  /**
   * True once the provider has said how its answer ends. Only its account and its full stop can follow, and some
   * servers send neither and keep the connection open: wait a moment for the end, then call `end`.
   */
  readonly concluded: boolean;
  /**
   * True once everything that the client gets has been written. Nothing more need be read; a provider that has not
   * concluded by then is still writing what nobody will see, so its connection is to be closed at once.
   */
  readonly finished: boolean;
  readonly failure: UpstreamFailure | undefined;
  /** True as long as the model has not begun to write or has gone over to thinking, in which it may be silent for long. */
  readonly thinking: boolean;
  /** Set when the answer may take several calls: what follows one is to be asked before `end` is called. */
  readonly rounds?: StreamRounds;
  /** What is known so far; final after `end` or `fail`. */
  readonly metered: Metered;
}

/** The calls that a streamed answer takes, one after the other. */
export interface StreamRounds extends SearchRounds {
  /** How far the present call is: that is over before the answer is. */
  readonly call: Pick<AnswerStream, "concluded" | "finished" | "failure">;
}

/** What one answer came to. */
export interface Metered {
  readonly usage: Usage;
  readonly stopReason: StopReason | undefined;
}

/** A translated whole answer, or what the provider said instead of one. */
export type WholeAnswer =
  | { readonly ok: true; readonly body: Uint8Array; readonly metered: Metered }
  | { readonly ok: false; readonly failure: UpstreamFailure };

/** A provider's answer with an error status. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** When it arrived, in epoch milliseconds; without it a `retry-after` that is a date cannot be read. */
  readonly receivedAtMs?: number | undefined;
}

/** How a provider is asked for the number of tokens of a request. */
export interface Counting {
  /** The path under the provider's base URL. Throws {@link TranslatorError} as `pathFor` does. */
  path(model: string): string;
  /** Writes a `count_tokens` request. Throws {@link TranslatorError} when the request itself is at fault. */
  write(request: ClientRequest, target: Target): WrittenRequest;
  /** The answer for the client; undefined when the provider's own, parsed, tells no number. */
  read(answer: unknown): TokenCount | undefined;
}

/** The answer to a `count_tokens` request. */
export interface TokenCount {
  readonly input_tokens: number;
  readonly [more: string]: unknown;
}

/** One wire format: how a Messages request is written in it and how its answers are read. */
export interface Dialect {
  readonly name: DialectName;
  /** Paths under the provider's base URL. */
  readonly paths: { readonly create: string; readonly models: string };
  /**
   * The path of a request where it depends on the model and on whether the answer is to be streamed; else
   * `paths.create` is the path. Throws {@link TranslatorError} for a model that would leave its place in it.
   */
  pathFor?(model: string, stream: boolean): string;
  /** Names of client headers that this dialect passes on, lower case. */
  readonly forwardedHeaders: readonly string[];
  /** True when the client's own query goes along, such as `?beta=true`. */
  readonly forwardsQuery?: true;
  /** Headers of an answer that clients of the Messages API are given as they came; missing where there are none. */
  readonly relayedHeaders?: (headers: Readonly<Record<string, string | undefined>>) => Readonly<Record<string, string>>;
  /** Missing where the provider counts no tokens before it answers. */
  readonly counting?: Counting;
  /** Writes the request. Throws {@link TranslatorError} when the request itself is at fault. */
  translate(request: ClientRequest, target: Target, context: TranslationContext): Translation;
  /** Says what an error answer means. */
  readFailure(answer: ErrorAnswer): UpstreamFailure;
  /**
   * After a refusal that a changed request would pass (a parameter the model does not take, an output limit):
   * the changed body, or undefined when trying again is useless.
   */
  repair(body: Uint8Array, failure: UpstreamFailure): Uint8Array<ArrayBuffer> | undefined;
  /** True where no provider compacts a conversation by itself when `context_management` asks for it. */
  readonly lacksCompaction?: true;
  /**
   * True when the request declares a web search that the target's provider cannot make. Missing where searches are
   * the provider's own matter, as at the Messages API itself.
   */
  readonly lacksSearch?: (request: MessagesRequest, target: Target) => boolean;
}

/** What the gateway reads of a request before anything else; see `readEnvelope`. */
export interface Envelope {
  readonly model: string;
  readonly stream: boolean;
  readonly maxTokens: number | undefined;
  /** Number of bytes of the body. */
  readonly bytes: number;
  /** Byte ranges of the values of the top-level keys, so that they can be replaced without parsing the rest. */
  readonly spans: ReadonlyMap<string, Span>;
  /** Offsets of the strings that may name a thinking block, noted in passing; without it a dialect looks for itself. */
  readonly thinkingAt?: readonly number[];
  /** Offsets of the strings that may be ids of searches or types of tools that search, likewise. */
  readonly searchesAt?: readonly number[];
  /** Offsets of the strings that may be types of images and documents, likewise. */
  readonly mediaAt?: readonly number[];
}

/** A half-open range of bytes. */
export interface Span {
  readonly start: number;
  readonly end: number;
}
