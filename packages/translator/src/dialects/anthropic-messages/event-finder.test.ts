import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import loadWabt from "wabt";
import { deltaScanModule } from "./delta-scan-module.ts";
import { EventFinder } from "./event-finder.ts";

const delta = (text: string): string =>
  `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${text}"}}\n\n`;
const stop = 'event: message_stop\ndata: {"type":"message_stop"}\n\n';

function find(chunks: readonly Uint8Array[]): { names: string[]; events: number; bytes: number; boundary: number } {
  const finder = new EventFinder();
  const names: string[] = [];
  for (const chunk of chunks) {
    for (let event = finder.next(chunk, 0); event !== undefined; event = finder.next(chunk, event.end)) {
      names.push(event.name);
    }
  }
  return { names, events: finder.contentEvents, bytes: finder.contentBytes, boundary: finder.boundary };
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const start = 'event: message_start\ndata: {"type":"message_start"}\n\n';
const text = start + delta("Hello") + delta("Größe") + delta("") + stop;
const whole = find([encode(text)]);

test("events of content are counted with their data lines, and pass unnamed", () => {
  const dataLines = text.split("\n").filter((line) => line.includes("text_delta"));
  expect(whole).toEqual({
    names: ["message_start", "message_stop"],
    events: 3,
    bytes: dataLines.reduce((sum, line) => sum + encode(line).length, 0),
    boundary: encode(text).length,
  });
});

test("an event of content counts the same wherever it is cut", () => {
  const bytes = encode(text);
  for (let cut = 1; cut < bytes.length; cut += 1) {
    const { boundary, ...found } = find([bytes.subarray(0, cut), bytes.subarray(cut)]);
    expect({ ...found, boundary: boundary + cut }, `cut at ${cut}`).toEqual(whole);
  }
});

test.each([
  ["carriage returns before line feeds", "\r\n"],
  ["carriage returns alone", "\r"],
])("%s end lines as well", (_, lineEnd) => {
  const bytes = encode(text.replaceAll("\n", lineEnd));
  const { boundary, ...found } = find([bytes]);
  expect({ ...found, boundary }).toEqual({ ...whole, boundary: bytes.length });
});

test("an event of content with a second data line is not ended by the first", () => {
  const spread = 'event: content_block_delta\ndata: {"type":\ndata: "content_block_delta"}\n\n';
  expect(find([encode(start + spread + stop)])).toMatchObject({ names: ["message_start", "message_stop"], events: 2 });
});

vi.stubGlobal("WebAssembly", undefined);
vi.resetModules();
const { EventFinder: PlainFinder } = await import("./event-finder.ts");
vi.unstubAllGlobals();

/** What a finder tells of chunks, one after the other. */
function told(Finder: typeof EventFinder, chunks: readonly Uint8Array[]): unknown[] {
  const finder = new Finder();
  return chunks.map((chunk) => {
    const events: unknown[] = [];
    for (let event = finder.next(chunk, 0); event !== undefined; event = finder.next(chunk, event.end))
      events.push(event);
    return { events, boundary: finder.boundary, count: finder.contentEvents, bytes: finder.contentBytes };
  });
}

describe("events of content that are passed in WebAssembly", () => {
  test("are passed by a module that is what its source says", async () => {
    const source = readFileSync(new URL("delta-scan.wat", import.meta.url), "utf8");
    const { buffer } = (await loadWabt()).parseWat("delta-scan.wat", source).toBinary({});
    expect(deltaScanModule).toBe(Buffer.from(buffer).toString("base64"));
  });

  test("are counted as without it, whatever stands between them and wherever they are cut", () => {
    const piece = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.string({ maxLength: 40 }).map((letters) => delta(JSON.stringify(letters).slice(1, -1))),
      },
      fc.constantFrom(
        start,
        stop,
        ": comment\n\n",
        "\n",
        "\r\n",
        "event: ping\ndata: {}\n\n",
        delta("\t"),
        delta("\u000b"),
      ),
      fc.constantFrom("event: content_block_delta\ndata:\n\n", "event: content_block_delta\r\ndata: {}\r\n\r\n"),
      fc.constantFrom("event: content_block_delta\ndata: 1\ndata: 2\n\n", "data: {}\n\n", delta("x").slice(0, -1)),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(), { maxLength: 4 }), (pieces, cuts) => {
        const bytes = encode(pieces.join(""));
        const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
        const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        expect(told(EventFinder, chunks)).toEqual(told(PlainFinder, chunks));
      }),
      { numRuns: 2_000 },
    );
  });

  test("are passed to the last byte where they fill more than a window, one of them all of it", () => {
    for (const size of [31_900, 32_700, 32_768, 33_000, 70_000]) {
      const bytes = encode(start + delta("x".repeat(size)) + delta("y").repeat(700) + stop);
      expect(told(EventFinder, [bytes])).toEqual(told(PlainFinder, [bytes]));
    }
  });
});
