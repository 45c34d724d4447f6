import fc from "fast-check";
import { expect, test } from "vitest";
import { aliasOf, canonicalModel, unalias } from "./model-alias.ts";

test("ids that Claude Code would hide are shown under a claude name", () => {
  expect(aliasOf("openai/gpt-5-mini")).toBe("claude-gateway/openai/gpt-5-mini");
});

test("an id that looks like an alias comes back as itself", () => {
  expect(unalias(aliasOf("claude-gateway/gpt-5"))).toBe("claude-gateway/gpt-5");
});

test.each(["claude-sonnet-4-6", "anthropic/x", "bedrock/global.Anthropic.thing", "CLAUDE"])(
  "%s is shown anyway and keeps its name",
  (id) => {
    expect(aliasOf(id)).toBe(id);
  },
);

test("every id comes back from its alias", () => {
  const ids = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom("claude-gateway/", "Claude", "gpt", "/", "anthropic"), { maxLength: 5 }),
  );
  fc.assert(
    fc.property(ids, (parts) => {
      const id = typeof parts === "string" ? parts : parts.join("");
      expect(unalias(aliasOf(id))).toBe(id);
      expect(aliasOf(id)).toMatch(/claude|anthropic/i);
    }),
  );
});

test("neither alias nor context suffix counts", () => {
  expect(canonicalModel("claude-gateway/gpu/qwen3[1m]")).toBe("gpu/qwen3");
  expect(canonicalModel("claude-opus-5-5[1M]")).toBe("claude-opus-5-5");
  expect(canonicalModel("gpu/qwen[2m]")).toBe("gpu/qwen[2m]");
});
