import type { CacheControl } from "../../messages/content.ts";
import type { CacheMark, ChatContent, ChatPart, FilePart, ImagePart } from "./chat-request.ts";
import type { Scene } from "./scene.ts";

/** Takes what blocks of content come to, in order. */
export interface ContentSink {
  text(text: string, mark?: CacheControl | null): void;
  media(part: ImagePart | FilePart): void;
}

/** Gathers the parts of one message. Blank texts are left out, as many servers refuse them. */
export class ContentBuilder implements ContentSink {
  readonly #scene: Scene;
  readonly #parts: ChatPart[] = [];
  #plain = true;

  constructor(scene: Scene) {
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

  media(part: ImagePart | FilePart): void {
    this.#plain = false;
    this.#parts.push(part);
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  /** A string when there is only text, whatever form the client gave it: the same words, the same bytes. */
  content(): ChatContent {
    return this.#plain ? joinTexts(this.#parts.map((part) => (part.type === "text" ? part.text : ""))) : this.#parts;
  }
}

/** The cache marker of a block in the server's spelling; undefined, and reported, when the server takes none. */
export function cacheMark(mark: CacheControl | null | undefined, scene: Scene): CacheMark | undefined {
  if (mark === undefined || mark === null) return undefined;
  if (scene.profile.cacheControl) return { cache_control: mark };
  if (scene.profile.cacheBreakpoints) return { prompt_cache_breakpoint: { mode: "explicit" } };
  scene.dropCacheMark("cache_control");
  return undefined;
}

/** Texts of neighbouring blocks as one text, in which no word runs into the next. */
export function joinTexts(texts: readonly string[]): string {
  let joined = texts[0] ?? "";
  for (let index = 1; index < texts.length; index++) {
    joined += joined.endsWith("\n") ? (texts[index] ?? "") : `\n\n${texts[index] ?? ""}`;
  }
  return joined;
}
