import { type Deadlines, isProviderError, type Reply, type Secret, type Transport } from "@drawbridge/providers";
import type { SearchError, SearchOutcome, SearchQuery, WebSearch } from "@drawbridge/translator";
import { collect } from "../exchange/collect.ts";
import { brave } from "./brave.ts";
import type { SearchEngine } from "./search-engine.ts";
import { searxng } from "./searxng.ts";
import { tavily } from "./tavily.ts";

/** Which search engine is asked, and how. */
export interface SearchSettings {
  readonly kind: keyof typeof searchEngines;
  readonly baseUrl?: string | undefined;
  readonly apiKey?: Secret | undefined;
  readonly maxResults: number;
}

export interface WebSearchParts {
  readonly transport: Transport;
  /** Takes why a search failed, for whoever runs the gateway; never a secret. */
  readonly onFailure: (reason: string) => void;
}

/** The engines that can be configured, by the name of their kind. */
export const searchEngines = { searxng, brave, tavily } as const satisfies Readonly<Record<string, SearchEngine>>;

/** A developer waits for the answer meanwhile. */
const deadlines: Deadlines = { connectMs: 5_000, firstByteMs: 15_000, idleMs: 5_000, totalMs: 20_000 };
const answerLimitBytes = 4 * 1024 * 1024;
/** Of each page; a model reads several of them, and again with every turn that follows. */
const mostChars = 4_000;

/** A web search by an engine. Never rejects: what went wrong is the outcome, in the codes of the Messages API. */
export function createWebSearch(settings: SearchSettings, { transport, onFailure }: WebSearchParts): WebSearch {
  const engine: SearchEngine = searchEngines[settings.kind];
  const baseUrl = (settings.baseUrl ?? engine.baseUrl ?? "").replace(/\/+$/, "");
  const key = settings.apiKey?.reveal();
  const headers = { accept: "application/json", ...(key !== undefined && engine.keyHeader(key)) };
  const failed = (error: SearchError, reason: string): SearchOutcome => {
    onFailure(`The web search by "${settings.kind}" failed: ${reason}`);
    return { ok: false, error };
  };

  return async (query, signal) => {
    if (isTooLong(query, engine)) return { ok: false, error: "query_too_long" };
    const { path, body } = engine.request(query, settings.maxResults);
    const url = `${baseUrl}${path}`;
    try {
      const call =
        body === undefined
          ? { method: "GET" as const, url, headers, deadlines }
          : { method: "POST" as const, url, headers: { ...headers, ...json }, body: encode(body), deadlines };
      const reply = await transport.send(call, signal);
      const refusal = await refusalOf(reply);
      if (refusal !== undefined) return failed(refusal.error, refusal.reason);
      const answer = await readJson(reply);
      if (answer === undefined) return failed("unavailable", "its answer is not JSON.");
      return { ok: true, results: engine.results(answer).slice(0, settings.maxResults).map(shortened) };
    } catch (error) {
      if (!isProviderError(error)) throw error;
      // Whoever left has no use for results, and the engine did nothing wrong.
      if (signal.aborted) return { ok: false, error: "unavailable" };
      return failed("unavailable", `there was no answer (${error.failure.kind}).`);
    }
  };
}

const json = { "content-type": "application/json" };

function encode(body: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(body));
}

function isTooLong({ query }: SearchQuery, { maxQuery }: SearchEngine): boolean {
  if (maxQuery === undefined) return false;
  return query.length > maxQuery.chars || query.trim().split(/\s+/).length > (maxQuery.words ?? Infinity);
}

async function refusalOf(reply: Reply): Promise<{ readonly error: SearchError; readonly reason: string } | undefined> {
  const { status } = reply;
  if (status >= 200 && status < 300) return undefined;
  // Read to its end so that the connection serves again; what it says may repeat the key.
  await collect(reply.body, answerLimitBytes);
  if (status === 429) return { error: "too_many_requests", reason: "too many searches (429)." };
  if (status === 401 || status === 403) {
    return { error: "unavailable", reason: `it refused the key, or answers in JSON (${status}).` };
  }
  return { error: "unavailable", reason: `it answered with status ${status}.` };
}

async function readJson(reply: Reply): Promise<unknown> {
  const body = await collect(reply.body, answerLimitBytes);
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

function shortened<Result extends { readonly text: string }>(result: Result): Result {
  return result.text.length <= mostChars ? result : { ...result, text: `${result.text.slice(0, mostChars)} …` };
}
