// Prose with the characters that cost something in JSON: line ends, quotes, backslashes, and some that are not ASCII.
const sentences = [
  "Reads the file at `path` and returns its lines, numbered from 1.\n",
  'Use "old_string" exactly as it stands in the file, indentation included — never the line number.\n',
  "- Prefer editing an existing file over writing a new one.\n",
  "export function total(items: readonly Item[]): number {\n\treturn items.reduce((sum, item) => sum + item.price, 0);\n}\n",
  "Paths such as C:\\\\work\\\\app and /home/ada/app both occur. Größe, naïve, 変更.\n",
];
const paragraph = sentences.join("");

/** Text of so many UTF-16 units, the same each time, in the style of tool descriptions and source files. */
export function filler(length: number): string {
  return paragraph.repeat(Math.ceil(length / paragraph.length)).slice(0, Math.max(0, length));
}
