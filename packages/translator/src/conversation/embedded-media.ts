import { isRecord } from "../json/is-record.ts";
import type { ContentBlock } from "../messages/content.ts";

const wholeDataUrl = /^data:(image\/[a-z0-9.+-]+);base64,([A-Za-z0-9+/]+={0,2})$/;
/** Shorter strings are no pictures, and reading them as text costs little. */
const leastCharacters = 100;

/**
 * The blocks behind a tool result whose text is itself an image: a data URL, or JSON of content blocks as MCP servers
 * write them. Undefined for every other text. Without this an image would reach the model as 100,000 tokens of base64.
 */
export function readEmbeddedMedia(text: string): ContentBlock[] | undefined {
  if (text.length < leastCharacters) return undefined;
  const first = text.trimStart().charAt(0);
  if (first === "d") return readDataUrl(text.trim());
  if ((first !== "{" && first !== "[") || !text.includes('"image"')) return undefined;
  try {
    return readBlocks(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function readDataUrl(text: string): ContentBlock[] | undefined {
  const match = wholeDataUrl.exec(text);
  return match === null ? undefined : [imageBlock(match[1] ?? "", match[2] ?? "")];
}

function imageBlock(mediaType: string, data: string): ContentBlock {
  return { type: "image", source: { type: "base64", media_type: mediaType, data } };
}

/** All or nothing: JSON that also holds something else is left as the text it is. */
function readBlocks(value: unknown): ContentBlock[] | undefined {
  if (isRecord(value) && Array.isArray(value["content"])) return readBlocks(value["content"]);
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  const blocks = entries.map(readEntry);
  const known = blocks.filter((block) => block !== undefined);
  return known.length === blocks.length && known.some(({ type }) => type === "image") ? known : undefined;
}

function readEntry(entry: unknown): ContentBlock | undefined {
  if (!isRecord(entry)) return undefined;
  if (entry["type"] === "text" && typeof entry["text"] === "string") return { type: "text", text: entry["text"] };
  if (entry["type"] !== "image") return undefined;
  const source = isRecord(entry["source"]) ? entry["source"] : entry;
  const mediaType = source["media_type"] ?? source["mimeType"];
  if (typeof mediaType !== "string" || typeof source["data"] !== "string") return undefined;
  return imageBlock(mediaType, source["data"]);
}
