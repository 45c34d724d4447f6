import { afterEach, describe, expect, test } from "vitest";
import { createProvider } from "./create-provider.ts";
import { listModels } from "./list-models.ts";
import { createModelList } from "./model-list.ts";
import { undiciTransport } from "./node/undici-transport.ts";
import { Secret } from "./secret.ts";
import { fakeDialects } from "./test/fake-dialects.ts";
import { Loopback } from "./test/loopback.ts";

const loopback = new Loopback();
afterEach(() => loopback.close());
const never = new AbortController().signal;

function providerAt(baseUrl: string, kind = "openai-chat") {
  const transport = undiciTransport();
  loopback.onClose(() => transport.close());
  const settings = { kind, baseUrl, apiKey: new Secret("sk-test") };
  return createProvider("p", settings, { transport, dialects: fakeDialects() });
}

async function listed(answer: string, status = 200): Promise<string[]> {
  const origin = await loopback.http((_, response) => void response.writeHead(status).end(answer));
  return listModels(providerAt(`${origin}/v1`), never);
}

test.each([
  ["OpenAI", '{"object":"list","data":[{"id":"a"},{"id":"b"}]}', ["a", "b"]],
  ["a bare array", '[{"id":"a"},{"id":"b"}]', ["a", "b"]],
  ["names", '{"models":[{"name":"llama3:8b"}]}', ["llama3:8b"]],
  ["strings", '{"data":["a","b"]}', ["a", "b"]],
  ["prefixed ids", '{"data":[{"id":"models/gemini-flash-latest"}]}', ["gemini-flash-latest"]],
  [
    "Gemini",
    '{"models":[{"name":"models/gemini-3.8-flash","supportedGenerationMethods":["generateContent","countTokens"]},{"name":"models/gemini-embedding-001","supportedGenerationMethods":["embedContent"]}]}',
    ["gemini-3.8-flash"],
  ],
  [
    "Bedrock's models, those that can be asked for by their id",
    '{"modelSummaries":[{"modelId":"amazon.nova-pro-v1:0","outputModalities":["TEXT"],"inferenceTypesSupported":["ON_DEMAND"]},{"modelId":"anthropic.claude-sonnet-4-6","outputModalities":["TEXT"],"inferenceTypesSupported":["INFERENCE_PROFILE"]},{"modelId":"amazon.nova-canvas-v1:0","outputModalities":["IMAGE"],"inferenceTypesSupported":["ON_DEMAND"]}]}',
    ["amazon.nova-pro-v1:0"],
  ],
  [
    "Bedrock's inference profiles",
    '{"inferenceProfileSummaries":[{"inferenceProfileName":"EU Sonnet","inferenceProfileId":"eu.anthropic.claude-sonnet-4-6","inferenceProfileArn":"arn:x"}]}',
    ["eu.anthropic.claude-sonnet-4-6"],
  ],
  [
    "Vertex",
    '{"publisherModels":[{"name":"publishers/anthropic/models/claude-sonnet-4-5","versionId":"20250929"},{"name":"publishers/google/models/gemini-3.8-flash","versionId":"default"}]}',
    ["claude-sonnet-4-5", "gemini-3.8-flash"],
  ],
  ["Cohere", '{"models":[{"name":"command-a-03-2025","endpoints":["chat"]}]}', ["command-a-03-2025"]],
  [
    "GitHub Models",
    '[{"id":"openai/gpt-5","name":"GPT-5","supported_output_modalities":["text"]},{"id":"openai/text-embedding-3-large","supported_output_modalities":["embeddings"]}]',
    ["openai/gpt-5"],
  ],
  [
    "Databricks",
    '{"endpoints":[{"name":"databricks-claude-sonnet-5","id":"0123","task":"llm/v1/chat"},{"name":"databricks-gte-large-en","task":"llm/v1/embeddings"},{"name":"my-llm"}]}',
    ["databricks-claude-sonnet-5", "my-llm"],
  ],
  [
    "Cloudflare",
    '{"success":true,"result":[{"id":"429b9e8b","name":"@cf/openai/gpt-oss-120b","task":{"id":"c329","name":"Text Generation"}},{"id":"57fbd08a","name":"@cf/baai/bge-m3","task":{"name":"Text Embeddings"}}]}',
    ["@cf/openai/gpt-oss-120b"],
  ],
  [
    "OpenRouter",
    '{"data":[{"id":"z-ai/glm-5.3","architecture":{"output_modalities":["text"]}},{"id":"black-forest/flux","architecture":{"output_modalities":["image"]}}]}',
    ["z-ai/glm-5.3"],
  ],
  [
    "Together",
    '[{"id":"zai-org/GLM-5.2","type":"chat"},{"id":"black-forest/flux","type":"image"}]',
    ["zai-org/GLM-5.2"],
  ],
  [
    "Mistral",
    '{"data":[{"id":"mistral-large-latest","capabilities":{"completion_chat":true}},{"id":"mistral-embed","capabilities":{"completion_chat":false}}]}',
    ["mistral-large-latest"],
  ],
  ["junk among them", '{"data":[null,{"id":""},{"id":7},{"id":"a"},{"id":"a"}]}', ["a"]],
  ["null", '{"data":null}', []],
  ["something else", '"hello"', []],
])("reads the shape: %s", async (_, answer, expected) => {
  expect(await listed(answer)).toEqual(expected);
});

