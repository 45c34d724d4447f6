import type { AuthHeaders, Cloud, GoogleCredentialSettings } from "../credential.ts";
import { noCredentials } from "../no-credentials.ts";

const scopes = ["https://www.googleapis.com/auth/cloud-platform"];
const lifetimeSeconds = 3_600;

/**
 * Authorises calls to Google Cloud with access tokens: of the key or workload identity that settings name, else of
 * Application Default Credentials, and of a service account impersonated with those. Tokens are kept and renewed by
 * `google-auth-library`, which is loaded with the first call.
 */
export function googleCloud(): Cloud {
  return (settings, { path }) => {
    let client: Promise<TokenSource> | undefined;
    return async () => {
      try {
        client ??= createClient(settings.google ?? {}, path);
        return await headersOf(await client);
      } catch (error) {
        // A file that was missing may have been put there since.
        client = undefined;
        throw noCredentials("Google Cloud", path, error);
      }
    };
  };
}

interface TokenSource {
  getRequestHeaders(): Promise<Headers>;
}

async function createClient(
  { keyFile, key, impersonate }: GoogleCredentialSettings,
  path: string,
): Promise<TokenSource> {
  const { GoogleAuth, Impersonated } = await import("google-auth-library");
  const auth = new GoogleAuth({
    scopes,
    ...(keyFile !== undefined && { keyFilename: keyFile }),
    ...(key !== undefined && { credentials: parseKey(key.reveal(), path) }),
  });
  const source = await auth.getClient();
  if (impersonate === undefined) return source;
  return new Impersonated({
    sourceClient: source,
    targetPrincipal: impersonate,
    targetScopes: scopes,
    delegates: [],
    lifetime: lifetimeSeconds,
  });
}

/** Its error is our own, because that of JSON.parse quotes the text. */
function parseKey(text: string, path: string): object {
  try {
    const key: unknown = JSON.parse(text);
    if (typeof key === "object" && key !== null) return key;
  } catch {
    // Told below.
  }
  throw noCredentials("Google Cloud", path, "google.key is not the JSON of a key file");
}

async function headersOf(client: TokenSource): Promise<AuthHeaders> {
  return Object.fromEntries(await client.getRequestHeaders());
}
