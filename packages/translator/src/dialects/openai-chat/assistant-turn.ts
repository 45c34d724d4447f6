import type { CallResult, Turn, Utterance } from "../../conversation/turns.ts";
import { writeBlock } from "../../conversation/write-block.ts";
import type { ChatAssistantMessage, ChatMessage, ChatPart, ChatTextMessage, ChatToolCall } from "./chat-request.ts";
import { ContentBuilder } from "./content-builder.ts";
import { EarlierReasoning } from "./earlier-reasoning.ts";
import type { ChatScene } from "./scene.ts";
import { encodeToolResult, type ToolOutput } from "./tool-result.ts";

type AssistantTurn = Extract<Turn, { role: "assistant" }>;

/**
 * Writes a turn of the assistant and the results of its calls, which chat servers want directly after it; media in
 * them come after the last one.
 */
export function encodeAssistantTurn({ said, results }: AssistantTurn, scene: ChatScene): ChatMessage[] {
  const message = encodeSaid(said, scene);
  const outputs = results.map((entry) => encodeToolResult(entry, scene));
  const tools = outputs.map(({ content }, index): ChatMessage => {
    return { role: "tool", tool_call_id: results[index]?.call.id ?? "", content };
  });
  return [...(message === undefined ? [] : [message]), ...tools, ...attached(results, outputs)];
}

function encodeSaid(said: readonly Utterance[], scene: ChatScene): ChatAssistantMessage | undefined {
  const content = new ContentBuilder(scene);
  const reasoning = new EarlierReasoning(scene);
  const calls: ChatToolCall[] = [];
  for (const utterance of said) {
    if (utterance.kind === "block") writeBlock(utterance.block, content, utterance.place);
    else if (utterance.kind === "thinking") reasoning.take(utterance.block);
    else calls.push(encodeCall(utterance));
  }
  if (content.isEmpty && calls.length === 0) {
    reasoning.drop();
    return undefined;
  }
  return {
    role: "assistant",
    content: content.isEmpty ? null : content.content(),
    ...reasoning.fields(calls.length > 0),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

function encodeCall({ id, name, input }: Extract<Utterance, { kind: "call" }>): ChatToolCall {
  return { id, type: "function", function: { name, arguments: JSON.stringify(input) } };
}

/** OpenAI takes text only in tool messages; media come after the last of them, in one message. */
function attached(results: readonly CallResult[], outputs: readonly ToolOutput[]): ChatTextMessage[] {
  const parts: ChatPart[] = [];
  for (const [index, { call }] of results.entries()) {
    const attachments = outputs[index]?.attachments ?? [];
    if (attachments.length === 0) continue;
    parts.push({ type: "text", text: `Output of tool call ${call.id} (${call.name}):` }, ...attachments);
  }
  return parts.length === 0 ? [] : [{ role: "user", content: parts }];
}
