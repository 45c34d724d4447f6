import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { sampleTexts } from "../testing/sample-texts.ts";
import { textsOfLanguages } from "../testing/texts-of-languages.ts";
import { tokenizers, vocabularies, type Vocabulary } from "../testing/tokenizers.ts";
import { type Countable, estimateInputTokens } from "./estimate-input-tokens.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import { inputEstimates } from "./input-estimates.ts";

/** Percent below and above the truth. */
type Bound = readonly [under: number, over: number];

const kinds: readonly { kind: string; names: readonly string[]; bounds: Record<Vocabulary, Bound> }[] = [
  {
    kind: "prose, code and markup",
    names: [
      "English",
      "Markdown",
      "TypeScript",
      "numbered lines",
      "Go",
      "Python",
      "diff",
      "formatted JSON",
      "tool schemas",
      "HTML",
    ],
    bounds: {
      o200k: [0, 45],
      cl100k: [0, 50],
      "Llama 3": [0, 50],
      "Gemma 3": [2, 45],
      Claude: [0, 40],
      "Mistral 7B": [8, 30],
    },
  },
  {
    kind: "logs and data",
    names: ["shell log", "paths", "base64", "hexadecimal", "indented blanks"],
    bounds: {
      o200k: [0, 35],
      cl100k: [5, 35],
      "Llama 3": [5, 35],
      "Gemma 3": [15, 10],
      Claude: [5, 35],
      "Mistral 7B": [16, 0],
    },
  },
  {
    kind: "lists of numbers",
    names: ["numbers"],
    bounds: {
      o200k: [0, 40],
      cl100k: [0, 40],
      "Llama 3": [0, 40],
      "Gemma 3": [31, 0],
      Claude: [0, 40],
      "Mistral 7B": [31, 0],
    },
  },
  {
    kind: "European languages in Latin script",
    names: ["German", "French", "Spanish", "Italian", "Polish", "Czech", "Turkish", "Dutch"],
    bounds: {
      o200k: [5, 45],
      cl100k: [23, 20],
      "Llama 3": [22, 40],
      "Gemma 3": [0, 40],
      Claude: [29, 10],
      "Mistral 7B": [25, 10],
    },
  },
  {
    kind: "Chinese, Japanese and Korean",
    names: ["Chinese", "Japanese", "Korean"],
    bounds: {
      o200k: [0, 30],
      cl100k: [23, 0],
      "Llama 3": [0, 35],
      "Gemma 3": [0, 70],
      Claude: [30, 0],
      "Mistral 7B": [33, 0],
    },
  },
  {
    kind: "other scripts",
    names: ["Russian", "Ukrainian", "Greek", "Arabic", "Hebrew", "Hindi", "Thai", "Vietnamese", "emoji"],
    bounds: {
      o200k: [0, 125],
      cl100k: [53, 40],
      "Llama 3": [50, 160],
      "Gemma 3": [0, 160],
      Claude: [68, 0],
      "Mistral 7B": [58, 0],
    },
  },
];

const boundsOfRequests: Record<Vocabulary, Bound> = {
  o200k: [0, 25],
  cl100k: [0, 30],
  "Llama 3": [0, 30],
  "Gemma 3": [0, 20],
  Claude: [0, 20],
  "Mistral 7B": [7, 10],
};

const texts: Record<string, string> = { ...sampleTexts, ...textsOfLanguages };
const page = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const prose = page("../../../../docs/architecture.md") + page("../../../../docs/routing.md");

