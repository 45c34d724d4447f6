import type { DocumentBlock, ImageBlock } from "../../messages/content.ts";

/** An image from its address, which may hold the bytes themselves. */
export function imageBlock(url: string): ImageBlock {
  const data = readDataUrl(url);
  return { type: "image", source: data === undefined ? { type: "url", url } : { type: "base64", ...data } };
}

/** A file from its bytes, with or without the head of a data URL; undefined when it is neither PDF, text nor image. */
export function fileBlock(fileData: string, filename: string | undefined): DocumentBlock | ImageBlock | undefined {
  const data = readDataUrl(fileData) ?? { media_type: "application/pdf", data: fileData };
  const title = filename === undefined ? {} : { title: filename };
  if (data.media_type.startsWith("image/")) return { type: "image", source: { type: "base64", ...data } };
  if (data.media_type === "application/pdf") return { type: "document", source: { type: "base64", ...data }, ...title };
  const text = isTextType(data.media_type) ? decodeText(data.data) : undefined;
  if (text === undefined) return undefined;
  return { type: "document", source: { type: "text", media_type: "text/plain", data: text }, ...title };
}

interface Bytes {
  readonly media_type: string;
  readonly data: string;
}

const head = /^data:([a-z0-9.+/-]+)(?:;[^,;]*)*;base64,/i;

function readDataUrl(url: string): Bytes | undefined {
  const [start = "", type = ""] = head.exec(url.slice(0, 256)) ?? [];
  return start === "" ? undefined : { media_type: type.toLowerCase(), data: url.slice(start.length) };
}

function isTextType(type: string): boolean {
  return type.startsWith("text/") || /[/+](?:json|xml|yaml)$/.test(type);
}

function decodeText(base64: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
