import { bedrockConverse } from "../../dialects/bedrock-converse/index.ts";
import { converseProfileOf } from "../../dialects/bedrock-converse/families.ts";
import { converseBytes, type ConverseEvent } from "../run-converse.ts";
import { firstFault, objectAt, objectsIn, pairingFault, textAt } from "./speaker.ts";
import type { Fields, Speaker, SpokenAnswer } from "./speaker.ts";

/** A model at Bedrock. `mind` tells whose reasoning it reads; without one it takes none back. */
export function converseSpeaker(model: string, mind?: string): Speaker {
  const profile = converseProfileOf(model);
  return {
    name: model,
    dialect: bedrockConverse,
    target: { model },
    ...(mind === undefined ? {} : { mind }),
    callId: (turn, call) => `tooluse_${turn}-${call}`,
    toolNames: (body) =>
      objectsIn(objectAt(body, "toolConfig")["tools"]).flatMap((tool) =>
        "toolSpec" in tool ? [textAt(objectAt(tool, "toolSpec"), "name")] : [],
      ),
    say: (answer) => converseBytes(eventsOf(answer, profile.nativeReasoning)),
    fault: (body) => converseFault(body, profile.mixedTurns),
  };
}

function eventsOf({ thinking, state, text, calls }: SpokenAnswer, native: boolean): ConverseEvent[] {
  const events: ConverseEvent[] = [["messageStart", { role: "assistant" }]];
  let contentBlockIndex = -1;
  function block(deltas: readonly object[], start?: object): void {
    contentBlockIndex += 1;
    if (start !== undefined) events.push(["contentBlockStart", { contentBlockIndex, start }]);
    for (const delta of deltas) events.push(["contentBlockDelta", { contentBlockIndex, delta }]);
    events.push(["contentBlockStop", { contentBlockIndex }]);
  }
  if (native && thinking !== undefined) {
    block([{ reasoningContent: { text: thinking } }, { reasoningContent: { signature: state } }]);
  } else if (state !== undefined) block([{ reasoningContent: { redactedContent: state } }]);
  if (text !== undefined) block([{ text }]);
  for (const { id, name, input } of calls) {
    block([{ toolUse: { input: JSON.stringify(input) } }], { toolUse: { toolUseId: id, name } });
  }
  events.push(["messageStop", { stopReason: calls.length > 0 ? "tool_use" : "end_turn" }]);
  events.push(["metadata", { usage: { inputTokens: 10, outputTokens: 20, totalTokens: 30 } }]);
  return events;
}

function converseFault(body: Fields, mixed: boolean): string | undefined {
  const messages = objectsIn(body["messages"]);
  if (messages[0]?.["role"] !== "user") return "the conversation begins with the assistant";
  if (messages.at(-1)?.["role"] !== "user") return "the conversation ends with the assistant";
  const faults = messages.map((message, at) => {
    if (messages[at - 1]?.["role"] === message["role"])
      return `two messages of the ${textAt(message, "role")} in a row`;
    return messageFault(message, { after: messages[at + 1] ?? {}, mixed });
  });
  const ids = messages.flatMap((message) => idsIn(message, "toolUse"));
  const twice = new Set(ids).size === ids.length ? undefined : `ids come twice: ${ids.join(" ")}`;
  const undeclared = ids.length > 0 && body["toolConfig"] === undefined ? "calls but no toolConfig" : undefined;
  return firstFault([...faults, twice, undeclared, thinkingFault(body, messages)]);
}

function messageFault(
  message: Fields,
  { after, mixed }: { readonly after: Fields; readonly mixed: boolean },
): string | undefined {
  const blocks = objectsIn(message["content"]);
  if (blocks.length === 0) return "an empty message";
  if (blocks.some((block) => "text" in block && !/\S/.test(textAt(block, "text")))) return "a blank text";
  if (blocks.at(-1) !== undefined && "reasoningContent" in (blocks.at(-1) ?? {})) return "reasoning at the end";
  const results = blocks.filter((block) => "toolResult" in block);
  if (results.some((block) => objectsIn(objectAt(block, "toolResult")["content"]).length === 0))
    return "an empty result";
  const tools = blocks.filter((block) => "toolUse" in block || "toolResult" in block).length;
  if (!mixed && tools > 0 && tools < blocks.length) return "words beside tools";
  const calls = idsIn(message, "toolUse");
  const illegal = calls.find((id) => !/^[a-zA-Z0-9_-]{1,64}$/.test(id));
  if (illegal !== undefined) return `the id ${illegal}`;
  return message["role"] === "assistant" ? pairingFault(calls, idsIn(after, "toolResult")) : undefined;
}

function idsIn(message: Fields, kind: "toolUse" | "toolResult"): string[] {
  return objectsIn(message["content"]).flatMap((block) =>
    kind in block ? [textAt(objectAt(block, kind), "toolUseId")] : [],
  );
}

/** Claude, told to think within a budget, wants the thinking before the calls that it is to go on with. */
function thinkingFault(body: Fields, messages: readonly Fields[]): string | undefined {
  const thinking = objectAt(objectAt(body, "additionalModelRequestFields"), "thinking");
  if (thinking["type"] !== "enabled" || idsIn(messages.at(-1) ?? {}, "toolResult").length === 0) return undefined;
  const blocks = objectsIn(messages.findLast(({ role }) => role === "assistant")?.["content"]);
  return blocks[0] !== undefined && "reasoningContent" in blocks[0] ? undefined : "calls without their thinking";
}
