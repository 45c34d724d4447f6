import type { RequestBound } from "@drawbridge/governance";
import { boundOf, type ModelFacts, type PriceRow } from "@drawbridge/providers/models";
import type { ClientCall, ClientDialectName } from "@drawbridge/translator";

/** A place that a request may go to, and what is known of its model. */
export interface KnownPlace {
  readonly facts: ModelFacts;
  /** All that may be in force while the request runs; none where nobody says what it costs. */
  readonly prices: readonly PriceRow[];
}

/** A request to be bounded. */
export interface BoundedRequest {
  readonly call: Pick<ClientCall, "body" | "facts" | "content" | "tiers">;
  readonly client: ClientDialectName;
  /** Whether the bound has to hold for every request, or for nearly every one. */
  readonly isStrict: boolean;
}

/** Claude Code's requests come to 3.5 bytes a token, dense JSON to 3; what is bounded includes all framing. */
export const bytesPerToken = 2.5;
const likelyBytesPerToken = 3.5;
/** What providers add by themselves: a prompt for tools, special tokens. Source: Anthropic docs, "Tool use", pricing. */
const addedTokens = 1_000;
/** Source: Anthropic docs, "Vision": the largest image of the newest models comes to 4,784 tokens. */
const imageTokens = 5_000;
/** How far an estimate of a request with media can be below the truth. */
const margin = 1.4;
/** Searches of one request, and what each brings back to be read. Claude Code asks for eight at most. */
const searches = 8;
const searchTokens = 10_000;
/** Of a model whose window is not known. */
const usualWindow = 1_000_000;
const usualOutput = 32_000;

/** How each client names images and documents. */
const mediaNames: Readonly<Record<ClientDialectName, readonly [image: string, document: string]>> = {
  "anthropic-messages": ['"image"', '"document"'],
  "openai-chat": ['"image_url"', '"file"'],
  "openai-responses": ['"input_image"', '"input_file"'],
};

/** What a request can take, and what of it is money: tokens are held as they are likely to be, money as it is at most. */
export interface GatewayBound extends RequestBound {
  /** The most input tokens that it can come to. */
  readonly mostInputTokens: number;
  /** The most that it is likely to come to: what is charged where nobody has counted, by whatever rules it was held. */
  readonly chargedInputTokens: number;
  /** Whether it has images or documents, whose bytes say nothing of their tokens. */
  readonly hasMedia: boolean;
}

/** The most that a request can take at the dearest of these places. */
export function requestBound(request: BoundedRequest, places: readonly KnownPlace[]): GatewayBound {
  const { facts, tiers } = request.call;
  const isSearching = (facts.searchesAt?.length ?? 0) > 0;
  const input = inputOf(request, isSearching);
  const window = windowOf(places) * (isSearching ? 1 + searches : 1);
  const most = Math.min(input.most, window);
  const prices = places.flatMap((place) => place.prices);
  const webSearchRequests = isSearching ? searches : 0;
  const costOf = (price: PriceRow, outputTokens: number): number => {
    const usage = { inputTokens: most, outputTokens, webSearchRequests };
    const usual = boundOf(price, usage);
    // A provider may serve a cheaper tier as a usual one.
    return tiers.length === 0 ? usual : Math.max(usual, boundOf(price, { ...usage, tiers }));
  };
  return {
    inputTokens: Math.min(most, input.likely),
    mostInputTokens: most,
    chargedInputTokens: Math.min(input.charged, window),
    hasMedia: input.hasMedia,
    outputTokens: facts.maxTokens ?? Math.max(...places.map(outputOf)),
    nanoUsd: (outputTokens) => prices.reduce((dearest, price) => Math.max(dearest, costOf(price, outputTokens)), 0),
  };
}

function outputOf({ facts }: KnownPlace): number {
  return facts.maxOutputTokens ?? usualOutput;
}

/** No model reads more than its window, however it is written down. */
function windowOf(places: readonly KnownPlace[]): number {
  return Math.max(...places.map(({ facts }) => facts.maxInputTokens ?? facts.contextWindow ?? usualWindow));
}

interface InputBound {
  readonly likely: number;
  readonly most: number;
  readonly charged: number;
  readonly hasMedia: boolean;
}

/** A rate of tokens that is made for requests as long as this one must not refuse it for the margin that money needs. */
function inputOf({ call, client, isStrict }: BoundedRequest, isSearching: boolean): InputBound {
  const { body, content } = call;
  const [imageName, documentName] = mediaNames[client];
  const images = occurrences(call, imageName);
  const documents = occurrences(call, documentName);
  // Bytes of media say nothing of their tokens.
  const hasMedia = images + documents > 0;
  const searched = isSearching ? searches * searchTokens : 0;
  const byBytes = Math.ceil(body.length / bytesPerToken) + addedTokens + searched;
  if (isStrict) {
    // How much a PDF, or what stands behind an address, comes to is not to be seen in the request.
    const unknown = Number.POSITIVE_INFINITY;
    if (documents > 0) return { likely: unknown, most: unknown, charged: unknown, hasMedia };
    // A tokenizer that works on bytes makes no more tokens than there are bytes.
    const read = body.length + addedTokens + images * imageTokens;
    const most = isSearching ? read + searches * (read + searchTokens) : read;
    return { likely: most, most, charged: hasMedia ? most : Math.min(most, byBytes), hasMedia };
  }
  const likely = hasMedia ? content.inputTokens : Math.ceil(body.length / likelyBytesPerToken);
  const most = hasMedia ? Math.ceil(likely * margin) + addedTokens + images * imageTokens + searched : byBytes;
  return { likely: likely + searched, most, charged: most, hasMedia };
}

/** How often a string stands in a request. A quotation mark inside a text is escaped, so only whole strings are found. */
function occurrences({ body, facts }: BoundedRequest["call"], text: string): number {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const { mediaAt } = facts;
  // Looking for it costs as much as reading the request has.
  if (mediaAt !== undefined)
    return mediaAt.filter((at) => bytes.toString("latin1", at, at + text.length) === text).length;
  let count = 0;
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + text.length)) count += 1;
  return count;
}
