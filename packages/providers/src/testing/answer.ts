import type { Fault } from "./fault.ts";

/** One tool call that the model is said to make. */
export interface AnswerToolCall {
  readonly name: string;
  readonly input: unknown;
  /** Given to the client as it is; made up when missing. */
  readonly id?: string;
  /** Sent instead of `input` written as JSON: for arguments that are not JSON. */
  readonly rawArguments?: string;
}

/** Tokens that the provider says it counted. The kinds of input are disjoint. */
export interface AnswerUsage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  /** The part of `outputTokens` that was reasoning. */
  readonly thinkingTokens?: number;
}

/** Why the model stopped, in words of no dialect; written in those of the dialect asked. */
export type AnswerFinish = "stop" | "tools" | "length" | "refusal";

/** What the fake provider answers, in no dialect: it is written in the one that was asked. */
export interface Answer {
  readonly thinking?: string;
  readonly text?: string;
  readonly toolCalls?: readonly AnswerToolCall[];
  /** "tools" when there are tool calls, else "stop". */
  readonly finish?: AnswerFinish;
  /** What is not given is counted as one token for four characters; "none" reports nothing at all. */
  readonly usage?: AnswerUsage | "none";
  /** Name of the model in the answer; the one asked for when missing. */
  readonly model?: string;
  /** Greatest number of characters in one delta; 12 when missing. */
  readonly deltaChars?: number;
  /** Fragments of parallel tool calls take turns instead of following each other (chat completions only). */
  readonly interleaved?: boolean;
  /** Silence before the head of the answer. */
  readonly delayMs?: number;
  /** Silence between two events. */
  readonly gapMs?: number;
  /** Cuts the body into network chunks of so many bytes, across events. */
  readonly chunkBytes?: number;
  /** Sent with the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly fault?: Fault | readonly Fault[];
}

/** Why the model stopped, said or not. */
export function finishOf({ finish, toolCalls = [] }: Answer): AnswerFinish {
  return finish ?? (toolCalls.length > 0 ? "tools" : "stop");
}
