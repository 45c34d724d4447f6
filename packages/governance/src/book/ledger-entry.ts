/**
 * What an entry says of an attempt: that it may cost up to so much (`open`), what it cost (`close`), that it cost nothing
 * since it was never sent (`void`), that its owner is gone and it counts in full (`expire`), or a later correction
 * (`adjust`).
 */
export type LedgerKind = "open" | "close" | "void" | "expire" | "adjust";

/** How well an amount is known: counted by the provider, counted up to where the answer broke off, or estimated. */
export type UsageSource = "final" | "partial" | "estimated";

/** Tokens of one attempt, as far as they are told. The four kinds of input are disjoint. */
export interface LedgerUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWrite5mTokens: number;
  readonly cacheWrite1hTokens: number;
  readonly webSearchRequests: number;
}

/** One line of the account that is kept for people. Never changed once it is written. */
export interface LedgerEntry {
  /** Minted by the gateway. With `attempt` and `kind` it names the entry: a second one of the same name is no news. */
  readonly requestId: string;
  /** Counted from 1 within the request. */
  readonly attempt: number;
  readonly kind: LedgerKind;
  /** Minted by who corrects, and part of the name of an `adjust`: an attempt can be corrected more than once. */
  readonly adjustment?: string | undefined;
  /** When its request was admitted, the same in all entries of a request: the periods that all of them belong to. */
  readonly admittedMs: number;
  /** When what it says came about. */
  readonly atMs: number;
  readonly customer?: string | undefined;
  readonly team?: string | undefined;
  readonly user?: string | undefined;
  readonly keyId: string;
  readonly keyName: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The client's name for its session: a label to find things by, in which nothing is trusted. */
  readonly sessionId?: string | undefined;
  readonly provider: string;
  /** The provider's own name of the model. */
  readonly model: string;
  readonly modelAsked: string;
  /** The credential's name. */
  readonly credential: string;
  /** What it cost; of an `open`, what it may cost as far as that is held; of an `adjust`, the difference, which may be negative. */
  readonly nanoUsd: number;
  readonly usage?: LedgerUsage | undefined;
  readonly source: UsageSource;
  /** How the attempt ended, like `ok`, `cancelled` or a kind of failure; empty while it runs. */
  readonly outcome: string;
  /** The gateway that wrote it. */
  readonly replica: string;
  /** Who corrected it, and why. */
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
}
