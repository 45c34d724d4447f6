import { expect } from "vitest";
import type { StreamEvent } from "../messages/events.ts";

/** Reads a client's bytes back into events, strictly: each has its `event:` line, which agrees with its data. */
export function readEvents(bytes: string | Uint8Array): StreamEvent[] {
  const text = typeof bytes === "string" ? bytes : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const frames = text.split("\n\n");
  expect(frames.pop()).toBe("");
  return frames.map((frame) => {
    const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(frame) ?? [];
    expect(data, `not a frame: ${frame}`).toBeDefined();
    expect(data).not.toMatch(/[\r\n]/);
    const event = JSON.parse(data ?? "") as StreamEvent;
    expect(event.type).toBe(name);
    return event;
  });
}
