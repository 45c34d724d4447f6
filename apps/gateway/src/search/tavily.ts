import { readResults, valueAt } from "./read-results.ts";
import type { SearchEngine } from "./search-engine.ts";

const mostResults = 20;

/** Tavily. Source: @tavily/core, its own client. The limits of queries and results: not confirmed. */
export const tavily: SearchEngine = {
  baseUrl: "https://api.tavily.com",
  needsKey: true,
  maxQuery: { chars: 400 },
  keyHeader: (key) => ({ authorization: `Bearer ${key}` }),
  request: ({ query, allowedDomains, blockedDomains }, maxResults) => ({
    path: "/search",
    body: {
      query,
      max_results: Math.min(maxResults, mostResults),
      ...(allowedDomains.length > 0 && { include_domains: allowedDomains }),
      ...(blockedDomains.length > 0 && { exclude_domains: blockedDomains }),
    },
  }),
  results: (answer) =>
    readResults(valueAt(answer, "results"), { url: "url", title: "title", text: ["content"], age: ["published_date"] }),
};
