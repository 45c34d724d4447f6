import type { AuthHeaders, AwsCredentialSettings, Cloud } from "../credential.ts";
import { keepFresh, type Perishable } from "../keep-fresh.ts";
import { noCredentials } from "../no-credentials.ts";
import type { Call } from "../transport.ts";

const service = "bedrock";
/** AWS takes signatures of five minutes before and after. Source: AWS, "Troubleshoot Signature Version 4 signing". */
const toleratedSkewMs = 240_000;

/** Where the time comes from, if not from the machine. */
export interface AwsCloudOptions {
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/**
 * Signs calls to Amazon Bedrock (Signature Version 4) with the keys that settings name or, where they name none, that
 * the AWS SDK's own rules find: environment, SSO, profiles, web identity (IRSA), container and instance roles. Temporary
 * keys are kept and renewed. Needs `@aws-sdk/credential-providers`, `@smithy/signature-v4` and `@smithy/hash-node`,
 * loaded with the first call.
 */
export function awsCloud({ now = Date.now }: AwsCloudOptions = {}): Cloud {
  return ({ aws = {} }, { region = "us-east-1", path }) => {
    const place = aws.profile === undefined ? path : `${path} (profile "${aws.profile}")`;
    const failure = (error: unknown) => noCredentials("AWS", place, error);
    const half = (aws.accessKeyId === undefined) !== (aws.secretAccessKey === undefined);
    let keys: Promise<KeySource> | undefined;
    let skewMs = 0;
    const signer = keepFresh<Sign>({
      fetch: async () => createSigner(await (await (keys ??= findKeys(aws, region)))(), region),
      failure,
      now,
    });
    return {
      async authorize(call, signal) {
        if (half) throw failure("an access key is two settings, accessKeyId and secretAccessKey");
        return (await signer.get(signal))(call, now() + skewMs);
      },
      refused({ headers }) {
        const seenMs = Date.parse(headers["date"] ?? "") - now();
        skewMs = Math.abs(seenMs) > toleratedSkewMs ? seenMs : 0;
        signer.renew();
      },
    };
  };
}

type Sign = (call: Call, atMs: number) => Promise<AuthHeaders>;

async function createSigner(credentials: Keys, region: string): Promise<Perishable<Sign>> {
  const [{ SignatureV4 }, { Hash }] = await Promise.all([import("@smithy/signature-v4"), import("@smithy/hash-node")]);
  const signer = new SignatureV4({ service, region, credentials, sha256: Hash.bind(null, "sha256") });
  const sign: Sign = async (call, atMs) => {
    const { headers } = await signer.sign(requestOf(call), { signingDate: new Date(atMs) });
    return authHeaders(headers);
  };
  return { value: sign, endsMs: credentials.expiration?.getTime() };
}

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

type KeySource = () => Promise<Keys>;

async function findKeys(settings: AwsCredentialSettings, region: string): Promise<KeySource> {
  const { profile, accessKeyId, secretAccessKey, sessionToken, roleArn, externalId, roleSessionName } = settings;
  const { fromNodeProviderChain, fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
  const keys = {
    accessKeyId: accessKeyId?.reveal() ?? "",
    secretAccessKey: secretAccessKey?.reveal() ?? "",
    ...(sessionToken !== undefined && { sessionToken: sessionToken.reveal() }),
  };
  const chain = fromNodeProviderChain({ ignoreCache: true, ...(profile !== undefined && { profile }) });
  // The chain keeps files and keys too, and would give those that are about to end once more. The region is that of a caller and
  // not of all its clients: a single sign-on has a region of its own.
  const asked = { forceRefresh: true, callerClientConfig: { region: () => Promise.resolve(region) } };
  const base = accessKeyId === undefined ? () => chain(asked) : () => Promise.resolve(keys);
  if (roleArn === undefined) return base;
  const assume = fromTemporaryCredentials({
    masterCredentials: base,
    clientConfig: { region },
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
