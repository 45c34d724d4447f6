/** Which of its faces the fake provider was asked on. */
export type FakeDialect = "openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "bedrock-converse";

/** What was asked for, read from the path. */
export type FakeOperation = "create" | "count-tokens" | "models" | "other";

/**
 * How an exchange ended: "completed" as its script wanted (scripted breaks included), "abandoned" when the
 * client left before.
 */
export type ExchangeEnd = "completed" | "abandoned";

/** One request as the provider saw it. */
export interface SeenRequest {
  /** From zero, in order of arrival. */
  readonly index: number;
  /** From zero, among the requests of the same operation: 0 is the first inference, whatever was listed before. */
  readonly call: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names in lower case; repeated ones joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: Uint8Array;
  /** The body as JSON, undefined when it is none. */
  readonly body: unknown;
  readonly dialect: FakeDialect;
  /** Whose paths and rules the dialect came with, where those are not its own. */
  readonly platform: "invoke-model" | "raw-predict" | undefined;
  readonly operation: FakeOperation;
  readonly stream: boolean;
  /** Asked for in the body or, where the dialect has it so, in the path. */
  readonly model: string;
  /** Number of assistant messages in it: what a script should go by, because a retry does not change it. */
  readonly assistantTurns: number;
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
  /** When the client left before the answer was complete, on the same clock. */
  readonly abandonedAt: number | undefined;
  /** Tokens produced until the end; those of the whole answer when it was completed. */
  readonly producedTokens: number;
  /** Settles when the exchange is over, either way. */
  readonly ended: Promise<ExchangeEnd>;
}
