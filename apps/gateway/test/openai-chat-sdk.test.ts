import { type Answer, type FakeProvider, type SeenRequest, startFakeProvider } from "@drawbridge/providers/testing";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { atOnceMs } from "./support/at-once.ts";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";

const model = "qwen3-coder";
const readTool: OpenAI.ChatCompletionFunctionTool = {
  type: "function",
  function: {
    name: "read_file",
    description: "Reads a file.",
    parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
  },
};
const ask = (content: string): { model: string; messages: OpenAI.ChatCompletionMessageParam[] } => ({
  model,
  messages: [{ role: "user", content }],
});

describe.each(["openai-chat", "anthropic-messages"] as const)("OpenAI's SDK over %s, chat completions", (kind) => {
  let script: (request: SeenRequest) => Answer;
  let upstream: FakeProvider;
  let gateway: GatewayHere;
  let client: OpenAI;

  const connect = (apiKey = aliceKey): OpenAI =>
    new OpenAI({ baseURL: `${gateway.url}/openai/v1`, apiKey, maxRetries: 0 });
  const failure = async (call: PromiseLike<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> => {
    const error: unknown = await Promise.resolve(call).catch((reason: unknown) => reason);
    if (error instanceof OpenAI.APIError) return error;
    throw new Error("the call did not fail with an APIError", { cause: error });
  };

  beforeAll(async () => {
    upstream = await startFakeProvider({
      apiKey: upstreamKey,
      models: ["qwen3-coder", "glm-4.6"],
      script: (request) => script(request),
    });
  });
  // A gateway remembers how its providers fared, and no test is to suffer from another's faults.
  beforeEach(async () => {
    script = () => ({ text: "Hello there.", usage: { inputTokens: 20, cacheReadTokens: 80, outputTokens: 5 } });
    const baseUrl = kind === "openai-chat" ? upstream.openaiBaseUrl : upstream.url;
    gateway = await startGatewayHere({
      providers: { gpu: { kind, baseUrl, apiKey: upstreamKey } },
      models: [{ match: "claude-*", target: "gpu/qwen3-coder" }],
      keys: [
        { name: "alice", value: aliceKey },
        { name: "bob", value: `${aliceKey}-bob`, models: { allow: ["claude-haiku-*"] } },
      ],
    });
    client = connect();
  });
  afterEach(() => gateway.close());
  afterAll(async () => {
    await upstream?.close();
  });

  test("create gives a whole completion", async () => {
    const { data, response, request_id } = await client.chat.completions
      .create({ ...ask("Hi"), model: "claude-sonnet-4-6", seed: 7 })
      .withResponse();

    expect(data).toMatchObject({
      object: "chat.completion",
      model: "claude-sonnet-4-6",
      choices: [{ index: 0, message: { role: "assistant", content: "Hello there." }, finish_reason: "stop" }],
      usage: {
        prompt_tokens: 100,
        completion_tokens: 5,
        total_tokens: 105,
        prompt_tokens_details: { cached_tokens: 80 },
      },
    });
    expect(data.id).toMatch(/^chatcmpl-/);
    expect(request_id).toMatch(/^req_/);
    expect(response.headers.get("x-drawbridge-provider")).toBe("gpu");
    const native = kind === "openai-chat";
    expect(response.headers.get("x-drawbridge-dropped")).toBe(native ? null : "seed");
    expect(upstream.calls.at(-1)?.body).toMatchObject({ model: "qwen3-coder", ...(native ? { seed: 7 } : {}) });
    // The fake provider lives in 2023.
    if (!native) expect(Math.abs(data.created - Date.now() / 1_000)).toBeLessThan(60);
  });

  test("a stream says the same in chunks, with the usage last", async () => {
    const stream = await client.chat.completions.create({
      ...ask("Hi"),
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe("Hello there.");
    expect(chunks[0]?.choices[0]?.delta.role).toBe("assistant");
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("stop");
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 100, completion_tokens: 5 } });
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  test("tools are called in parallel, and their results are taken back", async () => {
    const turns: readonly Answer[] = [
      {
        thinking: "Two files are needed.",
        text: "I read them.",
        toolCalls: [
          { name: "read_file", input: { path: "/a" } },
          { name: "read_file", input: {} },
        ],
      },
      { text: "Both read." },
    ];
    script = ({ assistantTurns }) => turns[assistantTurns] ?? {};
    const params = { ...ask("Read /a and /b"), reasoning_effort: "high" as const, tools: [readTool] };
    const message = (await client.chat.completions.stream(params).finalChatCompletion()).choices[0]?.message;
    const whole = (await client.chat.completions.create(params)).choices[0];

    expect(whole).toMatchObject({
      message: { reasoning_content: "Two files are needed." },
      finish_reason: "tool_calls",
    });
    for (const said of [message, whole?.message]) {
      const calls = said?.tool_calls?.filter((call) => call.type === "function") ?? [];
      expect(said?.content).toBe("I read them.");
      expect(calls.map((call) => call.function.name)).toEqual(["read_file", "read_file"]);
      expect(calls.map((call) => call.function.arguments)).toEqual(['{"path":"/a"}', "{}"]);
      const results = calls.map(({ id }) => ({ role: "tool" as const, tool_call_id: id, content: `text of ${id}` }));
      const messages = [...params.messages, ...(said === undefined ? [] : [said]), ...results];
      const second = await client.chat.completions.create({ ...params, messages });
      expect(second.choices[0]?.message.content).toBe("Both read.");
      for (const { id } of calls) expect(JSON.stringify(upstream.calls.at(-1)?.body)).toContain(`text of ${id}`);
    }
  });

  test("an image reaches the model", async () => {
    const url = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==";
    const content = [
      { type: "text" as const, text: "What is this?" },
      { type: "image_url" as const, image_url: { url } },
    ];
    await client.chat.completions.create({ model, messages: [{ role: "user", content }] });
    expect(JSON.stringify(upstream.calls.at(-1)?.body)).toContain("iVBORw0KGgoAAAANSUhEUg==");
  });

  test("models.list and models.retrieve show what the key may use, by its own name", async () => {
    const names: string[] = [];
    for await (const one of client.models.list()) names.push(one.id);
    expect(names.some((name) => name.includes("glm-4.6"))).toBe(true);
    expect((await client.models.retrieve("gpu/glm-4.6")).id).toBe("gpu/glm-4.6");
    expect(await failure(client.models.retrieve("no-such-model"))).toBeInstanceOf(OpenAI.NotFoundError);
  });

  test("refusals arrive as the SDK's own classes, with code, id and a sentence", async () => {
    const badKey = await failure(connect("db-wrong").chat.completions.create(ask("Hi")));
    expect(badKey).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(badKey).toMatchObject({ code: "invalid_api_key", requestID: expect.stringMatching(/^req_/) });

    const notAllowed = await failure(connect(`${aliceKey}-bob`).chat.completions.create(ask("Hi")));
    expect(notAllowed).toBeInstanceOf(OpenAI.NotFoundError);
    expect(notAllowed.code).toBe("model_not_found");
    expect(notAllowed.message).toContain("claude-haiku-*");

    const empty = await failure(client.chat.completions.create({ ...ask("Hi"), messages: [] }));
    expect(empty).toBeInstanceOf(OpenAI.BadRequestError);
    expect(empty).toMatchObject({ type: "invalid_request_error", param: "messages" });

    expect(await failure(client.get("/nothing"))).toBeInstanceOf(OpenAI.NotFoundError);
    expect(await failure(client.get("/chat/completions"))).toMatchObject({ status: 405 });
  });

  test.each([
    [400, OpenAI.BadRequestError],
    [429, OpenAI.RateLimitError],
    [500, OpenAI.InternalServerError],
    [529, OpenAI.InternalServerError],
  ])("an upstream's %i keeps its class, streamed or whole", async (status, expected) => {
    script = () => ({
      fault: { kind: "http-error", status, message: "tide too low", headers: { "retry-after": "7" } },
    });
    const whole = await failure(client.chat.completions.create(ask("Hi")));
    const streamed = await failure(client.chat.completions.stream(ask("Hi")).finalChatCompletion());
    for (const error of [whole, streamed]) {
      expect(error).toBeInstanceOf(expected);
      expect(error.message).toContain("tide too low");
      expect(error.requestID).toMatch(/^req_/);
    }
    if (status === 429) expect(whole.headers?.get("retry-after")).toBe("7");
  });

  test("an upstream's 401 is never the client's", async () => {
    script = () => ({ fault: { kind: "http-error", status: 401, message: `invalid x-api-key ${upstreamKey}` } });
    const error = await failure(client.chat.completions.create(ask("Hi")));
    expect(error).not.toBeInstanceOf(OpenAI.AuthenticationError);
    expect(error.message).toContain("gpu");
    expect(error.message).not.toContain(upstreamKey);
  });

  test.each(["truncated", "reset-mid-stream", "error-mid-stream"] as const)(
    "a stream that breaks (%s) throws and is never a whole completion",
    async (fault) => {
      script = () => ({ text: "A long answer that never comes to its end.", fault: { kind: fault, afterEvents: 4 } });
      const stream = client.chat.completions.stream(ask("Hi"));
      let seen = "";
      stream.on("content", (text) => (seen += text));
      await expect(stream.finalChatCompletion()).rejects.toThrow(OpenAI.APIError);
      expect(seen).not.toBe("");
    },
  );

  test("aborting closes the upstream at once", async () => {
    script = () => ({ text: "word ".repeat(10_000), gapMs: 20 });
    const stream = client.chat.completions.stream(ask("Hi"));
    await stream.emitted("content");
    const left = performance.now();
    stream.abort();
    await expect(stream.done()).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    const seen = upstream.calls.at(-1);
    expect(await seen?.ended).toBe("abandoned");
    expect((seen?.abandonedAt ?? Infinity) - left).toBeLessThan(atOnceMs);
  });
});
