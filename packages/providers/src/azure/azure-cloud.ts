import type { DefaultAzureCredentialOptions, TokenCredential } from "@azure/identity";
import type { AuthHeaders, AzureCredentialSettings, Cloud } from "../credential.ts";
import { keepFresh } from "../keep-fresh.ts";
import { noCredentials } from "../no-credentials.ts";

// Source: Microsoft Learn, "How to configure Azure OpenAI with Microsoft Entra ID authentication".
const openaiScope = "https://cognitiveservices.azure.com/.default";

/** What is told to `@azure/identity` whatever the credential: the authority of a cloud of its own, a way through a proxy. */
export type AzureClientOptions = Pick<DefaultAzureCredentialOptions, "authorityHost" | "additionalPolicies">;

/** How credentials are made, and where the time comes from, if not from the machine. */
export interface AzureCloudOptions {
  readonly client?: AzureClientOptions;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/**
 * Authorises calls to Azure with tokens of Entra ID: of the application or managed identity that settings name, else of
 * `DefaultAzureCredential` (environment, workload identity, managed identity, developer tools). Tokens are kept and
 * renewed. Needs `@azure/identity`, loaded with the first call.
 */
export function azureCloud({ client = {}, now = Date.now }: AzureCloudOptions = {}): Cloud {
  return ({ azure = {} }, { path, tokenScope = openaiScope }) => {
    const failure = (error: unknown) => noCredentials("Azure", path, error);
    const half = azure.clientSecret !== undefined && (azure.tenantId === undefined || azure.clientId === undefined);
    let credential: TokenCredential | undefined;
    const token = keepFresh<AuthHeaders>({
      async fetch() {
        credential ??= await createCredential(azure, client);
        const got = await credential.getToken(tokenScope);
        if (got === null) throw failure("no token was given");
        return { value: { authorization: `Bearer ${got.token}` }, endsMs: got.expiresOnTimestamp };
      },
      failure,
      now,
    });
    return {
      authorize(_, signal) {
        if (half) throw failure("a client secret needs tenantId and clientId");
        return token.get(signal);
      },
      refused: token.renew,
    };
  };
}

async function createCredential(
  { tenantId, clientId, clientSecret, managedIdentity }: AzureCredentialSettings,
  client: AzureClientOptions,
): Promise<TokenCredential> {
  const { ClientSecretCredential, DefaultAzureCredential, ManagedIdentityCredential } = await import("@azure/identity");
  if (clientSecret !== undefined && tenantId !== undefined && clientId !== undefined) {
    return new ClientSecretCredential(tenantId, clientId, clientSecret.reveal(), client);
  }
  if (managedIdentity === true) {
    return new ManagedIdentityCredential({ ...client, ...(clientId !== undefined && { clientId }) });
  }
  return new DefaultAzureCredential({
    ...client,
    ...(tenantId !== undefined && { tenantId }),
    ...(clientId !== undefined && { managedIdentityClientId: clientId, workloadIdentityClientId: clientId }),
  });
}
