import { blocksOf } from "../conversation/blocks-of.ts";
import type { ContentBlock, ToolResultBlock } from "../messages/content.ts";
import type { Message } from "../messages/request.ts";
import { searchToolResult } from "./search-content.ts";
import { openSearchId } from "./search-id.ts";

/**
 * A conversation in which the searches that were made here are calls of a function and their results again, exactly as
 * the model had them when it made them; searches of others stay as they are.
 */
export function restoreSearches(messages: readonly Message[]): readonly Message[] {
  if (!messages.some((message) => message.role === "assistant" && hasSearch(message))) return messages;
  const restored: Message[] = [];
  let carried: readonly ToolResultBlock[] = [];
  for (const message of messages) {
    if (message.role === "assistant") {
      const { said, open } = splitAtResults(message);
      restored.push(...answerWith(carried), ...said);
      carried = open;
    } else if (message.role === "user" && carried.length > 0) {
      restored.push({ ...message, content: [...carried, ...blocksOf(message.content)] });
      carried = [];
    } else restored.push(message);
  }
  return [...restored, ...answerWith(carried)];
}

interface Split {
  readonly said: readonly Message[];
  /** Results of the last calls: they are told with whatever the user says next. */
  readonly open: readonly ToolResultBlock[];
}

/** One message of the assistant as the several that it was made of: each run of results ends a call to the model. */
function splitAtResults(message: Message): Split {
  if (!hasSearch(message)) return { said: [message], open: [] };
  const said: Message[] = [];
  let blocks: ContentBlock[] = [];
  let results: ToolResultBlock[] = [];
  for (const block of blocksOf(message.content)) {
    const result = resultOf(block);
    if (result !== undefined) {
      results.push(result);
      continue;
    }
    if (results.length > 0) {
      said.push({ role: "assistant", content: blocks }, { role: "user", content: results });
      blocks = [];
      results = [];
    }
    blocks.push(callOf(block) ?? block);
  }
  if (blocks.length > 0) said.push({ ...message, content: blocks });
  return { said, open: results };
}

function callOf(block: ContentBlock): ContentBlock | undefined {
  if (block.type !== "server_tool_use") return undefined;
  const id = openSearchId(block.id);
  return id === undefined ? undefined : { type: "tool_use", id, name: block.name, input: block.input };
}

function resultOf(block: ContentBlock): ToolResultBlock | undefined {
  if (block.type !== "web_search_tool_result") return undefined;
  const id = openSearchId(block.tool_use_id);
  return id === undefined ? undefined : searchToolResult(id, block.content);
}

function hasSearch(message: Message): boolean {
  return blocksOf(message.content).some((block) => callOf(block) !== undefined);
}

function answerWith(results: readonly ToolResultBlock[]): readonly Message[] {
  return results.length === 0 ? [] : [{ role: "user", content: results }];
}
