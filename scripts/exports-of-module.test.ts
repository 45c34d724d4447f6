import { expect, test } from "vitest";
import { beyondNames, exportsOfModule, passedOn } from "./exports-of-module.ts";

test("finds each kind of declaration and its doc comment", () => {
  const source = [
    "/** A thing. */",
    "export interface Thing {}",
    "// Only a remark.",
    "export const bare = 1;",
    "/**",
    " * Counts things.",
    " */",
    "export async function count(): Promise<void> {}",
    "/* Not a doc comment. */",
    "export class Box {}",
    "/** */",
    "export type Empty = never;",
    "const hidden = 1;",
  ].join("\n");

  expect(exportsOfModule(source)).toEqual([
    { name: "Thing", documented: true },
    { name: "bare", documented: false },
    { name: "count", documented: true },
    { name: "Box", documented: false },
    { name: "Empty", documented: false },
  ]);
});

test("takes the comment of the first overload for all of them", () => {
  const source = "/** Reads. */\nexport function read(a: string): string;\nexport function read(a: number): number;\n";
  expect(exportsOfModule(source)).toEqual([{ name: "read", documented: true }]);
});

test("lists what a barrel passes on under the name it was declared with", () => {
  const barrel = 'export { a, type B, c as d } from "./x.ts";\nexport type {\n  E,\n  F,\n} from "./y.ts";\n';
  expect(passedOn(barrel)).toEqual([
    { name: "a", from: "./x.ts" },
    { name: "B", from: "./x.ts" },
    { name: "c", from: "./x.ts" },
    { name: "E", from: "./y.ts" },
    { name: "F", from: "./y.ts" },
  ]);
});

test("tells a list of names from a file with code in it", () => {
  expect(beyondNames('/** What it does. */\nexport { a } from "./a.ts"; // why\n')).toBe("");
  expect(beyondNames('export * from "./a.ts";')).toBe('export * from "./a.ts";');
});
