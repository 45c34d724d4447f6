import { readFileSync } from "node:fs";
import { decode, encode } from "gpt-tokenizer/encoding/o200k_base";

const pages = ["architecture", "routing", "rules", "governance", "translation"];
/** Prose, tables and code, as coding agents read and write them. In plain characters, so that no token is part of one. */
const prose = pages
  .map((name) => readFileSync(new URL(`../../../docs/${name}.md`, import.meta.url), "utf8"))
  .join("\n")
  .replaceAll(/[^\n -~]/gu, "");
const tokens = encode(prose);

/** A text that a model has written with so many tokens; where it begins in what there is to write is up to `from`. */
export function tokenText(from: number, count: number): string {
  const picked = Array.from({ length: count }, (_, index) => tokens[(from + index) % tokens.length] ?? 0);
  return decode(picked);
}
