import type { StreamFormat } from "./rendering.ts";

const encoder = new TextEncoder();

/** Server-sent events, their lines ended as most servers end them. */
export const serverSentEvents: StreamFormat = {
  contentType: "text/event-stream; charset=utf-8",
  write({ event, data }) {
    const name = event === undefined ? "" : `event: ${event}\n`;
    return encoder.encode(`${name}data: ${data}\n\n`);
  },
};
