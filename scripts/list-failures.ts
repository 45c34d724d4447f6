import { stripVTControlCharacters } from "node:util";
import type { SerializedError } from "vitest";
import type { TestCase, TestModule, TestSuite } from "vitest/node";

const linesOfError = 12;
const toldInFull = 6;
const namedAtMost = 40;

/** What did not pass: a test, a hook, a file or an error outside all of them, and why. */
interface Failure {
  readonly name: string;
  readonly errors: readonly SerializedError[];
}

function nameOf(task: TestCase | TestSuite | TestModule): string {
  return task.type === "module" ? task.relativeModuleId : `${task.module.relativeModuleId} > ${task.fullName}`;
}

function failureOf(test: TestCase): Failure[] {
  const { state, errors = [] } = test.result();
  if (state === "failed") return [{ name: nameOf(test), errors }];
  // A test without a result was cut off: it has not passed.
  return state === "pending" ? [{ name: `${nameOf(test)} (cut off)`, errors: [] }] : [];
}

/** All that failed in the files of a run and outside them, one entry for each failure that the run counts. */
export function failuresOf(testModules: readonly TestModule[], outside: readonly SerializedError[]): Failure[] {
  const inside = testModules.flatMap((testModule) => [
    ...[testModule, ...testModule.children.allSuites()]
      .filter((suite) => suite.errors().length > 0)
      .map((suite) => ({ name: nameOf(suite), errors: suite.errors() })),
    ...[...testModule.children.allTests()].flatMap(failureOf),
  ]);
  return [...inside, ...outside.map((error) => ({ name: "outside any test", errors: [error] }))];
}

/** Names of the tests that passed only when they were tried again. */
export function secondTries(testModules: readonly TestModule[]): string[] {
  return testModules.flatMap((testModule) =>
    [...testModule.children.allTests()].filter((test) => test.diagnostic()?.flaky === true).map(nameOf),
  );
}

function firstLines({ name, message, diff, stack }: SerializedError): string[] {
  const told = stripVTControlCharacters(`${name ?? "Error"}: ${message}\n${typeof diff === "string" ? diff : ""}`);
  const place = stack?.split("\n").find((line) => /^\s+at /u.test(line) && !line.includes("node_modules"));
  const lines = told.split("\n").filter((line) => line.trim() !== "");
  return [...lines.slice(0, linesOfError), ...(place === undefined ? [] : [place.trim()])];
}

/**
 * Lines that tell of failures within what the end of a log holds: the first few with the first lines of each error,
 * the others by name. No lines when nothing failed.
 */
export function listFailures(failures: readonly Failure[]): string[] {
  const named = failures.slice(0, namedAtMost);
  const left = failures.length - named.length;
  return [
    ...named.flatMap(({ name, errors }, index) => [
      `failed: ${name}`,
      ...(index < toldInFull ? errors.flatMap(firstLines).slice(0, linesOfError + 1) : []).map((line) => `    ${line}`),
    ]),
    ...(left > 0 ? [`and ${left} more`] : []),
  ];
}
