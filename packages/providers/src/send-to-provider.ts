import type { DialectName } from "@drawbridge/translator";
import type { Provider } from "./provider.ts";
import type { Reply } from "./transport.ts";

/** One request to a provider, already in its dialect. */
export interface ProviderRequest {
  /** A path of the provider's dialect, e.g. `provider.dialect.paths.create`. */
  readonly path: string;
  readonly body: Uint8Array;
  /** The client's query string with or without its `?`; passed on only where the client's own dialect is spoken. */
  readonly query?: string | undefined;
  /** The client's headers, names in lower case; only those that the dialect passes on leave the gateway. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Aborting it closes the connection to the provider. */
  readonly signal: AbortSignal;
}

/**
 * Sends a request to a provider and gives the head of its answer, whatever its status.
 * Throws a ProviderError when there is no answer at all.
 */
export function sendToProvider(provider: Provider, request: ProviderRequest): Promise<Reply> {
  const { dialect, baseUrl, authHeaders, deadlines, transport } = provider;
  const { path, body, query, headers, signal } = request;
  const custom = customs[dialect.name];
  const sent: Record<string, string> = { ...custom.headers };
  for (const name of dialect.forwardedHeaders) {
    const value = headers[name];
    if (value !== undefined) sent[name] = typeof value === "string" ? value : value.join(", ");
  }
  // Last, so that no client can replace the credential.
  Object.assign(sent, authHeaders);
  const suffix = custom.takesQuery ? queryString(query) : "";
  return transport.send({ method: "POST", url: `${baseUrl}${path}${suffix}`, headers: sent, body, deadlines }, signal);
}

/** What each wire format wants in every request beside its body. */
const customs: Record<
  DialectName,
  { readonly headers: Readonly<Record<string, string>>; readonly takesQuery: boolean }
> = {
  "anthropic-messages": {
    // Source: Anthropic docs, "Versions": the header is required. A client's own value goes over it.
    headers: { "content-type": "application/json", accept: "application/json", "anthropic-version": "2023-06-01" },
    takesQuery: true,
  },
  gemini: {
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    takesQuery: false,
  },
  "bedrock-converse": {
    headers: { "content-type": "application/json", accept: "application/json, application/vnd.amazon.eventstream" },
    takesQuery: false,
  },
  "openai-chat": {
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    takesQuery: false,
  },
  "openai-responses": {
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    takesQuery: false,
  },
};

/** Headers of a request that has no body, such as a listing of models. */
export function protocolHeaders(provider: Provider): Readonly<Record<string, string>> {
  const { "content-type": _type, ...headers } = customs[provider.dialect.name].headers;
  return { ...headers, ...provider.authHeaders };
}

function queryString(query: string | undefined): string {
  if (query === undefined || query === "" || query === "?") return "";
  return query.startsWith("?") ? query : `?${query}`;
}
