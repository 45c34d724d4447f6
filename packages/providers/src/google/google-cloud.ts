import type { AuthClient, JWTInput } from "google-auth-library";
import { readFile } from "node:fs/promises";
import type { AuthHeaders, Cloud, GoogleCredentialSettings } from "../credential.ts";
import { keepFresh, type Perishable } from "../keep-fresh.ts";
import { noCredentials } from "../no-credentials.ts";

const scopes = ["https://www.googleapis.com/auth/cloud-platform"];
const lifetimeSeconds = 3_600;

/** Where the time comes from and the token requests go, if not from the machine and to Google. */
export interface GoogleCloudOptions {
  /** Sends what is asked of Google's token services; the metadata server of an instance is asked without it. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/**
 * Authorises calls to Google Cloud with access tokens: of the key or workload identity that settings name, else of
 * Application Default Credentials, and of a service account impersonated with those. Tokens are kept and renewed. Needs
 * `google-auth-library`, loaded with the first call.
 */
export function googleCloud({ fetch, now = Date.now }: GoogleCloudOptions = {}): Cloud {
  return ({ google = {} }, { path }) => {
    let client: Promise<TokenSource> | undefined;
    const token = keepFresh<AuthHeaders>({
      async fetch() {
        client ??= createClient(google, { path, fetch });
        return readHeaders(await client);
      },
      failure(error) {
        // A file that was missing may have been put there since.
        client = undefined;
        return noCredentials("Google Cloud", path, error);
      },
      now,
    });
    return { authorize: (_, signal) => token.get(signal), refused: token.renew };
  };
}

interface TokenSource {
  getRequestHeaders(): Promise<Headers>;
  readonly credentials: { readonly expiry_date?: number | null };
}

interface ClientParts extends Pick<GoogleCloudOptions, "fetch"> {
  readonly path: string;
}

async function createClient(settings: GoogleCredentialSettings, parts: ClientParts): Promise<TokenSource> {
  const library = await import("google-auth-library");
  const source = await createSource(settings, parts, library);
  const { impersonate } = settings;
  if (impersonate === undefined) return source;
  return new library.Impersonated({
    sourceClient: source,
    targetPrincipal: impersonate,
    targetScopes: scopes,
    delegates: [],
    lifetime: lifetimeSeconds,
  });
}

async function createSource(
  { keyFile, key }: GoogleCredentialSettings,
  { path, fetch }: ClientParts,
  { GoogleAuth, JWT }: typeof import("google-auth-library"),
): Promise<AuthClient> {
  const client = { ...(fetch !== undefined && { transporterOptions: { fetchImplementation: fetch } }) };
  const text = keyFile === undefined ? key?.reveal() : await readFile(keyFile, "utf8");
  const credentials = text === undefined ? undefined : parseKey(text, path);
  if (credentials?.type === "service_account") {
    const account = new JWT({ scopes, ...client });
    account.fromJSON(credentials);
    return account;
  }
  const auth = new GoogleAuth({
    scopes,
    // Whatever it is: without one the library runs gcloud and asks around for seconds, and nothing here reads it.
    projectId: "none",
    clientOptions: client,
    ...(credentials !== undefined && { credentials }),
  });
  return auth.getClient();
}

/** Its error is our own, because that of JSON.parse quotes the text. */
function parseKey(text: string, path: string): JWTInput {
  try {
    const key: unknown = JSON.parse(text);
    if (typeof key === "object" && key !== null) return key;
  } catch {
    // Told below.
  }
  throw noCredentials("Google Cloud", path, "the key is not the JSON of a key file");
}

async function readHeaders(client: TokenSource): Promise<Perishable<AuthHeaders>> {
  const value = Object.fromEntries(await client.getRequestHeaders());
  return { value, endsMs: client.credentials.expiry_date ?? undefined };
}
