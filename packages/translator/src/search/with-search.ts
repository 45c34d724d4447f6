import type { ClientRequest, Dialect, Translation } from "../dialects/dialect.ts";
import { rewriteRequest } from "../dialects/rewrite-request.ts";
import { parseRequest } from "../messages/parse-request.ts";
import type { MessagesRequest } from "../messages/request.ts";
import { readSearchSettings } from "./search-settings.ts";
import { SearchedCall } from "./searched-call.ts";
import { searchedRequest } from "./searched-request.ts";
import { RoundsStream } from "../stream/rounds-stream.ts";
import { RoundsWhole } from "../stream/rounds-whole.ts";

/**
 * The same dialect for callers that can search the web: where a model lacks the search that a request declares, it is
 * offered a function instead, and its calls are handed out as the `rounds` of the answer. All else stays as it is.
 */
export function withSearch(dialect: Dialect): Dialect {
  const { lacksSearch } = dialect;
  if (lacksSearch === undefined) return dialect;
  return {
    ...dialect,
    translate(client, target, context) {
      const asked = mayDeclareSearch(client) ? parseRequest(client.body) : undefined;
      const settings = asked && readSearchSettings(asked);
      if (asked === undefined || settings === undefined || !lacksSearch(asked, target)) {
        return dialect.translate(client, target, context);
      }
      const translate = (request: MessagesRequest): Translation => {
        return dialect.translate(rewriteRequest(client, request), target, context);
      };
      const request = searchedRequest(asked);
      const translation = translate(request);
      const start = (): SearchedCall => new SearchedCall({ settings, request, translation, translate });
      return {
        ...translation,
        answerStream: () => new RoundsStream(start()),
        answerInRounds: () => new RoundsWhole(start()),
      };
    },
  };
}

/** Goes by the strings that were noted in passing: nearly no request declares a search, and parsing one is dear. */
function mayDeclareSearch({ envelope: { spans, searchesAt } }: ClientRequest): boolean {
  const tools = spans.get("tools");
  if (tools === undefined || searchesAt === undefined) return tools !== undefined;
  return searchesAt.some((at) => at > tools.start && at < tools.end);
}
