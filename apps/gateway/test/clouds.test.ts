import Anthropic from "@anthropic-ai/sdk";
import { type Answer, type FakeProvider, type SeenRequest, startFakeProvider } from "@drawbridge/providers/testing";
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { cloudSurfaces } from "./support/cloud-surfaces.ts";
import { cloudConfig, cloudRefusal, cloudSecrets, startIdentity } from "./support/fake-clouds.ts";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { aliceKey } from "./support/scenario.ts";

let folder = "";
let cloud: FakeProvider;
let identity: Server;
let gateway: GatewayHere;
let client: Anthropic;
let script: (request: SeenRequest) => Answer;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "drawbridge-clouds-"));
  // Nothing of the machine itself may be found, and nothing asked for outside of it.
  for (const name of Object.keys(process.env)) {
    if (/^(AWS|AZURE|IDENTITY|MSI|GOOGLE|GCE|GCLOUD|CLOUDSDK)_/.test(name)) vi.stubEnv(name, undefined);
  }
  vi.stubEnv("HOME", folder);
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
  identity = await startIdentity();
  const origin = `http://127.0.0.1:${(identity.address() as AddressInfo).port}`;
  vi.stubEnv("IDENTITY_ENDPOINT", `${origin}/azure`);
  vi.stubEnv("IDENTITY_HEADER", "header-7");
  cloud = await startFakeProvider({
    script: (request) => script(request),
    refusal: cloudRefusal,
    models: ["amazon.titan-text-v1"],
  });
  gateway = await startGatewayHere(cloudConfig(cloud.url, origin, folder));
  client = new Anthropic({ baseURL: `${gateway.url}/anthropic`, apiKey: aliceKey, authToken: null, maxRetries: 0 });
});
afterAll(async () => {
  await gateway?.close();
  await cloud?.close();
  identity?.close();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (model: string): Anthropic.Beta.MessageCreateParamsNonStreaming => ({
  model,
  max_tokens: 1_000,
  messages: [{ role: "user", content: "Read /a" }],
  tools: [{ name: "read_file", input_schema: { type: "object", properties: { path: { type: "string" } } } }],
});
const call: Answer = {
  text: "I read it.",
  toolCalls: [{ name: "read_file", input: { path: "/a" } }],
  usage: { inputTokens: 20, outputTokens: 9 },
};

/** What an answer says, without what is kept for the provider itself. */
function said({ model, content, stop_reason: stop, usage }: Anthropic.Beta.BetaMessage): object {
  const blocks = content.flatMap((block): readonly unknown[] => {
    if (block.type === "text") return [block.text];
    return block.type === "tool_use" ? [{ [block.name]: block.input }] : [];
  });
  return { model, blocks, stop, tokens: [usage.input_tokens, usage.output_tokens] };
}

const callBy = (model: string): object => ({
  model,
  blocks: ["I read it.", { read_file: { path: "/a" } }],
  stop: "tool_use",
  tokens: [20, 9],
});

const surfaces = cloudSurfaces.map((surface, index) => ({ ...surface, asked: `m${index}` }));

test.each(surfaces)("$name answers whole and streamed, with a call of a tool", async ({ asked, paths }) => {
  script = () => call;
  expect(said(await client.beta.messages.create(ask(asked)))).toEqual(callBy(asked));
  expect(cloud.calls.at(-1)?.path).toBe(paths[0]);
  expect(said(await client.beta.messages.stream(ask(asked)).finalMessage())).toEqual(callBy(asked));
  expect(cloud.calls.at(-1)?.path).toBe(paths[1]);
});

test.each(surfaces)("$name is asked by its provider's and its own name", async ({ provider, model, paths }) => {
  script = () => call;
  // As people write it for Claude Code, which takes a suffix for a large window for its own.
  for (const asked of [`${provider}/${model}`, `${provider}/${model}[1m]`]) {
    const { content } = await client.beta.messages.create(ask(asked));
    expect(content.at(-1)?.type).toBe("tool_use");
    expect(cloud.calls.at(-1)?.path).toBe(paths[0]);
  }
});

test.each(surfaces.filter(({ counts }) => counts !== undefined))("$name counts tokens", async ({ asked, counts }) => {
  const { input_tokens } = await client.beta.messages.countTokens({ model: asked, messages: ask(asked).messages });
  expect(input_tokens).toBeGreaterThan(0);
  expect(cloud.requests.at(-1)).toMatchObject({ operation: "count-tokens", path: counts });
});

test.each(surfaces.filter(({ betas }) => betas !== undefined))(
  "$name is told of betas where it looks for them, and of none that it refuses",
  async ({ asked, betas }) => {
    script = () => call;
    const wanted = "interleaved-thinking-2025-05-14";
    await client.beta.messages.create({ ...ask(asked), betas: [wanted, "fast-mode-2026-02-01"] });
    const seen = cloud.calls.at(-1);
    const { anthropic_beta: inBody } = Object(seen?.body) as { anthropic_beta?: unknown };
    const inHeader = seen?.headers["anthropic-beta"];
    expect([inHeader, inBody]).toEqual(betas === "header" ? [wanted, undefined] : [undefined, [wanted]]);
  },
);

test("the list of Bedrock's models is asked for with a signature too", async () => {
  const { data } = await client.models.list({ limit: 1_000 });
  expect(data.map((one) => one.display_name).filter((name) => /bedrock.*titan|titan.*bedrock/i.test(name))).not.toEqual(
    [],
  );
  const listed = cloud.requests.filter(({ path: asked }) => asked.startsWith("/foundation-models?"));
  expect(listed.filter(({ headers }) => headers["authorization"]?.includes("AKIDEXAMPLE"))).not.toEqual([]);
});

// Source: Microsoft Learn, "Azure OpenAI in Foundry Models REST API reference" and "Content filtering".
describe("what a deployment of Azure OpenAI refuses", () => {
  async function refused(status: number, error: object, headers: Readonly<Record<string, string>> = {}) {
    script = () => ({ fault: { kind: "http-error", status, headers, body: { raw: JSON.stringify({ error }) } } });
    const deployment = surfaces.find(({ provider }) => provider === "deployments")?.asked ?? "";
    const told: unknown = await client.beta.messages.create(ask(deployment)).catch((reason: unknown) => reason);
    if (!(told instanceof Anthropic.APIError)) throw new Error("the call did not fail", { cause: told });
    return told;
  }

  test("for its content is told as what it is, and not repeated", async () => {
    const message =
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.";
    const innererror = { code: "ResponsibleAIPolicyViolation", content_filter_result: { hate: { filtered: true } } };
    const error = { message, type: null, param: "prompt", code: "content_filter", status: 400, innererror };
    const told = await refused(400, error);
    expect([told.status, told.headers?.get("x-should-retry")]).toEqual([400, "false"]);
    expect(told.message).toContain("content management policy");
  });

  test("for its rate is told with the pause that Azure asks for", async () => {
    const message = "Requests to the ChatCompletions_Create Operation have exceeded the token rate limit.";
    const told = await refused(429, { code: "429", message }, { "retry-after": "7" });
    expect([told.status, told.headers?.get("retry-after")]).toEqual([429, "7"]);
  });

  test("for a name or a version that it does not know is told as not found", async () => {
    const message = "The API deployment for this resource does not exist.";
    expect(await refused(404, { code: "DeploymentNotFound", message })).toMatchObject({ status: 404 });
    expect(await refused(404, { code: "404", message: "Resource not found" })).toMatchObject({ status: 404 });
  });
});

describe("a credential that the cloud refuses", () => {
  /** What the client is told, and what the log says. */
  async function failure(model: string): Promise<readonly [string, string]> {
    script = () => call;
    const error: unknown = await client.beta.messages.create(ask(model)).catch((reason: unknown) => reason);
    if (!(error instanceof Anthropic.APIError)) throw new Error("the call did not fail", { cause: error });
    expect([error.status, error.headers?.get("x-should-retry")]).toEqual([502, "false"]);
    const line = (): unknown => gateway.exchanges().find((one) => one["request_id"] === error.requestID);
    await gateway.printed(() => line() !== undefined);
    const logged = JSON.stringify(line());
    for (const secret of cloudSecrets) {
      expect(error.message + logged).not.toContain(secret);
    }
    return [error.message, logged];
  }

  test.each([
    ["expired", "is expired"],
    ["elsewhere", "scoped to a valid region"],
    ["denied", "invalid subscription key"],
  ])("is told the client at once, and the log in the cloud's words: %s", async (model, words) => {
    const [message, logged] = await failure(model);
    expect(message).toContain(`The provider \\"${model}\\" refused the credential`);
    expect(logged).toContain(words);
  });

  test("is told to be missing where it is, and the log names the setting", async () => {
    const [message, logged] = await failure("keyless");
    expect(message).toContain("to correct providers.keyless in its configuration");
    expect(logged).toContain("no AWS credentials for providers.keyless: ");
  });

  test("is passed over where there is another", async () => {
    script = () => call;
    expect(said(await client.beta.messages.create(ask("two")))).toEqual(callBy("two"));
  });
});
