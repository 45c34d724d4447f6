import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AzureCredentialSettings } from "../credential.ts";
import { isProviderError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { cloudService, type ServiceAnswer } from "../test/cloud-service.ts";
import { Loopback } from "../test/loopback.ts";
import type { Call } from "../transport.ts";
import { azureCloud, type AzureCloudOptions } from "./azure-cloud.ts";

const tenantId = "11111111-2222-3333-4444-555555555555";
const application = { tenantId, clientId: "app-7", clientSecret: new Secret("s3cret-of-the-app") };
const never = new AbortController().signal;
const deadlines = { connectMs: 1, firstByteMs: 1, idleMs: 1, totalMs: 1 };
const call: Call = { method: "POST", url: "https://acme.openai.azure.com/openai/v1", headers: {}, deadlines };
const context = { region: undefined, path: "providers.azure" };
const loopback = new Loopback();
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "drawbridge-azure-"));
  // Nothing of the machine itself may be found, and nothing asked for outside of it.
  for (const name of Object.keys(process.env)) {
    if (/^(AZURE|IDENTITY|MSI)_/.test(name)) vi.stubEnv(name, undefined);
  }
  vi.stubEnv("HOME", folder);
  vi.stubEnv("AZURE_TOKEN_CREDENTIALS", "prod");
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await loopback.close();
  rmSync(folder, { recursive: true, force: true });
});

const json = (body: object, status = 200): ServiceAnswer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

interface Authority extends Required<Pick<AzureCloudOptions, "client">> {
  readonly asked: URLSearchParams[];
  refusal: ServiceAnswer | undefined;
}

/** Entra ID on loopback, where its library takes nothing but https: what goes to its host is sent there instead. */
async function entra(): Promise<Authority> {
  const login = `https://login.microsoftonline.com/${tenantId}`;
  const state: Omit<Authority, "client"> = { asked: [], refusal: undefined };
  const origin = await cloudService(loopback, ({ method }, body) => {
    if (method === "GET") {
      const endpoints = { authorization_endpoint: `${login}/a`, token_endpoint: `${login}/oauth2/v2.0/token` };
      return json({ ...endpoints, issuer: `${login}/v2.0`, jwks_uri: `${login}/k` });
    }
    state.asked.push(new URLSearchParams(body));
    const token = { token_type: "Bearer", expires_in: 3_600, access_token: `token-${state.asked.length}` };
    return state.refusal ?? json(token);
  });
  const redirect: NonNullable<Authority["client"]["additionalPolicies"]>[number] = {
    position: "perCall",
    policy: {
      name: "to-loopback",
      sendRequest(request, next) {
        const { pathname, search } = new URL(request.url);
        request.url = `${origin}${pathname}${search}`;
        request.allowInsecureConnection = true;
        return next(request);
      },
    },
  };
  return Object.assign(state, { client: { additionalPolicies: [redirect] } });
}

async function authorized(azure: AzureCredentialSettings, options?: AzureCloudOptions): Promise<unknown> {
  return azureCloud(options)({ azure }, context).authorize(call, never);
}

describe("a token of Entra ID comes", () => {
  test("for an application with its secret", async () => {
    const { client, asked } = await entra();
    expect(await authorized(application, { client })).toEqual({ authorization: "Bearer token-1" });
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      client_id: "app-7",
      client_secret: "s3cret-of-the-app",
      grant_type: "client_credentials",
      scope: "https://cognitiveservices.azure.com/.default",
    });
  });

  test("for the service that is asked", async () => {
    const { client, asked } = await entra();
    const tokenScope = "https://ai.azure.com/.default";
    await azureCloud({ client })({ azure: application }, { ...context, tokenScope }).authorize(call, never);
    expect(asked[0]?.get("scope")).toBe(tokenScope);
  });

  test("for an application of the environment", async () => {
    const { client, asked } = await entra();
    vi.stubEnv("AZURE_TENANT_ID", tenantId);
    vi.stubEnv("AZURE_CLIENT_ID", "app-8");
    vi.stubEnv("AZURE_CLIENT_SECRET", "secret-8");
    expect(await authorized({}, { client })).toEqual({ authorization: "Bearer token-1" });
    expect(asked[0]?.get("client_id")).toBe("app-8");
  });

  test("for a workload identity, as in Kubernetes", async () => {
    const { client, asked } = await entra();
    const file = path.join(folder, "token");
    writeFileSync(file, "jwt-of-the-pod");
    vi.stubEnv("AZURE_TENANT_ID", tenantId);
    vi.stubEnv("AZURE_CLIENT_ID", "pod-7");
    vi.stubEnv("AZURE_FEDERATED_TOKEN_FILE", file);
    expect(await authorized({}, { client })).toEqual({ authorization: "Bearer token-1" });
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      client_id: "pod-7",
      client_assertion: "jwt-of-the-pod",
    });
  });

  test("for the managed identity of an App Service", async () => {
    const seen: string[] = [];
    const origin = await cloudService(loopback, ({ url = "", headers }) => {
      seen.push(url, String(headers["x-identity-header"]));
      const expires = Math.floor(Date.now() / 1_000) + 3_600;
      return json({ access_token: "of-the-service", expires_on: String(expires), token_type: "Bearer" });
    });
    vi.stubEnv("IDENTITY_ENDPOINT", `${origin}/msi/token`);
    vi.stubEnv("IDENTITY_HEADER", "header-7");
    expect(await authorized({ managedIdentity: true })).toEqual({ authorization: "Bearer of-the-service" });
    expect(seen[0]).toContain(`resource=${encodeURIComponent("https://cognitiveservices.azure.com")}`);
    expect(seen[1]).toBe("header-7");
  });
});

test("a token is fetched once for calls at the same time, kept, and renewed before it ends", async () => {
  const state = await entra();
  const { authorize } = azureCloud({ client: state.client, now: () => Date.now() })({ azure: application }, context);
  await Promise.all(Array.from({ length: 20 }, async () => authorize(call, never)));
  expect(authorize(call, never)).toEqual({ authorization: "Bearer token-1" });
  expect(state.asked).toHaveLength(1);
  vi.useFakeTimers({ now: Date.now() + 3_600_000 - 200_000, toFake: ["Date"] });
  await vi.waitFor(
    async () => {
      expect(await authorize(call, never)).toEqual({ authorization: "Bearer token-2" });
    },
    { timeout: 30_000 },
  );
});

describe("without a token", () => {
  async function failure(azure: AzureCredentialSettings, options?: AzureCloudOptions): Promise<string> {
    const error: unknown = await authorized(azure, options).catch((reason: unknown) => reason);
    if (!isProviderError(error)) throw new Error("the call was authorised", { cause: error });
    expect(error.failure.kind).toBe("unauthenticated");
    expect(error.message).toMatch(/^The gateway has no Azure credentials for providers\.azure: .+ Correct /);
    expect(error.message).not.toContain("s3cret");
    return error.message;
  }

  test("a refused application is told in Entra's words", async () => {
    const state = await entra();
    const words = "AADSTS7000222: The provided client secret keys for app 'app-7' are expired.";
    state.refusal = json({ error: "invalid_client", error_description: words, error_codes: [7_000_222] }, 401);
    expect(await failure(application, { client: state.client })).toContain("AADSTS7000222");
  });

  test("a secret without its application is told before anything is asked", async () => {
    expect(await failure({ clientSecret: new Secret("s3cret") })).toContain("needs tenantId and clientId");
  });
});
