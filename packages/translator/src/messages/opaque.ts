import type { DialectName } from "../dialects/dialect.ts";

const mark = "db1";
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
/** `String.fromCharCode` takes its characters as arguments, of which an engine allows a limited number. */
const charsAtOnce = 8_192;

/** Whose state it is: a dialect's, or what the model read of a page that was found for it here. */
type Owner = DialectName | "search";

/** A string for `thinking.signature`, or another opaque field, that carries a dialect's own state through the client and back. */
export function sealOpaque(owner: Owner, state: string): string {
  return `${mark}.${owner}.${toBase64Url(encoder.encode(state))}`;
}

/** The state that {@link sealOpaque} put into a signature; undefined when it is another dialect's, or nobody's of ours. */
export function openOpaque(owner: Owner, signature: string): string | undefined {
  const prefix = `${mark}.${owner}.`;
  if (!signature.startsWith(prefix)) return undefined;
  const bytes = fromBase64Url(signature.slice(prefix.length));
  if (bytes === undefined) return undefined;
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** True when a signature was made by {@link sealOpaque}, whatever the dialect: Anthropic cannot verify such a one. */
export function isOwnSignature(signature: string): boolean {
  return signature.startsWith(`${mark}.`);
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (let start = 0; start < bytes.length; start += charsAtOnce) {
    binary += String.fromCharCode(...bytes.subarray(start, start + charsAtOnce));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}
