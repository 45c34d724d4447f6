import type { ConverseMessage } from "./converse-request.ts";
import { reasons } from "./reasons.ts";
import type { ConverseScene } from "./scene.ts";

/** What decides how a conversation may end. */
export interface EndingFacts {
  readonly thinks: boolean;
  readonly scene: ConverseScene;
}

const goOn: ConverseMessage = {
  role: "user",
  content: [{ text: "Go on exactly where your last message ends, without repeating any of it." }],
};

/** Lets a last assistant message be continued, or has the user ask for it where the model takes none at the end. */
export function encodeEnding(messages: readonly ConverseMessage[], facts: EndingFacts): readonly ConverseMessage[] {
  const last = messages.at(-1);
  if (last?.role !== "assistant") return messages;
  const { thinks, scene } = facts;
  const trimmed = [...messages.slice(0, -1), withoutTrailingBlanks(last)];
  if (scene.profile.prefill && !thinks) return trimmed;
  scene.drops.add(`messages[${messages.length - 1}]`, reasons.prefill);
  return [...trimmed, goOn];
}

/** "final assistant content cannot end with trailing whitespace" */
function withoutTrailingBlanks({ role, content }: ConverseMessage): ConverseMessage {
  const at = content.findLastIndex((block) => "text" in block);
  return {
    role,
    content: content.map((block, index) => (index === at && "text" in block ? { text: block.text.trimEnd() } : block)),
  };
}
