import { generateKeyPairSync, verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { GoogleCredentialSettings } from "../credential.ts";
import { isProviderError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { cloudService } from "../test/cloud-service.ts";
import { Loopback } from "../test/loopback.ts";
import type { Call } from "../transport.ts";
import { googleCloud } from "./google-cloud.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const never = new AbortController().signal;
const deadlines = { connectMs: 1, firstByteMs: 1, idleMs: 1, totalMs: 1 };
const call: Call = { method: "POST", url: "https://aiplatform.googleapis.com/v1/x", headers: {}, deadlines };
const loopback = new Loopback();
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "drawbridge-google-"));
  // Nothing of the machine itself may be found, and nothing asked for outside of it.
  for (const name of ["GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "GCE_METADATA_HOST"]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv("HOME", folder);
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await loopback.close();
  rmSync(folder, { recursive: true, force: true });
});

const context = { region: undefined, path: "providers.vertex" };
/** Where Google's own hosts are found in a test: its library asks them by their names. */
const google = { origin: "" };
const toLoopback: typeof fetch = (input, init) => {
  const { pathname } = new URL(input instanceof Request ? input.url : input);
  return fetch(`${google.origin}${pathname}`, init);
};

async function authorized(settings: GoogleCredentialSettings = {}): Promise<Readonly<Record<string, string>>> {
  return googleCloud({ fetch: toLoopback })({ google: settings }, context).authorize(call, never);
}

function file(name: string, content: object | string): string {
  const where = path.join(folder, name);
  writeFileSync(where, typeof content === "string" ? content : JSON.stringify(content));
  return where;
}

const json = { "content-type": "application/json" };

interface Tokens {
  readonly url: string;
  /** What was asked so far. */
  readonly asked: URLSearchParams[];
  refuse: boolean;
}

/** Google's token endpoint. */
async function tokens(): Promise<Tokens> {
  const state: Tokens = { url: "", asked: [], refuse: false };
  google.origin = await cloudService(loopback, (_, body) => {
    state.asked.push(new URLSearchParams(body));
    const refusal = { error: "invalid_grant", error_description: "account not found" };
    if (state.refuse) return { status: 400, headers: json, body: JSON.stringify(refusal) };
    const token = { access_token: `token-${state.asked.length}`, expires_in: 3_600, token_type: "Bearer" };
    const exchanged = { issued_token_type: "urn:ietf:params:oauth:token-type:access_token" };
    return { headers: json, body: JSON.stringify({ ...token, ...exchanged }) };
  });
  return Object.assign(state, { url: `${google.origin}/token` });
}

const serviceAccount = {
  type: "service_account",
  project_id: "acme",
  client_email: "models@acme.iam.gserviceaccount.com",
  private_key: privateKey,
  token_uri: "https://oauth2.googleapis.com/token",
};

describe("an access token comes", () => {
  test("from a service account's key in the settings", async () => {
    const { asked } = await tokens();
    const key = new Secret(JSON.stringify(serviceAccount));
    expect(await authorized({ key })).toEqual({ authorization: "Bearer token-1" });
    const [head = "", claims = "", signature = ""] = asked[0]?.get("assertion")?.split(".") ?? [];
    const signed = Buffer.from(`${head}.${claims}`);
    expect(verify("sha256", signed, publicKey, Buffer.from(signature, "base64url"))).toBe(true);
    expect(JSON.parse(Buffer.from(claims, "base64url").toString("utf8"))).toMatchObject({
      iss: "models@acme.iam.gserviceaccount.com",
      scope: "https://www.googleapis.com/auth/cloud-platform",
    });
  });

  test("from a key file", async () => {
    await tokens();
    expect(await authorized({ keyFile: file("key.json", serviceAccount) })).toEqual({
      authorization: "Bearer token-1",
    });
  });

  test("from Application Default Credentials", async () => {
    await tokens();
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", file("adc.json", serviceAccount));
    expect(await authorized()).toEqual({ authorization: "Bearer token-1" });
  });

  test("from what a developer has logged in with, which counts against its own project", async () => {
    const { asked } = await tokens();
    const user = { client_id: "id", client_secret: "s", refresh_token: "refresh-7", quota_project_id: "acme" };
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", file("user.json", { type: "authorized_user", ...user }));
    expect(await authorized()).toEqual({ authorization: "Bearer token-1", "x-goog-user-project": "acme" });
    expect(asked[0]?.get("refresh_token")).toBe("refresh-7");
  });

  test("by workload identity federation", async () => {
    const { url, asked } = await tokens();
    const config = {
      type: "external_account",
      audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k8s",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: url,
      credential_source: { file: file("token", "jwt-of-the-pod") },
    };
    expect(await authorized({ keyFile: file("wif.json", config) })).toEqual({ authorization: "Bearer token-1" });
    expect(asked[0]?.get("subject_token")).toBe("jwt-of-the-pod");
  });

  test("from the metadata server of an instance", async () => {
    const url = await cloudService(loopback, () => ({
      headers: { ...json, "metadata-flavor": "Google" },
      body: JSON.stringify({ access_token: "token-of-the-instance", expires_in: 3_600, token_type: "Bearer" }),
    }));
    vi.stubEnv("METADATA_SERVER_DETECTION", "assume-present");
    vi.stubEnv("GCE_METADATA_HOST", url.replace("http://", ""));
    expect(await authorized()).toEqual({ authorization: "Bearer token-of-the-instance" });
  });
});

