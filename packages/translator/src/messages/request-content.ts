import { isTranslatorError } from "../errors.ts";
import type { ContentBlock } from "./content.ts";
import { estimateInputTokens, type Countable } from "./estimate-input-tokens.ts";
import { bytesPerToken, maxRoughBytes } from "./input-estimates.ts";
import { isRecord } from "../json/is-record.ts";
import type { MessagesRequest } from "./request.ts";

/**
 * What rules and policies ask of a request's content. Each is found when it is first read, and kept; what cannot be read
 * counts as not there, since whoever writes the request for a provider says what is wrong with it.
 */
export interface RequestContent {
  readonly thinking: boolean;
  /** In messages and in results of tools; pages of documents are none. */
  readonly images: boolean;
  /** What the model reads, estimated: within an eighth where there are no media, else as `estimateInputTokens` does. */
  readonly inputTokens: number;
  /**
   * True when the system prompt begins with Claude Code's billing line and that names a subagent. Not there with
   * CLAUDE_CODE_ATTRIBUTION_HEADER=0 and in other clients, so false says little.
   */
  readonly saysSubagent: boolean;
}

/** The content of a request that has to be read as a whole; `read` makes a Messages request of it. */
export class WholeContent implements RequestContent {
  readonly saysSubagent = false;
  readonly #read: () => Readable;
  readonly #bytes: number;
  #request: { readonly read: Readable | undefined } | undefined;
  #inputTokens: number | undefined;

  /** `bytes` is the length of the client's body. */
  constructor(read: () => Readable, bytes: number) {
    this.#read = read;
    this.#bytes = bytes;
  }

  get thinking(): boolean {
    return isThinking(this.#whole()?.thinking);
  }

  get images(): boolean {
    return holdsBlock(this.#whole()?.messages ?? [], ["image"]);
  }

  get inputTokens(): number {
    return (this.#inputTokens ??= countInput(this.#whole(), this.#bytes));
  }

  #whole(): Readable | undefined {
    return (this.#request ??= { read: unlessBroken(this.#read) }).read;
  }
}

/** The parts of a Messages request that its content is made of. */
export type Readable = Countable & Partial<Pick<MessagesRequest, "thinking">>;

/** What a model reads, estimated from the length of the body where that says enough. */
export function countInput(request: Readable | undefined, bytes: number): number {
  const isTelling = request === undefined || (bytes <= maxRoughBytes && !holdsBlock(request.messages, media));
  return isTelling ? Math.ceil(bytes / bytesPerToken) : estimateInputTokens(request);
}

/** The blocks whose bytes say nothing of their tokens. */
export const media: readonly string[] = ["image", "document"];

/** True when a block of one of these types is in a message or in a tool's result there. */
export function holdsBlock(messages: Readable["messages"], types: readonly string[]): boolean {
  return messages.some(({ content }) => Array.isArray(content) && content.some((block) => isOrHolds(block, types)));
}

function isOrHolds(block: ContentBlock, types: readonly string[]): boolean {
  if (types.includes(block.type)) return true;
  return (
    block.type === "tool_result" && Array.isArray(block.content) && block.content.some((one) => isOrHolds(one, types))
  );
}

/** The value of the request's `thinking` says whether it is on. */
export function isThinking(thinking: unknown): boolean {
  return isRecord(thinking) && typeof thinking["type"] === "string" && thinking["type"] !== "disabled";
}

/** Undefined for a request that is broken. */
export function unlessBroken<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (isTranslatorError(error)) return undefined;
    throw error;
  }
}
