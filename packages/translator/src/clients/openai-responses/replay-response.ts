import type { WireItem, WirePart, WireResponse } from "../../dialects/openai-responses/wire.ts";
import { listOf, loose, stringOf } from "../../json/loose.ts";
import { EventWriter } from "./event-writer.ts";
import { naming, type ItemPlace } from "./output-item.ts";

/** A whole response told as a stream: each item begins, says its text in one piece, and ends. */
export function replayResponse(response: WireResponse): string {
  const writer = new EventWriter();
  const begun = { ...response, status: "in_progress", output: [], usage: null, incomplete_details: null };
  let text = writer.event("response.created", { response: begun });
  text += writer.event("response.in_progress", { response: begun });
  for (const [index, item] of listOf(response.output).entries()) text += replayItem(writer, item, index);
  const ending = response.status === "incomplete" ? "response.incomplete" : "response.completed";
  return text + writer.event(ending, { response });
}

function replayItem(writer: EventWriter, value: unknown, index: number): string {
  const item = loose<keyof WireItem>(value);
  const place: ItemPlace = { id: stringOf(item.id) ?? "", index };
  const content = listOf(item.content);
  const begun = { ...item, ...(content.length > 0 && { content: [] }), ...("arguments" in item && { arguments: "" }) };
  let text = writer.event("response.output_item.added", { output_index: index, item: begun });
  for (const [at, part] of content.entries())
    text += replayPart(writer, loose(part), `${naming(place)}"content_index":${at},`);
  if (typeof item.arguments === "string") {
    const whole = JSON.stringify(item.arguments);
    text += writer.raw("response.function_call_arguments.delta", `${naming(place)}"delta":${whole}}`);
    text += writer.raw("response.function_call_arguments.done", `${naming(place)}"arguments":${whole}}`);
  }
  return text + writer.event("response.output_item.done", { output_index: index, item });
}

/** Texts and refusals; what else may come as content comes with its item. */
function replayPart(writer: EventWriter, part: WirePart, where: string): string {
  const field = texts.get(part.type);
  if (field === undefined || typeof part[field] !== "string") return "";
  const whole = JSON.stringify(part[field]);
  const kind = field === "text" ? "output_text" : "refusal";
  const more = field === "text" ? ',"logprobs":[]' : "";
  return (
    writer.raw("response.content_part.added", `${where}"part":${JSON.stringify({ ...part, [field]: "" })}}`) +
    writer.raw(`response.${kind}.delta`, `${where}"delta":${whole}${more}}`) +
    writer.raw(`response.${kind}.done`, `${where}"${field}":${whole}${more}}`) +
    writer.raw("response.content_part.done", `${where}"part":${JSON.stringify(part)}}`)
  );
}

const texts = new Map<unknown, "text" | "refusal">([
  ["output_text", "text"],
  ["refusal", "refusal"],
]);
