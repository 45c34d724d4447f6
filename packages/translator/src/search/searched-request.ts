import { isSearchTool } from "../conversation/offered-tools.ts";
import type { ContentBlock, ToolResultBlock } from "../messages/content.ts";
import type { MessagesRequest, Tool, ToolChoice } from "../messages/request.ts";
import { restoreSearches } from "./search-history.ts";

/** A request whose web search is a function that the model may call, with its earlier calls among its history. */
export function searchedRequest(request: MessagesRequest): MessagesRequest {
  return {
    ...request,
    tools: (request.tools ?? []).map((tool) => (isSearchTool(tool) ? searchFunction(tool) : tool)),
    messages: restoreSearches(request.messages),
  };
}

/** What one call to the model came to. */
export interface SearchRound {
  /** What the model said, its calls included. */
  readonly said: readonly ContentBlock[];
  readonly results: readonly ToolResultBlock[];
  /** True when no more searches are allowed. */
  readonly spent: boolean;
}

/** The request for the next call. A choice that forced the search has been obeyed; it would be forced without end. */
export function nextSearchedRequest(request: MessagesRequest, round: SearchRound): MessagesRequest {
  const { said, results, spent } = round;
  const choice = spent ? { type: "none" as const } : relaxed(request.tool_choice);
  return {
    ...request,
    messages: [...request.messages, { role: "assistant", content: said }, { role: "user", content: results }],
    ...(choice && { tool_choice: choice }),
  };
}

function relaxed(choice: ToolChoice | null | undefined): ToolChoice | undefined {
  if (choice?.type !== "any" && choice?.type !== "tool") return choice ?? undefined;
  const { disable_parallel_tool_use: single } = choice;
  return { type: "auto", ...(single !== undefined && { disable_parallel_tool_use: single }) };
}

function searchFunction({ name, cache_control: mark }: Tool): Tool {
  return { name, ...definition, ...(mark && { cache_control: mark }) };
}

const definition: Omit<Tool, "name"> = {
  description:
    "Searches the web and gives the pages found, each with its title, address and an excerpt. Use it for what may have " +
    "changed since your training or what you are not sure of, and name the addresses that you rely on.",
  input_schema: {
    type: "object",
    properties: { query: { type: "string", description: "What to search for." } },
    required: ["query"],
  },
};
