import type { MessagesRequest } from "../messages/request.ts";
import { blocksOf } from "./blocks-of.ts";
import type { ContentSink } from "./content-sink.ts";
import { entryOf, type Place } from "./place.ts";
import { reasons } from "./reasons.ts";
import type { Scene } from "./scene.ts";
import { writeBlock } from "./write-block.ts";

/** The line by which Claude Code tells Anthropic who pays. It changes with each conversation, and so would every cached prefix. */
export const billingLine = /^x-anthropic-billing-header:[^\r\n]*(?:\r\n|\r|\n|$)/;

/** Writes the request's `system` and the system messages before the first turn. */
export function writeSystemPrompt(request: MessagesRequest, sink: ContentSink, scene: Scene): void {
  blocksOf(request.system).forEach((block, index) => {
    const stripped = index === 0 && block.type === "text" ? block.text?.replace(billingLine, "") : undefined;
    if (stripped === undefined || block.type !== "text" || stripped === block.text) {
      writeBlock(block, sink, { scene, path: () => `system[${index}]` });
      return;
    }
    scene.drops.add(typeof request.system === "string" ? "system" : "system[0]", reasons.billingLine);
    sink.text(stripped, block.cache_control);
  });
  for (let index = 0; index < leadingSystemMessages(request); index++) {
    const place: Place = { scene, path: () => `messages[${index}]` };
    const blocks = blocksOf(request.messages[index]?.content);
    blocks.forEach((block, at) => writeBlock(block, sink, entryOf(place, "content", at)));
  }
}

/** How many messages at the beginning of a conversation belong to the system prompt. */
export function leadingSystemMessages(request: MessagesRequest): number {
  const first = request.messages.findIndex(({ role }) => role !== "system");
  return first === -1 ? request.messages.length : first;
}

/** What a system message in mid-conversation says, in the form in which Claude Code puts such words before the model itself. */
export function asReminder(text: string): string {
  return text.startsWith("<system-reminder>") ? text : `<system-reminder>\n${text}\n</system-reminder>`;
}
