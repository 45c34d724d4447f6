import { expect, test } from "vitest";
import { claudeBinary } from "./claude-binary.ts";

test("takes the binary that CLAUDE_CODE_BIN names", () => {
  expect(claudeBinary({ CLAUDE_CODE_BIN: process.execPath })).toBe(process.execPath);
});

test("a missing client is a reason to skip on a laptop and a failure in CI", () => {
  const missing = { CLAUDE_CODE_BIN: "/no/such/claude" };
  expect(claudeBinary(missing)).toBeUndefined();
  expect(() => claudeBinary({ ...missing, CI: "true" })).toThrow("scripts/install-claude-code.mjs");
});
