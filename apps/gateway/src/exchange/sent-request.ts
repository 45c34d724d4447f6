import type { SentRequest } from "./token-rates.ts";

/** Bytes that are looked at where a request is, for its length, as dense as any text. */
const lookedAt = 64;
/** What share of digits, capitals and other scripts no usual request has: beyond it, bytes say little of tokens. */
const unusualShare = 0.25;
/** Tokens that a byte of all else comes to at most. */
const usualRate = 0.4;
/** Where a conversation is looked at: its instructions and tools, and what was said first. */
const [firstAt, wordBytes] = [256, 8];
const longestSessionId = 128;

/**
 * What a request says of its tokens by a look at some of its bytes. Requests of a session that begin alike are one
 * conversation: each of them has all that came before it.
 */
export function sentRequest(body: Uint8Array, sessionId: string | undefined): SentRequest {
  const bytes = body.length;
  const isNamed = sessionId !== undefined && sessionId.length <= longestSessionId;
  const conversation = isNamed ? `${sessionId} ${beginningOf(body)}` : undefined;
  const share = unusualIn(body);
  if (share <= unusualShare) return { bytes, conversation };
  return { bytes, conversation, unusualTokens: Math.ceil(bytes * (share + (1 - share) * usualRate)) };
}

/** The share of bytes that are digits, capitals or of other scripts. */
function unusualIn(body: Uint8Array): number {
  const apart = Math.max(1, Math.floor(body.length / lookedAt));
  let unusual = 0;
  let looked = 0;
  for (let at = 0; at < body.length; at += apart) {
    const byte = body[at] ?? 0;
    looked += 1;
    if (byte >= 0x80 || (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a)) unusual += 1;
  }
  return looked === 0 ? 0 : unusual / looked;
}

/** A number for the first half: words of it, further and further apart. */
function beginningOf(body: Uint8Array): number {
  let print = 0x81_1c_9d_c5;
  for (let start = firstAt; start + wordBytes <= body.length / 2; start *= 2) {
    for (let at = start; at < start + wordBytes; at++) print = Math.imul(print ^ (body[at] ?? 0), 0x01_00_01_93);
  }
  return print >>> 0;
}
