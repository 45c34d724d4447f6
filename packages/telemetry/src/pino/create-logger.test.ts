import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createLogger } from "./create-logger.ts";

function captured(level?: "debug" | "warn"): { lines: string[]; logger: ReturnType<typeof createLogger> } {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { lines, logger: createLogger({ ...(level && { level }), destination }) };
}

test("a line says when and how bad, and nothing about the machine", () => {
  const { lines, logger } = captured();
  logger.warn({ provider: "gpu" }, "no answer");
  const line: unknown = JSON.parse(lines[0] ?? "");
  expect(line).toEqual({
    level: "warn",
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    provider: "gpu",
    msg: "no answer",
  });
});

test("secrets are masked in messages, fields and errors", () => {
  const { lines, logger } = captured();
  const key = "sk-db-Ab3dEf6hIj9kLm2nOp5qRs8t";
  logger.error({ err: new Error(`refused ${key}`), headers: { authorization: `Bearer ${key}` }, key }, `got ${key}`);
  expect(lines.join("")).not.toContain("Ab3dEf6h");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ msg: "got sk-[secret]" });
});

test("lines below the level are not written", () => {
  const { lines, logger } = captured("warn");
  logger.info("quiet");
  logger.error("loud");
  expect(lines).toHaveLength(1);
});

test.each([
  ["by itself", ""],
  ["at once", "process.exit(0);"],
])("without a destination lines go to standard output, all of them when the process ends %s", async (_how, exit) => {
  const code = `import { createLogger } from ${JSON.stringify(new URL("create-logger.ts", import.meta.url).href)};
    const logger = createLogger(); for (let at = 0; at < 1_000; at++) logger.info({ at }, "line"); ${exit}`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code]);
  expect(stdout.trim().split("\n")).toHaveLength(1_000);
});
