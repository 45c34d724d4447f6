import type { ContentSink, Media } from "../../conversation/content-sink.ts";
import type { CacheControl } from "../../messages/content.ts";
import type { ContentPart, ConverseBlock, ImageBlock } from "./converse-request.ts";
import { reasons } from "./reasons.ts";
import type { ConverseScene } from "./scene.ts";
import { ownValue } from "../../json/own-value.ts";

const formats: Readonly<Record<string, ImageBlock["image"]["format"]>> = {
  "image/png": "png",
  "image/jpeg": "jpeg",
  "image/gif": "gif",
  "image/webp": "webp",
};

/** Whose words they are; only a user's message may hold images and documents. */
export type Speaker = "system" | "user" | "assistant";

/** Gathers the blocks of a message or of the system prompt. Blank texts are left out, as Bedrock refuses them. */
export class ConverseContent implements ContentSink {
  readonly #scene: ConverseScene;
  readonly #speaker: Speaker;
  readonly blocks: ConverseBlock[] = [];

  constructor(scene: ConverseScene, speaker: Speaker) {
    this.#scene = scene;
    this.#speaker = speaker;
  }

  text(text: string, mark?: CacheControl | null): void {
    if (/\S/.test(text)) this.blocks.push({ text });
    if (mark) this.cacheMark(mark);
  }

  media(media: Media): void {
    if (this.#speaker === "user") {
      this.blocks.push(mediaPart(media, this.#scene));
      return;
    }
    this.#scene.drops.add(`${this.#speaker} (${media.kind})`, reasons.mediaOfOthers);
    this.blocks.push({ text: `[${media.kind} omitted: only users may send one]` });
  }

  /** A point that nothing stands before, or another point, would be refused. */
  cacheMark(mark: CacheControl): void {
    const last = this.blocks.at(-1);
    if (last === undefined || "cachePoint" in last) return;
    const point = this.#scene.cachePoint(this.#speaker === "system" ? "system" : "messages", mark);
    if (point !== undefined) this.blocks.push(point);
  }
}

/** Gathers the content of a tool's result, in which no cache point may stand. */
export class ResultContent implements ContentSink {
  readonly #scene: ConverseScene;
  readonly parts: ContentPart[] = [];

  constructor(scene: ConverseScene) {
    this.#scene = scene;
  }

  text(text: string, mark?: CacheControl | null): void {
    if (/\S/.test(text)) this.parts.push({ text });
    if (mark) this.cacheMark(mark);
  }

  media(media: Media): void {
    this.parts.push(mediaPart(media, this.#scene));
  }

  cacheMark(_mark: CacheControl): void {
    this.#scene.drops.add("messages[*].content[*].content[*].cache_control", reasons.cacheInResult);
  }
}

function mediaPart(media: Media, scene: ConverseScene): ContentPart {
  if (media.kind === "pdf") {
    return {
      document: { format: "pdf", name: scene.documentName(media.name), source: { bytes: media.data } },
    };
  }
  // No address comes here, as the rules say that none is taken.
  if ("url" in media) return { text: `[${media.kind} at ${media.url}]` };
  const format = ownValue(formats, media.mediaType);
  if (format !== undefined) return { image: { format, source: { bytes: media.data } } };
  scene.drops.add("messages[*].content[*].source.media_type", reasons.imageType);
  return { text: `[image omitted: ${media.mediaType}]` };
}
