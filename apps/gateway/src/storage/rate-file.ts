import { readFile, rename, writeFile } from "node:fs/promises";
import type { RateMemory } from "./storage.ts";

const mostModels = 1_000;

/** Keeps learned rates in a file. One that cannot be read is as good as none: what was learned can be learned again. */
export function rateFile(file: string, beforeWriting: () => Promise<void>): RateMemory {
  const load = async (): Promise<ReadonlyMap<string, object>> =>
    new Map(Object.entries(parsed(await readFile(file, "utf8").catch(() => "{}"))));
  return {
    load,
    async save(rates) {
      await beforeWriting();
      const others = [...(await load())].filter(([print]) => !rates.has(print));
      const all = [...others, ...rates].slice(-mostModels);
      const draft = `${file}.${process.pid}.new`;
      await writeFile(draft, `${JSON.stringify(Object.fromEntries(all))}\n`, { mode: 0o600 });
      await rename(draft, file);
    },
  };
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
