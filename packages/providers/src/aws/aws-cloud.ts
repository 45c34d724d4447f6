import type { AuthHeaders, AwsCredentialSettings, Cloud } from "../credential.ts";
import { noCredentials } from "../no-credentials.ts";
import type { Call } from "../transport.ts";

/** Temporary keys are renewed this long before they end. */
const renewBeforeMs = 300_000;
const service = "bedrock";

/** Where the time and the AWS SDK's own requests go, if not to the machine and to AWS. */
export interface AwsCloudOptions {
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/**
 * Signs calls to Amazon Bedrock (Signature Version 4) with the keys that settings name or, where they name none, that
 * the AWS SDK's own rules find: environment, SSO, profiles, web identity (IRSA), container and instance roles. Temporary
 * keys are kept and renewed. Needs `@aws-sdk/credential-providers`, `@smithy/signature-v4`, `@smithy/hash-node` and
 * `@smithy/property-provider`, loaded with the first call.
 */
export function awsCloud({ now = Date.now }: AwsCloudOptions = {}): Cloud {
  return (settings, { region, path }) => {
    let signing: Promise<Sign> | undefined;
    return async (call) => {
      try {
        signing ??= createSigner(settings.aws ?? {}, { region: region ?? "us-east-1", now });
        return await (
          await signing
        )(call);
      } catch (error) {
        const profile = settings.aws?.profile;
        throw noCredentials("AWS", profile === undefined ? path : `${path} (profile "${profile}")`, error);
      }
    };
  };
}

type Sign = (call: Call) => Promise<AuthHeaders>;

async function createSigner(
  settings: AwsCredentialSettings,
  { region, now }: { readonly region: string; readonly now: () => number },
): Promise<Sign> {
  const [{ SignatureV4 }, { Hash }, { memoize }] = await Promise.all([
    import("@smithy/signature-v4"),
    import("@smithy/hash-node"),
    import("@smithy/property-provider"),
  ]);
  const found = await findKeys(settings, region);
  const credentials = memoize(
    found,
    ({ expiration }) => expiration !== undefined && expiration.getTime() - now() < renewBeforeMs,
    ({ expiration }) => expiration !== undefined,
  );
  const signer = new SignatureV4({ service, region, credentials, sha256: Hash.bind(null, "sha256") });
  return async (call) => {
    const { headers } = await signer.sign(requestOf(call), { signingDate: new Date(now()) });
    return authHeaders(headers);
  };
}

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

async function findKeys(settings: AwsCredentialSettings, region: string): Promise<() => Promise<Keys>> {
  const { profile, accessKeyId, secretAccessKey, sessionToken, roleArn, externalId, roleSessionName } = settings;
  const { fromNodeProviderChain, fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
  const clientConfig = { region };
  const keys = {
    accessKeyId: accessKeyId?.reveal() ?? "",
    secretAccessKey: secretAccessKey?.reveal() ?? "",
    ...(sessionToken !== undefined && { sessionToken: sessionToken.reveal() }),
  };
  const chain = fromNodeProviderChain({ clientConfig, ...(profile !== undefined && { profile }) });
  const base = accessKeyId === undefined ? () => chain() : () => Promise.resolve(keys);
  if (roleArn === undefined) return base;
  const assume = fromTemporaryCredentials({
    masterCredentials: base,
    clientConfig,
    params: {
      RoleArn: roleArn,
      RoleSessionName: roleSessionName ?? "drawbridge",
      ...(externalId !== undefined && { ExternalId: externalId.reveal() }),
    },
  });
  return () => assume();
}

/** Only the headers that settings and proxies leave alone are signed. */
function requestOf({ method, url, headers, body }: Call): Parameters<SigningClient["sign"]>[0] {
  const { protocol, hostname, port, pathname, searchParams, host } = new URL(url);
  return {
    method,
    protocol,
    hostname,
    ...(port !== "" && { port: Number(port) }),
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: { host, ...(headers["content-type"] !== undefined && { "content-type": headers["content-type"] }) },
    ...(body !== undefined && { body }),
  };
}

type SigningClient = InstanceType<(typeof import("@smithy/signature-v4"))["SignatureV4"]>;

const signed = ["authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"];

function authHeaders(headers: Readonly<Record<string, string>>): AuthHeaders {
  return Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => signed.includes(name)),
  );
}
