import { expect, test } from "vitest";
import { type ConfigLoad, loadConfig } from "./load-config.ts";
import { formatProblem } from "./problem.ts";

async function load(search: string): Promise<ConfigLoad> {
  const readFile = (): Promise<string> => Promise.reject(new Error("no file is read"));
  const env = { BRAVE_API_KEY: "BSA-0123456789" };
  return loadConfig(`search: ${search}`, { env, readFile, fileName: "drawbridge.yaml", kinds: [] });
}

async function problemsOf(search: string): Promise<string> {
  const result = await load(search);
  return result.ok ? "" : result.problems.map((problem) => formatProblem(problem, "drawbridge.yaml")).join("\n");
}

test("an engine of one's own needs its address alone", async () => {
  const result = await load("{ kind: searxng, baseUrl: http://127.0.0.1:8888 }");
  expect(result).toMatchObject({
    ok: true,
    config: { search: { kind: "searxng", baseUrl: "http://127.0.0.1:8888", maxResults: 8 } },
  });
});

test("a service needs its key, which may come from the environment and is shown nowhere", async () => {
  const result = await load('{ kind: brave, apiKey: "${BRAVE_API_KEY}", maxResults: 3 }');
  expect(result.ok && result.config.search?.apiKey?.reveal()).toBe("BSA-0123456789");
  expect(JSON.stringify(result)).not.toContain("BSA-0123456789");
});

test("without a search engine there is none", async () => {
  const result = await loadConfig("server: {}", {
    env: {},
    readFile: () => Promise.reject(new Error("no file is read")),
    fileName: "drawbridge.yaml",
    kinds: [],
  });
  expect(result.ok && result.config.search).toBeUndefined();
});

test.each([
  ["{ kind: brave }", /search\.apiKey.*"brave"|apiKey/],
  ['{ kind: tavily, apiKey: "" }', /apiKey/],
  ["{ kind: searxng }", /baseUrl/],
  ["{ kind: searxng, baseUrl: 'ftp://host' }", /baseUrl.*http:\/\//],
  ["{ kind: searxng, baseUrl: 'http://user:pass@host' }", /baseUrl/],
  ["{ kind: searxng, baseUrl: 'http://169.254.169.254' }", /baseUrl.*metadata/],
  ["{ kind: bing }", /kind.*searxng/],
  ["{ kind: brave, apiKey: k, maxResults: 99 }", /maxResults/],
])("%s is refused with the setting's name", async (search, message) => {
  expect(await problemsOf(search)).toMatch(message);
});
