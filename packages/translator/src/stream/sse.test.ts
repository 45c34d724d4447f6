import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cutEverywhere } from "../testing/index.ts";
import { decodeSse, type SseFrame, type SseOptions } from "./sse.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(chunks: readonly Uint8Array[], options?: SseOptions): { event: string | undefined; data: string }[] {
  const sse = decodeSse(options);
  const frames: SseFrame[] = [...chunks.flatMap((chunk) => sse.push(chunk)), ...sse.end()];
  return frames.map(({ event, data }) => ({ event, data }));
}

const unnamed = (...data: string[]): object[] => data.map((line) => ({ event: undefined, data: line }));

test.each([
  ["FR-02: LF", "data: a\n\ndata: b\n\n", unnamed("a", "b")],
  ["FR-02: CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", unnamed("a", "b")],
  ["FR-02: CR", "data: a\r\rdata: b\r\r", unnamed("a", "b")],
  ["FR-02: mixed", "data: a\r\n\ndata: b\n\r\n", unnamed("a", "b")],
  ["FR-03: no space", "data:a\n\ndata:  b\n\n", unnamed("a", " b")],
  ["FR-04: comments", ": OPENROUTER PROCESSING\n\n:\n\ndata: a\n\n", unnamed("a")],
  ["FR-05: several lines", "data: a\ndata: b\ndata:\n\n", unnamed("a\nb\n")],
  [
    "FR-06: names, ids, retries",
    "event: x\nid: 1\nretry: 5\ndata: a\n\ndata: b\n\n",
    [{ event: "x", data: "a" }, ...unnamed("b")],
  ],
  ["FR-07: [DONE] is data like any other", "data: [DONE] \n\n", unnamed("[DONE] ")],
  ["FR-08: no blank line at the end", "data: a\n\ndata: b", unnamed("a", "b")],
  ["FR-08: half a line end at the end", "data: a\r\n\r\ndata: b\r", unnamed("a", "b")],
  ["FR-11: byte order mark", "\uFEFFdata: a\n\n", unnamed("a")],
  ["unknown fields and noise", "foo: bar\nnoise\n\ndata: a\n\n", unnamed("a")],
  ["FR-01: characters of two to four bytes", "data: ö你🙂👩‍💻\n\n", unnamed("ö你🙂👩‍💻")],
])("%s, cut anywhere", (_, text, expected) => {
  for (const chunks of cutEverywhere(bytes(text))) expect(read(chunks)).toEqual(expected);
});

test("a chunk of any length means what it does in small pieces", () => {
  const line = fc.tuple(
    fc.constantFrom("data: ", "event: ", ":", "", "öü"),
    fc.nat(5_000),
    fc.constantFrom("x", "ö", "🙂"),
  );
  const text = fc
    .array(fc.tuple(line, fc.constantFrom("\n", "\n\n", "\r\n", "\r\n\r\n", "\r\r")), { maxLength: 12 })
    .map((lines) => lines.map(([[field, length, letter], end]) => field + letter.repeat(length) + end).join(""));
  fc.assert(
    fc.property(text, (whole) => {
      const all = bytes(whole);
      const pieces = Array.from({ length: Math.ceil(all.length / 97) }, (_, at) => all.subarray(at * 97, at * 97 + 97));
      expect(read([all])).toEqual(read(pieces));
    }),
    { numRuns: 100 },
  );
});

test("who keeps one event keeps little of what came with it", () => {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("garbage cannot be collected");
  const heldBytes = (): number => {
    Reflect.apply(collect, undefined, []);
    return process.memoryUsage().heapUsed;
  };
  const event = `data: ${"x".repeat(250)}\n\n`;
  const chunk = bytes(event.repeat(4_000));
  const before = heldBytes();
  const kept = Array.from({ length: 50 }, () => decodeSse().push(chunk)[2_000]);
  const each = (heldBytes() - before) / kept.length;
  expect(kept.every((frame) => frame?.data.length === 250)).toBe(true);
  expect(each).toBeLessThan(chunk.length / 10);
});

test("FR-09: an event over the limit fails the stream, and later bytes are passed over", () => {
  const sse = decodeSse({ maxEventBytes: 20 });
  expect(sse.push(bytes("data: short\n\n"))).toHaveLength(1);
  expect(sse.failure).toBeUndefined();
  expect(sse.push(bytes(`data: ${"x".repeat(30)}`))).toEqual([]);
  expect(sse.failure).toMatchObject({ kind: "malformed", message: expect.stringContaining("20 bytes") });
  expect(sse.push(bytes("\n\ndata: a\n\n"))).toEqual([]);
  expect(sse.end()).toEqual([]);
});

test("a broken source yields no half event", () => {
  const sse = decodeSse();
  sse.push(bytes("data: a"));
  expect(sse.fail({ kind: "reset", message: "gone" })).toEqual([]);
});

test("FR-10: any bytes in any cut give the same frames, and nothing throws", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.constantFrom("data: ", "\n", "\r", "\r\n", ":", "event:", "ü").map(bytes),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const joined = Uint8Array.from(pieces.flatMap((part) => [...part]));
      expect(read(pieces)).toEqual(read([joined]));
    }),
  );
});
