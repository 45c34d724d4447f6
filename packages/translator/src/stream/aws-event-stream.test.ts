import zlib from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { awsEvent, awsException, awsFrame, joinBytes } from "../testing/aws-frames.ts";
import { cutEverywhere } from "../testing/cut-everywhere.ts";
import { awsFraming, decodeAwsEventStream, type AwsFrame } from "./aws-event-stream.ts";
import { crc32 } from "./crc32.ts";

const stream = joinBytes(
  awsEvent("messageStart", { role: "assistant" }),
  awsEvent("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "你好 🙂" } }),
  awsEvent("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "!" } }),
  awsException("throttlingException", "Too many requests"),
);

function read(chunks: Iterable<Uint8Array>): AwsFrame[] {
  const decoder = decodeAwsEventStream();
  const frames: AwsFrame[] = [];
  for (const chunk of chunks) frames.push(...decoder.push(chunk));
  frames.push(...decoder.end());
  expect(decoder.failure).toBeUndefined();
  return frames;
}

function failureOf(bytes: Uint8Array, maxEventBytes?: number): string | undefined {
  const decoder = decodeAwsEventStream(maxEventBytes === undefined ? {} : { maxEventBytes });
  decoder.push(bytes);
  expect(decoder.push(bytes)).toEqual(decoder.failure === undefined ? expect.anything() : []);
  return decoder.failure?.message;
}

test("FR-17: reads what AWS's own library writes, several frames in a chunk", () => {
  expect(read([stream])).toEqual([
    { event: "messageStart", data: '{"role":"assistant"}' },
    { event: "contentBlockDelta", data: '{"contentBlockIndex":0,"delta":{"text":"你好 🙂"}}' },
    { event: "contentBlockDelta", data: '{"contentBlockIndex":0,"delta":{"text":"!"}}' },
    { event: undefined, exception: "throttlingException", data: '{"message":"Too many requests"}' },
  ]);
});

test("FR-01 FR-10 BR-15: the cut does not matter, and a reused buffer does no harm", () => {
  const expected = read([stream]);
  for (const chunks of cutEverywhere(stream)) {
    const decoder = decodeAwsEventStream();
    const frames = chunks.flatMap((chunk) => {
      const found = decoder.push(chunk);
      chunk.fill(0xff);
      return found;
    });
    expect(frames).toEqual(expected);
  }
});

test("BR-14: an error without a payload is told by its headers", () => {
  const headers = { ":message-type": "error", ":error-code": "InternalFailure", ":error-message": "gone" };
  expect(read([awsFrame(headers, "")])).toEqual([
    { event: undefined, exception: "InternalFailure", data: '{"message":"gone"}' },
  ]);
});

test("headers of every type are passed over", () => {
  const bytes = awsEvent("x", {});
  const others = [
    [1, 0x62, 0], // boolean
    [1, 0x63, 2, 7], // byte
    [1, 0x64, 4, 0, 0, 0, 1], // integer
    [1, 0x65, 6, 0, 2, 9, 9], // bytes
    [1, 0x66, 8, 0, 0, 0, 0, 0, 0, 0, 1], // time
    [1, 0x67, 9, ...Array.from({ length: 16 }, () => 1)], // UUID
  ].flat();
  const length = new DataView(bytes.buffer).getUint32(4);
  const headers = new Uint8Array([...others, ...bytes.subarray(12, 12 + length)]);
  expect(read([reframed(headers, "{}")])).toEqual([{ event: "x", data: "{}" }]);
});

describe("BR-15 FR-17: what is damaged is refused", () => {
  test.each([0, 5, 9])("a changed byte %i of the head", (at) => {
    expect(failureOf(changed(stream, at))).toBe("The provider sent a frame whose head is damaged in its event stream.");
  });

  test.each([14, 80, -1])("a changed byte %i of the content", (at) => {
    const frame = awsEvent("messageStart", { role: "assistant" });
    expect(failureOf(changed(frame, at))).toContain("a frame whose content is damaged");
  });

  test("a frame over the limit, before it is all there", () => {
    const frame = awsEvent("contentBlockDelta", { text: "x".repeat(2_000) });
    expect(failureOf(frame.subarray(0, 12), 1_000)).toContain("a frame of more than 1000 bytes");
  });

  test("headers that are none", () => {
    expect(failureOf(reframed(new Uint8Array([200, 1, 2]), "{}"))).toContain("unreadable headers");
    expect(failureOf(reframed(new Uint8Array([1, 0x61, 7, 0, 9, 1]), "{}"))).toContain("unreadable headers");
    expect(failureOf(reframed(new Uint8Array([1, 0x61, 77]), "{}"))).toContain("unreadable headers");
  });
});

test("any bytes give frames or a failure, and never throw", () => {
  const piece = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(stream), fc.constant(stream.subarray(3, 60)));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
      const decoder = decodeAwsEventStream();
      for (const bytes of pieces) for (const frame of decoder.push(bytes)) expect(frame.data).toBeTypeOf("string");
    }),
  );
});

test("FR-09 FR-18: a frame of many megabytes in small pieces costs linear time", () => {
  const frame = awsEvent("contentBlockDelta", { text: "x".repeat(8 * 1024 * 1024) });
  const decoder = decodeAwsEventStream();
  let frames = 0;
  const before = process.cpuUsage().user;
  for (let at = 0; at < frame.length; at += 1_400) frames += decoder.push(frame.subarray(at, at + 1_400)).length;
  expect(frames).toBe(1);
  expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(2);
});

test("a stream is told from a body that came whole by its first byte", () => {
  const { formOf } = awsFraming();
  expect(formOf(stream)).toBe("stream");
  expect(formOf(new TextEncoder().encode(' {"message":"x"}'))).toBe("whole");
  expect(formOf(new TextEncoder().encode("<html>"))).toBe("whole");
  expect(formOf(new Uint8Array(0))).toBe("unknown");
});

test("the checksum is that of IEEE 802.3, wherever the bytes begin and end", () => {
  const bytes = Uint8Array.from({ length: 40 }, (_, index) => (index * 167) & 0xff);
  const view = new DataView(bytes.buffer);
  for (let start = 0; start < 20; start++) {
    for (let end = start; end <= bytes.length; end++) {
      expect(crc32(view, start, end)).toBe(zlib.crc32(bytes.subarray(start, end)));
    }
  }
});

function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  const index = at < 0 ? copy.length + at : at;
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}

function reframed(headers: Uint8Array, payload: string): Uint8Array {
  const body = new TextEncoder().encode(payload);
  const frame = new Uint8Array(12 + headers.length + body.length + 4);
  const view = new DataView(frame.buffer);
  view.setUint32(0, frame.length);
  view.setUint32(4, headers.length);
  view.setUint32(8, crc32(view, 0, 8));
  frame.set(headers, 12);
  frame.set(body, 12 + headers.length);
  view.setUint32(frame.length - 4, crc32(view, 0, frame.length - 4));
  return frame;
}
