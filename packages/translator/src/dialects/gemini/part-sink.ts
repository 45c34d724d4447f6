import type { ContentSink, Media } from "../../conversation/content-sink.ts";
import type { CacheControl } from "../../messages/content.ts";
import type { GeminiBlob, GeminiMediaPart, GeminiTextPart } from "./gemini-request.ts";
import { reasons } from "./reasons.ts";
import type { GeminiScene } from "./scene.ts";
import { ownValue } from "../../json/own-value.ts";

/** Addresses that Gemini reads itself: Cloud Storage, its Files API, YouTube. */
const googleFile =
  /^gs:\/\/|^https:\/\/generativelanguage\.googleapis\.com\/|^https:\/\/(?:www\.)?youtu(?:\.be|be\.com)\//;

const typesByEnding: Readonly<Record<string, string>> = {
  pdf: "application/pdf",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  heic: "image/heic",
  heif: "image/heif",
};

/** Gathers the parts of one content. Blank texts are left out: Gemini refuses a part without data. */
export class PartSink implements ContentSink {
  readonly parts: (GeminiTextPart | GeminiMediaPart)[] = [];
  readonly #scene: GeminiScene;

  constructor(scene: GeminiScene) {
    this.#scene = scene;
  }

  text(text: string, mark?: CacheControl | null): void {
    if (mark) this.#scene.dropCacheMark("cache_control");
    if (/\S/.test(text)) this.parts.push({ text });
  }

  media(media: Media): void {
    const part = mediaPart(media, this.#scene);
    if (typeof part === "string") this.text(part);
    else this.parts.push(part);
  }
}

/** The part that carries an image or a document; a note when Gemini cannot read it. */
export function mediaPart(media: Media, scene: GeminiScene): GeminiMediaPart | string {
  const blob = blobOf(media, scene);
  if (blob !== undefined) return typeof blob === "string" ? blob : { inlineData: blob };
  const url = "url" in media ? media.url : "";
  if (googleFile.test(url)) {
    const mimeType = ownValue(typesByEnding, /\.([a-z]+)$/i.exec(url)?.[1]?.toLowerCase() ?? "");
    return { fileData: { ...(mimeType === undefined ? {} : { mimeType }), fileUri: url } };
  }
  scene.drops.add("messages[*].content[*].source.url", reasons.mediaAddress);
  return `[${media.kind} at ${url}]`;
}

/** The bytes of a medium, or a note when Gemini takes none of this type; undefined when it stands elsewhere. */
export function blobOf(media: Media, scene: GeminiScene): GeminiBlob | string | undefined {
  if ("url" in media) return undefined;
  if (media.kind === "pdf") return { mimeType: "application/pdf", data: media.data };
  if (media.mediaType !== "image/gif") return { mimeType: media.mediaType, data: media.data };
  // Source: ai.google.dev, "Image understanding": PNG, JPEG, WEBP, HEIC and HEIF.
  scene.drops.add("messages[*].content[*].source.media_type", reasons.imageType);
  return "[image omitted: the model takes no GIF]";
}
