import { createHash } from "node:crypto";
import dns from "node:dns";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AwsCredentialSettings } from "../credential.ts";
import { isProviderError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { cloudService } from "../test/cloud-service.ts";
import { Loopback } from "../test/loopback.ts";
import { claimedSignature, signatureOf } from "../testing/sigv4.ts";
import type { Call } from "../transport.ts";
import { awsCloud } from "./aws-cloud.ts";

const accessKeyId = "AKIDEXAMPLE";
const secretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const keys: AwsCredentialSettings = {
  accessKeyId: new Secret(accessKeyId),
  secretAccessKey: new Secret(secretAccessKey),
};
type Done = (error: Error) => void;
const never = new AbortController().signal;
const deadlines = { connectMs: 1, firstByteMs: 1, idleMs: 1, totalMs: 1 };

function callTo(target: string, body = '{"max_tokens":1}'): Call {
  const url = `https://bedrock-runtime.eu-central-1.amazonaws.com${target}`;
  const headers = { "content-type": "application/json", accept: "application/json", "user-agent": "claude-cli/2" };
  return { method: "POST", url, headers, body: Buffer.from(body), deadlines };
}

/** Checks a call as AWS would; gives the name of the key that signed it. */
function signer(call: Call, auth: Readonly<Record<string, string>>, secret = secretAccessKey): string {
  const { host, pathname, search } = new URL(call.url);
  const headers = { ...call.headers, host, ...auth };
  const request = { method: call.method, target: `${pathname}${search}`, headers, body: call.body ?? Buffer.from("") };
  expect(claimedSignature(request)).toBe(signatureOf(request, secret));
  expect(auth["authorization"]).toMatch(/\/eu-central-1\/bedrock\/aws4_request/);
  return /Credential=([^/]+)/.exec(auth["authorization"] ?? "")?.[1] ?? "";
}

const world = { now: Date.UTC(2026, 0, 1) };
const context = { region: "eu-central-1", path: "providers.bedrock" };
const authority = (aws: AwsCredentialSettings = {}) => awsCloud({ now: () => world.now })({ aws }, context);
const authorizer = (aws?: AwsCredentialSettings) => authority(aws).authorize;

let folder = "";
const loopback = new Loopback();

beforeEach(() => {
  world.now = Date.now();
  folder = mkdtempSync(path.join(tmpdir(), "drawbridge-aws-"));
  // Nothing of the machine itself may be found, and nothing asked for outside of it.
  for (const name of Object.keys(process.env).filter((one) => one.startsWith("AWS_"))) vi.stubEnv(name, undefined);
  vi.stubEnv("HOME", folder);
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await loopback.close();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, text: string): string {
  const where = path.join(folder, name);
  writeFileSync(where, text);
  return where;
}

function temporary(name: string, forMs = 3_600_000) {
  return {
    AccessKeyId: name,
    SecretAccessKey: secretAccessKey,
    Token: "session-token",
    Expiration: new Date(world.now + forMs).toISOString(),
  };
}

/** What STS answers when a role is assumed. */
function assumed(action: string, name: string): string {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = temporary(name);
  const keysXml = `<AccessKeyId>${AccessKeyId}</AccessKeyId><SecretAccessKey>${SecretAccessKey}</SecretAccessKey>`;
  const credentials = `${keysXml}<SessionToken>${Token}</SessionToken><Expiration>${Expiration}</Expiration>`;
  const role =
    "<AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn><AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser>";
  const result = `<${action}Result><Credentials>${credentials}</Credentials>${role}</${action}Result>`;
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${result}</${action}Response>`;
}

describe("a signature that AWS would take", () => {
  test.each([
    ["a model with a version", "/model/anthropic.claude-sonnet-4-6-v1%3A0/invoke"],
    ["a profile's ARN", "/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A1%3Ainference-profile%2Feu.anthropic.x/invoke"],
    ["a query", "/inference-profiles?maxResults=1000&typeEquals=SYSTEM_DEFINED"],
  ])("covers %s", async (_, target) => {
    const call = callTo(target);
    expect(signer(call, await authorizer(keys)(call, never))).toBe(accessKeyId);
  });

  test("covers a request without body", async () => {
    const { body: _, ...rest } = callTo("/foundation-models");
    const call: Call = { ...rest, method: "GET" };
    signer(call, await authorizer(keys)(call, never));
  });

  test("carries the session's token and none of the headers that proxies change", async () => {
    const call = callTo("/model/x/converse");
    const auth = await authorizer({ ...keys, sessionToken: new Secret("token-1") })(call, never);
    signer(call, auth);
    expect(auth["x-amz-security-token"]).toBe("token-1");
    expect(auth["authorization"]).not.toMatch(/SignedHeaders=[^,]*(accept|user-agent)/);
    expect(JSON.stringify(auth)).not.toContain(secretAccessKey);
  });
});

describe("keys are found as the AWS SDK finds them:", () => {
  async function signedBy(aws?: AwsCredentialSettings): Promise<string> {
    const call = callTo("/model/x/converse");
    return signer(call, await authorizer(aws)(call, never));
  }

  test("in the environment", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDENV");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", secretAccessKey);
    expect(await signedBy()).toBe("AKIDENV");
  });

  test("in a profile of the shared files", async () => {
    const text = `[prod]\naws_access_key_id = AKIDPROD\naws_secret_access_key = ${secretAccessKey}\n`;
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", file("credentials", text));
    vi.stubEnv("AWS_CONFIG_FILE", file("config", ""));
    expect(await signedBy({ profile: "prod" })).toBe("AKIDPROD");
  });

  test("by the token of a single sign-on, at the region where that is", async () => {
    const start = "https://acme.awsapps.com/start";
    const sso = `sso_start_url = ${start}\nsso_region = ap-south-1\nsso_account_id = 7\nsso_role_name = models\n`;
    vi.stubEnv("AWS_CONFIG_FILE", file("config", `[profile sso]\n${sso}`));
    mkdirSync(path.join(folder, ".aws/sso/cache"), { recursive: true });
    const token = { accessToken: "sso-token", expiresAt: new Date(world.now + 3_600_000).toISOString() };
    const cached = createHash("sha1").update(start).digest("hex");
    file(`.aws/sso/cache/${cached}.json`, JSON.stringify(token));
    const lookup = vi.spyOn(dns, "lookup").mockImplementation(((_host: string, _options: object, done: Done) => {
      done(new Error("there is no network"));
    }) as typeof dns.lookup);
    await expect(signedBy({ profile: "sso" })).rejects.toThrow("there is no network");
    expect(lookup.mock.calls[0]?.[0]).toBe("portal.sso.ap-south-1.amazonaws.com");
    lookup.mockRestore();

    let bearer: unknown;
    const url = await cloudService(loopback, ({ headers }) => {
      bearer = headers["x-amz-sso_bearer_token"];
      const { AccessKeyId, Token: sessionToken } = temporary("ASIASSO");
      const ends = { expiration: world.now + 3_600_000 };
      return {
        body: JSON.stringify({
          roleCredentials: { accessKeyId: AccessKeyId, secretAccessKey, sessionToken, ...ends },
        }),
      };
    });
    vi.stubEnv("AWS_ENDPOINT_URL_SSO", url);
    expect(await signedBy({ profile: "sso" })).toBe("ASIASSO");
    expect(bearer).toBe("sso-token");
  });

  test("from a container's role", async () => {
    const url = await cloudService(loopback, () => ({ body: JSON.stringify(temporary("ASIACONTAINER")) }));
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", `${url}/role`);
    expect(await signedBy()).toBe("ASIACONTAINER");
  });

  test("from an instance's role", async () => {
    const url = await cloudService(loopback, ({ url: asked = "", method }) => {
      if (method === "PUT") return { body: "metadata-token" };
      if (asked.endsWith("/security-credentials/")) return { body: "the-role" };
      return { body: JSON.stringify({ Code: "Success", ...temporary("ASIAINSTANCE") }) };
    });
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", undefined);
    vi.stubEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url);
    expect(await signedBy()).toBe("ASIAINSTANCE");
  });

  test("by a web identity, as in Kubernetes", async () => {
    const asked: URLSearchParams[] = [];
    const url = await cloudService(loopback, (_, body) => {
      asked.push(new URLSearchParams(body));
      return { body: assumed("AssumeRoleWithWebIdentity", "ASIAIRSA") };
    });
    vi.stubEnv("AWS_ENDPOINT_URL_STS", url);
    vi.stubEnv("AWS_WEB_IDENTITY_TOKEN_FILE", file("token", "jwt-of-the-pod"));
    vi.stubEnv("AWS_ROLE_ARN", "arn:aws:iam::1:role/pod");
    expect(await signedBy()).toBe("ASIAIRSA");
    expect(asked[0]?.get("WebIdentityToken")).toBe("jwt-of-the-pod");
  });

  test("by assuming a role with its external id", async () => {
    const asked: URLSearchParams[] = [];
    const url = await cloudService(loopback, (_, body) => {
      asked.push(new URLSearchParams(body));
      return { body: assumed("AssumeRole", "ASIAROLE") };
    });
    vi.stubEnv("AWS_ENDPOINT_URL_STS", url);
    const role = { roleArn: "arn:aws:iam::2:role/models", externalId: new Secret("ext-7") };
    expect(await signedBy({ ...keys, ...role })).toBe("ASIAROLE");
    expect([asked[0]?.get("RoleArn"), asked[0]?.get("ExternalId")]).toEqual([role.roleArn, "ext-7"]);
  });
});

describe("temporary keys", () => {
  async function counted(forMs: number): Promise<{ readonly asked: () => number }> {
    let count = 0;
    const url = await cloudService(loopback, () => ({ body: JSON.stringify(temporary(`ASIA${++count}`, forMs)) }));
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", `${url}/role`);
    return { asked: () => count };
  }

  test("are fetched once for calls at the same time, and kept", async () => {
    const { asked } = await counted(3_600_000);
    const authorize = authorizer();
    const call = callTo("/model/x/converse");
    await Promise.all(Array.from({ length: 20 }, async () => authorize(call, never)));
    await authorize(call, never);
    expect(asked()).toBe(1);
  });

  test("are renewed before they end", async () => {
    const { asked } = await counted(3_600_000);
    const authorize = authorizer();
    const call = callTo("/model/x/converse");
    await authorize(call, never);
    vi.useFakeTimers({ now: world.now + 3_590_000, toFake: ["Date"] });
    world.now += 3_590_000;
    // Keys that still hold are used while others are fetched.
    await vi.waitFor(
      async () => {
        signer(call, await authorize(call, never));
        expect(asked()).toBe(2);
      },
      { timeout: 30_000 },
    );
    vi.useRealTimers();
  });
});

describe("after a refusal", () => {
  test("keys that stand in a file are read anew", async () => {
    const keysOf = (name: string) =>
      `[default]\naws_access_key_id = ${name}\naws_secret_access_key = ${secretAccessKey}\n`;
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", file("credentials", keysOf("ASIAOLD")));
    vi.stubEnv("AWS_CONFIG_FILE", file("config", ""));
    const { authorize, refused } = authority();
    const call = callTo("/model/x/converse");
    expect(signer(call, await authorize(call, never))).toBe("ASIAOLD");
    file("credentials", keysOf("ASIANEW"));
    refused?.({ headers: {} });
    await vi.waitFor(async () => expect(signer(call, await authorize(call, never))).toBe("ASIANEW"), {
      timeout: 30_000,
    });
  });

  test("signatures go by AWS's clock where the machine's is wrong", async () => {
    const { authorize, refused } = authority(keys);
    const call = callTo("/model/x/converse");
    const dated = async () => {
      const auth = await authorize(call, never);
      signer(call, auth);
      return auth["x-amz-date"]?.slice(0, 13);
    };
    world.now = Date.UTC(2026, 0, 1, 12, 0);
    expect(await dated()).toBe("20260101T1200");
    refused?.({ headers: { date: "Thu, 01 Jan 2026 12:20:00 GMT" } });
    expect(await dated()).toBe("20260101T1220");
    refused?.({ headers: { date: "Thu, 01 Jan 2026 12:00:03 GMT" } });
    expect(await dated()).toBe("20260101T1200");
  });
});

describe("without keys", () => {
  async function failure(aws?: AwsCredentialSettings): Promise<string> {
    const error: unknown = await Promise.resolve(authorizer(aws)(callTo("/x"), never)).catch(
      (reason: unknown) => reason,
    );
    if (!isProviderError(error)) throw new Error("the call was authorised");
    expect(error.failure.kind).toBe("unauthenticated");
    return error.message;
  }

  test("one sentence names the setting", async () => {
    expect(await failure()).toMatch(/^The gateway has no AWS credentials for providers\.bedrock: .+ Correct /);
  });

  test("a profile that does not exist is named", async () => {
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", file("credentials", ""));
    vi.stubEnv("AWS_CONFIG_FILE", file("config", ""));
    expect(await failure({ profile: "prod" })).toMatch(/providers\.bedrock \(profile "prod"\): /);
  });

  test("a single sign-on that has run out is told with what to do", async () => {
    const start = "https://acme.awsapps.com/start";
    const sso = `sso_start_url = ${start}\nsso_region = ap-south-1\nsso_account_id = 7\nsso_role_name = models\n`;
    vi.stubEnv("AWS_CONFIG_FILE", file("config", `[profile sso]\n${sso}`));
    expect(await failure({ profile: "sso" })).toMatch(/\(profile "sso"\): .*aws sso login/);
  });

  test("half of an access key is told before anything is asked", async () => {
    expect(await failure({ accessKeyId: new Secret(accessKeyId) })).toMatch(/accessKeyId and secretAccessKey/);
  });

  test("a role that may not be assumed is told without the keys", async () => {
    const body =
      "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not allowed to assume</Message></Error></ErrorResponse>";
    vi.stubEnv("AWS_ENDPOINT_URL_STS", await cloudService(loopback, () => ({ status: 403, body })));
    const told = await failure({ ...keys, roleArn: "arn:aws:iam::2:role/models" });
    expect(told).toContain("not allowed to assume");
    expect(told).not.toContain(secretAccessKey);
  });
});
