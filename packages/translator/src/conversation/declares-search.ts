import type { MessagesRequest } from "../messages/request.ts";
import { isSearchTool } from "./offered-tools.ts";

/** True when a request declares a web search that the API's own servers would make. */
export function declaresSearch({ tools }: Pick<MessagesRequest, "tools">): boolean {
  return tools?.some((tool) => isSearchTool(tool)) === true;
}
