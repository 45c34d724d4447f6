import type { CompactionBlock, ContentBlock, ToolChangeBlock } from "../messages/content.ts";
import type { Message, MessagesRequest } from "../messages/request.ts";
import { blocksOf } from "./blocks-of.ts";
import { readToolChanges } from "./loaded-tools.ts";
import { leadingSystemMessages } from "./system-prompt.ts";

/**
 * A conversation that has been compacted, from its last compaction on: what stood before is left out, and its summary
 * stands in its place, with word of the tools that it had loaded, defined or withdrawn. Messages keep their index as
 * far as that can be, for what is reported of them later. Source: Anthropic docs, "Compaction".
 */
export function startAtCompaction(request: MessagesRequest): MessagesRequest {
  const { messages } = request;
  const at = messages.findLastIndex(({ content }) => blocksOf(content).some(hasSummary));
  const message = messages[at];
  if (message === undefined) return request;
  const blocks = blocksOf(message.content);
  const split = blocks.findLastIndex(hasSummary);
  const summary = summaryOf(blocks[split], request, messages.slice(0, at));
  const rest = { ...message, content: [...blocks.slice(0, split + 1).map(() => blank), ...blocks.slice(split + 1)] };
  const first = leadingSystemMessages(request);
  // The summary is told by the user, with whom every conversation begins.
  const head =
    at > first
      ? [...messages.slice(first, at - 1).map(({ role }): Message => ({ role, content: [] })), summary, rest]
      : inOne(summary, rest);
  return { ...request, messages: [...messages.slice(0, first), ...head, ...messages.slice(at + 1)] };
}

/** A message of several blocks. */
interface Told extends Omit<Message, "content"> {
  readonly content: readonly ContentBlock[];
}

const blank: ContentBlock = { type: "text", text: "" };

/** Blocks without content tell of a compaction that failed, and count for nothing. */
function hasSummary(block: ContentBlock): boolean {
  return block.type === "compaction" && typeof block.content === "string" && block.content !== "";
}

function summaryOf(block: ContentBlock | undefined, request: MessagesRequest, compacted: readonly Message[]): Told {
  if (block?.type !== "compaction") return { role: "user", content: [] };
  const { content, cache_control } = block;
  const text = `What was said before, in summary:\n\n${content ?? ""}`;
  const summary: ContentBlock = { type: "text", text, ...(cache_control && { cache_control }) };
  return { role: "user", content: [...toolChanges(block, request, compacted), summary] };
}

/** What the block tells of tools, else what the compacted messages themselves told. */
function toolChanges(
  { tool_changes: told }: CompactionBlock,
  request: MessagesRequest,
  messages: readonly Message[],
): readonly ContentBlock[] {
  if (told) return told;
  const { loaded, removed, defined } = readToolChanges({ messages });
  const deferred = (request.tools ?? []).filter(
    ({ name, defer_loading }) => defer_loading === true && loaded.has(name),
  );
  return [
    ...defined.map((definition) => change("tool_addition", { type: "tool_definition", definition })),
    ...deferred.map(({ name }) => change("tool_addition", { type: "tool_reference", name })),
    ...Array.from(removed, (name) => change("tool_removal", { type: "tool_reference", name })),
  ];
}

function change(type: ToolChangeBlock["type"], tool: ToolChangeBlock["tool"]): ToolChangeBlock {
  return { type, tool };
}

/** The summary in front of what else its message says, where no earlier message leaves it a place. */
function inOne(summary: Told, rest: Told): readonly Message[] {
  if (rest.content.every((block) => block === blank)) return [summary];
  return rest.role === "user" ? [{ ...rest, content: [...summary.content, ...rest.content] }] : [summary, rest];
}
