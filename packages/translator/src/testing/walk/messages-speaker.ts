import { anthropicMessages } from "../../dialects/anthropic-messages/index.ts";
import { encodeEvent } from "../../stream/event-bytes.ts";
import { replayAnswer } from "../../messages/replay.ts";
import type { ContentBlock } from "../../messages/content.ts";
import { firstFault, objectAt, objectsIn, pairingFault, textAt } from "./speaker.ts";
import type { Fields, Speaker, SpokenAnswer } from "./speaker.ts";

const zero = { input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };

/** How Claude's API begins to refuse a last turn that calls without having thought, which its dialect repairs. */
export const lacksThinking = "Expected `thinking` or `redacted_thinking`";

/** Claude behind its own API. */
export function messagesSpeaker(model: string, mind: string): Speaker {
  return {
    name: model,
    dialect: anthropicMessages,
    target: { model },
    mind,
    callId: (turn, call) => `toolu_${turn}_${call}`,
    toolNames: (body) => objectsIn(body["tools"]).map((tool) => textAt(tool, "name")),
    say: (answer) => new TextEncoder().encode(sayMessages(answer, model)),
    fault: messagesFault,
  };
}

function sayMessages({ thinking, state, text, calls }: SpokenAnswer, model: string): string {
  const content: ContentBlock[] = [];
  if (thinking !== undefined) content.push({ type: "thinking", thinking, signature: state ?? "" });
  else if (state !== undefined) content.push({ type: "redacted_thinking", data: state });
  if (text !== undefined) content.push({ type: "text", text });
  for (const { id, name, input } of calls) content.push({ type: "tool_use", id, name, input });
  const stop_reason = calls.length > 0 ? "tool_use" : "end_turn";
  const head = { id: "msg_1", type: "message", role: "assistant", model } as const;
  return replayAnswer({ ...head, content, stop_reason, stop_sequence: null, usage: zero })
    .map((event) => encodeEvent(event))
    .join("");
}

function messagesFault(body: Fields): string | undefined {
  const messages = objectsIn(body["messages"]).filter(({ role }) => role !== "system");
  const calls = messages.flatMap((message) => kindIn(message, "tool_use").map((block) => textAt(block, "id")));
  const illegal = calls.find((id) => !/^[a-zA-Z0-9_-]+$/.test(id));
  return firstFault([
    ...messages.map((message, at) => messageFault(message, messages[at + 1] ?? {})),
    new Set(calls).size === calls.length ? undefined : `ids come twice: ${calls.join(" ")}`,
    illegal && `the id ${illegal}`,
    thinkingFault(body, messages),
  ]);
}

function messageFault(message: Fields, after: Fields): string | undefined {
  const { content } = message;
  if (content === "" || (Array.isArray(content) && content.length === 0)) return "an empty message";
  const unsigned = kindIn(message, "thinking").some((block) => textAt(block, "signature") === "");
  if (unsigned) return "unsigned thinking";
  const calls = kindIn(message, "tool_use").map((block) => textAt(block, "id"));
  const results = kindIn(after, "tool_result").map((block) => textAt(block, "tool_use_id"));
  return message["role"] === "assistant" ? pairingFault(calls, results) : undefined;
}

/** With a fixed budget a last turn that calls must begin with thinking: "Expected `thinking`, but found `tool_use`". */
function thinkingFault(body: Fields, messages: readonly Fields[]): string | undefined {
  const open = kindIn(messages.at(-1) ?? {}, "tool_result").length > 0;
  if (objectAt(body, "thinking")["type"] !== "enabled" || !open) return undefined;
  const last = messages.findLast(({ role }) => role === "assistant");
  const first = textAt(objectsIn(last?.["content"])[0] ?? {}, "type");
  return first.endsWith("thinking") ? undefined : `${lacksThinking}, but found \`${first}\`.`;
}

function kindIn(message: Fields, type: string): readonly Fields[] {
  return objectsIn(message["content"]).filter((block) => block["type"] === type);
}
