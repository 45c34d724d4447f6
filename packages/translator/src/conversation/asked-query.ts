import type { Message, MessagesRequest } from "../messages/request.ts";

/** What a request for a web search alone wants to be searched, as far as its words tell. */
export function askedQuery({ messages }: Pick<MessagesRequest, "messages">): string {
  const asked = textOf(messages.findLast(({ role }) => role === "user"));
  // Claude Code asks "Perform a web search for the query: …".
  return /\bquery: ?([^]+)$/.exec(asked)?.[1]?.trim() ?? asked.trim();
}

function textOf(message: Message | undefined): string {
  const content = message?.content ?? "";
  if (typeof content === "string") return content;
  return content.map((block) => (block.type === "text" ? block.text : "")).join("\n");
}
