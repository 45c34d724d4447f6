import type { Dropped } from "../dialects/dialect.ts";
import type { Edit } from "../messages/splice.ts";

/** A tool that a request offers its model. */
export interface DeclaredTool {
  /** Its name; one that ends in `*` stands for all tools of a set, like `mcp__github__*`. */
  readonly name: string;
  /** What it is, like `web_search_20250305`, for those that the API itself defines. */
  readonly type?: string;
}

/** How a request goes on without some of its tools. */
export interface ToolCuts {
  readonly edits: readonly Edit[];
  readonly dropped: readonly Dropped[];
  /** Where the tools that stay stood in the list. */
  readonly kept: readonly number[];
}

/** The tools of one request in a client's dialect. */
export interface ToolList {
  readonly declared: readonly DeclaredTool[];
  /** What has to change so that none of the tools of these names is offered and the request stays valid. */
  without(names: ReadonlySet<string>): ToolCuts;
}

/** Why a tool is not there any more. */
export const toolReasons = {
  tool: "The key may not use this tool.",
  choice: "The tool that it demands was removed; the model chooses by itself.",
  reference: "It refers to a tool that the key may not use.",
} as const;

/** What tools of an MCP server are called, all of them. */
export function mcpTools(server: string): string {
  return `mcp__${server}__*`;
}
