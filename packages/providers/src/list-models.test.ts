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
