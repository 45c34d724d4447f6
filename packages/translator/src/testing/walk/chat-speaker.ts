import { openaiChat } from "../../dialects/openai-chat/index.ts";
import { genericChat, type ChatProfile } from "../../dialects/openai-chat/profile.ts";
import { chunk, frames } from "../run-chat.ts";
import { firstFault, objectAt, objectsIn, pairingFault, textAt } from "./speaker.ts";
import type { Fields, Speaker, SpokenAnswer } from "./speaker.ts";

const idRules: Readonly<Record<ChatProfile["toolCallIds"], RegExp>> = {
  any: /^.+$/s,
  "max-40": /^.{1,40}$/s,
  "alphanumeric-9": /^[a-zA-Z0-9]{9}$/,
};

/** A model behind chat completions whose server differs from the generic one in this. */
export function chatSpeaker(name: string, differences: Partial<ChatProfile>): Speaker {
  const chat: ChatProfile = { ...genericChat, ...differences };
  const back = chat.reasoningBack;
  return {
    name,
    dialect: openaiChat,
    target: { model: name, chat },
    ...(back === "never" ? {} : { mind: name }),
    // Small servers number the calls of every answer from the start; Mistral's are nine letters and digits.
    callId: (turn, call) =>
      chat.toolCallIds === "alphanumeric-9" ? `call${turn}x${call}`.padEnd(9, "0") : `call_${call}`,
    toolNames: (body) => objectsIn(body["tools"]).map((tool) => textAt(objectAt(tool, "function"), "name")),
    say: (answer) => new TextEncoder().encode(sayChat(answer, back)),
    fault: (body) => chatFault(objectsIn(body["messages"]), chat),
  };
}

function sayChat({ thinking, state, text, calls }: SpokenAnswer, back: ChatProfile["reasoningBack"]): string {
  const chunks: object[] = [chunk({ role: "assistant", content: "" })];
  if (back === "reasoning_details") {
    if (thinking !== undefined) chunks.push(chunk({ reasoning_details: [{ type: "reasoning.text", text: thinking }] }));
    if (state !== undefined) chunks.push(chunk({ reasoning_details: [{ type: "reasoning.encrypted", data: state }] }));
  } else if (thinking !== undefined) {
    chunks.push(chunk({ reasoning_content: thinking }));
    if (state !== undefined && back !== "never") chunks.push(chunk({ reasoning_content: ` ${state}` }));
  }
  if (text !== undefined) chunks.push(chunk({ content: text }));
  for (const [index, { id, name, input }] of calls.entries()) {
    const json = JSON.stringify(input);
    chunks.push(chunk({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] }));
    chunks.push(chunk({ tool_calls: [{ index, function: { arguments: json.slice(0, 5) } }] }));
    chunks.push(chunk({ tool_calls: [{ index, function: { arguments: json.slice(5) } }] }));
  }
  chunks.push(chunk({}, calls.length > 0 ? "tool_calls" : "stop"));
  return frames(...chunks, "data: [DONE]\n\n");
}

function chatFault(messages: readonly Fields[], profile: ChatProfile): string | undefined {
  return firstFault([...messages.map((message) => messageFault(message, profile)), orderFault(messages, profile)]);
}

function messageFault(message: Fields, { toolCallIds }: ChatProfile): string | undefined {
  const { content } = message;
  const calls = objectsIn(message["tool_calls"]);
  // A tool may well have nothing to say.
  const says =
    typeof content === "string"
      ? content !== "" || message["role"] === "tool"
      : Array.isArray(content) && content.length > 0;
  if (!says && calls.length === 0) return `a message of the ${textAt(message, "role")} says nothing`;
  if (Array.isArray(message["tool_calls"]) && calls.length === 0) return "an empty list of calls";
  return firstFault(
    calls.map((call) => {
      const name = textAt(objectAt(call, "function"), "name");
      if (!idRules[toolCallIds].test(textAt(call, "id"))) return `the id ${textAt(call, "id")}`;
      return /^[a-zA-Z0-9_-]{1,64}$/.test(name) ? undefined : `the name ${name}`;
    }),
  );
}

function orderFault(messages: readonly Fields[], profile: ChatProfile): string | undefined {
  const ids = messages.flatMap((message) => callIds(message));
  const faults = messages.map((message, at) => {
    const results = resultIds(messages.slice(at + 1));
    if (message["role"] !== "tool") return pairingFault(callIds(message), results) ?? roleFault(messages, at, profile);
    return at === 0 ? "a result at the beginning" : undefined;
  });
  return firstFault([...faults, new Set(ids).size === ids.length ? undefined : `ids come twice: ${ids.join(" ")}`]);
}

function roleFault(messages: readonly Fields[], at: number, profile: ChatProfile): string | undefined {
  const role = messages[at]?.["role"];
  const before = messages[at - 1]?.["role"];
  if (role === "system") return at > 0 && profile.midSystem !== "system" ? "a system message in the middle" : undefined;
  if (role !== "user") return undefined;
  if (profile.mergeSameRole && before === "user") return "two user messages in a row";
  return !profile.userAfterTool && before === "tool" ? "a user message after a tool's" : undefined;
}

function callIds(message: Fields): string[] {
  return objectsIn(message["tool_calls"]).map((call) => textAt(call, "id"));
}

/** The ids that the tool messages at the beginning of a list answer. */
function resultIds(messages: readonly Fields[]): string[] {
  const end = messages.findIndex((message) => message["role"] !== "tool");
  return messages.slice(0, end === -1 ? messages.length : end).map((message) => textAt(message, "tool_call_id"));
}
