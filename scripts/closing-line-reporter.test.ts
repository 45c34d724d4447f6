import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const reporter = path.join(import.meta.dirname, "closing-line-reporter.ts");
const vitest = path.join(path.dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

const one = `
import { describe, expect, test } from "vitest";
let tries = 0;
describe("a suite", () => {
  test("holds", () => {});
  test("breaks", () => expect({ amount: 1 }).toEqual({ amount: 2 }));
  test.skip("rests", () => {});
  test("holds when tried again", { retry: 1 }, () => expect((tries += 1)).toBe(2));
});
`;
const two = `
import { beforeAll, describe, test } from "vitest";
describe("a suite without its server", () => {
  beforeAll(() => { throw new Error("no server"); });
  test("is never run", () => {});
});
`;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "closing-line-"));
  await symlink(path.join(import.meta.dirname, "..", "node_modules"), path.join(folder, "node_modules"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a run of these test files says, line by line. */
async function linesOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  for (const [name, source] of Object.entries(files)) await writeFile(path.join(folder, name), source);
  const args = [vitest, "run", "--root", folder, `--reporter=${reporter}`];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env: { ...process.env, NO_COLOR: "1" } }, (_, stdout) => {
      resolve(stdout.trimEnd().split("\n"));
    });
  });
}

test("a run ends with what failed, the first lines of each error, and the counts", async () => {
  const lines = await linesOf({ "one.test.mjs": one, "two.test.mjs": two, "three.test.mjs": "const = 1;" });
  const told = lines.slice(lines.indexOf("=== failed or flaky") + 1);
  expect(told.filter((line) => /^(?:failed|flaky)/u.test(line)).toSorted()).toEqual([
    "failed: one.test.mjs > a suite > breaks",
    "failed: three.test.mjs",
    "failed: two.test.mjs > a suite without its server",
    "flaky: one.test.mjs > a suite > holds when tried again",
  ]);
  const broken = told.slice(told.indexOf("failed: one.test.mjs > a suite > breaks") + 1);
  expect(broken[0]).toBe("    AssertionError: expected { amount: 1 } to deeply equal { amount: 2 }");
  expect(broken.join("\n")).toMatch(/-.*"amount": 2,\n.*\+.*"amount": 1,/u);
  expect(told).toContain("    Error: no server");
  expect(told.at(-1)).toBe("2 passed, 3 failed, 2 skipped");
});
