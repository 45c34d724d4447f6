import Anthropic from "@anthropic-ai/sdk";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  ThrottlingException,
} from "@aws-sdk/client-bedrock-runtime";
import { ApiError, type Content, GoogleGenAI } from "@google/genai";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Answer } from "./answer.ts";
import { type FakeProvider, startFakeProvider } from "./fake-provider.ts";
import { signatureOf } from "./signature-of.ts";

// What the vendors' own clients understand is what the vendors say: these tests hold the fake provider to it.

const apiKey = "sk-fake";
const schema = { type: "object", properties: { path: { type: "string" } }, required: ["path"] };
const rich: Answer = {
  thinking: "Let me see what is there.",
  text: "Two files, one plan: “é🙂”.",
  toolCalls: [
    { name: "read_file", input: { path: "/a" } },
    { name: "read_file", input: { path: "/b" } },
  ],
  usage: { inputTokens: 10, cacheReadTokens: 90, outputTokens: 17, thinkingTokens: 7 },
};
const calledWith = [{ path: "/a" }, { path: "/b" }];
const throttled: Answer = { fault: { kind: "http-error", status: 429, message: "tide too low" } };

let script: Answer;
let provider: FakeProvider;

beforeAll(async () => {
  provider = await startFakeProvider({
    apiKey,
    script: ({ assistantTurns }) => (assistantTurns > 0 ? { text: "Both read." } : script),
  });
});
beforeEach(() => {
  script = rich;
});
afterAll(async () => await provider?.close());

async function refusal(call: PromiseLike<unknown>): Promise<unknown> {
  return await Promise.resolve(call).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("OpenAI's client, chat completions", () => {
  const ask = {
    model: "gpt-fake",
    messages: [{ role: "user", content: "Read /a and /b" }],
    tools: [{ type: "function", function: { name: "read_file", parameters: schema } }],
  } satisfies OpenAI.ChatCompletionCreateParams;
  const connect = () => new OpenAI({ baseURL: provider.baseUrlFor("openai-chat"), apiKey, maxRetries: 0 });

  test("reads answers whole and streamed, and its results are taken", async () => {
    const client = connect();
    const whole = await client.chat.completions.create(ask);
    const streamed = await client.chat.completions
      .stream({ ...ask, stream_options: { include_usage: true } })
      .finalChatCompletion();
    for (const { choices, usage } of [whole, streamed]) {
      const message = choices[0]?.message;
      const calls = (message?.tool_calls ?? []).flatMap((call) => (call.type === "function" ? [call] : []));
      expect(choices[0]).toMatchObject({ finish_reason: "tool_calls", message: { content: rich.text } });
      expect(calls.map((call) => JSON.parse(call.function.arguments))).toEqual(calledWith);
      expect(usage).toMatchObject({
        prompt_tokens: 100,
        completion_tokens: 17,
        prompt_tokens_details: { cached_tokens: 90 },
      });
      const results = calls.map(({ id }) => ({ role: "tool" as const, tool_call_id: id, content: "text" }));
      const messages = [...ask.messages, ...(message ? [message] : []), ...results];
      const next = await client.chat.completions.create({ ...ask, messages });
      expect(next.choices[0]?.message.content).toBe("Both read.");
    }
  });

  test("knows a refusal by its class", async () => {
    script = throttled;
    expect(await refusal(connect().chat.completions.create(ask))).toBeInstanceOf(OpenAI.RateLimitError);
  });
});

describe("OpenAI's client, Responses", () => {
  const question: OpenAI.Responses.ResponseInput = [{ role: "user", content: "Read /a and /b" }];
  const ask = {
    model: "gpt-fake",
    tools: [{ type: "function", name: "read_file", parameters: schema, strict: false }],
    reasoning: { summary: "auto" },
    include: ["reasoning.encrypted_content"],
    store: false,
  } satisfies OpenAI.Responses.ResponseCreateParams;
  const connect = () => new OpenAI({ baseURL: provider.baseUrlFor("openai-responses"), apiKey, maxRetries: 0 });

  test("reads answers whole and streamed, and its results are taken", async () => {
    const client = connect();
    const whole = await client.responses.create({ ...ask, input: question });
    const streamed = await client.responses.stream({ ...ask, input: question }).finalResponse();
    for (const { output, output_text, usage, status } of [whole, streamed]) {
      const calls = output.flatMap((item) => (item.type === "function_call" ? [item] : []));
      expect([status, output_text]).toEqual(["completed", rich.text]);
      expect(output[0]).toMatchObject({ type: "reasoning", summary: [{ text: rich.thinking }] });
      expect(calls.map((call) => JSON.parse(call.arguments))).toEqual(calledWith);
      expect(usage).toMatchObject({
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 90 },
        output_tokens: 17,
        output_tokens_details: { reasoning_tokens: 7 },
      });
      const results = calls.map(({ call_id }) => ({ type: "function_call_output" as const, call_id, output: "text" }));
      // Reading a stream, the client adds what it has parsed.
      const added = new Set(["parsed", "parsed_arguments"]);
      const sent = JSON.parse(JSON.stringify(output), (key, value) => (added.has(key) ? undefined : value));
      const next = await client.responses.create({ ...ask, input: [...question, ...sent, ...results] });
      expect(next.output_text).toBe("Both read.");
    }
  });

  test("numbers the events of a stream without gaps", async () => {
    const numbers: number[] = [];
    const stream = await connect().responses.create({ ...ask, input: question, stream: true });
    for await (const event of stream) numbers.push(event.sequence_number);
    expect(numbers).toEqual([...numbers.keys()]);
  });

  test("knows refusals and breaks by their class", async () => {
    script = throttled;
    expect(await refusal(connect().responses.create({ ...ask, input: question }))).toBeInstanceOf(
      OpenAI.RateLimitError,
    );
    script = { ...rich, fault: { kind: "error-mid-stream", afterEvents: 5 } };
    const broken = await refusal(
      connect()
        .responses.stream({ ...ask, input: question })
        .finalResponse(),
    );
    expect(broken).toBeInstanceOf(OpenAI.APIError);
  });
});

