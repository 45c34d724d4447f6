import { dataUrl, joinTexts, type ContentSink, type Media } from "../../conversation/content-sink.ts";
import type { CacheControl } from "../../messages/content.ts";
import type { CacheMark, ChatContent, ChatPart, FilePart, ImagePart } from "./chat-request.ts";
import type { ChatScene } from "./scene.ts";

/** Gathers the parts of one message. Blank texts are left out, as many servers refuse them. */
export class ContentBuilder implements ContentSink {
  readonly #scene: ChatScene;
  readonly #parts: ChatPart[] = [];
  #plain = true;

  constructor(scene: ChatScene) {
    this.#scene = scene;
  }

  text(text: string, mark?: CacheControl | null): void {
    const carried = cacheMark(mark, this.#scene);
    if (!/\S/.test(text)) return;
    if (carried === undefined) {
      this.#parts.push({ type: "text", text });
      return;
    }
    this.#plain = false;
    this.#parts.push({ type: "text", text, ...carried });
  }

  media(media: Media): void {
    this.#plain = false;
    this.#parts.push(mediaPart(media));
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  /** A string when there is only text, whatever form the client gave it: the same words, the same bytes. */
  content(): ChatContent {
    return this.#plain ? joinTexts(this.#parts.map((part) => (part.type === "text" ? part.text : ""))) : this.#parts;
  }
}

/** The part that carries an image or a document. */
export function mediaPart(media: Media): ImagePart | FilePart {
  if (media.kind === "pdf") {
    return { type: "file", file: { filename: media.name, file_data: dataUrl("application/pdf", media.data) } };
  }
  return { type: "image_url", image_url: { url: "url" in media ? media.url : dataUrl(media.mediaType, media.data) } };
}

/** The cache marker of a block in the server's spelling; undefined, and reported, when the server takes none. */
export function cacheMark(mark: CacheControl | null | undefined, scene: ChatScene): CacheMark | undefined {
  if (mark === undefined || mark === null) return undefined;
  if (scene.profile.cacheControl) return { cache_control: mark };
  if (scene.profile.cacheBreakpoints) return { prompt_cache_breakpoint: { mode: "explicit" } };
  scene.dropCacheMark("cache_control");
  return undefined;
}
