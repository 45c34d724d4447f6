import { expect, test } from "vitest";
import { isTranslatorError } from "../errors.ts";
import type { ContentBlock } from "../messages/content.ts";
import { estimateInputTokens } from "../messages/estimate-input-tokens.ts";
import type { Message } from "../messages/request.ts";
import { estimateCount } from "./estimate-count.ts";

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const call = (id: string): ContentBlock => ({ type: "tool_use", id, name: "Read", input: {} });
const session: readonly Message[] = ["t0", "t1", "t2", "t3", "t4"].flatMap((id): Message[] => [
  { role: "assistant", content: [{ type: "thinking", thinking: "hm ".repeat(50), signature: "s" }, call(id)] },
  { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: "word ".repeat(500) }] },
]);
const messages = [{ role: "user" as const, content: "Read it all" }, ...session];
const original_input_tokens = estimateInputTokens({ messages });

test("CT-02: a request without edits is counted as it is", () => {
  expect(estimateCount(bytes({ model: "m", messages }))).toEqual({ input_tokens: original_input_tokens });
});

test("what the edits take out is not counted, and the count without them stands beside", () => {
  const trigger = { type: "tool_uses", value: 1 };
  const edits = [{ type: "clear_thinking_20251015" }, { type: "clear_tool_uses_20250919", trigger }];
  const { input_tokens, context_management } = estimateCount(
    bytes({ model: "m", messages, context_management: { edits } }),
  );
  expect(context_management).toEqual({ original_input_tokens });
  expect(original_input_tokens - input_tokens).toBeGreaterThan(2 * 400);
  expect(input_tokens).toBeGreaterThan(3 * 400);
});

test("what an earlier compaction sums up is not counted, and no new one is made for a count", () => {
  const compacted = [...messages, { role: "assistant", content: [{ type: "compaction", content: "Read." }] }];
  const context_management = {
    edits: [{ type: "compact_20260112", trigger: { type: "input_tokens", value: 50_000 } }],
  };
  const count = estimateCount(bytes({ model: "m", messages: compacted, context_management }));
  expect(count.input_tokens).toBeLessThan(100);
  expect(count["context_management"]).toMatchObject({ original_input_tokens: expect.any(Number) });
});

test("a broken request is refused by name", () => {
  expect(() => estimateCount(bytes({ model: "m" }))).toThrow("messages: Field required");
  try {
    estimateCount(bytes([]));
    expect.unreachable();
  } catch (error) {
    expect(isTranslatorError(error)).toBe(true);
  }
});
