import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { chunked, type RawRequest, whole } from "./raw-request.ts";

/** What a gateway is sent, and the statuses with which it may answer; 0 for a connection that is closed without a word. */
export interface BodyCase {
  readonly name: string;
  readonly request: () => RawRequest;
  readonly statuses: readonly number[];
}

/** What the gateway takes at most. */
export const limitBytes = 32 * 1024 * 1024;

const one = (content: unknown): string =>
  JSON.stringify({ model: "claude-sonnet-4-6", max_tokens: 100, messages: [{ role: "user", content }] });
const small = one("hi");
/** A request of exactly so many bytes. */
const sized = (bytes: number): string => one("x".repeat(bytes - one("").length));
/** The same with something in the place of its content. */
const holding = (json: string): string => one("@").replace('"@"', () => json);
const length = (said: string, body: string | Uint8Array = small, ends = true): RawRequest => ({
  head: [`content-length: ${said}`],
  body: [body],
  ...(ends && { ends: true }),
});
const coded = (coding: string, body: string | Uint8Array): RawRequest => whole(body, `content-encoding: ${coding}`);
const zeros = Buffer.alloc(64 * 1024 * 1024);
const chunks = (body: string): RawRequest => ({ head: ["transfer-encoding: chunked"], body: [body], ends: true });
/** Who closes its side is taken for gone. */
const stays = { ends: false };
const nested = (open: string, close: string, depth: number): string => `${open.repeat(depth)}1${close.repeat(depth)}`;
const tool = (input: string): string => holding(`[{"type":"tool_result","tool_use_id":"a","content":${input}}]`);

const lengths: readonly BodyCase[] = [
  { name: "a small body", request: () => whole(small), statuses: [200] },
  { name: "a body of a byte less than the limit", request: () => whole(sized(limitBytes - 1)), statuses: [200] },
  { name: "a body at the limit", request: () => whole(sized(limitBytes)), statuses: [200] },
  { name: "a byte more than the limit", request: () => whole(sized(limitBytes + 1)), statuses: [413] },
  { name: "three times the limit", request: () => whole(Buffer.alloc(3 * limitBytes)), statuses: [413] },
  { name: "five times the limit, which is not read", request: () => length(String(5 * limitBytes)), statuses: [413] },
  { name: "a terabyte that never comes", request: () => length(String(2 ** 40)), statuses: [413] },
  { name: "a length beyond all numbers", request: () => length("9".repeat(30)), statuses: [400] },
  { name: "no body", request: () => length("0", ""), statuses: [400] },
  { name: "no body and no length", request: () => ({}), statuses: [400] },
  { name: "a length below zero", request: () => length("-1"), statuses: [400] },
  { name: "a length that is a word", request: () => length("many"), statuses: [400] },
  { name: "a length with a plus", request: () => length(`+${small.length}`), statuses: [400] },
  { name: "a length in hexadecimal", request: () => length(`0x${small.length.toString(16)}`), statuses: [400] },
  { name: "a length with an exponent", request: () => length("1e3"), statuses: [400] },
  { name: "two lengths", request: () => whole(small, "content-length: 5"), statuses: [400] },
  { name: "a length that is too short", request: () => length(String(small.length - 5)), statuses: [400] },
  { name: "a length that is too long", request: () => length(String(small.length + 5)), statuses: [0, 400] },
  { name: "a body that breaks off", request: () => length("1000000", "{".repeat(5_000)), statuses: [0, 400] },
  { name: "a second request in the body", request: () => length("3", `{}\nGET / HTTP/1.1\r\n\r\n`), statuses: [400] },
];

const chunkings: readonly BodyCase[] = [
  { name: "a small body in one chunk", request: () => chunked(small, 10_000), statuses: [200] },
  { name: "a body in chunks of one byte", request: () => chunked(small, 1), statuses: [200] },
  { name: "chunks up to the limit", request: () => chunked(sized(limitBytes), 1_000_000), statuses: [200] },
  { name: "chunks beyond the limit", request: () => chunked(sized(limitBytes + 1), 1_000_000), statuses: [413] },
  {
    name: "chunks far beyond the limit",
    request: () => chunked(Buffer.alloc(4.5 * limitBytes), 4_000_000),
    statuses: [0, 413],
  },
  {
    name: "a chunk with an extension",
    request: () => ({ ...chunks(`${small.length.toString(16)};a=b\r\n${small}\r\n0\r\n\r\n`), ...stays }),
    statuses: [200],
  },
  {
    name: "a trailer",
    request: () => ({ ...chunks(`${small.length.toString(16)}\r\n${small}\r\n0\r\nx-a: b\r\n\r\n`), ...stays }),
    statuses: [200],
  },
  { name: "an extension without end", request: () => chunks(`5;${"a".repeat(100_000)}`), statuses: [0, 400, 413] },
  {
    name: "trailers without end",
    request: () => chunks(`0\r\n${"x-a: b\r\n".repeat(20_000)}`),
    statuses: [0, 400, 431],
  },
  { name: "a chunk whose size is no number", request: () => chunks(`zz\r\n${small}\r\n0\r\n\r\n`), statuses: [400] },
  { name: "a chunk with a size below zero", request: () => chunks(`-5\r\n${small}\r\n0\r\n\r\n`), statuses: [400] },
  {
    name: "a chunk of a size beyond all numbers",
    request: () => chunks(`${"f".repeat(17)}\r\n${small}\r\n`),
    statuses: [400],
  },
  { name: "a chunk that is longer than it says", request: () => chunks(`2\r\n${small}\r\n0\r\n\r\n`), statuses: [400] },
  {
    name: "chunks without an end",
    request: () => chunks(`${small.length.toString(16)}\r\n${small}\r\n`),
    statuses: [0, 400],
  },
  {
    name: "chunks and a length",
    request: () => ({ ...chunked(small, 99), head: ["transfer-encoding: chunked", "content-length: 5"] }),
    statuses: [400],
  },
  {
    name: "a transfer coding that nobody knows",
    request: () => whole(small, "transfer-encoding: rot13"),
    statuses: [400],
  },
  {
    name: "a transfer that is compressed",
    request: () => ({ ...chunked(gzipSync(small), 99), head: ["transfer-encoding: gzip, chunked"] }),
    statuses: [400, 501],
  },
];

