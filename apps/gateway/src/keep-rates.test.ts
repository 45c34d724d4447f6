import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { anthropicMessages } from "@drawbridge/translator";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ProvidedModel } from "./exchange/model-print.ts";
import { createTokenRates, type RateBook } from "./exchange/token-rates.ts";
import { keepRates } from "./keep-rates.ts";
import { rateFile } from "./storage/rate-file.ts";
import type { RateMemory } from "./storage/storage.ts";

const model: ProvidedModel = { provider: "p", endpoint: { dialect: anthropicMessages, target: { model: "m" } } };
const request = { bytes: 1_000, prints: [], sessionId: undefined } as const;

function learn(rates: RateBook, inputTokens: number): void {
  const heard = { tokens: 400, isUnusual: false };
  for (let answer = 0; answer < 8; answer++) {
    rates.of(model).learn({ request, inputTokens, heard, outputTokens: 300, writtenMs: 3_000 });
  }
}

const unexpected = (error: unknown): never => {
  throw error;
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "drawbridge-rates-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const fileNamed = (name: string): RateMemory => rateFile(path.join(folder, name), async () => {});

test("a gateway that starts knows what the one before had learned", async () => {
  const memory = fileNamed("kept.json");
  const before = createTokenRates();
  const keeping = await keepRates({ rates: before, memory, onTrouble: unexpected });
  learn(before, 300);
  await keeping.close();
  const rates = createTokenRates();
  await keepRates({ rates, memory, onTrouble: unexpected });
  expect(rates.of(model).sent.most(request)).toBe(306);
  expect(rates.of(model).speed).toBe(0.1);
});

test("what others learn of a model is known as soon as it is kept, and nothing is written where nothing was learned", async () => {
  const saved: unknown[] = [];
  const rounds = Promise.withResolvers<void>();
  let kept: ReadonlyMap<string, object> = new Map();
  const memory: RateMemory = {
    load: async () => {
      if (kept.size > 0) setImmediate(rounds.resolve);
      return kept;
    },
    save: async (rates) => void saved.push(rates),
  };
  const rates = createTokenRates();
  const keeping = await keepRates({ rates, memory, onTrouble: unexpected, everyMs: 1 });
  const others = createTokenRates();
  learn(others, 250);
  expect(rates.of(model).sent.most(request)).toBeUndefined();
  kept = others.kept();
  await rounds.promise;
  expect(rates.of(model).sent.most(request)).toBe(255);
  await keeping.close();
  expect(saved).toEqual([]);
});

test.each(["", "[", "null", '{"a":{"input":"x"},"b":{"input":99},"c":5}'])(
  "a file that says %j is as good as none, and is written anew",
  async (text) => {
    const file = path.join(folder, "damaged.json");
    await writeFile(file, text);
    const rates = createTokenRates();
    const keeping = await keepRates({ rates, memory: fileNamed("damaged.json"), onTrouble: unexpected });
    expect(rates.of(model).sent.most(request)).toBeUndefined();
    learn(rates, 300);
    await keeping.close();
    expect(await readFile(file, "utf8")).toContain('"input":0.3');
  },
);

test("a store that is away is told of once, and costs nothing else", async () => {
  const told: unknown[] = [];
  const away = async (): Promise<never> => {
    throw new Error("away");
  };
  const rates = createTokenRates();
  const keeping = await keepRates({ rates, memory: { load: away, save: away }, onTrouble: (e) => told.push(e) });
  learn(rates, 300);
  await keeping.close();
  expect(told).toHaveLength(1);
});
