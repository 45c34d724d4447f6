import type { ContentSink, Media } from "../../conversation/content-sink.ts";
import { interruptedOutput, markError } from "../../conversation/tool-result.ts";
import type { CallResult } from "../../conversation/turns.ts";
import { writeToolResult } from "../../conversation/write-block.ts";
import type { CacheControl } from "../../messages/content.ts";
import { mediaPart, textOf } from "./input-builder.ts";
import type { InputContent, InputFile, InputImage, InputPart } from "./responses-request.ts";
import type { ResponsesScene } from "./scene.ts";

/** What a tool gave: the output of its call, and the media that must follow in a user message. */
export interface ToolOutput {
  readonly output: InputContent;
  readonly attachments: readonly (InputImage | InputFile)[];
}

/** Writes a call's result. Errors are told in words: `status` says whether an item is whole, not whether it failed. */
export function encodeToolOutput({ result }: CallResult, scene: ResponsesScene): ToolOutput {
  if (result === undefined) return { output: interruptedOutput, attachments: [] };
  const sink = new OutputSink(scene);
  writeToolResult(result.block, sink, result.place);
  if (result.block.is_error === true) sink.markError();
  if (result.block.cache_control) scene.dropCacheMark(`${result.place.path()}.cache_control`);
  return sink.output();
}

class OutputSink implements ContentSink {
  readonly #scene: ResponsesScene;
  readonly #parts: InputPart[] = [];
  readonly #attachments: (InputImage | InputFile)[] = [];

  constructor(scene: ResponsesScene) {
    this.#scene = scene;
  }

  text(text: string, mark?: CacheControl | null): void {
    if (mark) this.#scene.dropCacheMark("messages[*].content[*].content[*].cache_control");
    if (text !== "") this.#parts.push({ type: "input_text", text });
  }

  media(media: Media): void {
    const part = mediaPart(media);
    if (this.#scene.profile.toolMedia === "in-output") {
      this.#parts.push(part);
      return;
    }
    this.#attachments.push(part);
    this.text(part.type === "input_file" ? "[document attached below]" : "[image attached below]");
  }

  markError(): void {
    const first = this.#parts[0];
    if (first?.type === "input_text") this.#parts[0] = { type: "input_text", text: markError(first.text) };
    else this.#parts.unshift({ type: "input_text", text: markError("") });
  }

  output(): ToolOutput {
    const plain = this.#parts.every(({ type }) => type === "input_text");
    return { output: plain ? this.#parts.map(textOf).join("\n") : this.#parts, attachments: this.#attachments };
  }
}
