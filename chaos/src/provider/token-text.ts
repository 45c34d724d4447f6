import { readFileSync } from "node:fs";
import { decode, encode } from "gpt-tokenizer/encoding/o200k_base";

const pages = ["architecture", "routing", "rules", "governance", "translation"];
/** Prose, tables and code, as coding agents read and write them. In plain characters, so that no token is part of one. */
const prose = pages
  .map((name) => readFileSync(new URL(`../../../docs/${name}.md`, import.meta.url), "utf8"))
  .join("\n")
  .replaceAll(/[^\n -~]/gu, "");

/** Texts with so many tokens, of some of the lines; where they begin in what there is to write is up to `from`. */
export function textOf(isPart: (line: string) => boolean): (from: number, count: number) => string {
  const tokens = encode(prose.split("\n").filter(isPart).join("\n"));
  return (from, count) => {
    const picked = Array.from({ length: count }, (_, index) => tokens[(from + index) % tokens.length] ?? 0);
    return decode(picked);
  };
}

/** Texts of all that there is. */
export const tokenText = textOf(() => true);
