import { describe, expect, test } from "vitest";
import { loadConfig } from "./load-config.ts";
import { formatProblem } from "./problem.ts";

const kinds = [{ id: "openai", baseUrl: "https://api.openai.com/v1" }, { id: "openai-chat" }];
const env = { PRICE: "0.25" };

async function load(entries: string): Promise<Awaited<ReturnType<typeof loadConfig>>> {
  const text = `providers: { openai: { apiKey: sk-0123456789 } }\nprices:\n${entries}`;
  const readFile = (): Promise<string> => Promise.reject(new Error("no files here"));
  return loadConfig(text, { env, readFile, fileName: "drawbridge.yaml", kinds });
}

async function problems(entries: string): Promise<string[]> {
  const loaded = await load(entries);
  return loaded.ok ? [] : loaded.problems.map((problem) => formatProblem(problem, "c"));
}

async function prices(text: string): Promise<unknown> {
  const loaded = await load(text);
  return loaded.ok ? loaded.config.prices : await problems(text);
}

test("prices are read to the last digit, as numbers, texts and references", async () => {
  const text = `
  openai/gpt-5: { input: 1.1, output: "10.000000001", cacheRead: "\${PRICE}", webSearch: 10 }
  "*/*": { contextWindow: 32768, maxOutputTokens: "4096" }
`;
  expect(await prices(text)).toEqual([
    {
      match: "openai/gpt-5",
      facts: { contextWindow: undefined, maxOutputTokens: undefined },
      price: {
        bands: [
          {
            aboveInputTokens: -1,
            rates: {
              input: 1_100_000_000,
              cacheRead: 250_000_000,
              cacheWrite5m: 1_100_000_000,
              cacheWrite1h: 1_100_000_000,
              output: 10_000_000_001,
            },
          },
        ],
        perRequestNanoUsd: 0,
        perWebSearchNanoUsd: 10_000_000,
        tiers: {},
      },
    },
    { match: "*/*", facts: { contextWindow: 32_768, maxOutputTokens: 4_096 } },
  ]);
});

test("a model may be made free by saying so", async () => {
  expect(await prices(`  openai/x: { input: 0, output: 0 }`)).toMatchObject([
    { price: { bands: [{ rates: { input: 0, output: 0 } }] } },
  ]);
});

test("without prices there are none", async () => {
  const loaded = await loadConfig("server: {}", {
    env,
    readFile: () => Promise.reject(new Error("no files here")),
    fileName: "drawbridge.yaml",
    kinds,
  });
  expect(loaded.ok && loaded.config.prices).toEqual([]);
});

describe("a wrong price is told with its place:", () => {
  const wanted = "a price in USD from 0 to 1000, with at most nine digits behind the point, such as 0.25";
  test.each([
    [`  openai/a: { input: -1, output: 2 }`, `c:3:22: prices["openai/a"].input: -1 is not possible; wanted ${wanted}`],
    [
      `  openai/a: { input: 3, output: "$2" }`,
      `c:3:33: prices["openai/a"].output: "$2" is not possible; wanted ${wanted}`,
    ],
    [
      `  openai/a: { input: .nan, output: 2 }`,
      `c:3:22: prices["openai/a"].input: NaN is not possible; wanted ${wanted}`,
    ],
    [`  openai/a: { input: 3 }`, `c:3:13: prices["openai/a"].output: missing; wanted ${wanted}`],
    [`  openai/a: { cacheRead: 3, output: 1 }`, `c:3:13: prices["openai/a"].input: missing; wanted ${wanted}`],
    [
      `  openai/a: { contextWindow: 0.5 }`,
      `c:3:30: prices["openai/a"].contextWindow: 0.5 is not possible; wanted a whole number of tokens, at least 1`,
    ],
    [`  openai/a: { inputs: 3 }`, `c:3:15: prices["openai/a"].inputs: there is no such setting; did you mean "input"?`],
    [`  gpt-5: { input: 3, output: 1 }`, "names no model; wanted provider/model"],
    [`  opnai/gpt-5: { input: 3, output: 1 }`, `"opnai/gpt-5" is of no provider here; did you mean "openai"?`],
    [`  "openai/gpt-[5]": { input: 3, output: 1 }`, `contains "["; the only wildcard is *`],
  ])("%s", async (text, told) => {
    const found = await problems(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(told);
  });
});
