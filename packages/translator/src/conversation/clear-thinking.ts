import { isRecord } from "../json/is-record.ts";
import type { ContentBlock } from "../messages/content.ts";
import type { AppliedEdit } from "../messages/context-management.ts";
import { estimateTokens } from "../messages/estimate-tokens.ts";
import type { Message } from "../messages/request.ts";
import { blocksOf } from "./blocks-of.ts";

/** A conversation after an edit, and what the edit came to; without `applied` there was nothing to do. */
export interface EditedMessages {
  readonly messages: readonly Message[];
  readonly applied?: AppliedEdit;
}

/**
 * Takes earlier thinking out, but for the last turns that have any. A turn goes on through the results of its calls.
 * Undefined when the settings are not understood. Source: Anthropic docs, "Context editing".
 */
export function clearThinking(
  messages: readonly Message[],
  edit: Readonly<Record<string, unknown>>,
): EditedMessages | undefined {
  const keep = readKeep(edit["keep"]);
  if (keep === undefined) return undefined;
  const turns = turnsOfThinking(messages);
  const thoughtful = [...new Set(turns)].filter((turn) => turn !== 0);
  const gone = new Set(keep === "all" ? [] : thoughtful.slice(0, -keep));
  if (gone.size === 0) return { messages };
  let tokens = 0;
  const left = messages.map((message, at) => {
    if (!gone.has(turns[at] ?? 0)) return message;
    const blocks = blocksOf(message.content);
    for (const block of blocks) tokens += thinkingTokens(block);
    return { ...message, content: blocks.filter((block) => !isThinking(block)) };
  });
  return {
    messages: left,
    applied: { type: "clear_thinking_20251015", cleared_thinking_turns: gone.size, cleared_input_tokens: tokens },
  };
}

function readKeep(keep: unknown): number | "all" | undefined {
  if (keep === undefined || keep === null) return 1;
  if (keep === "all" || (isRecord(keep) && keep["type"] === "all")) return "all";
  if (!isRecord(keep) || keep["type"] !== "thinking_turns") return undefined;
  const { value } = keep;
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : undefined;
}

/** For each message the number of the turn whose thinking it holds, counted from 1; 0 when it holds none. */
function turnsOfThinking(messages: readonly Message[]): number[] {
  let turn = 1;
  return messages.map(({ role, content }) => {
    const blocks = blocksOf(content);
    if (role === "user" && !blocks.some(({ type }) => type === "tool_result")) turn += 1;
    return role === "assistant" && blocks.some((block) => isThinking(block)) ? turn : 0;
  });
}

function isThinking({ type }: ContentBlock): boolean {
  return type === "thinking" || type === "redacted_thinking";
}

function thinkingTokens(block: ContentBlock): number {
  if (block.type === "thinking") return estimateTokens(block.thinking);
  // Encrypted and in base64, a text is about six times as long as in tokens.
  return block.type === "redacted_thinking" ? Math.ceil(block.data.length / 6) : 0;
}
