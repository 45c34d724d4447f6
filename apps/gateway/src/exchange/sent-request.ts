/** A request as it was sent, as far as its bytes tell what it comes to. */
export interface SentRequest {
  readonly bytes: number;
  /**
   * What its instructions and tools look like, by how it begins and how it ends: one of both is the same in all such requests.
   * None for a short one, which has hardly any.
   */
  readonly prints: readonly [] | readonly [beginning: string, end: string];
  /** The client's name for its session; requests of one that look alike are one conversation. */
  readonly sessionId: string | undefined;
  /** Of text whose bytes say little, the most tokens that it can have: such a request teaches nothing and is like no other. */
  readonly unusualTokens?: number | undefined;
}

/** Bytes that are looked at where a request is, for its length, as dense as any text. */
const lookedAt = 64;
/** What share of digits, capitals and other scripts no usual request has: beyond it, bytes say little of tokens. */
const unusualShare = 0.25;
/** Tokens that a byte of all else comes to at most. */
const usualRate = 0.4;
/** Where prints are taken: words of a half, further and further apart. Instructions and tools of agents are longer than that. */
const [firstAt, lastAt, wordBytes] = [256, 16_384, 8];
const leastBytes = 2_048;
const longestSessionId = 128;

/** What a request says of its tokens by a look at some of its bytes. */
export function sentRequest(body: Uint8Array, sessionId: string | undefined): SentRequest {
  const bytes = body.length;
  const isNamed = sessionId !== undefined && sessionId.length <= longestSessionId;
  const request = { bytes, prints: printsOf(body), sessionId: isNamed ? sessionId : undefined };
  const share = unusualIn(body);
  if (share <= unusualShare) return request;
  return { ...request, unusualTokens: Math.ceil(bytes * (share + (1 - share) * usualRate)) };
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

function printsOf(body: Uint8Array): SentRequest["prints"] {
  const { length } = body;
  if (length < leastBytes) return [];
  return [`b${printOf(body, (at) => at)}`, `e${printOf(body, (at) => length - at - wordBytes)}`];
}

/** A number for a half of a body. */
function printOf(body: Uint8Array, startOf: (at: number) => number): number {
  const most = Math.min(lastAt, body.length / 2 - wordBytes);
  let print = 0x81_1c_9d_c5;
  for (let at = firstAt; at <= most; at *= 2) {
    const start = startOf(at);
    for (let next = start; next < start + wordBytes; next++)
      print = Math.imul(print ^ (body[next] ?? 0), 0x01_00_01_93);
  }
  return print >>> 0;
}
