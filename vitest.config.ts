import { availableParallelism } from "node:os";
import { env } from "node:process";
import { defineConfig } from "vitest/config";

// Vite adds `import` and `require` itself, each where it is meant.
const conditions = ["@drawbridge/source", "node"];

const tests = [
  "packages/*/src/**/*.test.ts",
  "apps/*/src/**/*.test.ts",
  "apps/*/test/**/*.test.ts",
  "benchmarks/src/**/*.test.ts",
  "chaos/src/**/*.test.ts",
  "docs/examples/*.test.ts",
  "scripts/*.test.ts",
];
/** Libraries of others find out once a process what kind of machine they are on, and a heap is measured without what others leave. */
const alone = [
  "packages/providers/src/azure/managed-identity.test.ts",
  "packages/governance/src/directory/compile-directory.test.ts",
  "packages/governance/src/postgres/directory/many-keys.test.ts",
];
/** Whole gateways with clients and servers of others, which CI tries again; all that counts money is tried once. */
const scenarios = ["apps/gateway/test/*.test.ts", "apps/gateway/test/!(limits|storage)/**/*.test.ts"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Many tests wait for servers and clocks. Left alone, a machine with two cores would use one.
    maxWorkers: Math.max(4, availableParallelism()),
    // How long until something counts as hanging. Tests start processes, on machines that are busy with other things.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    reporters: ["default", "./scripts/closing-line-reporter.ts"],
    // Nothing here has global state, so that what a file has loaded serves the next one.
    isolate: false,
    projects: [
      { extends: true, test: { name: "units", include: tests, exclude: [...alone, ...scenarios] } },
      {
        extends: true,
        test: { name: "scenarios", include: scenarios, retry: env["CI"] === undefined ? 0 : 1 },
      },
      { extends: true, test: { name: "alone", include: alone, isolate: true } },
    ],
  },
});
