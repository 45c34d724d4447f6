import { readFileSync } from "node:fs";
import path from "node:path";
import { catalog } from "@drawbridge/providers";
import { expect, test } from "vitest";
import { loadConfig } from "./load-config.ts";

const page = readFileSync(path.join(import.meta.dirname, "../../../../docs/configuration.md"), "utf8");
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
const names = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GPU_KEY", "ALICE_KEY", "BUILD_KEY"];

test("there are examples", () => {
  expect(examples.length).toBeGreaterThan(1);
});

test.each(examples)("the documentation's example loads without problems and warnings: %s", async (text) => {
  const result = await loadConfig(text, {
    env: Object.fromEntries(names.map((name) => [name, `${name}-0123456789-0123456789`])),
    readFile: async (file) => `what ${file} says\n`,
    fileName: "/etc/drawbridge/drawbridge.yaml",
    kinds: [...catalog.values()],
  });
  expect(result).toMatchObject({ ok: true, warnings: [] });
});
