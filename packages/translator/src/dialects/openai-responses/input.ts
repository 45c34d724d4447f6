import { asReminder, writeSystemPrompt } from "../../conversation/system-prompt.ts";
import { readTurns, type Placed } from "../../conversation/turns.ts";
import { writeBlock } from "../../conversation/write-block.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import { encodeAssistantTurn } from "./assistant-turn.ts";
import { InputBuilder } from "./input-builder.ts";
import type { InputItem, MessageItem, ResponsesRequest } from "./responses-request.ts";
import type { ResponsesScene } from "./scene.ts";

/** Writes the system prompt and the conversation as items, in the client's order. */
export function encodeInput(
  request: MessagesRequest,
  scene: ResponsesScene,
): Pick<ResponsesRequest, "instructions" | "input"> {
  const builder = new InputBuilder(scene);
  writeSystemPrompt(request, builder, scene);
  const system = builder.isEmpty ? undefined : builder.content();
  const input: InputItem[] = [];
  // Only a message can carry cache breakpoints.
  if (typeof system === "object") input.push({ type: "message", role: "developer", content: system });
  for (const turn of readTurns(request, scene)) {
    if (turn.role === "assistant") input.push(...encodeAssistantTurn(turn, scene));
    else input.push(...encodeMessage(turn.role, turn.blocks, scene));
  }
  // The API refuses a request without input.
  if (input.length === 0) input.push({ type: "message", role: "user", content: " " });
  return { ...(typeof system === "string" ? { instructions: system } : {}), input };
}

function encodeMessage(role: "user" | "system", blocks: readonly Placed[], scene: ResponsesScene): MessageItem[] {
  const builder = new InputBuilder(scene);
  for (const { block, place } of blocks) writeBlock(block, builder, place);
  if (builder.isEmpty) return [];
  const content = builder.content();
  if (role === "user") return [{ type: "message", role, content }];
  if (scene.profile.midSystem === "developer") return [{ type: "message", role: "developer", content }];
  if (typeof content === "string") return [{ type: "message", role: "user", content: asReminder(content) }];
  const parts = content.map((part) => (part.type === "input_text" ? { ...part, text: asReminder(part.text) } : part));
  return [{ type: "message", role: "user", content: parts }];
}
