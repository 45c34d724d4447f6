import type { ContentBlock, ToolResultBlock, ToolUseBlock } from "../messages/content.ts";
import { estimateInputTokens } from "../messages/estimate-input-tokens.ts";
import type { Message, MessagesRequest } from "../messages/request.ts";
import { blocksOf } from "./blocks-of.ts";
import type { EditedMessages } from "./clear-thinking.ts";
import { readClearingSettings, type ClearingSettings } from "./clearing-settings.ts";

/** Stands for a result that was cleared, so that the model knows there was one. */
export const clearedResult = "[The result of this tool call was cleared to save room.]";

interface ToolUse {
  readonly call: ToolUseBlock;
  readonly result: ToolResultBlock;
}

/**
 * Clears the results of the oldest tool calls once the conversation has grown beyond a limit. `clear_at_least` is also
 * the step in which clearing goes on: between two steps the conversation keeps its beginning, and a prompt cache its
 * worth. Undefined when the settings are not understood. Source: Anthropic docs, "Context editing".
 */
export function clearToolUses(
  request: MessagesRequest,
  edit: Readonly<Record<string, unknown>>,
): EditedMessages | undefined {
  const settings = readClearingSettings(edit);
  if (settings === undefined) return undefined;
  const { messages } = request;
  const uses = readToolUses(messages);
  if (!isTriggered(request, uses.length, settings)) return { messages };
  const { cleared, tokens } = chooseUses(uses, settings);
  if (cleared.length === 0) return { messages };
  const replaced = new Map<ContentBlock, ContentBlock>();
  for (const use of cleared) {
    replaced.set(use.result, clearedOf(use.result));
    if (losesInput(use.call, settings)) replaced.set(use.call, { ...use.call, input: {} });
  }
  return {
    messages: messages.map((message) => withReplaced(message, replaced)),
    applied: {
      type: "clear_tool_uses_20250919",
      cleared_tool_uses: cleared.length,
      cleared_input_tokens: tokens,
    },
  };
}

/** Calls that have their result, in the order of the results. */
function readToolUses(messages: readonly Message[]): ToolUse[] {
  const calls = new Map<string, ToolUseBlock>();
  const uses: ToolUse[] = [];
  for (const { role, content } of messages) {
    for (const block of blocksOf(content)) {
      if (role === "assistant" && block.type === "tool_use") calls.set(block.id, block);
      if (role !== "user" || block.type !== "tool_result") continue;
      const call = calls.get(block.tool_use_id);
      if (call !== undefined) uses.push({ call, result: block });
    }
  }
  return uses;
}

function isTriggered(request: MessagesRequest, uses: number, { trigger, keep }: ClearingSettings): boolean {
  if (uses <= keep) return false;
  return (trigger.of === "tool_uses" ? uses : estimateInputTokens(request)) > trigger.value;
}

/** The uses to clear, oldest first, up to the last full step. What is no longer than the words in its place stays. */
function chooseUses(
  uses: readonly ToolUse[],
  settings: ClearingSettings,
): { readonly cleared: readonly ToolUse[]; readonly tokens: number } {
  const worth: ToolUse[] = [];
  let step = 0;
  let tokens = 0;
  let end = 0;
  for (const use of uses.slice(0, uses.length - settings.keep)) {
    const saved = settings.excluded.has(use.call.name) ? 0 : savedBy(use, settings);
    if (saved <= 0) continue;
    worth.push(use);
    step += saved;
    if (step < settings.atLeast) continue;
    end = worth.length;
    tokens += step;
    step = 0;
  }
  return { cleared: worth.slice(0, end), tokens };
}

function savedBy({ call, result }: ToolUse, settings: ClearingSettings): number {
  const saved = tokensOf(result) - tokensOf(clearedOf(result));
  return losesInput(call, settings) ? saved + tokensOf(call) - tokensOf({ ...call, input: {} }) : saved;
}

function tokensOf(block: ContentBlock): number {
  return estimateInputTokens({ messages: [{ role: "user", content: [block] }] });
}

function clearedOf(result: ToolResultBlock): ToolResultBlock {
  return { ...result, content: clearedResult };
}

function losesInput({ name }: ToolUseBlock, { inputs }: ClearingSettings): boolean {
  return inputs === "all" || inputs.has(name);
}

function withReplaced(message: Message, replaced: ReadonlyMap<ContentBlock, ContentBlock>): Message {
  const { content } = message;
  if (typeof content === "string" || content === null || !content.some((block) => replaced.has(block))) return message;
  return { ...message, content: content.map((block) => replaced.get(block) ?? block) };
}
