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
  readonly body: Uint8Array;
  readonly facts: ClientCall["facts"];
  readonly client: ClientDialectName;
  /** Whether the bound has to hold for every request, or for nearly every one. */
  readonly isStrict: boolean;
}

/** Claude Code's requests come to 3.5 bytes a token, dense JSON to 3; what is bounded includes all framing. */
export const bytesPerToken = 2.5;
/** What providers add by themselves: a prompt for tools, special tokens. Source: Anthropic docs, "Tool use", pricing. */
const addedTokens = 1_000;
/** Source: Anthropic docs, "Vision": the largest image of the newest models comes to 4,784 tokens. */
const imageTokens = 5_000;
/** Source: Anthropic docs, "PDF support": up to 3,000 tokens of text a page and its picture; most have few pages. */
const documentTokens = 25_000;
/** Searches of one request, and what each brings back to be read. Claude Code asks for eight at most. */
const searches = 8;
const searchTokens = 10_000;
/** Of a model whose window is not known. */
const usualWindow = 1_000_000;
const usualOutput = 32_000;

/** How each client names images and documents. A quotation mark inside a text is escaped, so only a whole string ends so. */
const mediaNames: Readonly<Record<ClientDialectName, readonly [image: string, document: string]>> = {
  "anthropic-messages": ['image"', 'document"'],
  "openai-chat": ['image_url"', 'file"'],
  "openai-responses": ['input_image"', 'input_file"'],
};

/** The most that a request can take at the dearest of these places. */
export function requestBound(request: BoundedRequest, places: readonly KnownPlace[]): RequestBound {
  const { facts } = request;
  const isSearching = (facts.searchesAt?.length ?? 0) > 0;
  const inputTokens = Math.min(inputOf(request, isSearching), windowOf(places) * (isSearching ? 1 + searches : 1));
  const prices = places.flatMap((place) => place.prices);
  const webSearchRequests = isSearching ? searches : 0;
  return {
    inputTokens,
    outputTokens: facts.maxTokens ?? Math.max(...places.map(outputOf)),
    nanoUsd: (outputTokens) =>
      prices.reduce(
        (most, price) => Math.max(most, boundOf(price, { inputTokens, outputTokens, webSearchRequests })),
        0,
      ),
  };
}

function outputOf({ facts }: KnownPlace): number {
  return facts.maxOutputTokens ?? usualOutput;
}

/** No model reads more than its window, however it is written down. */
function windowOf(places: readonly KnownPlace[]): number {
  return Math.max(...places.map(({ facts }) => facts.maxInputTokens ?? facts.contextWindow ?? usualWindow));
}

function inputOf({ body, client, isStrict }: BoundedRequest, isSearching: boolean): number {
  const [imageName, documentName] = mediaNames[client];
  const images = occurrences(body, imageName);
  const documents = occurrences(body, documentName);
  // How much a PDF, or what stands behind an address, comes to is not to be seen in the request.
  if (isStrict && documents > 0) return Number.POSITIVE_INFINITY;
  // A tokenizer that works on bytes makes no more tokens than there are bytes.
  const text = isStrict ? body.length : Math.ceil(body.length / bytesPerToken);
  const searched = isSearching ? searches * (isStrict ? text + searchTokens : searchTokens) : 0;
  return text + addedTokens + images * imageTokens + documents * documentTokens + searched;
}

function occurrences(body: Uint8Array, name: string): number {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let count = 0;
  for (let at = bytes.indexOf(name); at !== -1; at = bytes.indexOf(name, at + name.length)) {
    if (bytes[at - 1] === quotationMark) count += 1;
  }
  return count;
}

const quotationMark = 0x22;