/** A session as Claude Code sends it: long instructions, many tools, files read, edited and tried. */
function session(): Countable {
  const { tools } = JSON.parse(page("../../fixtures/requests/anthropic-tools.json"));
  const described = ["Bash", "Edit", "Glob", "Grep", "Read", "Task", "Write"].map((name, index) => ({
    name,
    description: prose.slice(index * 1_000, index * 1_000 + 2_000),
    input_schema: JSON.parse(sampleTexts["tool schemas"] ?? "[]")[0].input_schema,
  }));
  const turns = ["numbered lines", "diff", "shell log", "paths", "Go", "formatted JSON", "TypeScript", "Python"];
  return {
    system: [{ type: "text", text: prose }],
    tools: [...tools, ...described],
    messages: turns.flatMap((kind, index) => [
      { role: "user" as const, content: `Look at the ${kind} and say what is wrong with it.` },
      {
        role: "assistant" as const,
        content: [
          { type: "text" as const, text: texts["English"] ?? "" },
          { type: "tool_use" as const, id: `toolu_${index}`, name: "Read", input: { file_path: `/src/${kind}.ts` } },
        ],
      },
      {
        role: "user" as const,
        content: [{ type: "tool_result" as const, tool_use_id: `toolu_${index}`, content: texts[kind] ?? "" }],
      },
    ]),
  };
}

const recordings = new URL("../../../../../shared/fixtures/claude-code-requests/", import.meta.url);

/** A recorded request whose blanked-out prose is prose again. */
function recorded(name: string): Countable {
  const { body } = JSON.parse(readFileSync(new URL(name, recordings), "utf8"));
  let at = 0;
  return JSON.parse(JSON.stringify(body), (_, value: unknown) =>
    typeof value === "string"
      ? value.replaceAll(/(?:lorem ipsum dolor sit amet ?)+/gu, ({ length }) => {
          at = at + length > prose.length ? 0 : at + length;
          return prose.repeat(1 + Math.ceil(length / prose.length)).slice(at, at + length);
        })
      : value,
  );
}

type Counted = readonly [estimate: number, text: string];

function counted(request: Countable): Counted {
  const { system, messages, tools } = request;
  return [estimateInputTokens(request), JSON.stringify([system, messages, tools])];
}

/** What lies outside its bound, and by what ratio. */
function outside(
  vocabulary: Vocabulary,
  [under, over]: Bound,
  counts: Record<string, Counted>,
): Record<string, number> {
  const ratios = Object.entries(counts).map(
    ([name, [estimate, text]]) => [name, estimate / tokenizers[vocabulary](text)] as const,
  );
  return Object.fromEntries(ratios.filter(([, ratio]) => ratio < 1 - under / 100 || ratio > 1 + over / 100));
}

beforeAll(() => {
  // Reading the vocabularies takes seconds.
  for (const count of Object.values(tokenizers)) count("a");
}, 60_000);

describe.each(vocabularies)(
  "against the vocabulary of %s",
  (vocabulary) => {
    test.each(kinds)("CT-02: estimateTokens keeps to its bound on $kind", ({ names, bounds }) => {
      const counts = names.map((name) => [name, [estimateTokens(texts[name] ?? ""), texts[name] ?? ""]]);
      expect(outside(vocabulary, bounds[vocabulary], Object.fromEntries(counts))).toEqual({});
    });

    test("CT-02: estimateInputTokens keeps to its bound on a session with tools, files and logs", () => {
      const counts = { session: counted(session()) };
      expect(outside(vocabulary, boundsOfRequests[vocabulary], counts)).toEqual({});
    });

    test.skipIf(!existsSync(recordings))("CT-02: estimateInputTokens keeps to its bound on recorded requests", () => {
      const names = ["count-tokens-tools.json", "first-request-haiku-4-5.json", "tool-result-turn.json"];
      const counts = names.map((name) => [name, counted(recorded(name))]);
      expect(outside(vocabulary, boundsOfRequests[vocabulary], Object.fromEntries(counts))).toEqual({});
    });
  },
  30_000,
);

test("the rough estimate of a session is within an eighth of the careful one", () => {
  const request = { ...session(), model: "m", max_tokens: 1 };
  const estimates = inputEstimates(request, JSON.stringify(request).length);
  expect(Math.abs(estimates.roughInputTokens() / estimates.inputTokens() - 1)).toBeLessThan(1 / 8);
});
