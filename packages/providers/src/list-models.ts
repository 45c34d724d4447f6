import type { DialectName } from "@drawbridge/translator";
import { ProviderError } from "./errors.ts";
import type { Provider } from "./provider.ts";
import { readBody } from "./read-body.ts";
import { getFromProvider } from "./send-to-provider.ts";
import type { Deadlines } from "./transport.ts";

/** A model list of some thousand entries with all their details is below this. */
const maxBytes = 8 * 1024 * 1024;
const maxPages = 20;

/** A listing takes a moment, whatever patience the models themselves deserve. */
const patience: Deadlines = { connectMs: 10_000, firstByteMs: 15_000, idleMs: 15_000, totalMs: 30_000 };

/**
 * Asks a provider for the names of its models, in its own order. Reads the shapes of OpenAI (also Ollama, vLLM,
 * LM Studio), of Anthropic with its pages, of Amazon Bedrock, and a bare array. Throws a ProviderError when there is no usable answer.
 */
export async function listModels(provider: Provider, signal: AbortSignal): Promise<string[]> {
  const names = new Set<string>();
  for (const url of provider.modelListUrls) {
    for await (const name of pages({ provider, url, signal })) names.add(name);
  }
  return [...names];
}

/** One list of models at a provider. */
interface List {
  readonly provider: Provider;
  readonly url: string;
  readonly signal: AbortSignal;
}

async function* pages(list: List): AsyncGenerator<string> {
  let after: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await fetchPage(list, after);
    yield* answer.names;
    if (answer.next === undefined || answer.next === after) break;
    after = answer.next;
  }
}

interface Page {
  readonly names: readonly string[];
  /** Id after which the next page begins. */
  readonly next: string | undefined;
}

/** What asks for as many models at once as may be: Anthropic's limit (beside after_id) and Gemini's pageSize go to 1000. */
const wholeList: Readonly<Partial<Record<DialectName, string>>> = {
  "anthropic-messages": "?limit=1000",
  gemini: "?pageSize=1000",
};

async function fetchPage({ provider, url, signal }: List, after: string | undefined): Promise<Page> {
  const [credential] = provider.credentials;
  const endpoint = provider.endpoint("", credential);
  const { dialect } = endpoint;
  const deadlines = shorter(provider.deadlines, patience);
  const whole = url.includes("?") ? "" : (wholeList[dialect.name] ?? "");
  const from =
    after === undefined ? "" : `${url.includes("?") || whole !== "" ? "&" : "?"}after_id=${encodeURIComponent(after)}`;
  const request = { endpoint, credential, url: `${url}${whole}${from}`, deadlines, signal };
  const reply = await getFromProvider(provider, request);
  const text = new TextDecoder().decode(await readBody(reply.body, maxBytes));
  if (reply.status !== 200) {
    throw new ProviderError(dialect.readFailure({ status: reply.status, headers: reply.headers, body: text }));
  }
  return readPage(parsed(text, provider.name));
}

function shorter(one: Deadlines, other: Deadlines): Deadlines {
  return {
    connectMs: Math.min(one.connectMs, other.connectMs),
    firstByteMs: Math.min(one.firstByteMs, other.firstByteMs),
    idleMs: Math.min(one.idleMs, other.idleMs),
    totalMs: Math.min(one.totalMs, other.totalMs),
  };
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = `${name} answered the listing of its models with something other than JSON`;
    throw new ProviderError({ kind: "malformed", message, status: 200 }, { cause: error });
  }
}

function readPage(answer: unknown): Page {
  if (Array.isArray(answer)) return { names: namesOf(answer), next: undefined };
  if (!isRecord(answer)) return { names: [], next: undefined };
  const list = answer["data"] ?? answer["models"] ?? answer["modelSummaries"];
  const last = answer["last_id"];
  const next = answer["has_more"] === true && typeof last === "string" ? last : undefined;
  return { names: Array.isArray(list) ? namesOf(list) : [], next };
}

function namesOf(list: readonly unknown[]): string[] {
  return list.flatMap((item) => {
    if (isRecord(item) && !generates(item["supportedGenerationMethods"])) return [];
    const name = isRecord(item) ? (item["id"] ?? item["modelId"] ?? item["name"]) : item;
    // Gemini lists "models/gemini-…" and takes the short name.
    return typeof name === "string" && name !== "" ? [name.replace(/^models\//, "")] : [];
  });
}

/** Gemini lists models that make vectors, pictures or films beside those that answer. */
function generates(methods: unknown): boolean {
  return !Array.isArray(methods) || methods.includes("generateContent");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
