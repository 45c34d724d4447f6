import { estimateTokens } from "@drawbridge/translator";
import { expect, test } from "vitest";
import { HeardText } from "./heard-text.ts";

const prose =
  "The gate was lowered at dusk, and nobody who came after it was let in before the morning bell had rung twice. ";
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const event = (data: object): Uint8Array => bytesOf(`data: ${JSON.stringify(data)}\n\n`);

/** A text in events of so many characters. */
function heard(text: string, chars: number, write: (part: string) => Uint8Array): HeardText {
  const hearing = new HeardText();
  for (let at = 0; at < text.length; at += chars) hearing.take(write(text.slice(at, at + chars)));
  return hearing;
}

const forms: Record<string, (part: string) => Uint8Array> = {
  "the Messages API": (text) => event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }),
  "its thinking": (thinking) =>
    event({ type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking } }),
  "its tool calls": (partial_json) =>
    event({ type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json } }),
  "chat completions": (content) =>
    event({ id: "chatcmpl-123", model: "m", choices: [{ index: 0, delta: { content }, finish_reason: null }] }),
  "chat completions' tool calls": (text) =>
    event({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: text } }] } }] }),
  responses: (delta) => event({ type: "response.output_text.delta", item_id: "msg_1", delta }),
  "servers that write blanks": (text) => bytesOf(`data: {"delta": {"text": ${JSON.stringify(text)}}}\n\n`),
};

test.each(Object.entries(forms))("the text of an answer is heard in events of %s", (_, write) => {
  const text = `${prose.repeat(4)}"quoted"\tand \\ escaped\n`;
  const { tokens = 0, isUnusual } = heard(text, 7, write).heard ?? {};
  expect(isUnusual).toBe(false);
  // Runs are estimated for themselves.
  expect(tokens / estimateTokens(text)).toBeGreaterThan(0.97);
  expect(tokens / estimateTokens(text)).toBeLessThan(1.03);
});

test("of a long answer a part tells what the whole comes to", () => {
  const text = prose.repeat(200);
  const { tokens = 0 } = heard(text, 5, forms["the Messages API"] ?? bytesOf).heard ?? {};
  expect(tokens / estimateTokens(text)).toBeGreaterThan(0.95);
  expect(tokens / estimateTokens(text)).toBeLessThan(1.05);
});

test("a piece with many events, or a whole answer, is heard as a whole", () => {
  const text = prose.repeat(30);
  const events = (text.match(/.{1,10}/gu) ?? []).map((part) => (forms["the Messages API"] ?? bytesOf)(part));
  const one = new HeardText();
  one.take(Buffer.concat(events));
  const whole = new HeardText();
  whole.take(bytesOf(JSON.stringify({ id: "msg_1", content: [{ type: "text", text }], usage: { output_tokens: 3 } })));
  for (const { heard: of } of [one, whole]) {
    expect((of?.tokens ?? 0) / estimateTokens(text)).toBeGreaterThan(0.9);
    expect((of?.tokens ?? 0) / estimateTokens(text)).toBeLessThan(1.1);
  }
});

test("other scripts, numbers and base64 are unusual; tables and code are not", () => {
  const write = forms["the Messages API"] ?? bytesOf;
  const isUnusual = (text: string): boolean | undefined => heard(text, 9, write).heard?.isUnusual;
  expect(isUnusual("门在黄昏时放下，之后来的人在早晨的钟声响起之前都不准进来。".repeat(9))).toBe(true);
  expect(isUnusual("Ворота опустили в сумерках, и никого больше не впустили. ".repeat(9))).toBe(true);
  expect(isUnusual("17.25, 9812, 4410.5, 77182, 0.3391, 120057\n".repeat(9))).toBe(true);
  expect(isUnusual(Buffer.from(prose.repeat(5)).toString("base64"))).toBe(true);
  expect(isUnusual("| `onAbort` | what becomes of an answer | `drain` |\n| --- | --- | --- |\n".repeat(9))).toBe(false);
  expect(isUnusual("const rate = rates.get(name) ?? 1;\nif (rate > most) return undefined;\n".repeat(9))).toBe(false);
});

test("where there is no text nothing is heard", () => {
  const hearing = new HeardText();
  hearing.take(bytesOf('event: ping\ndata: {"type":"ping"}\n\n'));
  hearing.take(event({ type: "content_block_start", content_block: { type: "text", text: "" } }));
  hearing.take(bytesOf('data: {"text'));
  expect(hearing.heard).toBeUndefined();
});
