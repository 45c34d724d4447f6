import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Secret } from "@drawbridge/providers";
import { undiciTransport } from "@drawbridge/providers/node";
import type { SearchOutcome, SearchQuery } from "@drawbridge/translator";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createWebSearch, type SearchSettings } from "./create-web-search.ts";

interface Asked {
  readonly url: URL;
  readonly method: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

const transport = undiciTransport();
let server: Server;
let baseUrl = "";
let asked: Asked[] = [];
let answer: { readonly status: number; readonly body: string } = { status: 200, body: "{}" };
let failures: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      const { method = "", headers } = request;
      const url = new URL(request.url ?? "", baseUrl);
      asked.push({ url, method, headers, body: Buffer.concat(chunks).toString("utf8") });
      response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  baseUrl = `http://127.0.0.1:${port}`;
});
beforeEach(() => {
  asked = [];
  failures = [];
});
afterAll(async () => {
  await transport.close();
  server.closeAllConnections();
  server.close();
});

const plain: SearchQuery = { query: "current node", allowedDomains: [], blockedDomains: [], userLocation: undefined };

function search(settings: Partial<SearchSettings>, query: Partial<SearchQuery> = {}): Promise<SearchOutcome> {
  const full: SearchSettings = { kind: "searxng", baseUrl, maxResults: 5, ...settings };
  const find = createWebSearch(full, { transport, onFailure: (reason) => void failures.push(reason) });
  return find({ ...plain, ...query }, AbortSignal.timeout(5_000));
}

describe("SearXNG", () => {
  const found = {
    query: "current node",
    number_of_results: 2,
    results: [
      { url: "https://nodejs.org/en", title: "Node.js", content: "v24 is LTS.", publishedDate: "2026-11-01T00:00:00" },
      { url: "https://example.com/", title: "", content: "" },
      { url: "magnet:?xt=1", title: "A torrent", content: "no page" },
      { title: "no address" },
    ],
  };

  test("is asked for JSON, and its results are read", async () => {
    answer = { status: 200, body: JSON.stringify(found) };
    expect(await search({})).toEqual({
      ok: true,
      results: [
        { url: "https://nodejs.org/en", title: "Node.js", text: "v24 is LTS.", pageAge: "2026-11-01T00:00:00" },
        { url: "https://example.com/", title: "https://example.com/", text: "", pageAge: undefined },
      ],
    });
    expect(asked).toMatchObject([{ method: "GET", url: { pathname: "/search" } }]);
    expect(Object.fromEntries(asked[0]?.url.searchParams ?? [])).toEqual({ q: "current node", format: "json" });
    expect(asked[0]?.headers.authorization).toBeUndefined();
  });

  test("is told the sites in the operators that engines know", async () => {
    await search({}, { allowedDomains: ["nodejs.org", "github.com"], blockedDomains: ["x.com"] });
    expect(asked[0]?.url.searchParams.get("q")).toBe("current node (site:nodejs.org OR site:github.com) -site:x.com");
  });

  test("gives no more results than wanted, and no endless ones", async () => {
    const long = { ...found.results[0], content: "x".repeat(10_000) };
    answer = { status: 200, body: JSON.stringify({ results: [long, ...found.results] }) };
    const outcome = await search({ maxResults: 1 });
    expect(outcome).toMatchObject({ ok: true, results: [{ title: "Node.js" }] });
    expect(outcome.ok ? outcome.results[0]?.text.length : 0).toBeLessThan(4_100);
  });
});

describe("Brave Search", () => {
  const brave = { kind: "brave", apiKey: new Secret("BSA-key") } as const;

  test("is asked with its token and the user's country, and its snippets are joined", async () => {
    const page = {
      url: "https://nodejs.org/en",
      title: "Node.js",
      description: "v24 is LTS.",
      extra_snippets: ["v26 is current."],
      age: "2 days ago",
      page_age: "2026-11-23T00:00:00",
    };
    answer = { status: 200, body: JSON.stringify({ type: "search", web: { type: "search", results: [page] } }) };
    expect(await search(brave, { userLocation: { country: "DE" } })).toEqual({
      ok: true,
      results: [{ url: page.url, title: page.title, text: "v24 is LTS.\nv26 is current.", pageAge: "2 days ago" }],
    });
    expect(asked[0]?.headers["x-subscription-token"]).toBe("BSA-key");
    expect(asked[0]?.url.pathname).toBe("/web/search");
    expect(Object.fromEntries(asked[0]?.url.searchParams ?? [])).toMatchObject({ count: "5", country: "DE" });
  });

  test.each([
    ["many characters", "x".repeat(401)],
    ["many words", "x ".repeat(51)],
  ])("is not asked a query of too %s", async (_name, query) => {
    expect(await search(brave, { query })).toEqual({ ok: false, error: "query_too_long" });
    expect(asked).toEqual([]);
  });
});

describe("Tavily", () => {
  test("is posted the query with its sites, and its results are read", async () => {
    const page = {
      url: "https://nodejs.org/en",
      title: "Node.js",
      content: "v24 is LTS.",
      score: 0.9,
      raw_content: null,
    };
    answer = { status: 200, body: JSON.stringify({ query: "current node", results: [page], response_time: 0.4 }) };
    const outcome = await search(
      { kind: "tavily", apiKey: new Secret("tvly-key") },
      { allowedDomains: ["nodejs.org"], blockedDomains: ["x.com"] },
    );
    expect(outcome).toMatchObject({ ok: true, results: [{ title: "Node.js", text: "v24 is LTS." }] });
    expect(asked[0]).toMatchObject({ method: "POST", headers: { authorization: "Bearer tvly-key" } });
    expect(JSON.parse(asked[0]?.body ?? "")).toEqual({
      query: "current node",
      max_results: 5,
      include_domains: ["nodejs.org"],
      exclude_domains: ["x.com"],
    });
  });
});

describe("a search that fails", () => {
  test.each([
    [429, "too_many_requests"],
    [401, "unavailable"],
    [403, "unavailable"],
    [500, "unavailable"],
  ] as const)("with status %i is told as %s, and the key nowhere", async (status, error) => {
    answer = { status, body: JSON.stringify({ error: "the key tvly-secret is wrong" }) };
    const outcome = await search({ kind: "tavily", apiKey: new Secret("tvly-secret") });
    expect(outcome).toEqual({ ok: false, error });
    expect(failures).toHaveLength(1);
    expect(failures.join()).not.toContain("tvly-secret");
  });

  test("with an answer that is not JSON is told as unavailable", async () => {
    answer = { status: 200, body: "<html>" };
    expect(await search({})).toEqual({ ok: false, error: "unavailable" });
    expect(failures).toEqual(['The web search by "searxng" failed: its answer is not JSON.']);
  });

  test("because nobody is there is told as unavailable", async () => {
    expect(await search({ baseUrl: "http://127.0.0.1:1" })).toEqual({ ok: false, error: "unavailable" });
    expect(failures).toHaveLength(1);
  });

  test("because the client has left is no failure of the engine", async () => {
    const find = createWebSearch(
      { kind: "searxng", baseUrl, maxResults: 5 },
      { transport, onFailure: (reason) => void failures.push(reason) },
    );
    expect(await find(plain, AbortSignal.abort())).toEqual({ ok: false, error: "unavailable" });
    expect(failures).toEqual([]);
  });

  test("with an answer of another form gives no results", async () => {
    answer = { status: 200, body: '{"results": {"a": 1}}' };
    expect(await search({})).toEqual({ ok: true, results: [] });
  });
});
