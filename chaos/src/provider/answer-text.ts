import { pageLines, textOf } from "./token-text.ts";

const sentence = /^[A-Za-z][^`|<{}[\]]{60,}$/u;
/** Long enough that no line of it looks like a word. */
const lineLength = 76;
const base64 = Buffer.from(pageLines.join("\n")).toString("base64");

/** What agents are answered with: most of it sentences, some tables and code, and now and then nothing that is a word. */
const kinds = [
  { weight: 5, write: textOf(pageLines.filter((line) => sentence.test(line))) },
  { weight: 3, write: textOf(pageLines.filter((line) => !sentence.test(line))) },
  { weight: 1, write: textOf(base64.match(new RegExp(`.{1,${lineLength}}`, "gu")) ?? []) },
].flatMap(({ weight, write }) => Array.from({ length: weight }, () => write));

/** As `tokenText`, of one kind: the same for all pieces of an answer, which one is up to `seed`. */
export function answerText(seed: number): (from: number, count: number) => string {
  const write = kinds[seed % kinds.length] ?? textOf(pageLines);
  return (from, count) => write(seed + from, count);
}
