import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { AzureCredentialSettings } from "../credential.ts";
import { isProviderError } from "../errors.ts";
import { cloudService, type ServiceAnswer } from "../test/cloud-service.ts";
import { Loopback } from "../test/loopback.ts";
import type { Call } from "../transport.ts";
import { azureCloud } from "./azure-cloud.ts";

// In a file of its own, with one server: the library finds out once a process what kind of machine it is on.
const never = new AbortController().signal;
const deadlines = { connectMs: 1, firstByteMs: 1, idleMs: 1, totalMs: 1 };
const call: Call = { method: "POST", url: "https://acme.openai.azure.com/openai/v1", headers: {}, deadlines };
const context = { region: undefined, path: "providers.azure" };
const loopback = new Loopback();
const asked: string[] = [];
let answer: ServiceAnswer = { body: "" };

beforeAll(async () => {
  for (const name of Object.keys(process.env)) {
    if (/^(AZURE|IDENTITY|MSI)_/.test(name)) vi.stubEnv(name, undefined);
  }
  const metadata = await cloudService(loopback, ({ url = "" }) => {
    asked.push(url);
    return { ...answer, headers: { "content-type": "application/json" } };
  });
  vi.stubEnv("AZURE_POD_IDENTITY_AUTHORITY_HOST", metadata);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await loopback.close();
});

async function authorized(azure: AzureCredentialSettings): Promise<unknown> {
  return azureCloud()({ azure }, context).authorize(call, never);
}

test("a machine without an identity is told", async () => {
  answer = { status: 400, body: '{"error":"invalid_request","error_description":"Identity not found"}' };
  const error: unknown = await authorized({ managedIdentity: true }).catch((reason: unknown) => reason);
  expect(isProviderError(error) && error.failure.kind).toBe("unauthenticated");
  expect(String(error)).toMatch(/no Azure credentials for providers\.azure: .+ Correct /);
});

test("a token comes for one of several identities of a virtual machine", async () => {
  answer = { body: '{"access_token":"of-the-machine","expires_in":"3600","token_type":"Bearer"}' };
  const settings = { managedIdentity: true, clientId: "identity-7" };
  expect(await authorized(settings)).toEqual({ authorization: "Bearer of-the-machine" });
  expect(asked.at(-1)).toContain("client_id=identity-7");
});
