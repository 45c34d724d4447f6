/** Which of its two faces the fake provider was asked on. */
export type FakeDialect = "openai-chat" | "anthropic-messages";

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
  readonly operation: FakeOperation;
  readonly stream: boolean;
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

/** Reads what can be read of a request without a dialect. */
export function describeBody(body: unknown): { stream: boolean; assistantTurns: number; model: string } {
  if (typeof body !== "object" || body === null) return { stream: false, assistantTurns: 0, model: "" };
  const { stream, messages, model } = body as { stream?: unknown; messages?: unknown; model?: unknown };
  const turns = Array.isArray(messages) ? messages.filter(isAssistant).length : 0;
  return { stream: stream === true, assistantTurns: turns, model: typeof model === "string" ? model : "" };
}

/** Reads the operation from a path, whatever stands before `/v1`. */
export function operationOf(path: string): { operation: FakeOperation; dialect: FakeDialect } {
  const [bare = ""] = path.split("?");
  if (bare.endsWith("/chat/completions")) return { operation: "create", dialect: "openai-chat" };
  if (bare.endsWith("/messages")) return { operation: "create", dialect: "anthropic-messages" };
  if (bare.endsWith("/messages/count_tokens")) return { operation: "count-tokens", dialect: "anthropic-messages" };
  if (/\/models(\/.*)?$/.test(bare)) return { operation: "models", dialect: "openai-chat" };
  return { operation: "other", dialect: "openai-chat" };
}

function isAssistant(message: unknown): boolean {
  return typeof message === "object" && message !== null && "role" in message && message.role === "assistant";
}