test("a service account is impersonated with the credentials of another", async () => {
  const asked: { readonly path: string; readonly bearer: string | undefined; readonly body: string }[] = [];
  google.origin = await cloudService(loopback, ({ url = "", headers }, body) => {
    asked.push({ path: url, bearer: headers.authorization, body });
    if (url === "/token") return { headers: json, body: JSON.stringify({ access_token: "own", expires_in: 3_600 }) };
    const expireTime = new Date(Date.now() + 3_600_000).toISOString();
    return { headers: json, body: JSON.stringify({ accessToken: "of-the-other", expireTime }) };
  });
  const key = new Secret(JSON.stringify(serviceAccount));
  const impersonate = "claude@acme.iam.gserviceaccount.com";
  expect(await authorized({ key, impersonate })).toEqual({ authorization: "Bearer of-the-other" });
  expect(asked.at(-1)).toMatchObject({
    path: `/v1/projects/-/serviceAccounts/${impersonate}:generateAccessToken`,
    bearer: "Bearer own",
  });
  expect(JSON.parse(asked.at(-1)?.body ?? "")).toMatchObject({
    scope: ["https://www.googleapis.com/auth/cloud-platform"],
    lifetime: "3600s",
  });
});

describe("a token", () => {
  const settings = { google: { key: new Secret(JSON.stringify(serviceAccount)) } };

  test("is fetched once for calls at the same time, and kept", async () => {
    const { asked } = await tokens();
    const { authorize } = googleCloud({ fetch: toLoopback })(settings, context);
    await Promise.all(Array.from({ length: 20 }, async () => authorize(call, never)));
    expect(authorize(call, never)).toEqual({ authorization: "Bearer token-1" });
    expect(asked).toHaveLength(1);
  });

  test("is renewed before it ends, and serves on while that is refused", async () => {
    const state = await tokens();
    const { authorize } = googleCloud({ fetch: toLoopback, now: () => Date.now() })(settings, context);
    await authorize(call, never);
    vi.useFakeTimers({ now: Date.now() + 3_600_000 - 120_000, toFake: ["Date"] });
    state.refuse = true;
    expect(authorize(call, never)).toEqual({ authorization: "Bearer token-1" });
    await vi.waitFor(() => expect(state.asked.length).toBeGreaterThan(1), { timeout: 30_000 });
    state.refuse = false;
    vi.setSystemTime(Date.now() + 15_000);
    await vi.waitFor(
      async () => {
        expect(await authorize(call, never)).not.toEqual({ authorization: "Bearer token-1" });
      },
      { timeout: 30_000 },
    );
  });
});

describe("without credentials", () => {
  async function failure(settings?: GoogleCredentialSettings): Promise<string> {
    const error: unknown = await authorized(settings).catch((reason: unknown) => reason);
    if (!isProviderError(error)) throw new Error("the call was authorised", { cause: error });
    expect(error.failure.kind).toBe("unauthenticated");
    return error.message;
  }

  test("one sentence names the setting", async () => {
    expect(await failure()).toMatch(/^The gateway has no Google Cloud credentials for providers\.vertex: .+ Correct /);
  });

  test("a key file that is not there is named", async () => {
    expect(await failure({ keyFile: "/no/such/key.json" })).toMatch(/no such file.*\/no\/such\/key\.json/);
  });

  test("a key that is no JSON is told without its text", async () => {
    const told = await failure({ key: new Secret("-----BEGIN PRIVATE KEY-----secret") });
    expect(told).toContain("the key is not the JSON of a key file");
    expect(told).not.toContain("secret");
  });

  test("a refused account is told in Google's words", async () => {
    (await tokens()).refuse = true;
    const told = await failure({ key: new Secret(JSON.stringify(serviceAccount)) });
    expect(told).toContain("invalid_grant: account not found");
    expect(told).not.toContain("PRIVATE KEY");
  });
});
