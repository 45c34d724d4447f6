import { type Answer, type FakeProvider, type SeenRequest, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, lineOf, post, streamedText } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";
import { type GatewayProcess, startGateway } from "./support/start-gateway.ts";

const model = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const hello: Answer = { text: "Hello", usage: { inputTokens: 7, cacheReadTokens: 3, outputTokens: 2 } };
let bedrock: FakeProvider;
let gateway: GatewayProcess;
let script: (request: SeenRequest) => Answer;

beforeAll(async () => {
  bedrock = await startFakeProvider({ apiKey: upstreamKey, models: [model], script: (request) => script(request) });
  gateway = await startGateway({
    providers: { aws: { kind: "bedrock-converse", baseUrl: bedrock.url, apiKey: upstreamKey } },
    models: [{ match: "claude-*", target: `aws/${model}` }],
    keys: [{ name: "alice", value: aliceKey }],
  });
});
afterAll(async () => {
  await gateway?.close();
  await bedrock?.close();
});

test("BR-13 FR-17: a stream goes to the model's own path and comes back as Claude's", async () => {
  script = () => hello;
  const got = await post(gateway.url, ask(true));
  expect(streamedText(got)).toBe("Hello");
  expect(got.events.at(-2)).toMatchObject({ usage: { input_tokens: 7, cache_read_input_tokens: 3, output_tokens: 2 } });
  const seen = bedrock.calls.at(-1);
  expect(seen?.path).toBe("/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream");
  expect(seen?.headers["authorization"]).toBe(`Bearer ${upstreamKey}`);
  expect(Object.keys(Object(seen?.body))).toEqual(["inferenceConfig", "messages"]);
  expect(await lineOf(gateway, got)).toMatchObject({ provider: "aws", outcome: "ok" });
});

test("a whole answer goes to the other path", async () => {
  script = () => hello;
  const got = await post(gateway.url, ask(false));
  expect(JSON.parse(got.text)).toMatchObject({ model: "claude-sonnet-4-6", content: [{ text: "Hello" }] });
  expect(bedrock.calls.at(-1)?.path).toMatch(/\/converse$/);
});

test("ERR-06: an overflow makes the client compact, with numbers where they are told", async () => {
  const message = "The model returned the following errors: prompt is too long: 200049 tokens > 200000 maximum";
  script = () => ({ fault: { kind: "http-error", status: 400, message } });
  const got = await post(gateway.url, ask(true));
  expect([got.status, got.error?.message]).toEqual([400, "prompt is too long: 200049 tokens > 200000 maximum"]);
});

test("BR-14 STR-28: an exception before any content is a status, after it an error event", async () => {
  const exception = { kind: "error-mid-stream", message: "no" } as const;
  script = () => ({ ...hello, fault: { ...exception, type: "ValidationException", afterEvents: 1 } });
  expect((await post(gateway.url, ask(true))).status).toBe(400);
  const late = { ...exception, type: "ThrottlingException", afterEvents: 2 };
  script = () => ({ ...hello, deltaChars: 3, fault: late });
  const broken = await post(gateway.url, ask(true));
  expect(streamedText(broken)).toBe("Hel");
  expect([broken.status, broken.events.at(-1)]).toMatchObject([
    200,
    { type: "error", error: { type: "rate_limit_error" } },
  ]);
});

test("a field that the model refuses is left out, and stays out from then on", async () => {
  const message =
    "This model doesn't support the inferenceConfig.temperature field. Remove inferenceConfig.temperature and try again.";
  const before = bedrock.calls.length;
  script = ({ body }) =>
    JSON.stringify(body).includes("temperature") ? { fault: { kind: "http-error", status: 400, message } } : hello;
  const more = { temperature: 0.5 };
  expect(streamedText(await post(gateway.url, ask(true, more)))).toBe("Hello");
  expect(streamedText(await post(gateway.url, ask(true, more)))).toBe("Hello");
  const bodies = bedrock.calls.slice(before).map(({ body }) => body);
  expect(bodies).toMatchObject([
    { inferenceConfig: { maxTokens: 100, temperature: 0.5 } },
    { inferenceConfig: { maxTokens: 100 } },
    { inferenceConfig: { maxTokens: 100 } },
  ]);
  expect(JSON.stringify(bodies.slice(1))).not.toContain("temperature");
});
