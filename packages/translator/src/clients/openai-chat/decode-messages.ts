import type { Drops } from "../../conversation/drops.ts";
import { TranslatorError } from "../../errors.ts";
import type { ContentBlock, ToolResultBlock } from "../../messages/content.ts";
import { ConversationBuilder, type BuiltConversation } from "../shared/conversation-builder.ts";
import { reasons } from "../shared/reasons.ts";
import { inputOf } from "../shared/tool-input.ts";
import type { ChatCall, ChatMessage } from "./chat-request.ts";
import { decodeContent, decodeText, type Place } from "./decode-content.ts";
import { decodeReasoning } from "./reasoning-details.ts";

/** Reads the conversation. Throws a TranslatorError for messages that stand for nothing in the Messages API. */
export function decodeMessages(messages: readonly ChatMessage[], drops: Drops): BuiltConversation {
  const conversation = new ConversationBuilder();
  for (const [index, message] of messages.entries()) {
    const place: Place = { drops, path: `messages[${index}]` };
    if (message.name) drops.add("messages[*].name", reasons.name);
    take(conversation, message, place);
  }
  return conversation.end("messages");
}

function take(conversation: ConversationBuilder, message: ChatMessage, place: Place): void {
  switch (message.role) {
    case "system":
    case "developer":
      conversation.system(decodeText(message.content, place), place.path);
      return;
    case "user":
      conversation.user(decodeContent(message.content, place), place.path);
      return;
    case "assistant":
      conversation.assistant(decodeAssistant(message, place), place.path);
      return;
    case "tool":
      conversation.result(decodeResult(message, place), place.path);
      return;
    case "function":
      throw new TranslatorError(
        "unsupported-content",
        `${place.path}.role: functions are not supported; declare them as tools and send role "tool"`,
      );
  }
}

function decodeAssistant(message: ChatMessage, place: Place): ContentBlock[] {
  const refusal = typeof message.refusal === "string" ? message.refusal : "";
  return [
    ...decodeReasoning(message),
    ...decodeContent(message.content, place),
    { type: "text", text: refusal },
    ...(message.tool_calls ?? []).map((call) => decodeCall(call, place)),
  ];
}

function decodeCall({ id, function: called, custom }: ChatCall, { path }: Place): ContentBlock {
  if (called) return { type: "tool_use", id, name: called.name, input: inputOf(called.arguments ?? "") };
  if (custom) return { type: "tool_use", id, name: custom.name, input: { input: custom.input } };
  throw new TranslatorError("invalid-request", `${path}.tool_calls: Each call needs a function or a custom tool`);
}

function decodeResult(message: ChatMessage, place: Place): ToolResultBlock {
  if (!message.tool_call_id) throw new TranslatorError("invalid-request", `${place.path}.tool_call_id: Field required`);
  const { content } = message;
  const result = typeof content === "string" ? content : decodeContent(content, place);
  return { type: "tool_result", tool_use_id: message.tool_call_id, content: result };
}
