import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describeRequest } from "./describe-request.ts";
import type { FakeProviderOptions } from "./fake-provider-options.ts";
import { playSteps } from "./play-steps.ts";
import { react } from "./react.ts";
import type { ExchangeEnd, FakeDialect, SeenRequest } from "./seen-request.ts";

/** What the provider would put on its invoice. */
export interface FakeBill {
  readonly completed: number;
  readonly abandoned: number;
  /** Tokens of input of all inference requests that were answered with success, cached ones included. */
  readonly inputTokens: number;
  /** Tokens produced, up to the moment the client left where it did. */
  readonly outputTokens: number;
}

/** A provider on a loopback port that says what a test tells it to, and remembers what it was asked. */
export interface FakeProvider {
  /** Without a path: the base URL of the Anthropic side. */
  readonly url: string;
  /** The base URL of the OpenAI-compatible side, with `/v1`. */
  readonly openaiBaseUrl: string;
  /** What the vendor's own SDK takes as the base URL of a dialect. */
  baseUrlFor(dialect: FakeDialect): string;
  readonly requests: readonly SeenRequest[];
  /** The inference requests among them. */
  readonly calls: readonly SeenRequest[];
  readonly bill: FakeBill;
  /** Number of TCP connections accepted so far. */
  readonly connections: number;
  /** Number of those that are open now. */
  readonly openConnections: number;
  /** Resolves once `enough` says so; asks at each arrival and each end of a request. Rejects after `timeoutMs`. */
  until(enough: (provider: FakeProvider) => boolean, timeoutMs?: number): Promise<void>;
  /** Stops listening and cuts all connections, so that the next attempt is refused. */
  refuseConnections(): Promise<void>;
  /** Listens again on the same port. */
  acceptConnections(): Promise<void>;
  close(): Promise<void>;
}

interface Entry extends SeenRequest {
  call: number;
  abandonedAt: number | undefined;
  producedTokens: number;
  billedInput: number;
  end: (how: ExchangeEnd) => void;
  how: ExchangeEnd | undefined;
}

const basePaths: Readonly<Record<FakeDialect, string>> = {
  "openai-chat": "/v1",
  "openai-responses": "/v1",
  "anthropic-messages": "",
  gemini: "/v1beta",
  "bedrock-converse": "",
};

/** Starts a scripted provider that speaks every dialect on one free loopback port. */
export async function startFakeProvider(options: FakeProviderOptions): Promise<FakeProvider> {
  const entries: Entry[] = [];
  const watchers = new Set<() => void>();
  const changed = (): void => watchers.forEach((watch) => watch());
  let connections = 0;
  let closed = 0;
  let arrived = 0;

  const server = createServer((request, response) => {
    response.on("error", () => undefined);
    const index = arrived;
    arrived += 1;
    const exchange = async (): Promise<void> => {
      const entry = await receive(request, index);
      entry.call = entries.filter(({ operation }) => operation === entry.operation).length;
      entries.push(entry);
      changed();
      await answer(entry, response, options);
      changed();
    };
    exchange().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.keepAliveTimeout = options.keepAliveMs ?? 60_000;
  server.requestTimeout = 0;
  server.on("connection", (socket) => {
    connections += 1;
    socket.once("close", () => (closed += 1));
  });
  server.on("clientError", (_, socket) => socket.destroy());

  const port = await listen(server, 0);
  const url = `http://127.0.0.1:${port}`;
  const provider: FakeProvider = {
    url,
    openaiBaseUrl: `${url}${basePaths["openai-chat"]}`,
    baseUrlFor: (dialect) => `${url}${basePaths[dialect]}`,
    requests: entries,
    get calls() {
      return entries.filter((entry) => entry.operation === "create");
    },
    get bill() {
      return billOf(entries);
    },
    get connections() {
      return connections;
    },
    get openConnections() {
      return connections - closed;
    },
    until: (enough, timeoutMs = 30_000) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          clearTimeout(timer);
          watchers.delete(watch);
        };
        const watch = (): void => {
          if (!enough(provider)) return;
          stop();
          resolve();
        };
        const timer = setTimeout(() => {
          stop();
          reject(new Error(`the fake provider waited ${timeoutMs} ms in vain; it saw ${entries.length} requests`));
        }, timeoutMs);
        watchers.add(watch);
        watch();
      }),
    refuseConnections: () => shut(server),
    acceptConnections: async () => void (await listen(server, port)),
    close: () => shut(server),
  };
  return provider;
}

async function receive(request: IncomingMessage, index: number): Promise<Entry> {
  const at = performance.now();
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  const raw = Buffer.concat(chunks);
  const body = parseJson(raw);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const path = request.url ?? "/";
  const { promise: ended, resolve } = Promise.withResolvers<ExchangeEnd>();
  const entry: Entry = {
    index,
    call: 0,
    method: request.method ?? "GET",
    path,
    headers,
    raw,
    body,
    ...describeRequest(path, headers, body),
    at,
    abandonedAt: undefined,
    producedTokens: 0,
    billedInput: 0,
    ended,
    how: undefined,
    end(how) {
      entry.how ??= how;
      resolve(entry.how);
    },
  };
  return entry;
}

async function answer(entry: Entry, response: ServerResponse, options: FakeProviderOptions): Promise<void> {
  const left = new AbortController();
  let own = false;
  response.once("close", () => {
    if (response.writableFinished || own) return;
    entry.abandonedAt = performance.now();
    entry.end("abandoned");
    left.abort();
  });
  const { steps, usage } = await react(entry, options);
  entry.billedInput = usage === undefined ? 0 : usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  await playSteps(steps, response, {
    signal: left.signal,
    onBreak: () => (own = true),
    onShare: (share) => (entry.producedTokens = Math.ceil(share * (usage?.outputTokens ?? 0))),
  });
  entry.end("completed");
}

function billOf(entries: readonly Entry[]): FakeBill {
  const calls = entries.filter((entry) => entry.operation === "create");
  return {
    completed: calls.filter((entry) => entry.how === "completed").length,
    abandoned: calls.filter((entry) => entry.how === "abandoned").length,
    inputTokens: calls.reduce((sum, entry) => sum + entry.billedInput, 0),
    outputTokens: calls.reduce((sum, entry) => sum + entry.producedTokens, 0),
  };
}

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString("utf8"));
  } catch {
    return undefined;
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

async function shut(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
