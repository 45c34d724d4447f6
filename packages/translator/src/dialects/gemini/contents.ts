import { asReminder, writeSystemPrompt } from "../../conversation/system-prompt.ts";
import { readTurns, type Placed } from "../../conversation/turns.ts";
import { writeBlock } from "../../conversation/write-block.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import type { GeminiContent, GeminiPart, GeminiRequest, GeminiTextPart } from "./gemini-request.ts";
import { encodeAssistantTurn } from "./model-content.ts";
import { PartSink } from "./part-sink.ts";
import type { GeminiScene } from "./scene.ts";

/** Says nothing, where Gemini refuses a conversation without content, or one that begins with the model. */
const silence: GeminiTextPart = { text: " " };

/** Writes the system prompt and the conversation, whatever order the client has them in. `instruction` is added to the prompt. */
export function encodeConversation(
  request: MessagesRequest,
  instruction: string | undefined,
  scene: GeminiScene,
): Pick<GeminiRequest, "systemInstruction" | "contents"> {
  const system = encodeSystem(request, instruction, scene);
  const contents = encodeTurns(request, scene);
  if (system.length === 0) return { contents };
  if (scene.profile.systemInstruction) return { systemInstruction: { parts: system }, contents };
  return { contents: withFirst(contents, system) };
}

function encodeSystem(
  request: MessagesRequest,
  instruction: string | undefined,
  scene: GeminiScene,
): readonly GeminiTextPart[] {
  const sink = new PartSink(scene);
  writeSystemPrompt(request, sink, scene);
  if (instruction !== undefined) sink.text(instruction);
  return sink.parts.filter((part) => "text" in part);
}

function encodeTurns(request: MessagesRequest, scene: GeminiScene): GeminiContent[] {
  const contents: GeminiContent[] = [];
  // Neighbouring contents of the user's become one, but never with function responses, beside which nothing may stand.
  let open: GeminiPart[] | undefined;
  for (const turn of readTurns(request, scene)) {
    if (turn.role === "assistant") {
      const written = encodeAssistantTurn(turn, scene);
      if (written.length > 0) open = undefined;
      for (const content of written) follow(contents, content);
      continue;
    }
    const parts = encodeUser(turn.role, turn.blocks, scene);
    if (parts.length === 0) continue;
    if (open === undefined) contents.push({ role: "user", parts: (open = []) });
    for (const part of parts) open.push(part);
  }
  return contents[0]?.role === "user" ? contents : [{ role: "user", parts: [silence] }, ...contents];
}

/** When nothing was left of what the user said between, two contents of the model's are one. */
function follow(contents: GeminiContent[], content: GeminiContent): void {
  const last = contents.at(-1);
  if (content.role === "model" && last?.role === "model") {
    contents[contents.length - 1] = { role: "model", parts: [...last.parts, ...content.parts] };
  } else contents.push(content);
}

/** Gemini has no system role among contents, so a system message speaks as the user, marked as what it is. */
function encodeUser(role: "user" | "system", blocks: readonly Placed[], scene: GeminiScene): readonly GeminiPart[] {
  const sink = new PartSink(scene);
  for (const { block, place } of blocks) writeBlock(block, sink, place);
  if (role === "user") return sink.parts;
  return sink.parts.map((part) => ("text" in part ? { text: asReminder(part.text) } : part));
}

function withFirst(contents: readonly GeminiContent[], parts: readonly GeminiPart[]): GeminiContent[] {
  const [first, ...rest] = contents;
  if (first?.role !== "user") return [{ role: "user", parts }, ...contents];
  return [{ role: "user", parts: [...parts, ...first.parts] }, ...rest];
}
