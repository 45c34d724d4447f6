import { openaiResponses } from "../../dialects/openai-responses/index.ts";
import { responsesFrames } from "../run-responses.ts";
import { firstFault, objectsIn, pairingFault, textAt } from "./speaker.ts";
import type { Fields, Speaker, SpokenAnswer } from "./speaker.ts";

/** A model behind the Responses API. */
export function responsesSpeaker(model: string): Speaker {
  return {
    name: model,
    dialect: openaiResponses,
    target: { model },
    mind: model,
    callId: (turn, call) => `call_${turn}_${call}_${"x".repeat(40)}`,
    toolNames: (body) => objectsIn(body["tools"]).map((tool) => textAt(tool, "name")),
    say: (answer) => new TextEncoder().encode(responsesFrames(...eventsOf(answer))),
    fault: (body) => inputFault(objectsIn(body["input"])),
  };
}

function eventsOf(answer: SpokenAnswer): object[] {
  const items = itemsOf(answer);
  return [
    { type: "response.created", response: { id: "resp_1", status: "in_progress", output: [] } },
    ...items.flatMap((item, output_index) => [
      { type: "response.output_item.added", output_index, item },
      { type: "response.output_item.done", output_index, item },
    ]),
    { type: "response.completed", response: { id: "resp_1", status: "completed", output: items } },
  ];
}

function itemsOf({ thinking, state, text, calls }: SpokenAnswer): object[] {
  const items: object[] = [];
  if (state !== undefined) {
    const summary = thinking === undefined ? [] : [{ type: "summary_text", text: thinking }];
    items.push({ type: "reasoning", id: `rs_${state.slice(0, 12)}`, summary, encrypted_content: state });
  }
  if (text !== undefined) {
    const content = [{ type: "output_text", text, annotations: [] }];
    items.push({ type: "message", id: "msg_0", role: "assistant", status: "completed", content });
  }
  for (const { id, name, input } of calls) {
    items.push({ type: "function_call", id: `fc_${id}`, call_id: id, name, arguments: JSON.stringify(input) });
  }
  return items;
}

function inputFault(items: readonly Fields[]): string | undefined {
  const ids = (type: string): string[] =>
    items.filter((item) => item["type"] === type).map((item) => textAt(item, "call_id"));
  return firstFault([
    pairingFault(ids("function_call"), ids("function_call_output")),
    ...items.map((item, at) => itemFault(item, { items, at })),
  ]);
}

interface ItemPlace {
  readonly items: readonly Fields[];
  readonly at: number;
}

function itemFault(item: Fields, { items, at }: ItemPlace): string | undefined {
  switch (item["type"]) {
    case "message":
      return messageFault(item);
    case "reasoning": {
      const next = items.slice(at).find(({ type }) => type !== "reasoning");
      const led = next?.["type"] === "function_call" || next?.["role"] === "assistant";
      return led ? undefined : "reasoning without the item that it led to";
    }
    case "function_call":
      if (textAt(item, "call_id").length > 64) return `the id ${textAt(item, "call_id")}`;
      return /^[a-zA-Z0-9_-]{1,64}$/.test(textAt(item, "name")) ? undefined : `the name ${textAt(item, "name")}`;
    case "function_call_output": {
      const called = items.slice(0, at).some((call) => call["call_id"] === item["call_id"]);
      return called ? undefined : `an output before its call ${textAt(item, "call_id")}`;
    }
    default:
      return `an item of the type ${textAt(item, "type")}`;
  }
}

function messageFault(item: Fields): string | undefined {
  const { content, role } = item;
  if (typeof content === "string") return content === "" ? "an empty message" : undefined;
  const parts = objectsIn(content);
  if (parts.length === 0) return "an empty message";
  const allowed = role === "assistant" ? ["output_text"] : ["input_text", "input_image", "input_file"];
  const wrong = parts.find((part) => !allowed.includes(textAt(part, "type")));
  return wrong && `${textAt(wrong, "type")} in a message of the ${String(role)}`;
}
