/** A search that a model wants, within what its client allows. */
export interface SearchQuery {
  readonly query: string;
  /** Only results of these sites are wanted; empty for any. Source: Anthropic docs, "Web search tool". */
  readonly allowedDomains: readonly string[];
  /** No results of these sites are wanted. */
  readonly blockedDomains: readonly string[];
  readonly userLocation: UserLocation | undefined;
}

/** Roughly where the user is. Source: `UserLocation` in anthropic-sdk-typescript. */
export interface UserLocation {
  readonly city?: string;
  readonly region?: string;
  /** ISO 3166-1, two letters. */
  readonly country?: string;
  /** IANA name. */
  readonly timezone?: string;
}

/** One page that was found. */
export interface SearchResult {
  readonly url: string;
  readonly title: string;
  /** What the model gets to read of the page. */
  readonly text: string;
  /** When the page was written or changed, in the engine's own words. */
  readonly pageAge?: string | undefined;
}

/**
 * Why there are no results: the codes of the Messages API.
 * Source: `WebSearchToolResultErrorCode` in anthropic-sdk-typescript.
 */
export type SearchError =
  | "invalid_tool_input"
  | "unavailable"
  | "max_uses_exceeded"
  | "too_many_requests"
  | "query_too_long"
  | "request_too_large";

/** What came of one search. */
export type SearchOutcome =
  | { readonly ok: true; readonly results: readonly SearchResult[] }
  | { readonly ok: false; readonly error: SearchError };

/** Searches the web. An engine that cannot filter by site gives what it has: other results are left out afterwards. */
export type WebSearch = (query: SearchQuery, signal: AbortSignal) => Promise<SearchOutcome>;

/** An answer that may take several calls, because the searches that the model wants are made between them. */
export interface SearchRounds {
  /**
   * What is to be searched, possibly nothing, before the answer goes on with `resume`; to be asked once a call's answer
   * has been read to its end. Undefined when no further call is needed.
   */
  searches(): readonly SearchQuery[] | undefined;
  /** Takes what was found, in the order of the queries. Gives the body of the next call, or undefined for none. */
  resume(found: readonly SearchOutcome[]): Uint8Array | undefined;
}
