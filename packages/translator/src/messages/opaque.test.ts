import fc from "fast-check";
import { expect, test } from "vitest";
import { isOwnSignature, openOpaque, sealOpaque } from "./opaque.ts";

test("what is sealed opens again, whatever characters it has", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (state) => {
      expect(openOpaque("openai-chat", sealOpaque("openai-chat", state))).toBe(state);
    }),
  );
});

test("a long state with emoji survives", () => {
  const state = "Größe 🙂 ".repeat(20_000);
  expect(openOpaque("openai-chat", sealOpaque("openai-chat", state))).toBe(state);
});

test("a signature holds only characters that are safe in JSON and URLs", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (state) => {
      expect(sealOpaque("openai-chat", state)).toMatch(/^db1\.openai-chat\.[A-Za-z0-9_-]*$/);
    }),
  );
});

test("another dialect's state, a foreign signature and broken base64 do not open", () => {
  expect(openOpaque("openai-chat", sealOpaque("anthropic-messages", "x"))).toBeUndefined();
  expect(openOpaque("openai-chat", "EqoBCkgIBRABGAIiQL")).toBeUndefined();
  expect(openOpaque("openai-chat", "db1.openai-chat.!!!")).toBeUndefined();
  expect(openOpaque("openai-chat", "db1.openai-chat.A")).toBeUndefined();
  expect(openOpaque("openai-chat", "db1.openai-chat._w")).toBeUndefined();
});

test("own signatures are told from Anthropic's", () => {
  expect(isOwnSignature(sealOpaque("openai-chat", ""))).toBe(true);
  expect(isOwnSignature("EqoBCkgIBRABGAIiQL")).toBe(false);
});
