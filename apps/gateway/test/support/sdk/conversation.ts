/** A call of a tool that a client was told of. */
export interface SaidCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** One answer, in words of no SDK. */
export interface Said {
  readonly thinking: string;
  readonly text: string;
  readonly calls: readonly SaidCall[];
  readonly stop: "end" | "tools" | "length" | "other";
  /** Cached tokens are part of the input here. */
  readonly usage: { readonly input: number; readonly cached: number; readonly output: number };
}

/** What a tool gave: words, and an image where the client can hand one on. */
export interface ToolOutput {
  readonly text: string;
  /** PNG as base64. */
  readonly image?: string;
}

/** A conversation by one vendor's SDK, which keeps the turns as that SDK gives and takes them. */
export interface Conversation {
  /** Says something as the user. */
  say(text: string): void;
  /** Hands results to the model, in the order of the last answer's calls. */
  give(outputs: readonly ToolOutput[]): void;
  /** Asks for an answer, reads it by the SDK and keeps it as a turn. */
  answer(stream: boolean): Promise<Said>;
  /** Text that the last stream gave before it ended or broke. */
  readonly seen: string;
}

/** One vendor's SDK as a client of the gateway. */
export interface Sdk {
  readonly name: string;
  /** Begins a conversation with a model, with thinking on and one tool, `read_file`. */
  begin(gatewayUrl: string, model: string): Conversation;
  /** The status of the SDK's own error; undefined for anything else. */
  statusOf(error: unknown): number | undefined;
}

/** The one tool of these conversations. */
export const readFile = {
  name: "read_file",
  description: "Reads a file.",
  schema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
} as const;
