import Anthropic from "@anthropic-ai/sdk";
import { type Answer, type FakeProvider, type SeenRequest, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { atOnceMs } from "./support/at-once.ts";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";

const model = "claude-sonnet-4-6";
const readTool: Anthropic.Tool = {
  name: "read_file",
  description: "Reads a file.",
  input_schema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
};
const ask = (content: string): Anthropic.MessageCreateParamsNonStreaming => ({
  model,
  max_tokens: 1_000,
  messages: [{ role: "user", content }],
});

describe.each(["openai-chat", "anthropic-messages"] as const)("Anthropic's SDK over %s", (kind) => {
  let script: (request: SeenRequest) => Answer;
  let upstream: FakeProvider;
  let gateway: GatewayHere;
  let client: Anthropic;

  const connect = (options: ConstructorParameters<typeof Anthropic>[0] = {}): Anthropic =>
    new Anthropic({
      baseURL: `${gateway.url}/anthropic`,
      apiKey: aliceKey,
      authToken: null,
      maxRetries: 0,
      ...options,
    });
  const failure = async (call: PromiseLike<unknown>): Promise<InstanceType<typeof Anthropic.APIError>> => {
    const error: unknown = await Promise.resolve(call).catch((reason: unknown) => reason);
    if (error instanceof Anthropic.APIError) return error;
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

  test("messages.create gives a whole message", async () => {
    const { data: message, response } = await client.messages.create(ask("Hi")).withResponse();

    expect(message).toMatchObject({
      type: "message",
      role: "assistant",
      model,
      content: [{ type: "text", text: "Hello there." }],
      stop_reason: "end_turn",
      usage: { input_tokens: 20, cache_read_input_tokens: 80, output_tokens: 5 },
    });
    expect(message.id).toMatch(/^msg_/);
    expect(response.headers.get("request-id")).toMatch(/^req_/);
    expect(response.headers.get("x-drawbridge-provider")).toBe("gpu");
    expect(response.headers.get("x-drawbridge-model")).toBe("qwen3-coder");
    expect(upstream.calls.at(-1)?.body).toMatchObject({ model: "qwen3-coder" });
  });

  test("a virtual key is as good as a bearer token", async () => {
    const message = await connect({ apiKey: null, authToken: aliceKey }).messages.create(ask("Hi"));
    expect(message.stop_reason).toBe("end_turn");
  });

  test("messages.stream gives thinking, text and tool calls, and takes them back", async () => {
    const turns: readonly Answer[] = [
      {
        thinking: "Two files are needed.",
        text: "I read them.",
        interleaved: true,
        toolCalls: [
          { name: "read_file", input: { path: "/a" } },
          { name: "read_file", input: { path: "/b" } },
        ],
      },
      { text: "Both read." },
    ];
    script = ({ assistantTurns }) => turns[assistantTurns] ?? {};
    const params: Anthropic.MessageStreamParams = {
      ...ask("Read /a and /b"),
      max_tokens: 4_000,
      thinking: { type: "enabled", budget_tokens: 2_000 },
      tools: [readTool],
    };
    const texts: string[] = [];
    const stream = client.messages.stream(params).on("text", (text) => texts.push(text));
    const first = await stream.finalMessage();

    expect(first.content).toMatchObject([
      { type: "thinking", thinking: "Two files are needed." },
      { type: "text", text: "I read them." },
      { type: "tool_use", name: "read_file", input: { path: "/a" } },
      { type: "tool_use", name: "read_file", input: { path: "/b" } },
    ]);
    expect(first.stop_reason).toBe("tool_use");
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.join("")).toBe("I read them.");

    const results = first.content.flatMap((block) =>
      block.type === "tool_use"
        ? [{ type: "tool_result" as const, tool_use_id: block.id, content: `text of ${JSON.stringify(block.input)}` }]
        : [],
    );
    const second = await client.messages
      .stream({
        ...params,
        // In the order in which calls finish, which is not the order in which they were made.
        messages: [
          ...params.messages,
          { role: "assistant", content: first.content },
          { role: "user", content: results.toReversed() },
        ],
      })
      .finalMessage();
    expect(second.content).toMatchObject([{ type: "text", text: "Both read." }]);
  });

  test("messages.countTokens counts", async () => {
    const long = await client.messages.countTokens({ model, messages: ask("word ".repeat(1_000)).messages });
    const short = await client.messages.countTokens({ model, messages: ask("word").messages });
    expect(short.input_tokens).toBeGreaterThan(0);
    expect(long.input_tokens).toBeGreaterThan(900);
  });

  test("models.list and models.retrieve show what the key may use", async () => {
    const ids: string[] = [];
    for await (const one of client.models.list({ limit: 1 })) ids.push(one.id);
    expect(new Set(ids).size).toBe(ids.length);
    const names = (await client.models.list({ limit: 1_000 })).data.map((one) => one.display_name);
    expect(names).toHaveLength(ids.length);
    expect(names.some((name) => name.includes("glm-4.6"))).toBe(true);
    for (const id of ids) expect((await client.models.retrieve(id)).id).toBe(id);
    for (const id of ids) expect((await client.messages.create({ ...ask("Hi"), model: id })).model).toBe(id);
  });

  test("errors arrive as the SDK's own classes, with an id and a sentence", async () => {
    const badKey = await failure(connect({ apiKey: "db-wrong" }).messages.create(ask("Hi")));
    expect(badKey).toBeInstanceOf(Anthropic.AuthenticationError);
    expect(badKey.requestID).toMatch(/^req_/);
    expect(badKey.headers?.get("x-should-retry")).toBe("false");
    const noKey = connect({ defaultHeaders: { "X-Api-Key": null, Authorization: null } });
    expect(await failure(noKey.models.list())).toBeInstanceOf(Anthropic.AuthenticationError);

    const notAllowed = await failure(connect({ apiKey: `${aliceKey}-bob` }).messages.create(ask("Hi")));
    expect(notAllowed).toBeInstanceOf(Anthropic.BadRequestError);
    expect(notAllowed.message).toContain("claude-haiku-*");

    const empty = await failure(client.messages.create({ ...ask("Hi"), messages: [] }));
    expect(empty).toBeInstanceOf(Anthropic.BadRequestError);
    expect(empty.message).toContain("messages");

    expect(await failure(client.models.retrieve("no-such-model"))).toBeInstanceOf(Anthropic.NotFoundError);
  });

  test.each([
    [400, Anthropic.BadRequestError],
    [429, Anthropic.RateLimitError],
    [500, Anthropic.InternalServerError],
    [503, Anthropic.InternalServerError],
    [529, Anthropic.InternalServerError],
  ])("an upstream's %i keeps its class, streamed or whole", async (status, expected) => {
    script = () => ({
      fault: { kind: "http-error", status, message: "tide too low", headers: { "retry-after": "7" } },
    });
    const whole = await failure(client.messages.create(ask("Hi")));
    const streamed = await failure(client.messages.stream(ask("Hi")).finalMessage());

    for (const error of [whole, streamed]) {
      expect(error).toBeInstanceOf(expected);
      expect(error.message).toContain("tide too low");
      expect(error.requestID).toMatch(/^req_/);
    }
    if (status === 429) expect(whole.headers?.get("retry-after")).toBe("7");
  });

  test("an upstream's 401 is never the client's", async () => {
    script = () => ({ fault: { kind: "http-error", status: 401, message: `invalid x-api-key ${upstreamKey}` } });
    const error = await failure(client.messages.create(ask("Hi")));
    expect(error).not.toBeInstanceOf(Anthropic.AuthenticationError);
    expect(error.message).toContain("gpu");
    expect(error.message).not.toContain(upstreamKey);
  });

  test.each(["truncated", "reset-mid-stream", "error-mid-stream"] as const)(
    "a stream that breaks (%s) throws and is never a whole message",
    async (fault) => {
      script = () => ({ text: "A long answer that never comes to its end.", fault: { kind: fault, afterEvents: 4 } });
      const stream = client.messages.stream(ask("Hi"));
      let seen = "";
      stream.on("text", (text) => (seen += text));
      await expect(stream.finalMessage()).rejects.toThrow();
      expect(seen).not.toBe("");
    },
  );

  test("garbage in the middle of a stream ends a translated answer with an error, and a native one is whole without it", async () => {
    const text = "A long answer with something in it that nobody can read.";
    script = () => ({ text, fault: { kind: "garbage-line", afterEvents: 4 } });
    const [told] = await Promise.allSettled([client.messages.stream(ask("Hi")).finalText()]);
    const message = expect.stringMatching(/not JSON in the middle of its stream/u) as unknown;
    const reason = { message };
    expect(told).toMatchObject(
      kind === "openai-chat" ? { status: "rejected", reason } : { status: "fulfilled", value: text },
    );
  });

  test("aborting closes the upstream at once", async () => {
    script = () => ({ text: "word ".repeat(10_000), gapMs: 20 });
    const stream = client.messages.stream(ask("Hi"));
    const before = upstream.calls.length;
    await new Promise((resolve) => stream.once("text", resolve));
    const left = performance.now();
    stream.abort();
    await expect(stream.done()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
    const seen = upstream.calls.at(-1);
    expect(upstream.calls.length).toBeGreaterThanOrEqual(before);
    expect(await seen?.ended).toBe("abandoned");
    expect((seen?.abandonedAt ?? Infinity) - left).toBeLessThan(atOnceMs);
  });

  test("aborting before the upstream has answered closes it too", async () => {
    script = () => ({ fault: { kind: "silence-before-head" } });
    const leave = new AbortController();
    const before = upstream.calls.length;
    const call = client.messages.create(ask("Hi"), { signal: leave.signal });
    const failed = expect(call).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
    await upstream.until(({ calls }) => calls.length === before + 1);
    const left = performance.now();
    leave.abort();
    await failed;
    expect(await upstream.calls.at(-1)?.ended).toBe("abandoned");
    expect((upstream.calls.at(-1)?.abandonedAt ?? Infinity) - left).toBeLessThan(atOnceMs);
  });
});
