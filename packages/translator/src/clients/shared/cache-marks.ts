import type { CacheControl, ContentBlock, TextBlock } from "../../messages/content.ts";
import type { Message, MessagesRequest } from "../../messages/request.ts";

const mark: CacheControl = { type: "ephemeral" };

/**
 * Marks the end of the system prompt and of the conversation as cache breakpoints. OpenAI's own API caches prefixes
 * unasked, so its clients never ask; at Anthropic's prices an agent would pay its whole history in full each turn.
 * Single questions stay unmarked, since writing to the cache costs extra, and so do requests that mark by themselves.
 */
export function withCacheMarks(request: MessagesRequest): MessagesRequest {
  const { messages, system, tools } = request;
  const isOngoing = (tools?.length ?? 0) > 0 || messages.some(({ role }) => role === "assistant");
  if (!isOngoing || hasMarks(request)) return request;
  const last = messages.at(-1);
  return {
    ...request,
    ...(Array.isArray(system) ? { system: markLast(system) } : {}),
    messages: last === undefined || last.role === "system" ? messages : [...messages.slice(0, -1), markMessage(last)],
  };
}

function markMessage(message: Message): Message {
  const { content } = message;
  if (typeof content === "string")
    return { ...message, content: [{ type: "text", text: content, cache_control: mark }] };
  return { ...message, content: markLast(content ?? []) };
}

function markLast<B extends TextBlock | ContentBlock>(blocks: readonly B[]): readonly B[] {
  const last = blocks.at(-1);
  // Thinking takes no mark.
  if (last === undefined || last.type === "thinking" || last.type === "redacted_thinking") return blocks;
  return [...blocks.slice(0, -1), { ...last, cache_control: mark }];
}

function hasMarks({ system, messages, tools }: MessagesRequest): boolean {
  const lists: readonly unknown[] = [system, tools, ...messages.map(({ content }) => content)];
  return lists.some((list) => Array.isArray(list) && list.some(isMarked));
}

function isMarked(entry: unknown): boolean {
  return typeof entry === "object" && entry !== null && "cache_control" in entry;
}
