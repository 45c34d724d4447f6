import type { TextBlock } from "../../messages/content.ts";
import type { MessagesRequest } from "../../messages/request.ts";

const instruction: TextBlock = {
  type: "text",
  text: "Answer with one JSON object and nothing else: no other text and no code fence.",
};

/** What a request says and is told to. */
type Conversation = Pick<MessagesRequest, "messages" | "system">;

/** OpenAI's JSON mode, which knows no schema, in words. */
export function withJsonInstruction(conversation: Conversation): Conversation {
  const { system } = conversation;
  return { ...conversation, system: [...(Array.isArray(system) ? system : []), instruction] };
}
