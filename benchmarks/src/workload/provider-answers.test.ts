import { expect, test } from "vitest";
import { inPieces } from "./in-pieces.ts";
import { providerAnswer, streamEvents, wholeBody, wireEvents } from "./provider-answers.ts";

test.each(["messages", "chat"] as const)(
  "a stream in %s has the number of events that costs are divided by",
  (dialect) => {
    const events = wireEvents(dialect);
    expect(events).toHaveLength(streamEvents);
    expect(events.every((event) => event.endsWith("\n\n"))).toBe(true);
  },
);

test("pieces hold every event once, so many in each", () => {
  const pieces = inPieces(["a", "b", "c", "d", "e"], 2).map((piece) => new TextDecoder().decode(piece));
  expect(pieces).toEqual(["ab", "cd", "e"]);
});

test("a held stream begins like a whole one and does not end", () => {
  const text = providerAnswer("chat", { kind: "held", eventsPerWrite: 16 })
    .pieces.map((piece) => new TextDecoder().decode(piece))
    .join("");
  expect(wireEvents("chat").join("").startsWith(text)).toBe(true);
  expect(text).not.toContain("[DONE]");
});

test("whole answers are JSON with usage in both dialects", () => {
  expect(JSON.parse(wholeBody("messages"))).toHaveProperty("usage.output_tokens", 196);
  expect(JSON.parse(wholeBody("chat"))).toHaveProperty("usage.completion_tokens", 196);
});
