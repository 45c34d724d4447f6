import { readFileSync } from "node:fs";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, test } from "vitest";
import { sampleTexts } from "../testing/sample-texts.ts";
import { estimateTokens } from "./estimate-tokens.ts";

const source = readFileSync(new URL("estimate-tokens.ts", import.meta.url), "utf8");

describe("estimateTokens", () => {
  test.each(Object.keys(sampleTexts))("CT-02: is at most 3 percent below and 45 percent above o200k on %s", (name) => {
    const text = sampleTexts[name] ?? "";
    const truth = encode(text).length;
    const ratio = estimateTokens(text) / truth;
    expect(ratio).toBeGreaterThan(0.97);
    expect(ratio).toBeLessThan(1.45);
  });

  test("CT-02: is some 20 percent above o200k at the median, which is where Claude's own vocabulary begins", () => {
    const ratios = Object.values(sampleTexts)
      .map((text) => estimateTokens(text) / encode(text).length)
      .toSorted((a, b) => a - b);
    const median = ratios[Math.floor(ratios.length / 2)];
    expect(median).toBeGreaterThan(1.12);
    expect(median).toBeLessThan(1.3);
  });

  test("is 0 for nothing and never 0 for something", () => {
    expect(estimateTokens("")).toBe(0);
    for (const text of ["a", "?", "1", "\n", "é", "\ud83d"]) expect(estimateTokens(text)).toBeGreaterThan(0);
  });

  test("grows by about the same when a text is repeated", () => {
    const once = estimateTokens(source);
    expect(estimateTokens(source.repeat(10)) / once).toBeCloseTo(10, 1);
  });
});
