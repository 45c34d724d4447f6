import { TranslatorError } from "../errors.ts";
import type { DocumentBlock, ImageBlock, MediaSource } from "../messages/content.ts";
import type { ContentSink } from "./content-sink.ts";
import type { Place } from "./place.ts";
import { reasons } from "./reasons.ts";

/** How the base64 form of each kind of image begins. */
const signatures: readonly (readonly [string, string])[] = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
];

/** Writes an image, or a note in its place when the model sees none. */
export function writeImage(block: ImageBlock, sink: ContentSink, place: Place): void {
  const { source } = block;
  const { rules, drops } = place.scene;
  if (!rules.images) {
    drops.add(place.path(), reasons.noVision);
    sink.text("[image omitted: the model takes no images]");
    return;
  }
  if (source.type === "base64") {
    sink.media({ kind: "image", mediaType: imageType(source.media_type, source.data), data: source.data });
  } else if (source.type !== "url") refuseFile(source, place);
  else if (rules.imageUrls) sink.media({ kind: "image", url: source.url });
  else {
    drops.add(place.path(), reasons.imageUrl);
    sink.text(`[image at ${source.url}]`);
  }
}

/** The type that the bytes tell, else the declared one: upstreams refuse an image whose type is wrong. */
function imageType(declared: string, data: string): string {
  const found = signatures.find(([start]) => data.startsWith(start));
  if (found !== undefined) return found[1];
  return declared === "image/jpg" ? "image/jpeg" : declared;
}

/** Files of Anthropic's store cannot be read by others, and an answer that ignores one would be wrong in silence. */
function refuseFile(source: MediaSource, place: Place): void {
  if (source.type !== "file") {
    place.scene.drops.add(place.path(), reasons.unknownBlock);
    return;
  }
  throw new TranslatorError(
    "unsupported-content",
    `${place.path()}: file "${source.file_id}" is in Anthropic's file store, which this model cannot read; send the content as base64`,
  );
}

/** Writes a document that consists of bytes or stands elsewhere; those that consist of text are no media. */
export function writeDocumentMedia(block: DocumentBlock, sink: ContentSink, place: Place): void {
  const { source } = block;
  const title = block.title ?? "";
  if (source.type === "base64") writeBytes(source, { sink, place, title });
  else if (source.type !== "url") refuseFile(source, place);
  else if (place.scene.rules.documentUrls) sink.media({ kind: "document", name: title, url: source.url });
  else {
    place.scene.drops.add(place.path(), reasons.documentUrl);
    sink.text(`[document at ${source.url}]`);
  }
}

interface DocumentTarget {
  readonly sink: ContentSink;
  readonly place: Place;
  readonly title: string;
}

function writeBytes(source: MediaSource & { type: "base64" }, target: DocumentTarget): void {
  const { sink, place, title } = target;
  if (source.media_type.startsWith("text/")) {
    sink.text(decodeText(source.data));
    return;
  }
  const isPdf = source.media_type === "application/pdf";
  if (isPdf && place.scene.rules.pdfs) {
    sink.media({ kind: "pdf", name: pdfName(title), data: source.data });
    return;
  }
  place.scene.drops.add(place.path(), isPdf ? reasons.noFiles : reasons.documentType);
  const name = title === "" ? "" : ` "${title}"`;
  sink.text(
    isPdf ? `[PDF${name} omitted: the model takes no files]` : `[document${name} omitted: ${source.media_type}]`,
  );
}

function pdfName(title: string): string {
  const name = title === "" ? "document" : title;
  return name.toLowerCase().endsWith(".pdf") ? name : `${name}.pdf`;
}

function decodeText(data: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(data), (char) => char.charCodeAt(0)));
  } catch {
    return "[document omitted: its base64 is broken]";
  }
}
