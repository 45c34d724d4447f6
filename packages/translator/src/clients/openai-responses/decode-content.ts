import type { Drops } from "../../conversation/drops.ts";
import { TranslatorError } from "../../errors.ts";
import type { ContentBlock, TextBlock } from "../../messages/content.ts";
import { fileBlock, imageBlock } from "../shared/media-block.ts";
import { reasons } from "../shared/reasons.ts";
import type { ResponsesContent, ResponsesPart } from "./responses-request.ts";

/** Where in a request something stands, and where its losses are noted. */
export interface Place {
  readonly drops: Drops;
  readonly path: string;
}

/** Content as blocks. Throws a TranslatorError for files that only OpenAI has. */
export function decodeContent(content: ResponsesContent, place: Place): ContentBlock[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content.map((part, index) => decodePart(part, { ...place, path: `${place.path}[${index}]` }));
}

/** The text of content that is text alone, as instructions are. */
export function decodeText(content: ResponsesContent, place: Place): TextBlock[] {
  return decodeContent(content, place).flatMap((block) => (block.type === "text" ? [block] : []));
}

function decodePart(part: ResponsesPart, place: Place): ContentBlock {
  switch (part.type) {
    case "input_text":
    case "output_text":
      return { type: "text", text: part.text };
    case "refusal":
      return { type: "text", text: part.refusal };
    case "input_image":
      return decodeImage(part, place);
    case "input_file":
      return decodeFile(part, place);
    default:
      place.drops.add(place.path, reasons.unknownPart);
      return { type: "text", text: "[content omitted: it cannot be carried]" };
  }
}

function decodeImage(part: Extract<ResponsesPart, { type: "input_image" }>, { drops, path }: Place): ContentBlock {
  if (part.detail && part.detail !== "auto") drops.add("input[*].content[*].detail", reasons.imageDetail);
  if (part.image_url) return imageBlock(part.image_url);
  throw notHere(path, "send the image as a data URL in image_url");
}

function decodeFile(part: Extract<ResponsesPart, { type: "input_file" }>, { path }: Place): ContentBlock {
  if (part.file_url) return { type: "document", source: { type: "url", url: part.file_url } };
  if (!part.file_data) throw notHere(path, "send the content of a PDF as file_data");
  const block = fileBlock(part.file_data, part.filename ?? undefined);
  if (block !== undefined) return block;
  throw new TranslatorError("unsupported-content", `${path}: only PDF, text and images can be read`);
}

function notHere(path: string, advice: string): TranslatorError {
  return new TranslatorError("unsupported-content", `${path}: it is in OpenAI's file store; ${advice}`);
}
