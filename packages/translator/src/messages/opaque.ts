import type { DialectName } from "../dialects/dialect.ts";

const mark = "db1";
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
/** RFC 4648, section 5. */
const digits = encoder.encode("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

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

// By hand, because `btoa` wants a string of a character a byte, which takes ten times as long to make.
function toBase64Url(bytes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  let at = 0;
  for (let index = 0; index < bytes.length; index += 3) {
    const word = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    // What the last bytes do not fill lies beyond the end of the text, where nothing is written.
    for (let shift = 18; shift >= 0; shift -= 6) text[at++] = digits[(word >> shift) & 63] ?? 0;
  }
  return decoder.decode(text);
}

function fromBase64Url(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