test("follows the pages of Anthropic with the credential", async () => {
  const seen: string[] = [];
  const origin = await loopback.http((request, response) => {
    seen.push(`${request.url} ${String(request.headers["x-api-key"])} ${String(request.headers["anthropic-version"])}`);
    const last = request.url?.includes("after_id=b") === true;
    response.end(
      last
        ? '{"data":[{"id":"c"}],"has_more":false,"last_id":"c"}'
        : '{"data":[{"id":"a"},{"id":"b"}],"has_more":true,"last_id":"b"}',
    );
  });
  expect(await listModels(providerAt(origin, "anthropic-messages"), never)).toEqual(["a", "b", "c"]);
  expect(seen).toEqual([
    "/v1/models?limit=1000 sk-test 2023-06-01",
    "/v1/models?limit=1000&after_id=b sk-test 2023-06-01",
  ]);
});

test.each([
  ["Google", "nextPageToken", "/v1/models?pageToken=b%2F1"],
  ["Bedrock", "nextToken", "/v1/models?nextToken=b%2F1"],
  ["Cohere", "next_page_token", "/v1/models?page_token=b%2F1"],
])("follows the pages of %s", async (_, field, url) => {
  const seen: (string | undefined)[] = [];
  const origin = await loopback.http((request, response) => {
    seen.push(request.url);
    const first = seen.length === 1;
    response.end(JSON.stringify({ models: [{ name: `m${seen.length}` }], [field]: first ? "b/1" : "" }));
  });
  expect(await listModels(providerAt(`${origin}/v1`), never)).toEqual(["m1", "m2"]);
  expect(seen).toEqual(["/v1/models", url]);
});

test("a list that may not be read leaves the others", async () => {
  const origin = await loopback.http((request, response) => {
    const profiles = request.url?.startsWith("/inference-profiles") === true;
    response.writeHead(profiles ? 403 : 200).end(profiles ? "{}" : '{"modelSummaries":[{"modelId":"a"}]}');
  });
  expect(await listModels(providerAt(origin, "bedrock"), never)).toEqual(["a"]);
});

test("does not follow pages for ever", async () => {
  let pages = 0;
  const origin = await loopback.http((_, response) => {
    pages += 1;
    response.end(`{"data":[{"id":"m${pages}"}],"has_more":true,"last_id":"m${pages}"}`);
  });
  expect(await listModels(providerAt(origin), never)).toHaveLength(20);
});

test("an error answer is the dialect's failure", async () => {
  await expect(listed("no", 401)).rejects.toMatchObject({ failure: { kind: "unauthenticated", status: 401 } });
});

test("HTML and endless answers are malformed", async () => {
  await expect(listed("<html>")).rejects.toMatchObject({ failure: { kind: "malformed" } });
  await expect(listed(`[${'"x",'.repeat(3e6)}]`)).rejects.toMatchObject({ failure: { kind: "malformed" } });
});

describe("the list that is kept", () => {
  test("is asked for once in its time to live, and by all at the same time together", async () => {
    let now = 0;
    let asked = 0;
    const list = createModelList({
      list: () => Promise.resolve([`m${(asked += 1)}`]),
      clock: () => now,
      ttlMs: 1_000,
    });
    expect(list.current()).toEqual([]);
    await Promise.all([list.refresh(), list.refresh()]);
    now = 999;
    await list.refresh();
    expect(list.current()).toEqual(["m1"]);
    now = 1_000;
    await list.refresh();
    expect(list.current()).toEqual(["m2"]);
  });

  test("stays when a refresh fails, and the failure holds as long as an answer would", async () => {
    let now = 0;
    const answers = [() => Promise.resolve(["a"]), () => Promise.reject(new Error("down"))];
    let asked = 0;
    const list = createModelList({
      list: () => answers[asked++ % 2]?.() ?? Promise.resolve([]),
      clock: () => now,
      ttlMs: 10,
    });
    await list.refresh();
    now = 10;
    await expect(list.refresh()).rejects.toThrow("down");
    await list.refresh();
    expect([asked, list.current()]).toEqual([2, ["a"]]);
  });
});
