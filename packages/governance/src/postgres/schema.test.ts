import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";
import { expect, test } from "vitest";

const here = import.meta.dirname;

test("the migrations make the tables that the schema says", async () => {
  const modules = await Promise.all(
    globSync(join(here, "schema/*.ts")).map(async (path): Promise<Record<string, unknown>> => import(path)),
  );
  const said = generateDrizzleJson(Object.assign({}, ...modules));
  const last = globSync(join(here, "../../migrations/meta/*_snapshot.json")).toSorted().at(-1) ?? "";
  const made = JSON.parse(readFileSync(last, "utf8"));
  // What is printed here is missing: see migrations/README.md.
  expect(await generateMigration(made, said)).toEqual([]);
});

test("each migration has a number of its own, and all are in the journal", () => {
  const files = globSync(join(here, "../../migrations/*.sql")).map((path) => path.slice(path.lastIndexOf("/") + 1, -4));
  const journal: { entries: { idx: number; tag: string }[] } = JSON.parse(
    readFileSync(join(here, "../../migrations/meta/_journal.json"), "utf8"),
  );
  expect(journal.entries.map(({ tag }) => tag)).toEqual(files.toSorted());
  expect(journal.entries.map(({ idx, tag }) => tag.startsWith(`${String(idx).padStart(4, "0")}_`))).not.toContain(
    false,
  );
  expect(journal.entries.map(({ idx }) => idx)).toEqual(files.map((_, index) => index));
});
