import { type Answer, type FakeProvider, type SeenRequest, startFakeProvider } from "@drawbridge/providers/testing";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { atOnceMs } from "./support/at-once.ts";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";

type Input = OpenAI.Responses.ResponseInputItem[];

const model = "qwen3-coder";
const readTool: OpenAI.Responses.FunctionTool = {
  type: "function",
  name: "read_file",
  description: "Reads a file.",
  parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
  strict: false,
};
const patchTool: OpenAI.Responses.CustomTool = {
  type: "custom",
  name: "apply_patch",
  description: "Patches files.",
  format: { type: "grammar", syntax: "lark", definition: "start: /.+/" },
};

describe.each(["openai-chat", "anthropic-messages"] as const)("OpenAI's SDK over %s, Responses", (kind) => {
  let script: (request: SeenRequest) => Answer;
  let upstream: FakeProvider;
  let gateway: GatewayHere;
  let client: OpenAI;

  const failure = async (call: PromiseLike<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> => {
    const error: unknown = await Promise.resolve(call).catch((reason: unknown) => reason);
    if (error instanceof OpenAI.APIError) return error;
    throw new Error("the call did not fail with an APIError", { cause: error });
  };

  beforeAll(async () => {
    upstream = await startFakeProvider({
      apiKey: upstreamKey,
      models: ["qwen3-coder"],
      script: (request) => script(request),
    });
    const baseUrl = kind === "openai-chat" ? upstream.openaiBaseUrl : upstream.url;
    gateway = await startGatewayHere({
      providers: { gpu: { kind, baseUrl, apiKey: upstreamKey } },
      keys: [{ name: "alice", value: aliceKey }],
    });
    client = new OpenAI({ baseURL: `${gateway.url}/openai/v1`, apiKey: aliceKey, maxRetries: 0 });
  });
  beforeEach(() => {
    script = () => ({ text: "Hello there.", usage: { inputTokens: 20, cacheReadTokens: 80, outputTokens: 5 } });
  });
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  test("create gives a whole response", async () => {
    const { data, response } = await client.responses.create({ model, input: "Hi", store: false }).withResponse();
    expect(data).toMatchObject({
      object: "response",
      model,
      status: "completed",
      output_text: "Hello there.",
      output: [{ type: "message", role: "assistant", status: "completed" }],
      usage: { input_tokens: 100, input_tokens_details: { cached_tokens: 80 }, output_tokens: 5, total_tokens: 105 },
    });
    expect(data.id).toMatch(/^resp_/);
    expect(response.headers.get("x-request-id")).toMatch(/^req_/);
  });

  test("a stream carries items in order, numbered without gaps", async () => {
    script = () => ({ thinking: "Let me see.", text: "Hello there." });
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    const reasoning = { effort: "high", summary: "auto" } as const;
    const stream = await client.responses.create({ model, input: "Hi", stream: true, reasoning });
    for await (const event of stream) events.push(event);

    expect(events.map((event) => event.sequence_number)).toEqual([...events.keys()]);
    const kinds = events.map(({ type }) => type);
    expect(kinds.filter((type, index) => type !== kinds[index - 1])).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.reasoning_summary_part.added",
      "response.reasoning_summary_text.delta",
      "response.reasoning_summary_text.done",
      "response.reasoning_summary_part.done",
      "response.output_item.done",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    const last = events.at(-1);
    const output = last?.type === "response.completed" ? last.response.output : [];
    expect(output).toMatchObject([
      { type: "reasoning", summary: [{ text: "Let me see." }], encrypted_content: expect.any(String) },
      { type: "message", content: [{ type: "output_text", text: "Hello there." }] },
    ]);
  });

  test("reasoning, calls and their results go round, streamed and whole", async () => {
    const turns: readonly Answer[] = [
      {
        thinking: "Two things.",
        text: "I do it.",
        toolCalls: [
          { name: "read_file", input: { path: "/a" } },
          { name: "apply_patch", input: { input: "*** Begin Patch\n*** End Patch" } },
        ],
      },
      { text: "Done." },
    ];
    script = ({ assistantTurns }) => turns[assistantTurns] ?? {};
    const params = {
      model,
      instructions: "Be brief.",
      tools: [readTool, patchTool],
      reasoning: { effort: "medium", summary: "auto" },
      include: ["reasoning.encrypted_content"],
      store: false,
      prompt_cache_key: "session-1",
    } satisfies Partial<OpenAI.Responses.ResponseCreateParams>;
    const question: Input = [{ role: "user", content: [{ type: "input_text", text: "Read and patch" }] }];
    const streamed = await client.responses.stream({ ...params, input: question }).finalResponse();
    const whole = await client.responses.create({ ...params, input: question });

    for (const { output } of [streamed, whole]) {
      expect(output).toMatchObject([
        { type: "reasoning", summary: [{ text: "Two things." }] },
        { type: "message", content: [{ text: "I do it." }] },
        { type: "function_call", name: "read_file", arguments: '{"path":"/a"}', status: "completed" },
        { type: "custom_tool_call", name: "apply_patch", input: "*** Begin Patch\n*** End Patch" },
      ]);
      const results = output.flatMap((item): Input => {
        if (item.type === "function_call")
          return [{ type: "function_call_output", call_id: item.call_id, output: "text of /a" }];
        return item.type === "custom_tool_call"
          ? [{ type: "custom_tool_call_output", call_id: item.call_id, output: "patched" }]
          : [];
      });
      const input = [...question, ...output, ...results] as Input;
      const second = await client.responses.create({ ...params, input });
      expect(second.output_text).toBe("Done.");
      const seen = JSON.stringify(upstream.calls.at(-1)?.body);
      for (const text of ["Be brief.", "text of /a", "patched"]) expect(seen).toContain(text);
    }
  });

  test("an answer cut off at its limit is incomplete", async () => {
    script = () => ({ text: "Once upon", finish: "length" });
    const cut = { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
    expect(await client.responses.create({ model, input: "Hi" })).toMatchObject(cut);
    const stream = await client.responses.create({ model, input: "Hi", stream: true });
    let last: OpenAI.Responses.ResponseStreamEvent | undefined;
    for await (const event of stream) last = event;
    expect(last).toMatchObject({ type: "response.incomplete", response: cut });
  });

  test("errors arrive as the SDK's own classes", async () => {
    script = () => ({ fault: { kind: "http-error", status: 429, message: "tide too low" } });
    const limited = await failure(client.responses.create({ model, input: "Hi" }));
    expect(limited).toBeInstanceOf(OpenAI.RateLimitError);
    expect(limited).toMatchObject({ code: "rate_limit_exceeded", message: expect.stringContaining("tide too low") });

    const stored = await failure(client.responses.create({ model, input: "Hi", previous_response_id: "resp_1" }));
    expect(stored).toBeInstanceOf(OpenAI.BadRequestError);
    expect(stored.param).toBe("previous_response_id");
  });

  test("a stream that breaks ends in an error and in a failed response", async () => {
    script = () => ({ text: "A long answer that never ends.", fault: { kind: "error-mid-stream", afterEvents: 4 } });
    await expect(client.responses.stream({ model, input: "Hi" }).finalResponse()).rejects.toThrow(OpenAI.APIError);
    const raw = await client.responses.create({ model, input: "Hi", stream: true }).asResponse();
    const frames = (await raw.text()).trim().split("\n\n").slice(-2);
    expect(frames.map((frame) => frame.split("\n", 1)[0])).toEqual(["event: error", "event: response.failed"]);
  });

  test("aborting closes the upstream at once", async () => {
    script = () => ({ text: "word ".repeat(10_000), gapMs: 20 });
    const stream = client.responses.stream({ model, input: "Hi" });
    await stream.emitted("response.output_text.delta");
    const left = performance.now();
    stream.abort();
    await expect(stream.done()).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    const seen = upstream.calls.at(-1);
    expect(await seen?.ended).toBe("abandoned");
    expect((seen?.abandonedAt ?? Infinity) - left).toBeLessThan(atOnceMs);
  });
});
