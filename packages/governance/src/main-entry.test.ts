import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

/** All that an entry loads from elsewhere, now or later, and how many files of its own. */
function loadedBy(entry: string): { readonly packages: readonly string[]; readonly files: number } {
  const packages = new Set<string>();
  const files = new Set<string>();
  const visit = (path: string): void => {
    if (files.has(path)) return;
    files.add(path);
    const source = readFileSync(path, "utf8").replaceAll(/^(?:import|export) type [\s\S]*?;$/gmu, "");
    for (const [, name = ""] of source.matchAll(/(?:from |import |import\()"([^"]+)"/gu)) {
      if (name.startsWith(".")) visit(join(dirname(path), name));
      else packages.add(name);
    }
  };
  visit(join(import.meta.dirname, entry));
  return { packages: [...packages].sort(), files: files.size };
}

test("the main entry loads a parser of CEL and nothing else: no driver, no framework, nothing of Node", () => {
  const { packages, files } = loadedBy("index.ts");
  expect(packages).toEqual(["@marcbachmann/cel-js"]);
  expect(files).toBeGreaterThan(80);
});

test.each([
  ["postgres/index.ts", "drizzle-orm"],
  ["redis/index.ts", undefined],
  ["node/index.ts", "node:fs/promises"],
])("the entry %s is where %s is", (entry, driver) => {
  const { packages } = loadedBy(entry);
  if (driver !== undefined) expect(packages).toContain(driver);
  expect(packages.filter((name) => /hono|express|fastify/u.test(name))).toEqual([]);
});
