import { estimateTokens } from "@drawbridge/translator";
import { Latest } from "./latest.ts";
import type { SentRequest } from "./sent-request.ts";

/** A request, and what is known of the one before it in its conversation. */
export interface KnownRequest extends SentRequest {
  readonly before?: EarlierRequest | undefined;
}

/** The request that another one has grown from. */
export interface EarlierRequest {
  readonly bytes: number;
  readonly tokens: number;
  /** Some of what has been added since, where that stands at the end. */
  readonly added: Uint8Array | undefined;
}

/** How much denser than all of late a request may be. */
const margin = 1.02;
/** What no text of agents is denser than, in tokens a byte: for what was added, where it is not known. */
const mostAdded = 0.4;
/** What was added is estimated by windows of it, which cut words; other scripts and numbers are dearer than they seem. */
const [windows, windowBytes] = [8, 64];
/** A conversation that has grown by more is another one. */
const mostGrown = 1.5;
/** Requests with the same instructions and tools that were seen so often tell what others come to, of about their length. */
const neededOfKind = 4;
const aboutAsLong = Math.log(1.06);
const [mostKinds, mostConversations] = [1_000, 4_000];

/** What requests of one model come to, learned from those that its provider has counted. */
export class InputRates {
  readonly #all: Latest;
  /** By prints and length: of requests with the same instructions and tools. */
  readonly #kinds = new Map<string, Latest>();
  /** By session and print: what the newest request of each conversation came to. */
  readonly #conversations = new Map<string, Counted>();

  constructor(all: Latest) {
    this.#all = all;
  }

  /** Takes what a request was counted as; of one whose bytes say nothing, nothing. */
  learn(request: SentRequest | undefined, tokens: number): void {
    if (request === undefined || request.unusualTokens !== undefined) return;
    const { bytes, prints, sessionId } = request;
    this.#all.add(tokens / bytes);
    for (const print of prints) {
      const key = kindOf(print, bytes);
      const kind = this.#kinds.get(key) ?? new Latest(neededOfKind);
      kind.add(tokens / bytes);
      renew(this.#kinds, { key, value: kind, most: mostKinds });
      if (sessionId === undefined) continue;
      const counted = { bytes, tokens, end: prints[1] };
      renew(this.#conversations, { key: `${sessionId} ${print}`, value: counted, most: mostConversations });
    }
  }

  /** Looks up what a request has grown from, while its bytes are there. */
  look(request: SentRequest, body: Uint8Array): KnownRequest {
    const { bytes, prints, sessionId } = request;
    if (sessionId === undefined || request.unusualTokens !== undefined) return request;
    for (const print of prints) {
      const before = this.#conversations.get(`${sessionId} ${print}`);
      if (before === undefined || bytes < before.bytes || bytes > before.bytes * mostGrown) continue;
      // Where both end alike, it was added somewhere in between.
      const added = before.end === prints[1] ? undefined : windowsOf(body, before.bytes);
      return { ...request, before: { bytes: before.bytes, tokens: before.tokens, added } };
    }
    return request;
  }

  /** The most input tokens that a request comes to; undefined as long as too little was counted. */
  most({ bytes, prints, before }: KnownRequest): number | undefined {
    if (before !== undefined) return Math.ceil(before.tokens + (bytes - before.bytes) * densityOf(before.added));
    const ofKind = prints.flatMap((print) => this.#kinds.get(kindOf(print, bytes))?.most ?? []);
    const rate = ofKind.length > 0 ? Math.max(...ofKind) : this.#all.most;
    return rate === undefined ? undefined : Math.ceil(bytes * rate * margin);
  }
}

interface Counted {
  readonly bytes: number;
  readonly tokens: number;
  readonly end: string | undefined;
}

function kindOf(print: string, bytes: number): string {
  return `${print} ${Math.round(Math.log(bytes) / aboutAsLong)}`;
}

interface Renewal<Value> {
  readonly key: string;
  readonly value: Value;
  readonly most: number;
}

/** Puts an entry behind all others, the oldest of which goes when there are too many. */
function renew<Value>(map: Map<string, Value>, { key, value, most }: Renewal<Value>): void {
  map.delete(key);
  const oldest = map.keys().next();
  if (map.size >= most && oldest.done !== true) map.delete(oldest.value);
  map.set(key, value);
}

/** Windows of what stands behind an offset: a copy, since a view would hold all of it. */
function windowsOf(body: Uint8Array, from: number): Uint8Array {
  const length = body.length - from;
  if (length <= windows * windowBytes) return body.slice(from);
  const copy = new Uint8Array(windows * windowBytes);
  const apart = Math.floor((length - windowBytes) / (windows - 1));
  for (let window = 0; window < windows; window++) {
    const start = from + window * apart;
    copy.set(body.subarray(start, start + windowBytes), window * windowBytes);
  }
  return copy;
}

/** The most tokens a byte that a text has which is like this one. */
function densityOf(sample: Uint8Array | undefined): number {
  if (sample === undefined || sample.length === 0) return mostAdded;
  const isForeign = sample.some((byte) => byte >= 0x80);
  const estimated = estimateTokens(decoder.decode(sample)) / sample.length;
  return isForeign ? Math.max(mostAdded, Math.min(1, estimated * mostForeign)) : Math.min(1, estimated);
}

const decoder = new TextDecoder();
/** What vocabularies make of other scripts for each token that is estimated, at most. */
const mostForeign = 1.5;
