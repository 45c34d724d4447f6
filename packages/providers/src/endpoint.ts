import type { Dialect, Target } from "@drawbridge/translator";

/** How one model of a provider is spoken to, and where. */
export interface Endpoint {
  readonly dialect: Dialect;
  /** What the translator is to know of the model. */
  readonly target: Target;
  /** The dialect's paths begin here; without a trailing slash. */
  readonly baseUrl: string;
  /** What its dialect wants in every request beside the body; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What follows every path, with its question mark; usually empty. */
  readonly query: string;
}
