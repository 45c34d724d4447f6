import type { SearchQuery, SearchResult } from "@drawbridge/translator";

/** One search engine's API, as data: how it is asked and what its answers say. */
export interface SearchEngine {
  /** Where its API is; undefined where everybody runs their own. */
  readonly baseUrl: string | undefined;
  readonly needsKey: boolean;
  /** The longest query that it takes; undefined where it sets no limit. */
  readonly maxQuery: { readonly chars: number; readonly words?: number } | undefined;
  /** The header that carries the key. */
  keyHeader(key: string): Readonly<Record<string, string>>;
  request(query: SearchQuery, maxResults: number): EngineRequest;
  /** The results in an answer, best first; whatever is not one is left out. */
  results(answer: unknown): readonly SearchResult[];
}

/** What an engine is sent. */
export interface EngineRequest {
  /** Follows the base URL, query included. */
  readonly path: string;
  /** Posted as JSON; without it the request is a GET. */
  readonly body?: object;
}