describe("Google's client", () => {
  const tools = [{ functionDeclarations: [{ name: "read_file", parametersJsonSchema: schema }] }];
  const question: Content = { role: "user", parts: [{ text: "Read /a and /b" }] };
  const ask = {
    model: "gemini-3.8-flash",
    contents: [question],
    config: { tools, thinkingConfig: { includeThoughts: true }, maxOutputTokens: 100, systemInstruction: "Be brief." },
  };
  const connect = () => {
    const baseUrl = provider.url;
    return new GoogleGenAI({ apiKey, httpOptions: { baseUrl, retryOptions: { attempts: 1 } } });
  };

  test("reads answers whole and streamed, and its results are taken", async () => {
    const { models } = connect();
    const whole = await models.generateContent(ask);
    const chunks = await Array.fromAsync(await models.generateContentStream(ask));
    for (const answers of [[whole], chunks]) {
      const parts = answers.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
      const said = (thought: boolean) =>
        parts.map((part) => ((part.thought ?? false) === thought ? (part.text ?? "") : "")).join("");
      expect([said(true), said(false)]).toEqual([rich.thinking, rich.text]);
      const calls = answers.flatMap(({ functionCalls }) => functionCalls ?? []);
      expect(calls.map(({ args }) => args)).toEqual(calledWith);
      const last = answers.at(-1);
      expect(last?.candidates?.[0]?.finishReason).toBe("STOP");
      expect(last?.usageMetadata).toMatchObject({
        promptTokenCount: 100,
        cachedContentTokenCount: 90,
        candidatesTokenCount: 10,
        thoughtsTokenCount: 7,
      });
      const results = calls.map(({ id = "", name = "" }) => ({
        functionResponse: { id, name, response: { output: "text" } },
      }));
      const turn = parts.filter((part) => part.thought !== true && part.text !== "");
      const contents: Content[] = [question, { role: "model", parts: turn }, { role: "user", parts: results }];
      expect((await models.generateContent({ ...ask, contents })).text).toBe("Both read.");
      const unsigned = turn.map((part) => {
        const { thoughtSignature: _, ...rest } = part;
        return rest;
      });
      const robbed = [question, { role: "model", parts: unsigned }, { role: "user", parts: results }];
      expect(await refusal(models.generateContent({ ...ask, contents: robbed }))).toMatchObject({
        status: 400,
        message: expect.stringContaining("thought_signature"),
      });
    }
  });

  test("knows refusals and breaks by their class", async () => {
    script = throttled;
    expect(await refusal(connect().models.generateContent(ask))).toMatchObject({ status: 429 });
    script = { ...rich, fault: { kind: "error-mid-stream", afterEvents: 2, message: "the model crashed" } };
    const stream = await connect().models.generateContentStream(ask);
    const broken = await refusal(Array.fromAsync(stream));
    expect(broken).toBeInstanceOf(ApiError);
    expect(String(broken)).toContain("the model crashed");
  });
});

