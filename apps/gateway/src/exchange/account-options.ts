import type { AttemptLease } from "@drawbridge/governance";
import type { PriceRow } from "@drawbridge/providers/models";
import type { GatewayBound } from "./request-bound.ts";
import type { SentRequest } from "./sent-request.ts";
import type { TokenRates } from "./token-rates.ts";

/** What an account goes by. */
export interface AccountOptions {
  readonly attempt: AttemptLease;
  /** In force when the attempt began; undefined for a model that nobody has priced. */
  readonly price: PriceRow | undefined;
  readonly bound: GatewayBound;
  /** Of the model, by what was counted before. */
  readonly rates: TokenRates;
  /** The client's name for its session. */
  readonly sessionId: string | undefined;
  /** What its client has sent; undefined where the bytes say nothing. */
  readonly asked: SentRequest | undefined;
  /** False where nothing of an answer comes before it is whole. */
  readonly isStreamed: boolean;
  /** True where an answer is written and billed to its end when nobody reads it any more. */
  readonly isWrittenOn: boolean;
  /** Milliseconds that only go up. */
  readonly clock: () => number;
  /** How late what the provider has sent may be read, in milliseconds. */
  readonly delayMs: () => number;
}
