import type { AuthHeaders, Authorize, Credential } from "./credential.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Provider } from "./provider.ts";
import type { Call, Deadlines, Reply } from "./transport.ts";

/** One request to a provider, already in its dialect. */
export interface ProviderRequest {
  /** From `provider.endpoint(model, credential)`. */
  readonly endpoint: Endpoint;
  readonly credential: Credential;
  /** A path of the endpoint's dialect, e.g. `endpoint.dialect.paths.create`. */
  readonly path: string;
  readonly body: Uint8Array;
  /** The client's query string with or without its `?`; passed on only where the client's own dialect is spoken. */
  readonly query?: string | undefined;
  /** The client's headers, names in lower case; only those that the dialect passes on leave the gateway. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** What `anthropic-beta` says instead of the client's own; nothing when empty. */
  readonly betaHeader?: string | undefined;
  /** Where they differ from the provider's. */
  readonly deadlines?: Deadlines | undefined;
  /** As of a {@link Call}. */
  readonly isBilled?: boolean | undefined;
  /** Aborting it closes the connection to the provider. */
  readonly signal: AbortSignal;
}

/**
 * Sends a request to a provider and gives the head of its answer, whatever its status.
 * Throws a ProviderError when there is no answer at all.
 */
export function sendToProvider(provider: Provider, request: ProviderRequest): Promise<Reply> {
  const { endpoint, credential, path, body, query, betaHeader, isBilled, signal } = request;
  const { dialect, baseUrl } = endpoint;
  const headers: Record<string, string> = { ...endpoint.headers };
  for (const name of dialect.forwardedHeaders) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = typeof value === "string" ? value : value.join(", ");
  }
  if (betaHeader === "") delete headers["anthropic-beta"];
  else if (betaHeader !== undefined) headers["anthropic-beta"] = betaHeader;
  const url = `${baseUrl}${path}${joinQueries(endpoint.query, dialect.forwardsQuery === true ? query : undefined)}`;
  const deadlines = request.deadlines ?? provider.deadlines;
  const call: Call = { method: "POST", url, headers, body, deadlines, isBilled };
  const send = (auth: AuthHeaders): Promise<Reply> => {
    // Last, so that no client can replace the credential.
    Object.assign(headers, auth, provider.headers);
    return heard(credential, provider.transport.send(call, signal));
  };
  const auth = authorize(credential, call, signal);
  return auth instanceof Promise ? auth.then(send) : send(auth);
}

/** What a credential throws at once is told like what it throws later. */
function authorize(credential: Credential, ...asked: Parameters<Authorize>): AuthHeaders | Promise<AuthHeaders> {
  try {
    return credential.authorize(...asked);
  } catch (error) {
    return Promise.reject(error);
  }
}

function heard(credential: Credential, sent: Promise<Reply>): Promise<Reply> {
  if (credential.refused === undefined) return sent;
  return sent.then((reply) => {
    if (reply.status === 401 || reply.status === 403) credential.refused?.(reply);
    return reply;
  });
}

/** A request that has no body, such as a listing of models. */
export interface ProviderQuestion extends Pick<ProviderRequest, "endpoint" | "credential" | "signal"> {
  readonly url: string;
  readonly deadlines: Deadlines;
}

/** Asks a provider something. Throws as {@link sendToProvider} does. */
export async function getFromProvider(provider: Provider, question: ProviderQuestion): Promise<Reply> {
  const { endpoint, credential, url, deadlines, signal } = question;
  const { "content-type": _type, ...headers } = endpoint.headers;
  const call: Call = { method: "GET", url, headers, deadlines };
  Object.assign(headers, await credential.authorize(call, signal), provider.headers);
  return heard(credential, provider.transport.send(call, signal));
}

function joinQueries(own: string, given: string | undefined): string {
  if (given === undefined || given === "" || given === "?") return own;
  const asked = given.startsWith("?") ? given.slice(1) : given;
  return own === "" ? `?${asked}` : `${own}&${asked}`;
}
