import type { TokenCredential } from "@azure/identity";
import type { AzureCredentialSettings, Cloud } from "../credential.ts";
import { noCredentials } from "../no-credentials.ts";

// Source: Microsoft Learn, "How to configure Azure OpenAI with Microsoft Entra ID authentication".
const scope = "https://cognitiveservices.azure.com/.default";

/** What Azure's credentials are made with beside settings. */
export interface AzureCloudOptions {
  /** Makes the credential, instead of `@azure/identity`. */
  readonly credentialFor?: (settings: AzureCredentialSettings) => TokenCredential;
}

/**
 * Authorises calls to Azure with tokens of Entra ID: of the application or managed identity that settings name, else of
 * `DefaultAzureCredential` (environment, workload identity, managed identity, developer tools). Tokens are kept and
 * renewed by `@azure/identity`, which is loaded with the first call.
 */
export function azureCloud({ credentialFor }: AzureCloudOptions = {}): Cloud {
  return (settings, { path }) => {
    let token: Promise<() => Promise<string>> | undefined;
    return async () => {
      const { tenantId, clientId, clientSecret } = settings.azure ?? {};
      if (clientSecret !== undefined && (tenantId === undefined || clientId === undefined)) {
        throw noCredentials("Azure", path, "a client secret needs tenantId and clientId");
      }
      try {
        token ??= createTokenSource(settings.azure ?? {}, credentialFor);
        return { authorization: `Bearer ${await (await token)()}` };
      } catch (error) {
        throw noCredentials("Azure", path, error);
      }
    };
  };
}

async function createTokenSource(
  settings: AzureCredentialSettings,
  credentialFor: AzureCloudOptions["credentialFor"],
): Promise<() => Promise<string>> {
  const library = await import("@azure/identity");
  return library.getBearerTokenProvider(credentialFor?.(settings) ?? createCredential(settings, library), scope);
}

function createCredential(
  { tenantId, clientId, clientSecret, managedIdentity }: AzureCredentialSettings,
  library: typeof import("@azure/identity"),
): TokenCredential {
  const { ClientSecretCredential, DefaultAzureCredential, ManagedIdentityCredential } = library;
  if (clientSecret !== undefined && tenantId !== undefined && clientId !== undefined) {
    return new ClientSecretCredential(tenantId, clientId, clientSecret.reveal());
  }
  const identity = clientId === undefined ? {} : { clientId };
  if (managedIdentity === true) return new ManagedIdentityCredential(identity);
  return new DefaultAzureCredential({
    ...(tenantId !== undefined && { tenantId }),
    ...(clientId !== undefined && { managedIdentityClientId: clientId, workloadIdentityClientId: clientId }),
  });
}
