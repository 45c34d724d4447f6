import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { beyondNames, exportsOfModule, passedOn } from "./exports-of-module.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(path, "utf8");

const isTest = (path: string): boolean => /\.test\.ts$|\/(?:test|testing)\//u.test(path);
const packageSources = globSync(join(root, "packages/*/src/**/*.ts")).filter((path) => !isTest(path));
const allSources = [
  ...packageSources,
  ...globSync(join(root, "{apps,benchmarks,chaos}/**/src/**/*.ts")),
  ...globSync(join(root, "scripts/*.{ts,mjs}")),
].filter((path) => !path.includes("node_modules") && !path.includes("/dist/"));

/** The source file of each entry in a package's `exports`. */
function entriesOf(manifestPath: string): string[] {
  const manifest: { exports?: Record<string, string | Record<string, string>> } = JSON.parse(read(manifestPath));
  return Object.values(manifest.exports ?? {})
    .flatMap((entry) => (typeof entry === "string" ? [] : [entry["@drawbridge/source"] ?? ""]))
    .map((source) => join(dirname(manifestPath), source));
}

const barrels = globSync(join(root, "packages/*/package.json")).flatMap(entriesOf);

/** Names that a barrel gives away without a doc comment, following barrels that pass on barrels. */
function undocumented(barrelPath: string): string[] {
  return passedOn(read(barrelPath)).flatMap(({ name, from }) => {
    const path = join(dirname(barrelPath), from);
    const source = read(path);
    const declared = exportsOfModule(source).find((entry) => entry.name === name);
    if (declared !== undefined) return declared.documented ? [] : [`${name} (${relative(root, path)})`];
    if (passedOn(source).some((entry) => entry.name === name)) {
      return undocumented(path).filter((entry) => entry.startsWith(`${name} `));
    }
    return [`${name} (not found in ${relative(root, path)})`];
  });
}

/** Lines of the given files that match, as `path:line: text`. */
function linesThatMatch(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    read(path)
      .split("\n")
      .map((text, index) => ({ text, where: `${relative(root, path)}:${index + 1}` }))
      .filter(({ text }) => pattern.test(text))
      .map(({ text, where }) => `${where}: ${text.trim()}`),
  );
}

test("a checkout starts the gateway with the flags of Node that its first line names", () => {
  const [line = ""] = read(join(root, "apps/gateway/src/main.ts")).split("\n", 1);
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(read(join(root, "package.json")));
  const wanted = line.replace("#!/usr/bin/env -S ", "");
  expect(wanted).toMatch(/^node(?: --\S+)+$/u);
  expect(scripts["start"]).toContain(`exec ${wanted} apps/`);
  expect(scripts["dev"]).toContain(`${wanted} --`);
});

test("every package has an entry that its tests and types read from source", () => {
  expect(barrels.length).toBeGreaterThanOrEqual(4);
  expect(barrels.filter((path) => !existsSync(path))).toEqual([]);
});

describe.each(barrels.map((path) => ({ path, name: relative(root, path) })))("$name", ({ path }) => {
  test("is a list of names and nothing else", () => {
    expect(beyondNames(read(path))).toBe("");
  });

  test("gives away only what has a doc comment", () => {
    expect(undocumented(path)).toEqual([]);
  });
});

test("libraries throw their own error class, never a bare Error", () => {
  const elsewhere = packageSources.filter((path) => !path.endsWith("/errors.ts"));
  expect(linesThatMatch(elsewhere, /\bnew (?:Type|Range|Syntax)?Error\(/u)).toEqual([]);
});

test("no file is named for being a drawer of odds and ends", () => {
  const drawer = /\/(?:utils?|helpers?|types|common|misc|constants)\.ts$/u;
  expect(allSources.filter((path) => drawer.test(path)).map((path) => relative(root, path))).toEqual([]);
});

test("no type or lint error is switched off, but for a cast that says why it holds", () => {
  const offSwitch = /@ts-(?:ignore|expect-error|nocheck)|(?:ox|es)lint-disable|as unknown as/u;
  const reasonedCast = /\/\/ oxlint-disable-next-line typescript\/no-unsafe-type-assertion -- \w/u;
  const judged = allSources.filter((path) => !isTest(path));
  expect(linesThatMatch(judged, offSwitch).filter((line) => !reasonedCast.test(line))).toEqual([]);
});
