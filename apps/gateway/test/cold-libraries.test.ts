import { startFakeProvider } from "@drawbridge/providers/testing";
import { expect, test } from "vitest";
import { ask, post } from "./support/post.ts";
import { aliceKey } from "./support/scenario.ts";
import { startGateway } from "./support/start-gateway.ts";

/** Tells on stderr which of the vendors' and databases' libraries a process loads. */
const tell = `import { registerHooks } from "node:module";
registerHooks({ resolve(name, context, next) {
  if (/^(@aws-sdk|@smithy|@azure|google-auth-library|pg$|pg-|drizzle-orm|ioredis|@electric-sql)/.test(name)) process.stderr.write("loads " + name + "\\n");
  return next(name, context);
} });`;

test("a gateway starts without the libraries of clouds and databases, and loads with a call those of its cloud alone", async () => {
  const cloud = await startFakeProvider({
    script: () => ({ text: "Hello." }),
    refusal: ({ path }) => (path.startsWith("/identity") ? { kind: "http-error", status: 400 } : undefined),
  });
  // Lists of models are asked for at the start: with a key of Bedrock's own, and not at all where Azure has none.
  const bedrock = { kind: "bedrock", baseUrl: cloud.url, region: "eu-central-1", apiKey: "bedrock-api-key-7" };
  const identity = { managedIdentity: true };
  const azure = { kind: "azure", baseUrl: `${cloud.url}/openai/v1`, resource: "acme", azure: identity };
  const config = {
    providers: { bedrock, azure },
    models: [
      { match: "claude-*", target: "bedrock/amazon.nova-pro-v1:0" },
      { match: "gpt-*", target: "azure/gpt-5.6" },
    ],
    keys: [{ name: "alice", value: aliceKey }],
  };
  const env = {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}`,
    IDENTITY_ENDPOINT: `${cloud.url}/identity`,
    IDENTITY_HEADER: "header-7",
  };
  const gateway = await startGateway(config, { env });
  try {
    expect((await post(gateway.url, ask(false))).status).toBe(200);
    expect(cloud.calls.at(-1)?.headers["authorization"]).toBe("Bearer bedrock-api-key-7");
    expect(gateway.output()).not.toContain("loads ");
    // Nobody has an identity there.
    expect((await post(gateway.url, ask(false, { model: "gpt-5.6" }))).status).toBe(502);
    await gateway.printed(() => gateway.output().includes("loads @azure/identity"));
    expect(gateway.output()).not.toMatch(/loads (google-auth-library|@aws-sdk|@smithy)/);
  } finally {
    await gateway.close();
    await cloud.close();
  }
});
