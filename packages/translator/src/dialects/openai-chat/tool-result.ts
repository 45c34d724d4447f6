import type { CacheControl, ContentBlock, ToolResultBlock } from "../../messages/content.ts";
import type { ChatContent, ChatPart, FilePart, ImagePart } from "./chat-request.ts";
import { blocksOf, writeBlock } from "./content.ts";
import { cacheMark, type ContentSink } from "./content-builder.ts";
import { readEmbeddedMedia } from "./embedded-media.ts";
import { entryOf, type Place } from "./place.ts";
import type { Scene } from "./scene.ts";

/** What a tool gave: the content of its `tool` message, and the media that must follow in a user message. */
export interface ToolOutput {
  readonly content: ChatContent;
  readonly attachments: readonly (ImagePart | FilePart)[];
}

/** Stands for a result that the conversation does not hold: servers refuse a call without one. */
export const interruptedOutput: ToolOutput = { content: "[no result: interrupted]", attachments: [] };

/** Writes a tool's result. Errors are told in words, as chat completions have no mark for them. */
export function encodeToolResult(block: ToolResultBlock, place: Place): ToolOutput {
  const sink = new ToolSink(place.scene);
  resultBlocks(block.content).forEach((inner, index) => writeBlock(inner, sink, entryOf(place, "content", index)));
  if (block.is_error === true) sink.markError();
  return sink.output(block.cache_control);
}

function resultBlocks(content: ToolResultBlock["content"]): readonly ContentBlock[] {
  if (typeof content === "string") return readEmbeddedMedia(content) ?? blocksOf(content);
  if (content === undefined || content === null || Array.isArray(content)) return blocksOf(content).flatMap(unpack);
  // Some clients send a bare object; it is said once, as JSON.
  return [{ type: "text", text: JSON.stringify(content) }];
}

function unpack(block: ContentBlock): readonly ContentBlock[] {
  return (block.type === "text" && typeof block.text === "string" && readEmbeddedMedia(block.text)) || [block];
}

class ToolSink implements ContentSink {
  readonly #scene: Scene;
  readonly #parts: ChatPart[] = [];
  readonly #attachments: (ImagePart | FilePart)[] = [];
  #hasMedia = false;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  text(text: string, mark?: CacheControl | null): void {
    if (mark) this.#scene.dropCacheMark("messages[*].content[*].content[*].cache_control");
    if (text !== "") this.#parts.push({ type: "text", text });
  }

  media(part: ImagePart | FilePart): void {
    if (this.#scene.profile.toolMedia === "in-tool-message") {
      this.#hasMedia = true;
      this.#parts.push(part);
      return;
    }
    this.#attachments.push(part);
    this.text(part.type === "file" ? `[${part.file.filename} attached below]` : "[image attached below]");
  }

  markError(): void {
    const first = this.#parts[0];
    const text = first?.type === "text" ? first.text : "";
    if (/^\s*(error\b|<tool_use_error>)/i.test(text)) return;
    if (first?.type === "text") this.#parts[0] = { type: "text", text: `Error: ${text}` };
    else this.#parts.unshift({ type: "text", text: "Error" });
  }

  output(mark: CacheControl | null | undefined): ToolOutput {
    const attachments = this.#attachments;
    const carried = cacheMark(mark, this.#scene);
    if (this.#hasMedia) return { content: this.#parts, attachments };
    const text = this.#parts.map((part) => (part.type === "text" ? part.text : "")).join("\n");
    if (carried === undefined || text === "") return { content: text, attachments };
    return { content: [{ type: "text", text, ...carried }], attachments };
  }
}
