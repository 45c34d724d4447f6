import type { Message, MessagesRequest } from "../../messages/request.ts";
import type { ChatTextMessage } from "./chat-request.ts";
import { blocksOf, writeBlock } from "./content.ts";
import { ContentBuilder } from "./content-builder.ts";
import { entryOf, type Place } from "./place.ts";
import { reasons } from "./reasons.ts";
import type { Scene } from "./scene.ts";

/** The line by which Claude Code tells Anthropic who pays. It changes with each conversation, and so would every cached prefix. */
const billingLine = /^x-anthropic-billing-header:[^\r\n]*(?:\r\n|\r|\n|$)/;

/**
 * The system prompt as one message: the request's `system` and the system messages before the first turn.
 * Undefined when all of them are blank.
 */
export function encodeSystem(request: MessagesRequest, scene: Scene): ChatTextMessage | undefined {
  const builder = new ContentBuilder(scene);
  blocksOf(request.system).forEach((block, index) => {
    const stripped = index === 0 && block.type === "text" ? block.text?.replace(billingLine, "") : undefined;
    if (stripped === undefined || block.type !== "text" || stripped === block.text) {
      writeBlock(block, builder, { scene, path: () => `system[${index}]` });
      return;
    }
    scene.drops.add(typeof request.system === "string" ? "system" : "system[0]", reasons.billingLine);
    builder.text(stripped, block.cache_control);
  });
  for (let index = 0; index < leadingSystemMessages(request); index++) {
    writeSystemMessage(request.messages[index], builder, { scene, path: () => `messages[${index}]` });
  }
  return builder.isEmpty ? undefined : { role: scene.profile.systemRole, content: builder.content() };
}

/** How many messages at the beginning of a conversation belong to the system prompt. */
export function leadingSystemMessages(request: MessagesRequest): number {
  const first = request.messages.findIndex(({ role }) => role !== "system");
  return first === -1 ? request.messages.length : first;
}

function writeSystemMessage(message: Message | undefined, builder: ContentBuilder, place: Place): void {
  blocksOf(message?.content).forEach((block, index) => writeBlock(block, builder, entryOf(place, "content", index)));
}

/** A system message in mid-conversation, in the role that the server takes there; undefined when it is blank. */
export function encodeMidSystem(message: Message, place: Place): ChatTextMessage | undefined {
  const { scene } = place;
  const builder = new ContentBuilder(scene);
  writeSystemMessage(message, builder, place);
  if (builder.isEmpty) return undefined;
  const content = builder.content();
  if (scene.profile.midSystem === "system") return { role: scene.profile.systemRole, content };
  if (typeof content === "string") return { role: "user", content: reminder(content) };
  return {
    role: "user",
    content: content.map((part) => (part.type === "text" ? { ...part, text: reminder(part.text) } : part)),
  };
}

function reminder(text: string): string {
  return text.startsWith("<system-reminder>") ? text : `<system-reminder>\n${text}\n</system-reminder>`;
}
