import { readResults, valueAt } from "./read-results.ts";
import type { SearchEngine } from "./search-engine.ts";
import { withSites } from "./with-sites.ts";

/**
 * SearXNG, which everybody runs themselves; its `search.formats` must have `json`. The page decides how many results
 * there are. Source: docs.searxng.org, "Search API".
 */
export const searxng: SearchEngine = {
  baseUrl: undefined,
  needsKey: false,
  maxQuery: undefined,
  // Instances behind a proxy are often guarded by a token.
  keyHeader: (key) => ({ authorization: `Bearer ${key}` }),
  request: (query) => {
    const parameters = new URLSearchParams({ q: withSites(query), format: "json" });
    return { path: `/search?${parameters.toString()}` };
  },
  results: (answer) =>
    readResults(valueAt(answer, "results"), { url: "url", title: "title", text: ["content"], age: ["publishedDate"] }),
};
