/** How long each part of a call may take, in milliseconds. */
export interface Deadlines {
  readonly connectMs: number;
  /** From the request written to the head of the answer. */
  readonly firstByteMs: number;
  /** Between two pieces of the answer's body, while the reader is asking for more. */
  readonly idleMs: number;
  readonly totalMs: number;
}

/** One HTTP request to a provider. */
export interface Call {
  readonly method: "GET" | "POST";
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly deadlines: Deadlines;
  /**
   * True for one that is billed: what may have arrived is not sent a second time without a word. Where a connection was stale, as
   * far as can be told, the failure says so, and whoever keeps an account sends it again.
   */
  readonly isBilled?: boolean | undefined;
}

/** The head of a provider's answer, and its body as it arrives (already decompressed). */
export interface Reply {
  readonly status: number;
  /** Names in lower case; a repeated header is joined with a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Read once. Throws a ProviderError when the connection breaks; returning early closes the connection. */
  readonly body: ReplyBody;
  /**
   * True when nothing of the transport or the system reads the request's body any more: it has all been written, and will not
   * be sent again. Its memory may then be used for something else. Missing where nobody can tell.
   */
  readonly requestWritten?: boolean;
}

/** A provider's body as it arrives. */
export interface ReplyBody extends AsyncIterable<Uint8Array> {
  /** All of a body that has come whole already, which then counts as read; undefined while more of it may come. */
  takeWhole?(): Uint8Array | undefined;
}

/** Carries calls over a network. `send` throws a ProviderError when there is no answer at all. */
export interface Transport {
  send(call: Call, signal: AbortSignal): Promise<Reply>;
  /** Closes idle connections; calls in flight finish first. */
  close(): Promise<void>;
}
