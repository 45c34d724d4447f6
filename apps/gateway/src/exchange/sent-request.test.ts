import { expect, test } from "vitest";
import { sentRequest } from "./sent-request.ts";

const prose = "The gate was lowered at dusk and nobody who came after it was let in. ";
const tools = Array.from({ length: 60 }, (_, index) => ({ name: `tool_${index}`, description: prose.repeat(5) }));
const bytesOf = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const messages = (turns: number): object[] =>
  Array.from({ length: turns }, (_, index) => ({ role: "user", content: `${index} ${prose}` }));
/** As Claude Code writes requests, and as a translated one is written. */
const native = (turns: number, offered = tools): Uint8Array =>
  bytesOf({ model: "m", messages: messages(turns), system: prose, tools: offered, stream: true });
const translated = (turns: number, offered = tools): Uint8Array =>
  bytesOf({ model: "m", tools: offered, messages: messages(turns) });

test("requests with the same instructions and tools have a print in common, however long what was said has become", () => {
  for (const turns of [1, 2, 5, 20]) {
    expect(sentRequest(translated(turns), "s").prints[0]).toBe(sentRequest(translated(0), "s").prints[0]);
    expect(sentRequest(native(turns), "s").prints[1]).toBe(sentRequest(native(0), "s").prints[1]);
  }
});

test("other tools make other prints, and a short request has none", () => {
  expect(sentRequest(translated(3, tools.slice(1)), "s").prints[0]).not.toBe(sentRequest(translated(3), "s").prints[0]);
  const others = tools.map((tool) => ({ ...tool, description: tool.description.toUpperCase() }));
  expect(sentRequest(native(3, others), "s").prints[1]).not.toBe(sentRequest(native(3), "s").prints[1]);
  expect(sentRequest(bytesOf({ messages: messages(9) }), "s").prints).toEqual([]);
});

test("a name of a session that is none names none", () => {
  expect(sentRequest(native(1), "s").sessionId).toBe("s");
  expect(sentRequest(native(1), "x".repeat(129)).sessionId).toBeUndefined();
});

test("bytes of other scripts, numbers and base64 may have a token each; small and empty requests are as any", () => {
  const sent = (text: string): ReturnType<typeof sentRequest> =>
    sentRequest(bytesOf({ messages: [{ role: "user", content: text }] }), "s");
  const chinese = sent("门在黄昏时放下，之后来的人".repeat(99));
  expect((chinese.unusualTokens ?? 0) / chinese.bytes).toBeGreaterThan(0.9);
  // As o200k counts them.
  const numbers = sent("1729 4104 13832 20683 ".repeat(99));
  expect((numbers.unusualTokens ?? 0) / numbers.bytes).toBeGreaterThan(0.7);
  const base64 = sent(Buffer.from(prose.repeat(40)).toString("base64"));
  expect((base64.unusualTokens ?? 0) / base64.bytes).toBeGreaterThan(0.7);
  expect(sent("hello").unusualTokens).toBeUndefined();
  expect(sentRequest(new Uint8Array(0), "s")).toMatchObject({ bytes: 0 });
  expect(sentRequest(native(9), "s").unusualTokens).toBeUndefined();
});
