import { describe, expect, test } from "vitest";
import { RequestReader } from "./request-reader.ts";

const post = "POST /v1/messages?beta=true HTTP/1.1\r\nhost: a\r\nContent-Length: 4\r\n\r\nbody";
const get = "GET /v1/models HTTP/1.1\r\nhost: a\r\n\r\n";

describe("RequestReader", () => {
  test("tells the target of each request at its last byte, wherever it is cut", () => {
    const bytes = Buffer.from(post);
    for (let cut = 1; cut < bytes.length; cut++) {
      const reader = new RequestReader();
      expect(reader.take(bytes.subarray(0, cut))).toBeUndefined();
      expect(reader.take(bytes.subarray(cut))).toBe("/v1/messages?beta=true");
      expect(reader.take(Buffer.from(get))).toBe("/v1/models");
      expect(reader.take(bytes)).toBe("/v1/messages?beta=true");
    }
  });

  test("refuses what it cannot tell the end of", () => {
    const chunked = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n";
    expect(() => new RequestReader().take(Buffer.from(chunked))).toThrow(/does not tell its length/u);
    expect(() => new RequestReader().take(Buffer.from(`${post}more`))).toThrow(/behind its length/u);
  });
});
