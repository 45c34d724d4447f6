import { estimateInputTokens } from "./estimate-input-tokens.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import { bytesPerToken, maxRoughBytes, type InputEstimates } from "./input-estimates.ts";
import type { MessagesRequest } from "./request.ts";

/** A request and what becomes of it. */
export interface WrittenRequest {
  readonly request: MessagesRequest;
  /** As its provider reads it. */
  readonly body: Uint8Array;
  /** Where images and documents may stand in it; undefined where nobody has looked. */
  readonly mediaAt: readonly number[] | undefined;
}

/** Many and short, so that they are like the whole: a request has long parts of very different density. */
const pieces = 64;
const pieceBytes = 128;

/**
 * Estimates for an answer that may take minutes: of a request that may be megabytes they hold a sample. The one made of
 * that is within a seventh of the careful estimate; a request with media, of which a sample says nothing, is estimated
 * with care at once.
 */
export function lastingEstimates({ request, body, mediaAt }: WrittenRequest): InputEstimates {
  if (mediaAt?.length !== 0) return known(estimateInputTokens(request));
  return sampled(sampleOf(body), body.length);
}

/** In functions of their own, since a closure keeps all that its neighbours use. */
function known(tokens: number): InputEstimates {
  return { roughInputTokens: () => tokens, inputTokens: () => tokens };
}

function sampled(sample: Uint8Array, bytes: number): InputEstimates {
  const inputTokens = (): number => Math.ceil((estimateTokens(decoder.decode(sample)) * bytes) / sample.length);
  return {
    roughInputTokens: () => (bytes <= maxRoughBytes ? Math.ceil(bytes / bytesPerToken) : inputTokens()),
    inputTokens,
  };
}

const decoder = new TextDecoder();

/** A copy: a view would hold what it looks at. */
function sampleOf(body: Uint8Array): Uint8Array {
  if (body.length <= pieces * pieceBytes) return body.slice();
  const sample = new Uint8Array(pieces * pieceBytes);
  const apart = (body.length - pieceBytes) / (pieces - 1);
  for (let piece = 0; piece < pieces; piece++) {
    const start = Math.floor(piece * apart);
    sample.set(body.subarray(start, start + pieceBytes), piece * pieceBytes);
  }
  return sample;
}
