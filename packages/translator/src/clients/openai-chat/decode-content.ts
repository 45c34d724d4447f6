import type { Drops } from "../../conversation/drops.ts";
import { TranslatorError } from "../../errors.ts";
import type { ContentBlock, TextBlock } from "../../messages/content.ts";
import { fileBlock, imageBlock } from "../shared/media-block.ts";
import { reasons } from "../shared/reasons.ts";
import type { ChatMessage, ChatPart } from "./chat-request.ts";

/** Where in a request something stands, and where its losses are noted. */
export interface Place {
  readonly drops: Drops;
  readonly path: string;
}

/** The content of a message as blocks. Throws a TranslatorError for files that only OpenAI has. */
export function decodeContent(content: ChatMessage["content"], place: Place): ContentBlock[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return (content ?? []).map((part, index) => marked(decodePart(part, at(place, index)), part));
}

/** The text of a message that is text alone, as instructions are. */
export function decodeText(content: ChatMessage["content"], place: Place): TextBlock[] {
  return decodeContent(content, place).flatMap((block) => (block.type === "text" ? [block] : []));
}

function at({ drops, path }: Place, index: number): Place {
  return { drops, path: `${path}.content[${index}]` };
}

function decodePart(part: ChatPart, place: Place): ContentBlock {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text };
    case "refusal":
      return { type: "text", text: part.refusal };
    case "image_url":
      reportDetail(part.image_url.detail, place);
      return imageBlock(part.image_url.url);
    case "file":
      return decodeFile(part.file, place);
    case "input_audio":
      place.drops.add(place.path, reasons.audio);
      return { type: "text", text: "[audio omitted: it cannot be carried]" };
    default:
      place.drops.add(place.path, reasons.unknownPart);
      return { type: "text", text: "[content omitted: it cannot be carried]" };
  }
}

function reportDetail(detail: string | undefined, { drops }: Place): void {
  if (detail !== undefined && detail !== "auto")
    drops.add("messages[*].content[*].image_url.detail", reasons.imageDetail);
}

function decodeFile(file: Extract<ChatPart, { type: "file" }>["file"], { path }: Place): ContentBlock {
  const { file_data: data, filename } = file;
  const block = typeof data === "string" ? fileBlock(data, filename ?? undefined) : undefined;
  if (block !== undefined) return block;
  const what = typeof data === "string" ? "only PDF, text and images can be read" : "it is in OpenAI's file store";
  throw new TranslatorError("unsupported-content", `${path}.file: ${what}; send the content of a PDF as file_data`);
}

/** Clients of Claude models mark cache breakpoints in this dialect too, as several gateways take them there. */
function marked(block: ContentBlock, { cache_control: mark }: ChatPart): ContentBlock {
  const takesMark = block.type === "text" || block.type === "image" || block.type === "document";
  return mark && takesMark ? { ...block, cache_control: mark } : block;
}
