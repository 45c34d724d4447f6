import { readResults, valueAt } from "./read-results.ts";
import type { SearchEngine } from "./search-engine.ts";
import { withSites } from "./with-sites.ts";

const mostResults = 20;

/** Brave Search. Source: @brave/n8n-nodes-brave-search, Brave's own client, and the types of brave-search. */
export const brave: SearchEngine = {
  baseUrl: "https://api.search.brave.com/res/v1",
  needsKey: true,
  maxQuery: { chars: 400, words: 50 },
  keyHeader: (key) => ({ "x-subscription-token": key }),
  request: (query, maxResults) => {
    const country = query.userLocation?.country;
    const parameters = new URLSearchParams({
      q: withSites(query),
      count: String(Math.min(maxResults, mostResults)),
      text_decorations: "false",
      ...(country !== undefined && { country }),
    });
    return { path: `/web/search?${parameters.toString()}` };
  },
  results: (answer) =>
    readResults(valueAt(valueAt(answer, "web"), "results"), {
      url: "url",
      title: "title",
      text: ["description", "extra_snippets"],
      age: ["age", "page_age"],
    }),
};
