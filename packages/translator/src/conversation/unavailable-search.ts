import type { Answer } from "../messages/answer.ts";
import type { MessagesRequest } from "../messages/request.ts";
import { askedQuery } from "./asked-query.ts";

/** What an answer that needs no provider is made of. */
export interface SearchRequest {
  readonly messageId: string;
  readonly askedModel: string;
  readonly request: MessagesRequest;
}

/**
 * The answer to a request that is nothing but a web search, for a model that has none: the search failed, in the form
 * in which a search of the API's own fails, so that the client goes on instead of showing an error.
 */
export function unavailableSearchAnswer({ messageId, askedModel, request }: SearchRequest): Answer {
  const id = `srvtoolu_${messageId.replaceAll(/[^a-zA-Z0-9]/g, "")}`;
  const error = { type: "web_search_tool_result_error", error_code: "unavailable" };
  const text = `Web search is not available: the model behind "${askedModel}" has none. Answer without searching, or say that a search is needed.`;
  return {
    id: messageId,
    type: "message",
    role: "assistant",
    model: askedModel,
    content: [
      { type: "server_tool_use", id, name: "web_search", input: { query: askedQuery(request) } },
      { type: "web_search_tool_result", tool_use_id: id, content: error },
      { type: "text", text },
    ],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 0, output_tokens: 0, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
  };
}
