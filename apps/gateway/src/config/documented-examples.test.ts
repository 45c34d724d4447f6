import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { catalog, createProvider, isProviderSettingsError, type ProviderSettings } from "@drawbridge/providers";
import { expect, test } from "vitest";
import { providerParts } from "../provider-parts.ts";
import { loadConfig, type LoadOptions } from "./load-config.ts";

const root = path.join(import.meta.dirname, "../../../..");
const pages = ["README.md", ...globSync("{docs,docs/decisions,packages/*}/*.md", { cwd: root })];
const examples = pages.flatMap((page) => {
  const text = readFileSync(path.join(root, page), "utf8");
  return [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, example = ""]) => example);
});
const variables = new Set(
  examples.flatMap((text) => [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name = ""]) => name)),
);

/** What a variable of an example holds; addresses have to be some. */
function valueOf(name: string): string {
  if (name === "DATABASE_URL") return "postgres://user:password@host:5432/drawbridge";
  return name === "REDIS_URL" ? "redis://:password@host:6379" : `${name}-0123456789-0123456789`;
}

function problemsOf(name: string, settings: ProviderSettings): ReturnType<NonNullable<LoadOptions["checkProvider"]>> {
  try {
    createProvider(name, settings, providerParts());
    return [];
  } catch (error) {
    if (isProviderSettingsError(error)) return error.problems;
    throw error;
  }
}

test("there are examples", () => {
  expect(examples.length).toBeGreaterThan(1);
});

test.each(examples)("the documentation's example loads without problems and warnings: %s", async (text) => {
  const result = await loadConfig(text, {
    env: Object.fromEntries([...variables].map((name) => [name, valueOf(name)])),
    readFile: async (file) => `key-in-${path.basename(file)}\n`,
    fileName: "/etc/drawbridge/drawbridge.yaml",
    kinds: [...catalog.values()],
    checkProvider: problemsOf,
  });
  expect(result).toMatchObject({ ok: true, warnings: [] });
});
