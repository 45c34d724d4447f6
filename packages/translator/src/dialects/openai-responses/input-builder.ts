import { dataUrl, joinTexts, type ContentSink, type Media } from "../../conversation/content-sink.ts";
import type { CacheControl } from "../../messages/content.ts";
import type { InputContent, InputFile, InputImage, InputPart } from "./responses-request.ts";
import type { ResponsesScene } from "./scene.ts";

/** Gathers the parts of one message. Blank texts are left out. */
export class InputBuilder implements ContentSink {
  readonly #scene: ResponsesScene;
  readonly #parts: InputPart[] = [];
  #plain = true;

  constructor(scene: ResponsesScene) {
    this.#scene = scene;
  }

  text(text: string, mark?: CacheControl | null): void {
    const marked = mark !== undefined && mark !== null;
    if (marked && !this.#scene.profile.cacheBreakpoints) this.#scene.dropCacheMark("cache_control");
    if (!/\S/.test(text)) return;
    if (!marked || !this.#scene.profile.cacheBreakpoints) {
      this.#parts.push({ type: "input_text", text });
      return;
    }
    this.#plain = false;
    this.#parts.push({ type: "input_text", text, prompt_cache_breakpoint: { mode: "explicit" } });
  }

  media(media: Media): void {
    this.#plain = false;
    this.#parts.push(mediaPart(media));
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  /** A string when there is only text, whatever form the client gave it: the same words, the same bytes. */
  content(): InputContent {
    return this.#plain ? joinTexts(this.#parts.map(textOf)) : this.#parts;
  }
}

/** The text of a part; empty for media. */
export function textOf(part: InputPart): string {
  return part.type === "input_text" ? part.text : "";
}

/** The part that carries an image or a document. */
export function mediaPart(media: Media): InputImage | InputFile {
  switch (media.kind) {
    case "pdf":
      return { type: "input_file", filename: media.name, file_data: dataUrl("application/pdf", media.data) };
    case "document":
      return { type: "input_file", file_url: media.url };
    case "image": {
      const url = "url" in media ? media.url : dataUrl(media.mediaType, media.data);
      return { type: "input_image", image_url: url, detail: "auto" };
    }
  }
}