const codings: readonly BodyCase[] = [
  { name: "identity, which is none", request: () => coded("identity", small), statuses: [200] },
  { name: "a coding without a name", request: () => coded("", small), statuses: [415] },
  { name: "gzip", request: () => coded("gzip", gzipSync(small)), statuses: [415] },
  { name: "GZIP", request: () => coded("GZIP", gzipSync(small)), statuses: [415] },
  { name: "x-gzip", request: () => coded("x-gzip", gzipSync(small)), statuses: [415] },
  { name: "deflate", request: () => coded("deflate", deflateSync(small)), statuses: [415] },
  { name: "raw deflate", request: () => coded("deflate", deflateRawSync(small)), statuses: [415] },
  { name: "br", request: () => coded("br", brotliCompressSync(small)), statuses: [415] },
  { name: "zstd", request: () => coded("zstd", zstdCompressSync(small)), statuses: [415] },
  { name: "compress", request: () => coded("compress", small), statuses: [415] },
  { name: "a coding that nobody knows", request: () => coded("rot13", small), statuses: [415] },
  { name: "two codings", request: () => coded("gzip, br", brotliCompressSync(gzipSync(small))), statuses: [415] },
  { name: "nothing and then gzip", request: () => coded("identity, gzip", gzipSync(small)), statuses: [415] },
  { name: "gzip that is none", request: () => coded("gzip", small), statuses: [415] },
  { name: "gzip without its head", request: () => whole(gzipSync(small)), statuses: [400] },
  { name: "a bomb in gzip", request: () => coded("gzip", gzipSync(zeros)), statuses: [415] },
  { name: "a bomb in deflate", request: () => coded("deflate", deflateSync(zeros)), statuses: [415] },
  {
    name: "a bomb in br",
    request: () => coded("br", brotliCompressSync(zeros, { params: { 1: 4 } })),
    statuses: [415],
  },
  { name: "a bomb in zstd", request: () => coded("zstd", zstdCompressSync(zeros)), statuses: [415] },
  { name: "a bomb in a bomb", request: () => coded("gzip, gzip", gzipSync(gzipSync(zeros))), statuses: [415] },
];

const contents: readonly BodyCase[] = [
  { name: "a million open brackets", request: () => whole("[".repeat(1_000_000)), statuses: [400] },
  { name: "a million open braces", request: () => whole('{"a":'.repeat(1_000_000)), statuses: [400] },
  { name: "content that is nested deeply", request: () => whole(holding(nested("[", "]", 200_000))), statuses: [400] },
  {
    name: "a result that is nested deeply",
    request: () => whole(tool(nested('[{"a":', "}]", 100_000))),
    statuses: [400],
  },
  {
    name: "an unknown field that is nested deeply",
    request: () => whole(small.replace("{", () => `{"a":${nested('{"b":', "}", 100_000)},`)),
    statuses: [200, 400],
  },
  {
    name: "a million unknown fields",
    request: () =>
      whole(small.replace("{", () => `{${Array.from({ length: 1_000_000 }, (_, index) => `"k${index}":0,`).join("")}`)),
    statuses: [400],
  },
  {
    name: "a number of a million digits",
    request: () => whole(small.replace("100", () => "9".repeat(1_000_000))),
    statuses: [400],
  },
  { name: "a million escapes", request: () => whole(holding(`"${"\\u0000".repeat(1_000_000)}"`)), statuses: [200] },
  { name: "a megabyte of blanks first", request: () => whole(" ".repeat(1_000_000) + small), statuses: [200] },
  { name: "a megabyte of zeros", request: () => whole(Buffer.alloc(1_000_000)), statuses: [400] },
  {
    name: "bytes that are no text",
    request: () => whole(Buffer.from(holding('"\xff\xfe"'), "latin1")),
    statuses: [200, 400],
  },
  { name: "half a character", request: () => whole(holding(String.raw`"\ud800"`)), statuses: [200, 400] },
];

const heads: readonly BodyCase[] = [
  { name: "a header of 100 KB", request: () => whole(small, `x-a: ${"a".repeat(100_000)}`), statuses: [0, 431] },
  {
    name: "ten thousand headers",
    request: () => whole(small, ...Array.from({ length: 10_000 }, (_, at) => `x-${at}: a`)),
    statuses: [0, 431],
  },
  {
    name: "a body that waits to be asked for",
    request: () => whole(small, "expect: 100-continue"),
    statuses: [100, 200],
  },
  { name: "an expectation that nobody meets", request: () => whole(small, "expect: a-wonder"), statuses: [200, 417] },
];

/** Sizes, framings, codings and contents that have brought servers down. */
export const bodyCases: readonly BodyCase[] = [...lengths, ...chunkings, ...codings, ...contents, ...heads];
