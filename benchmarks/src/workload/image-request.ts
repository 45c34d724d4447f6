import { filler } from "./filler.ts";

const image = "iVBORw0KGgoAAAANSUhEUgAA".repeat(14_000);

/** A request whose every message holds an image of a third of a megabyte, until it has about so many megabytes. */
export function imageRequest(megabytes: number): Uint8Array {
  const source = { type: "base64", media_type: "image/png", data: image };
  const ask = {
    role: "user",
    content: [
      { type: "text", text: filler(400) },
      { type: "image", source },
    ],
  };
  const turns = Array.from({ length: megabytes * 3 }, () => [ask, { role: "assistant", content: "Seen." }]);
  const messages = [...turns.flat(), { role: "user", content: "Which of them is the newest?" }];
  return new TextEncoder().encode(JSON.stringify({ model: "model", max_tokens: 1024, stream: true, messages }));
}
