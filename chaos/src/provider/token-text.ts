import { readFileSync } from "node:fs";
import { decode, encode } from "gpt-tokenizer/encoding/o200k_base";

const pages = ["architecture", "routing", "rules", "governance", "translation"];
/** Prose, tables and code, as coding agents read and write them. In plain characters, so that no token is part of one. */
export const pageLines: readonly string[] = pages
  .map((name) => readFileSync(new URL(`../../../docs/${name}.md`, import.meta.url), "utf8"))
  .join("\n")
  .replaceAll(/[^\n -~]/gu, "")
  .split("\n");

/** Texts with so many tokens, of these lines; where they begin in what there is to write is up to `from`. */
export function textOf(lines: readonly string[]): (from: number, count: number) => string {
  const tokens = encode(lines.join("\n"));
  return (from, count) => {
    const picked = Array.from({ length: count }, (_, index) => tokens[(from + index) % tokens.length] ?? 0);
    return decode(picked);
  };
}

/** Texts of all that there is. */
export const tokenText = textOf(pageLines);