describe("Amazon's client", () => {
  const question = { role: "user" as const, content: [{ text: "Read /a and /b" }] };
  const ask = {
    modelId: "us.anthropic.claude-fake-v1:0",
    messages: [question],
    system: [{ text: "Be brief." }, { cachePoint: { type: "default" } }],
    inferenceConfig: { maxTokens: 100 },
    toolConfig: { tools: [{ toolSpec: { name: "read_file", inputSchema: { json: schema } } }] },
  } satisfies ConverseCommandInput;
  let client: BedrockRuntimeClient;
  beforeAll(() => {
    client = new BedrockRuntimeClient({
      region: "us-east-1",
      endpoint: provider.url,
      token: { token: apiKey },
      authSchemePreference: ["httpBearerAuth"],
      maxAttempts: 1,
      // The client's own default is HTTP/2, which Bedrock needs for speech alone.
      requestHandler: new NodeHttpHandler(),
    });
  });
  afterAll(() => client?.destroy());

  test("reads whole answers, and its results are taken", async () => {
    const { output, stopReason, usage } = await client.send(new ConverseCommand(ask));
    const content = output?.message?.content ?? [];
    expect(stopReason).toBe("tool_use");
    expect(usage).toMatchObject({ inputTokens: 10, cacheReadInputTokens: 90, outputTokens: 17, totalTokens: 117 });
    expect(content[0]?.reasoningContent?.reasoningText?.signature).toBe(signatureOf(rich.thinking ?? ""));
    expect(content[1]?.text).toBe(rich.text);
    const calls = content.flatMap(({ toolUse }) => (toolUse ? [toolUse] : []));
    expect(calls.map(({ input }) => input)).toEqual(calledWith);
    const results = calls.map(({ toolUseId }) => ({ toolResult: { toolUseId, content: [{ text: "text" }] } }));
    const messages = [question, { role: "assistant" as const, content }, { role: "user" as const, content: results }];
    const next = await client.send(new ConverseCommand({ ...ask, messages }));
    expect(next.output?.message?.content).toEqual([{ text: "Both read." }]);
  });

  test("reads the frames of a stream", async () => {
    const { stream } = await client.send(new ConverseStreamCommand(ask));
    const events = await Array.fromAsync(stream ?? []);
    const deltas = events.flatMap(({ contentBlockDelta }) => (contentBlockDelta?.delta ? [contentBlockDelta] : []));
    const text = (pick: (delta: (typeof deltas)[number]) => string | undefined) =>
      deltas.map((one) => pick(one) ?? "").join("");
    expect(text(({ delta }) => delta?.reasoningContent?.text)).toBe(rich.thinking);
    expect(text(({ delta }) => delta?.text)).toBe(rich.text);
    const inputs = [2, 3].map((block) =>
      text(({ contentBlockIndex, delta }) => (contentBlockIndex === block ? delta?.toolUse?.input : "")),
    );
    expect(inputs.map((input) => JSON.parse(input))).toEqual(calledWith);
    expect(events[0]?.messageStart?.role).toBe("assistant");
    expect(events.at(-2)?.messageStop?.stopReason).toBe("tool_use");
    expect(events.at(-1)?.metadata?.usage).toMatchObject({ outputTokens: 17 });
  });

  test("knows refusals and exceptions in a stream by their class", async () => {
    script = throttled;
    expect(await refusal(client.send(new ConverseCommand(ask)))).toBeInstanceOf(ThrottlingException);
    script = { ...rich, fault: { kind: "error-mid-stream", afterEvents: 3, type: "ThrottlingException" } };
    const { stream } = await client.send(new ConverseStreamCommand(ask));
    expect(await refusal(Array.fromAsync(stream ?? []))).toBeInstanceOf(ThrottlingException);
  });
});

describe("Anthropic's client", () => {
  const ask = {
    model: "claude-fake",
    max_tokens: 100,
    messages: [{ role: "user", content: "Read /a and /b" }],
    tools: [{ name: "read_file", input_schema: { ...schema, type: "object" } }],
  } satisfies Anthropic.MessageCreateParams;
  const connect = () => new Anthropic({ baseURL: provider.url, apiKey, maxRetries: 0 });

  test("reads answers whole and streamed, and its results are taken", async () => {
    const client = connect();
    const whole = await client.messages.create(ask);
    const streamed = await client.messages.stream(ask).finalMessage();
    for (const { content, stop_reason, usage } of [whole, streamed]) {
      expect(stop_reason).toBe("tool_use");
      expect(content.slice(0, 2)).toMatchObject([{ thinking: rich.thinking }, { text: rich.text }]);
      const calls = content.filter((block) => block.type === "tool_use");
      expect(calls.map(({ input }) => input)).toEqual(calledWith);
      expect(usage).toMatchObject({ input_tokens: 10, cache_read_input_tokens: 90, output_tokens: 17 });
      const results = calls.map(({ id }) => ({ type: "tool_result" as const, tool_use_id: id, content: "text" }));
      const messages = [
        ...ask.messages,
        { role: "assistant" as const, content },
        { role: "user" as const, content: results },
      ];
      expect((await client.messages.create({ ...ask, messages })).content).toMatchObject([{ text: "Both read." }]);
    }
  });

  test("knows refusals and breaks by their class", async () => {
    script = throttled;
    expect(await refusal(connect().messages.create(ask))).toBeInstanceOf(Anthropic.RateLimitError);
    script = { ...rich, fault: { kind: "error-mid-stream", afterEvents: 5 } };
    expect(await refusal(connect().messages.stream(ask).finalMessage())).toBeInstanceOf(Anthropic.APIError);
  });
});
