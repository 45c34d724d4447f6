import type { CacheControl } from "../messages/content.ts";

/** An image or a document that the provider takes as it is. `url` is set instead of `data` when it stands elsewhere. */
export type Media =
  | { readonly kind: "image"; readonly mediaType: string; readonly data: string }
  | { readonly kind: "image"; readonly url: string }
  | { readonly kind: "pdf"; readonly name: string; readonly data: string }
  | { readonly kind: "document"; readonly name: string; readonly url: string };

/** Takes what blocks of content come to, in order. */
export interface ContentSink {
  /** Blank text may come; most providers refuse it. */
  text(text: string, mark?: CacheControl | null): void;
  media(media: Media): void;
  /** Takes the cache marker of a block other than text. Left out where the provider takes none there: it is reported. */
  cacheMark?(mark: CacheControl): void;
}

/** The address of base64 data, in the form that browsers and OpenAI's APIs read. */
export function dataUrl(mediaType: string, data: string): string {
  return `data:${mediaType};base64,${data}`;
}

/** Texts of neighbouring blocks as one text, in which no word runs into the next. */
export function joinTexts(texts: readonly string[]): string {
  let joined = texts[0] ?? "";
  for (let index = 1; index < texts.length; index++) {
    joined += joined.endsWith("\n") ? (texts[index] ?? "") : `\n\n${texts[index] ?? ""}`;
  }
  return joined;
}
