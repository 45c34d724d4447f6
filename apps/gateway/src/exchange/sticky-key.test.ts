import { createProvider } from "@drawbridge/providers";
import { expect, test } from "vitest";
import { providerParts } from "../provider-parts.ts";
import { stickyKey } from "./sticky-key.ts";

const settings = { kind: "openai-chat", baseUrl: "http://127.0.0.1:1/v1" };
const provider = createProvider("gpu", settings, providerParts());
const body = Buffer.from(`{"model":"m","messages":[{"role":"user","content":"${"word ".repeat(2_000)}"}]}`);

function keyOf(sessionId: string | undefined, models: readonly string[] = ["one", "two"]): string | undefined {
  const targets = models.map((model) => ({ provider, model, weight: 1 }));
  return stickyKey([{ order: "weight", targets }], { sessionId, body }).stickyKey;
}

test("a session sticks by its name, which is kept short whatever a client sends", () => {
  expect(keyOf("session-1")).toBe("session-1");
  const long = keyOf("s".repeat(16_000));
  expect(long).toHaveLength(43);
  expect(keyOf("s".repeat(16_000))).toBe(long);
  expect(keyOf("t".repeat(16_000))).not.toBe(long);
});

test("without a name a conversation sticks by its beginning, and where there is no choice by nothing", () => {
  const longer = Buffer.concat([body.subarray(0, -2), Buffer.from(',{"role":"assistant","content":"yes"}]}')]);
  const targets = ["one", "two"].map((model) => ({ provider, model, weight: 1 }));
  const later = stickyKey([{ order: "weight", targets }], { sessionId: undefined, body: longer });
  expect(later.stickyKey).toBe(keyOf(undefined));
  expect(keyOf("session-1", ["one"])).toBeUndefined();
});
