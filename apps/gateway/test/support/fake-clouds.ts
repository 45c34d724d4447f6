import { type HttpErrorFault, isSignedWith, type SeenRequest } from "@drawbridge/providers/testing";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import path from "node:path";
import { cloudSurfaces } from "./cloud-surfaces.ts";
import { aliceKey } from "./scenario.ts";

const secretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const region = "eu-central-1";
const googleToken = "ya29.of-the-pod";
const azureToken = "eyJ.of-the-service";
const azureKey = "azure-key-7";
const wrongKey = "azure-key-wrong";
const sessionToken = "session-7";

/** What nobody outside may ever read. */
export const cloudSecrets: readonly string[] = [
  secretAccessKey,
  sessionToken,
  wrongKey,
  azureKey,
  azureToken,
  googleToken,
];

/** What a cloud says of a request that it does not take from this caller, in its own words. */
export function cloudRefusal({ path: asked, headers, ...rest }: SeenRequest): HttpErrorFault | undefined {
  const { authorization = "" } = headers;
  if (authorization.startsWith("AWS4-") || /^\/(model\/|foundation-models|inference-profiles)/.test(asked))
    return refusalOfAws({ path: asked, headers, ...rest });
  if (asked.startsWith("/v1/projects/")) {
    const message = "Request had invalid authentication credentials.";
    return authorization === `Bearer ${googleToken}` ? undefined : { kind: "http-error", status: 401, message };
  }
  if (headers["api-key"] === azureKey || authorization === `Bearer ${azureToken}`) return undefined;
  const message = "Access denied due to invalid subscription key or wrong API endpoint.";
  return { kind: "http-error", status: 401, body: { raw: JSON.stringify({ error: { code: "401", message } }) } };
}

// Source: AWS, "Common error types" and "Troubleshoot Signature Version 4 signing".
function refusalOfAws(request: SeenRequest): HttpErrorFault | undefined {
  const { authorization = "" } = request.headers;
  const told = (type: string, message: string): HttpErrorFault => ({ kind: "http-error", status: 403, type, message });
  if (authorization.includes("AKIDEXPIRED")) {
    return told("ExpiredTokenException", "The security token included in the request is expired");
  }
  if (!authorization.includes(`/${region}/bedrock/aws4_request`)) {
    return told("InvalidSignatureException", `Credential should be scoped to a valid region.`);
  }
  if (isSignedWith(secretAccessKey, request)) return undefined;
  return told("InvalidSignatureException", "The request signature we calculated does not match the signature.");
}

/** Google's token exchange and Azure's identity endpoint. */
export async function startIdentity(): Promise<Server> {
  const server = createServer(({ url = "" }, response) => {
    const expires = Math.floor(Date.now() / 1_000) + 3_600;
    const token = url.startsWith("/azure")
      ? { access_token: azureToken, expires_on: String(expires), token_type: "Bearer" }
      : { access_token: googleToken, expires_in: 3_600, token_type: "Bearer", issued_token_type: "urn:x" };
    response.writeHead(200, { "content-type": "application/json", connection: "close" }).end(JSON.stringify(token));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** What a gateway is configured with to use the clouds at a base URL, with tokens of an identity service; `folder` is written to. */
export function cloudConfig(baseUrl: string, identityOrigin: string, folder: string): object {
  const subject = path.join(folder, "pod-token");
  writeFileSync(subject, "jwt-of-the-pod");
  const workload = {
    type: "external_account",
    audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k8s",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `${identityOrigin}/google`,
    credential_source: { file: subject },
  };
  const aws = { accessKeyId: "AKIDEXAMPLE", secretAccessKey, sessionToken };
  const bedrock = { kind: "bedrock", baseUrl, region };
  const azure = { resource: "acme", azure: { managedIdentity: true } };
  return {
    providers: {
      bedrock: { ...bedrock, aws },
      messages: { ...bedrock, baseUrl: `${baseUrl}/anthropic`, aws },
      responses: { ...bedrock, dialect: "openai-responses", aws },
      elsewhere: { ...bedrock, region: "eu-west-3", aws },
      expired: { ...bedrock, aws: { ...aws, accessKeyId: "AKIDEXPIRED" } },
      keyless: bedrock,
      vertex: {
        kind: "vertex",
        baseUrl: `${baseUrl}/v1`,
        region: "europe-west1",
        project: "acme",
        google: { key: JSON.stringify(workload) },
      },
      azure: { kind: "azure", baseUrl: `${baseUrl}/openai/v1`, ...azure },
      deployments: {
        kind: "azure",
        dialect: "openai-chat",
        baseUrl: `${baseUrl}/openai`,
        resource: "acme",
        apiVersion: "2024-10-21",
        apiKey: azureKey,
      },
      denied: { kind: "azure", baseUrl: `${baseUrl}/openai/v1`, resource: "acme", apiKey: wrongKey },
      foundry: { kind: "foundry", baseUrl, ...azure },
    },
    models: [
      ...cloudSurfaces.map(({ provider, model }, index) => ({ match: `m${index}`, target: `${provider}/${model}` })),
      ...["elsewhere", "expired", "keyless"].map((name) => ({
        match: name,
        target: `${name}/anthropic.claude-x-v1:0`,
      })),
      { match: "denied", target: "denied/gpt-5.6" },
      { match: "two", targets: ["expired/anthropic.claude-x-v1:0", "bedrock/anthropic.claude-x-v1:0"] },
    ],
    keys: [{ name: "alice", value: aliceKey }],
  };
}
