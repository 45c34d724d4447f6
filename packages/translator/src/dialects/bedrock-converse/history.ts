import { asReminder } from "../../conversation/system-prompt.ts";
import { interruptedOutput, markError } from "../../conversation/tool-result.ts";
import type { CallResult, Placed, Turn, Utterance } from "../../conversation/turns.ts";
import { readTurns } from "../../conversation/turns.ts";
import { writeBlock, writeToolResult } from "../../conversation/write-block.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import { ConverseContent, ResultContent } from "./content.ts";
import type { ContentPart, ConverseBlock, ConverseMessage, ToolResultBlock } from "./converse-request.ts";
import { encodeReasoningBlock } from "./earlier-reasoning.ts";
import { reasons } from "./reasons.ts";
import type { ConverseScene } from "./scene.ts";
import { unmix } from "./unmix.ts";

/** Stands where Bedrock wants something said and there is nothing. */
const silence: ConverseBlock = { text: "..." };
const noOutput: ContentPart = { text: "(no output)" };
/** A document is refused without a text beside it. */
const besideDocument: ConverseBlock = { text: "See the document." };

/**
 * Writes the conversation so that user and assistant take turns, beginning with the user: "A conversation must
 * alternate between user and assistant roles." Results stand first in the message after their calls.
 */
export function encodeHistory(request: MessagesRequest, scene: ConverseScene): ConverseMessage[] {
  const messages: { role: "user" | "assistant"; content: ConverseBlock[] }[] = [];
  function say(role: "user" | "assistant", blocks: readonly ConverseBlock[]): void {
    if (blocks.length === 0) return;
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else messages.push({ role, content: [...blocks] });
  }

  for (const turn of readTurns(request, scene)) {
    if (turn.role !== "assistant") {
      say("user", encodeWords(turn, scene));
      continue;
    }
    say("assistant", encodeSaid(turn.said, scene));
    say(
      "user",
      turn.results.flatMap((entry) => encodeResult(entry, scene)),
    );
  }
  if (messages[0]?.role !== "user") messages.unshift({ role: "user", content: [silence] });
  const whole = messages.map(({ role, content }) => ({ role, content: withTextBesideDocument(content) }));
  return scene.profile.mixedTurns ? whole : whole.flatMap((message) => unmix<ConverseBlock>(message));
}

function encodeWords({ role, blocks }: Exclude<Turn, { role: "assistant" }>, scene: ConverseScene): ConverseBlock[] {
  const content = new ConverseContent(scene, "user");
  for (const { block, place } of blocks) writeBlock(block, content, place);
  if (role === "user") return content.blocks;
  return content.blocks.map((block) => ("text" in block ? { text: asReminder(block.text) } : block));
}

function encodeSaid(said: readonly Utterance[], scene: ConverseScene): ConverseBlock[] {
  const content = new ConverseContent(scene, "assistant");
  for (const utterance of said) encodeUtterance(utterance, content, scene);
  if (content.blocks.some((block) => !("reasoningContent" in block))) return content.blocks;
  if (content.blocks.length > 0) for (const { place } of said) scene.drops.add(place.path(), reasons.reasoningAlone);
  return [];
}

function encodeUtterance(utterance: Utterance, content: ConverseContent, scene: ConverseScene): void {
  if (utterance.kind === "block") {
    writeBlock(utterance.block, content, utterance.place);
    return;
  }
  if (utterance.kind === "thinking") {
    const reasoning = encodeReasoningBlock(utterance.block, scene);
    if (reasoning !== undefined) content.blocks.push(reasoning);
    return;
  }
  const { id, name, input, block } = utterance;
  content.blocks.push({ toolUse: { toolUseId: id, name, input } });
  if (block.cache_control) content.cacheMark(block.cache_control);
}

function encodeResult({ call, result }: CallResult, scene: ConverseScene): ConverseBlock[] {
  const content = new ConverseContent(scene, "user");
  content.blocks.push(toolResult(call.id, result, scene));
  const mark = result?.block.cache_control;
  if (mark) content.cacheMark(mark);
  return content.blocks;
}

function toolResult(toolUseId: string, result: CallResult["result"], scene: ConverseScene): ToolResultBlock {
  if (result === undefined) return { toolResult: { toolUseId, content: [{ text: interruptedOutput }] } };
  const parts = resultParts(result, scene);
  const failed = result.block.is_error === true;
  if (!failed) return { toolResult: { toolUseId, content: parts.length === 0 ? [noOutput] : parts } };
  // "The content field … cannot be empty when status value is error."
  const told = parts.length === 0 ? [{ text: markError("") }] : parts;
  if (scene.profile.toolResultStatus) return { toolResult: { toolUseId, content: told, status: "error" } };
  return { toolResult: { toolUseId, content: withError(told) } };
}

function resultParts(
  { block, place }: Placed<NonNullable<CallResult["result"]>["block"]>,
  scene: ConverseScene,
): ContentPart[] {
  const sink = new ResultContent(scene);
  writeToolResult(block, sink, place);
  return sink.parts;
}

function withError(parts: readonly ContentPart[]): readonly ContentPart[] {
  const [first, ...rest] = parts;
  if (first !== undefined && "text" in first) return [{ text: markError(first.text) }, ...rest];
  return [{ text: markError("") }, ...parts];
}

function withTextBesideDocument(content: readonly ConverseBlock[]): readonly ConverseBlock[] {
  const bare = content.some((block) => "document" in block) && !content.some((block) => "text" in block);
  return bare ? [...content, besideDocument] : content;
}
