import type { Drops } from "../../conversation/drops.ts";
import { TranslatorError } from "../../errors.ts";
import { ConversationBuilder, type BuiltConversation } from "../shared/conversation-builder.ts";
import { reasons } from "../shared/reasons.ts";
import { inputOf } from "../shared/tool-input.ts";
import { decodeContent, decodeText, type Place } from "./decode-content.ts";
import { openReasoning } from "./reasoning-item.ts";
import type { ResponsesItem, ResponsesRequest } from "./responses-request.ts";
import { flatName } from "./tool-names.ts";

/** Reads instructions and input. Throws a TranslatorError for items that refer to what only OpenAI has stored. */
export function decodeInput(request: ResponsesRequest, drops: Drops): BuiltConversation {
  const conversation = new ConversationBuilder();
  const { input, instructions } = request;
  conversation.system([{ type: "text", text: instructions ?? "" }], "instructions");
  if (typeof input === "string") conversation.user([{ type: "text", text: input }], "input");
  else input.forEach((item, index) => take(conversation, item, { drops, path: `input[${index}]` }));
  return conversation.end("input");
}

type Message = Extract<ResponsesItem, { role: string }>;

function take(conversation: ConversationBuilder, item: ResponsesItem, place: Place): void {
  if (isMessage(item)) {
    takeMessage(conversation, item, place);
    return;
  }
  switch (item.type) {
    case "function_call":
    case "custom_tool_call": {
      const input = item.type === "function_call" ? inputOf(item.arguments) : { input: item.input };
      const name = flatName(item.name, item.namespace);
      conversation.assistant([{ type: "tool_use", id: item.call_id, name, input }], place.path);
      return;
    }
    case "function_call_output":
    case "custom_tool_call_output": {
      const { output } = item;
      const content =
        typeof output === "string" ? output : decodeContent(output, { ...place, path: `${place.path}.output` });
      conversation.result({ type: "tool_result", tool_use_id: item.call_id, content }, place.path);
      return;
    }
    case "reasoning": {
      const thought = openReasoning(item);
      if (thought !== undefined) conversation.assistant([thought], place.path);
      return;
    }
    default:
      takeUnknown(item, place);
  }
}

function isMessage(item: ResponsesItem): item is Message {
  return item.type === "message" || item.type === undefined || item.type === null;
}

function takeMessage(conversation: ConversationBuilder, { role, content }: Message, { drops, path }: Place): void {
  const place: Place = { drops, path: `${path}.content` };
  if (role === "user") conversation.user(decodeContent(content, place), path);
  else if (role === "assistant") conversation.assistant(decodeContent(content, place), path);
  else conversation.system(decodeText(content, place), path);
}

/** Calls of tools that OpenAI runs, compacted history and the like: other models can make nothing of them. */
function takeUnknown(item: { readonly type?: unknown }, { drops, path }: Place): void {
  if (item.type === "item_reference") {
    throw new TranslatorError(
      "unsupported-content",
      `${path}: nothing is stored here to refer to; set store to false, so that the whole conversation is sent`,
    );
  }
  drops.add(`${path} (${String(item.type)})`, reasons.unknownItem);
}
