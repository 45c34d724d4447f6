import { reasons } from "../conversation/reasons.ts";
import type { CarryRow } from "./carries.ts";

/** How a model searches whose provider has no search, in a sentence for the tables. */
export const searchHere =
  "Callers that can search the web, as the gateway with a search engine, offer the model a function instead and search " +
  "between two calls of one answer, which tells it as server_tool_use and web_search_tool_result.";

/** What becomes of a request for a web search alone where nobody searches. */
export const loneSearchRow: CarryRow = {
  feature: "A request for a web search alone, where nobody searches",
  carried: "no",
  how: "It is answered with a failed search instead of an error, so that the client goes on.",
};

/** What becomes of earlier searches. */
export const searchHistoryRow: CarryRow = {
  feature: "Web searches in the history",
  carried: "partly",
  how: `Those that were made between two calls are calls of that function again, with all that the model read. Others: ${reasons.searchResult}`,
};
