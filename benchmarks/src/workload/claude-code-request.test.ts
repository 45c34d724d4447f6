import { expect, test } from "vitest";
import { claudeCodeRequest, smallRequest } from "./claude-code-request.ts";

const sizes = [
  { turns: 0, bytes: 50_000 },
  { turns: 20, bytes: 156_000 },
];

test.each(sizes)("a request of $turns turns comes to $bytes bytes", ({ turns, bytes }) => {
  const request = claudeCodeRequest({ model: "m", stream: true, turns, bytes });
  expect(Math.abs(request.length - bytes)).toBeLessThan(bytes * 0.01);
});

test("every tool result answers a call that stands before it", () => {
  const request = claudeCodeRequest({ model: "m", stream: true, turns: 4, bytes: 0 });
  const parsed: { messages: { content: string | { type: string; id?: string; tool_use_id?: string }[] }[] } =
    JSON.parse(new TextDecoder().decode(request));
  const blocks = parsed.messages.flatMap(({ content }) => (typeof content === "string" ? [] : content));
  const calls = blocks.filter((block) => block.type === "tool_use").map((block) => block.id);
  const results = blocks.filter((block) => block.type === "tool_result").map((block) => block.tool_use_id);
  expect(calls).toHaveLength(6);
  expect(new Set(results)).toEqual(new Set(calls));
});

test("the small request asks for what it is told to", () => {
  const request = JSON.parse(new TextDecoder().decode(smallRequest({ model: "m", stream: false })));
  expect(request).toMatchObject({ model: "m", stream: false });
});
