import fc from "fast-check";
import { expect, test } from "vitest";
import { compileGlob, globProblem } from "./compile-glob.ts";

const signs = fc.constantFrom("a", "b", "/", "-", ".", "*");
const patterns = fc.string({ unit: signs, minLength: 1, maxLength: 12 });
const texts = fc.string({ unit: fc.constantFrom("a", "b", "/", "-", ".", "*"), maxLength: 20 });

function asRegExp(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.\-/]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}

test.each([
  ["claude-haiku-*", "claude-haiku-4-5", true],
  ["claude-haiku-*", "claude-haiku-", true],
  ["claude-haiku-*", "Claude-haiku-4-5", false],
  ["gpu/*", "gpu/qwen/qwen3-coder", true],
  ["*coder*", "gpu/qwen3-coder-next", true],
  ["a*a", "a", false],
  ["a*b*c", "axxcxxbxc", true],
  ["*", "", true],
  ["gpt-5.1", "gpt-501", false],
])("%s on %s is %s", (pattern, text, expected) => {
  expect(compileGlob(pattern).matches(text)).toBe(expected);
});

test("a glob matches exactly what the same regular expression matches", () => {
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      expect(compileGlob(pattern).matches(text)).toBe(asRegExp(pattern).test(text));
    }),
    { numRuns: 5_000 },
  );
});

test("a pattern without wildcard matches itself alone", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "/", "-"), minLength: 1 }), texts, (pattern, text) => {
      expect(compileGlob(pattern).matches(pattern)).toBe(true);
      expect(compileGlob(pattern).matches(text)).toBe(text === pattern);
    }),
  );
});

test("no pattern makes matching slow", () => {
  const glob = compileGlob(`${"*a".repeat(50)}*b`);
  const began = process.cpuUsage().user;
  expect(glob.matches("a".repeat(100_000))).toBe(false);
  // Backtracking would take longer than anybody lives.
  expect(process.cpuUsage().user - began).toBeLessThan(2_000_000);
});

test("refuses what is no pattern and says why", () => {
  expect(() => compileGlob("")).toThrow(/is empty/);
  expect(() => compileGlob("claude-{opus,haiku}")).toThrow(/contains "\{"; the only wildcard is \*/);
  expect(globProblem("a b")).toBe("contains white space");
  expect(globProblem("hf.co/Qwen/Qwen3:Q4_K_M@v1+x")).toBeUndefined();
});
