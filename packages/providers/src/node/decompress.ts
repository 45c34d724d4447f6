import { pipeline, Readable, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import { isProviderError, ProviderError } from "../errors.ts";

/**
 * Decompresses a body while it arrives: what a chunk completes comes out before the next is read.
 * `encoding` is the value of `content-encoding`; undefined when it is unknown. Broken data throws a `malformed` ProviderError.
 */
export function decompress(
  body: AsyncIterable<Uint8Array>,
  encoding: string,
  origin: string,
): AsyncIterable<Uint8Array> | undefined {
  let plain = body;
  // The header lists the codings in the order in which they were applied.
  for (const name of encoding.toLowerCase().split(",").toReversed()) {
    const coding = name.trim();
    if (coding === "" || coding === "identity") continue;
    const decoder = decoderFor(coding);
    if (decoder === undefined) return undefined;
    plain = decode(plain, decoder, origin);
  }
  return plain;
}

const syncFlush = { flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH };
const brotliFlush = {
  flush: zlib.constants.BROTLI_OPERATION_FLUSH,
  finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
};

/** RFC 9659: a sender must not ask for a window of more than 8 MB; undici and browsers refuse it as well. */
const zstdWindow = { params: { [zlib.constants.ZSTD_d_windowLogMax]: 23 } };

function decoderFor(name: string): Transform | undefined {
  if (name === "gzip" || name === "x-gzip") return zlib.createGunzip(syncFlush);
  if (name === "deflate") return zlib.createInflate(syncFlush);
  if (name === "br") return zlib.createBrotliDecompress(brotliFlush);
  if (name === "zstd") return zlib.createZstdDecompress(zstdWindow);
  return undefined;
}

async function* decode(
  body: AsyncIterable<Uint8Array>,
  decoder: Transform,
  origin: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = Readable.from(body, { objectMode: false, highWaterMark: 16_384 });
  // Errors of the source come out of the decoder; leaving the loop early destroys both.
  pipeline(source, decoder, () => {});
  try {
    for await (const chunk of decoder) yield asBytes(chunk);
  } catch (error) {
    if (isProviderError(error)) throw error;
    throw malformed(`${origin} sent a compressed answer that cannot be decompressed`, error);
  }
}

/** Streams are typed as giving `any`; a zlib stream gives buffers only. */
function asBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw malformed("the decompressor gave something other than bytes", undefined);
}

function malformed(message: string, cause: unknown): ProviderError {
  return new ProviderError({ kind: "malformed", message }, { cause });
}
