import { asReminder, writeSystemPrompt } from "../../conversation/system-prompt.ts";
import { readTurns, type Placed } from "../../conversation/turns.ts";
import { writeBlock } from "../../conversation/write-block.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import { encodeAssistantTurn } from "./assistant-turn.ts";
import type { ChatContent, ChatMessage, ChatPart, ChatTextMessage } from "./chat-request.ts";
import { ContentBuilder } from "./content-builder.ts";
import type { ChatProfile } from "./profile.ts";
import type { ChatScene } from "./scene.ts";

/** Writes the system prompt and the conversation, whatever order the client has them in. */
export function encodeHistory(request: MessagesRequest, scene: ChatScene): ChatMessage[] {
  const system = encodeSystem(request, scene);
  const messages: ChatMessage[] = [];
  for (const turn of readTurns(request, scene)) {
    if (turn.role === "assistant") {
      for (const message of encodeAssistantTurn(turn, scene)) push(messages, message, scene.profile);
      continue;
    }
    const message = encodeText(turn.role, turn.blocks, scene);
    if (message !== undefined) push(messages, message, scene.profile);
  }
  // Servers refuse an empty conversation and templates one without a user.
  if (messages.length === 0) messages.push({ role: "user", content: " " });
  return system === undefined ? messages : [system, ...messages];
}

/** The system prompt as one message; undefined when it is blank. */
function encodeSystem(request: MessagesRequest, scene: ChatScene): ChatTextMessage | undefined {
  const builder = new ContentBuilder(scene);
  writeSystemPrompt(request, builder, scene);
  return builder.isEmpty ? undefined : { role: scene.profile.systemRole, content: builder.content() };
}

/** A message of the user's, or a system message in the role that the server takes in mid-conversation; undefined when it is blank. */
function encodeText(role: "user" | "system", blocks: readonly Placed[], scene: ChatScene): ChatTextMessage | undefined {
  const builder = new ContentBuilder(scene);
  for (const { block, place } of blocks) writeBlock(block, builder, place);
  if (builder.isEmpty) return undefined;
  const content = builder.content();
  if (role === "user") return { role, content };
  if (scene.profile.midSystem === "system") return { role: scene.profile.systemRole, content };
  if (typeof content === "string") return { role: "user", content: asReminder(content) };
  return {
    role: "user",
    content: content.map((part) => (part.type === "text" ? { ...part, text: asReminder(part.text) } : part)),
  };
}

/** Mistral: "Unexpected role 'user' after role 'tool'", code 3230. */
const bridge: ChatMessage = { role: "assistant", content: "Understood." };

function push(messages: ChatMessage[], message: ChatMessage, { mergeSameRole, userAfterTool }: ChatProfile): void {
  const last = messages.at(-1);
  if (mergeSameRole && last?.role === "user" && message.role === "user") {
    messages[messages.length - 1] = { role: "user", content: joined(last.content, message.content) };
    return;
  }
  if (!userAfterTool && last?.role === "tool" && message.role === "user") messages.push(bridge);
  messages.push(message);
}

function joined(first: ChatContent, second: ChatContent): ChatContent {
  if (typeof first === "string" && typeof second === "string") return `${first}\n\n${second}`;
  return [...partsOf(first), ...partsOf(second)];
}

function partsOf(content: ChatContent): readonly ChatPart[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}
