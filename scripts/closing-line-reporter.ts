import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";
import { failuresOf, listFailures, secondTries } from "./list-failures.ts";

/**
 * Ends a test run with one line that a machine can read: `N passed, N failed, N skipped`. What failed stands right
 * before it once more, since only the end of a long log is kept. A file or a suite that cannot be set up and an error
 * outside any test count as failures of their own.
 */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(testModules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const testModule of testModules) {
      for (const test of testModule.children.allTests()) counts[test.result().state] += 1;
    }
    const failures = failuresOf(testModules, unhandledErrors);
    const told = [...secondTries(testModules).map((name) => `flaky: ${name}`), ...listFailures(failures)];
    if (told.length > 0) process.stdout.write(`\n=== failed or flaky\n${told.join("\n")}\n`);
    process.stdout.write(`\n${counts.passed} passed, ${failures.length} failed, ${counts.skipped} skipped\n`);
  }
}
