import { ProviderError } from "./errors.ts";
import type { Provider } from "./provider.ts";
import { readBody } from "./read-body.ts";
import { type ModelPage, readModelPage } from "./read-model-page.ts";
import { getFromProvider } from "./send-to-provider.ts";
import type { Deadlines } from "./transport.ts";

/** A model list of some thousand entries with all their details is below this. */
const maxBytes = 8 * 1024 * 1024;
const maxPages = 20;

/** A listing takes a moment, whatever patience the models themselves deserve. */
const patience: Deadlines = { connectMs: 10_000, firstByteMs: 15_000, idleMs: 15_000, totalMs: 30_000 };

/**
 * Asks a provider for the names of its models, in its own order, page after page and whatever the shape of its lists.
 * Leaves out what the list itself says to write no text. Throws a ProviderError when there is no usable answer.
 */
export async function listModels(provider: Provider, signal: AbortSignal): Promise<string[]> {
  const names = new Set<string>();
  let failure: unknown;
  for (const url of provider.modelListUrls) {
    try {
      for await (const name of pages({ provider, url, signal })) names.add(name);
    } catch (error) {
      // A credential may be allowed to read one of several lists only.
      failure ??= error;
    }
  }
  if (failure !== undefined && names.size === 0) throw failure;
  return [...names];
}

/** One list of models at a provider. */
interface List {
  readonly provider: Provider;
  readonly url: string;
  readonly signal: AbortSignal;
}

async function* pages(list: List): AsyncGenerator<string> {
  let from: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await fetchPage(list, from);
    yield* answer.names;
    if (answer.next === undefined || answer.next === from) break;
    from = answer.next;
  }
}

async function fetchPage({ provider, url, signal }: List, from: string | undefined): Promise<ModelPage> {
  const [credential] = provider.credentials;
  const endpoint = provider.endpoint("", credential);
  const { dialect } = endpoint;
  const deadlines = shorter(provider.deadlines, patience);
  const page = from === undefined ? "" : `${url.includes("?") ? "&" : "?"}${from}`;
  const request = { endpoint, credential, url: `${url}${page}`, deadlines, signal };
  const reply = await getFromProvider(provider, request);
  const text = new TextDecoder().decode(await readBody(reply.body, maxBytes));
  if (reply.status !== 200) {
    throw new ProviderError(dialect.readFailure({ status: reply.status, headers: reply.headers, body: text }));
  }
  return readModelPage(parsed(text, provider.name));
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
