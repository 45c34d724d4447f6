import type { ToolResultBlock } from "../../messages/content.ts";
import type { Message, MessagesRequest } from "../../messages/request.ts";
import { AssistantTurn } from "./assistant-turn.ts";
import type { ChatContent, ChatMessage, ChatPart, ChatTextMessage } from "./chat-request.ts";
import { blocksOf, writeBlock } from "./content.ts";
import { ContentBuilder, type ContentSink } from "./content-builder.ts";
import { entryOf, type Place } from "./place.ts";
import type { Scene } from "./scene.ts";
import { encodeMidSystem, encodeSystem, leadingSystemMessages } from "./system.ts";
import { encodeToolResult } from "./tool-result.ts";

/** Writes the system prompt and the conversation, whatever order the client has them in. */
export function encodeHistory(request: MessagesRequest, scene: Scene): ChatMessage[] {
  const history = new History(scene);
  const system = encodeSystem(request, scene);
  const lastUser = request.messages.findLastIndex(({ role }) => role === "user");
  const first = leadingSystemMessages(request);
  for (const [index, message] of request.messages.entries()) {
    if (index < first) continue;
    const place: Place = { scene, path: () => `messages[${index}]` };
    // The client wants such a message shown only until the next user message.
    if (message.clear_at === "next_user_message" && index < lastUser) continue;
    history.add(message, place);
  }
  const messages = history.end();
  // Servers refuse an empty conversation and templates one without a user.
  if (messages.length === 0) messages.push({ role: "user", content: " " });
  return system === undefined ? messages : [system, ...messages];
}

/** Mistral: "Unexpected role 'user' after role 'tool'", code 3230. */
const bridge: ChatMessage = { role: "assistant", content: "Understood." };

class History {
  readonly #scene: Scene;
  readonly #messages: ChatMessage[] = [];
  #turn: AssistantTurn | undefined;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  add(message: Message, place: Place): void {
    switch (message.role) {
      case "assistant":
        this.#addAssistant(message, place);
        return;
      case "system":
        this.#follow(encodeMidSystem(message, place));
        return;
      case "user":
        this.#addUser(message, place);
    }
  }

  #addAssistant(message: Message, place: Place): void {
    if (this.#turn?.isSpeaking !== true) this.#close();
    const turn = (this.#turn ??= new AssistantTurn(this.#scene));
    blocksOf(message.content).forEach((block, index) => turn.say(block, entryOf(place, "content", index)));
  }

  #addUser(message: Message, place: Place): void {
    const builder = new ContentBuilder(this.#scene);
    blocksOf(message.content).forEach((block, index) => {
      const at = entryOf(place, "content", index);
      if (block.type !== "tool_result") writeBlock(block, builder, at);
      else if (this.#turn?.answer(block, at) !== true) writeOrphan(block, builder, at);
    });
    if (!builder.isEmpty) this.#follow({ role: "user", content: builder.content() });
  }

  #follow(message: ChatTextMessage | undefined): void {
    if (message === undefined) return;
    if (this.#turn?.hasCalls === true) {
      this.#turn.follow(message);
      return;
    }
    this.#close();
    this.#push(message);
  }

  #close(): void {
    for (const message of this.#turn?.messages() ?? []) this.#push(message);
    this.#turn = undefined;
  }

  #push(message: ChatMessage): void {
    const { mergeSameRole, userAfterTool } = this.#scene.profile;
    const last = this.#messages.at(-1);
    if (mergeSameRole && last?.role === "user" && message.role === "user") {
      this.#messages[this.#messages.length - 1] = { role: "user", content: joined(last.content, message.content) };
      return;
    }
    if (!userAfterTool && last?.role === "tool" && message.role === "user") this.#messages.push(bridge);
    this.#messages.push(message);
  }

  end(): ChatMessage[] {
    this.#close();
    return this.#messages;
  }
}

/** A result whose call is gone is told in words, as servers refuse a tool message without its call. */
function writeOrphan(block: ToolResultBlock, sink: ContentSink, place: Place): void {
  const { content, attachments } = encodeToolResult(block, place);
  const parts = [...partsOf(content), ...attachments];
  const [first] = parts;
  if (first?.type === "text" && /\S/.test(first.text)) parts[0] = { type: "text", text: `Tool result: ${first.text}` };
  for (const part of parts) {
    if (part.type === "text") sink.text(part.text);
    else sink.media(part);
  }
}

function joined(first: ChatContent, second: ChatContent): ChatContent {
  if (typeof first === "string" && typeof second === "string") return `${first}\n\n${second}`;
  return [...partsOf(first), ...partsOf(second)];
}

function partsOf(content: ChatContent): readonly ChatPart[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}
