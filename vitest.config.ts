import { defineConfig } from "vitest/config";

// Vite adds `import` and `require` itself, each where it is meant.
const conditions = ["@drawbridge/source", "node"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "apps/*/src/**/*.test.ts",
      "apps/*/test/**/*.test.ts",
      "benchmarks/src/**/*.test.ts",
      "chaos/src/**/*.test.ts",
      "docs/examples/*.test.ts",
      "scripts/*.test.ts",
    ],
    // Left alone, a machine with two cores would use one.
    maxWorkers: "100%",
    // Tests start processes, on machines that are busy with other things.
    testTimeout: 20_000,
    hookTimeout: 20_000,
    reporters: ["default", "./scripts/closing-line-reporter.ts"],
  },
});
