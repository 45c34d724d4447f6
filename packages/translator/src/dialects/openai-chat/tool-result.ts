import type { ContentSink, Media } from "../../conversation/content-sink.ts";
import { interruptedOutput, markError } from "../../conversation/tool-result.ts";
import type { CallResult } from "../../conversation/turns.ts";
import { writeToolResult } from "../../conversation/write-block.ts";
import type { CacheControl } from "../../messages/content.ts";
import type { ChatContent, ChatPart, FilePart, ImagePart } from "./chat-request.ts";
import { cacheMark, mediaPart } from "./content-builder.ts";
import type { ChatScene } from "./scene.ts";

/** What a tool gave: the content of its `tool` message, and the media that must follow in a user message. */
export interface ToolOutput {
  readonly content: ChatContent;
  readonly attachments: readonly (ImagePart | FilePart)[];
}

/** Writes a call's result. Errors are told in words, as chat completions have no mark for them. */
export function encodeToolResult({ result }: CallResult, scene: ChatScene): ToolOutput {
  if (result === undefined) return { content: interruptedOutput, attachments: [] };
  const sink = new ToolSink(scene);
  writeToolResult(result.block, sink, result.place);
  if (result.block.is_error === true) sink.markError();
  return sink.output(result.block.cache_control);
}

class ToolSink implements ContentSink {
  readonly #scene: ChatScene;
  readonly #parts: ChatPart[] = [];
  readonly #attachments: (ImagePart | FilePart)[] = [];
  #hasMedia = false;

  constructor(scene: ChatScene) {
    this.#scene = scene;
  }

  text(text: string, mark?: CacheControl | null): void {
    if (mark) this.#scene.dropCacheMark("messages[*].content[*].content[*].cache_control");
    if (text !== "") this.#parts.push({ type: "text", text });
  }

  media(media: Media): void {
    const part = mediaPart(media);
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
    if (first?.type === "text") this.#parts[0] = { type: "text", text: markError(first.text) };
    else this.#parts.unshift({ type: "text", text: markError("") });
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
