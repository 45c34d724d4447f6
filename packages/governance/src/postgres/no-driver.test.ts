import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const program = `
  import { registerHooks } from "node:module";
  const seen = new Set();
  registerHooks({ resolve(name, context, next) {
    if (/^(pg|drizzle-orm|ioredis|@electric-sql\\/pglite)(\\/|$)/u.test(name)) seen.add(name.split("/")[0]);
    return next(name, context);
  } });
  await import(process.argv[1]);
  console.log(JSON.stringify([...seen].toSorted()));
`;

test.each([
  ["../index.ts", []],
  ["../node/index.ts", []],
  ["./index.ts", ["drizzle-orm"]],
])("%s loads no driver before it is used", async (entry, loaded) => {
  const path = join(import.meta.dirname, entry);
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program, path]);
  expect(JSON.parse(stdout)).toEqual(loaded);
});
