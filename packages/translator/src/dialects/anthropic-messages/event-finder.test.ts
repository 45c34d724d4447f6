import { expect, test } from "vitest";
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
