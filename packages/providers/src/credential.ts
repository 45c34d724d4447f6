import type { Secret } from "./secret.ts";
import type { Call, Reply } from "./transport.ts";

/** Headers that authorise a call; names in lower case. */
export type AuthHeaders = Readonly<Record<string, string>>;

/**
 * Makes the headers that authorise one call, whose other headers and body are final. Answers at once where nothing has
 * to be fetched. Throws a ProviderError `unauthenticated` that names the setting when there is nothing to authorise with.
 */
export type Authorize = (call: Call, signal: AbortSignal) => AuthHeaders | Promise<AuthHeaders>;

/** What authorises calls. */
export interface Authority {
  readonly authorize: Authorize;
  /** Told of an answer of status 401 or 403: what authorised the call may hold no longer. */
  readonly refused?: (reply: Pick<Reply, "headers">) => void;
}

/** One of the credentials with which a provider can be asked. */
export interface Credential extends Authority {
  /** Unique at its provider; stands in logs and records. */
  readonly name: string;
  /** Its share of the sessions, beside the weights of the others. */
  readonly weight: number;
  /** Where its calls go, when that is another region than the provider's. */
  readonly region: string | undefined;
  /** True for the models that may be asked for with it. */
  serves(model: string): boolean;
}

/** How calls to AWS are authorised without an API key of Bedrock's own. Everything left out is found by the AWS SDK's own rules. */
export interface AwsCredentialSettings {
  /** A profile of the shared configuration files, SSO and assumed roles in it included. */
  readonly profile?: string | undefined;
  readonly accessKeyId?: Secret | undefined;
  readonly secretAccessKey?: Secret | undefined;
  readonly sessionToken?: Secret | undefined;
  /** A role to be assumed with whatever else is given. */
  readonly roleArn?: string | undefined;
  readonly externalId?: Secret | undefined;
  readonly roleSessionName?: string | undefined;
}

/** How calls to Google Cloud are authorised. Everything left out is found by Application Default Credentials. */
export interface GoogleCredentialSettings {
  /** The path of a key file or of a workload identity configuration. */
  readonly keyFile?: string | undefined;
  /** The content of such a file. */
  readonly key?: Secret | undefined;
  /** A service account that is impersonated with whatever else is given. */
  readonly impersonate?: string | undefined;
}

/** How calls to Azure are authorised by Entra ID. Everything left out is found by `DefaultAzureCredential`. */
export interface AzureCredentialSettings {
  readonly tenantId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: Secret | undefined;
  /** True for a managed identity: the system's own, or that of `clientId`. */
  readonly managedIdentity?: boolean | undefined;
}

/** What configuration says of one credential. */
export interface CredentialSettings {
  readonly name?: string | undefined;
  /** Greater than 0; 1 when left out. */
  readonly weight?: number | undefined;
  /** Globs of the provider's own model names that it serves; all when left out. */
  readonly models?: readonly string[] | undefined;
  readonly region?: string | undefined;
  readonly apiKey?: Secret | undefined;
  readonly aws?: AwsCredentialSettings | undefined;
  readonly google?: GoogleCredentialSettings | undefined;
  readonly azure?: AzureCredentialSettings | undefined;
}

/** Where a cloud's credential is used. */
export interface CloudContext {
  readonly region: string | undefined;
  /** For messages: `providers.bedrock`. */
  readonly path: string;
  /** What a token must be for, where that is not the same for the whole cloud. */
  readonly tokenScope?: string | undefined;
}

/** Makes what authorises calls to one cloud. Opens no connection and loads no library before the first call. */
export type Cloud = (settings: CredentialSettings, context: CloudContext) => Authority;
