import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** What a translation must get right, by section and id; each promise is proved by the tests that cite its id. */
const sections: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
  readFileSync(join(import.meta.dirname, "translation-cases.json"), "utf8"),
);
const known = new Set(Object.values(sections).flatMap((cases) => Object.keys(cases)));

const testFiles = globSync("{packages/*/src,apps/*/src,apps/*/test}/**/*.test.ts", { cwd: root });

/** The ids that a test's name begins with, up to a colon; the name may stand in a table of rows. */
function citedIn(path: string): string[] {
  const names = readFileSync(join(root, path), "utf8").matchAll(/["`]((?:[A-Z]{2,3}-\d{2} )*[A-Z]{2,3}-\d{2}): /gu);
  return [...names].flatMap(([, ids = ""]) => ids.split(" "));
}

const cited = new Map<string, string>();
for (const path of testFiles) for (const id of citedIn(path)) cited.set(id, path);

test("each case has an id of its own and a promise of one line", () => {
  expect(known.size).toBe(364);
  expect(Object.values(sections).reduce((sum, cases) => sum + Object.keys(cases).length, 0)).toBe(known.size);
  for (const promise of Object.values(sections).flatMap((cases) => Object.values(cases))) {
    expect(promise).toMatch(/^\S[^\n]{10,110}[^\s.]$/u);
  }
});

test("every case is cited by the test that proves it", () => {
  expect([...known].filter((id) => !cited.has(id))).toEqual([]);
});

test("every id that a test cites is that of a case", () => {
  const unknown = [...cited].filter(([id]) => !known.has(id));
  expect(unknown.map(([id, path]) => `${id} in ${path}`)).toEqual([]);
});
