import { anthropicMessages, openaiChat, readEnvelope } from "@drawbridge/translator";
import { describe, expect, test } from "vitest";
import { readBody } from "../read-body.ts";
import { sendToProvider } from "../send-to-provider.ts";
import { fakeDialects } from "../test/fake-dialects.ts";
import { reach } from "../test/reach.ts";
import { listModels } from "../list-models.ts";
import { demoProvider } from "./demo-provider.ts";
import { fillSchema } from "./fill-schema.ts";

const never = new AbortController().signal;
const tool = (name: string, properties = {}, required: string[] = []) => ({
  type: "function",
  function: { name, parameters: { type: "object", properties, required } },
});
const bash = tool("Bash", { command: { type: "string" } }, ["command"]);
const user = (content: unknown) => ({ role: "user", content });

function demo(slept: number[] = []) {
  const sleep = (ms: number) => {
    slept.push(ms);
    return Promise.resolve();
  };
  return demoProvider({ dialects: fakeDialects(), sleep, clock: () => 1_000 });
}

async function raw(request: object, provider = demo()): Promise<string> {
  const body = new TextEncoder().encode(JSON.stringify({ model: "demo", ...request }));
  const way = reach(provider, "demo");
  const path = way.endpoint.dialect.paths.create;
  const reply = await sendToProvider(provider, { ...way, path, body, headers: {}, signal: never });
  return new TextDecoder().decode(await readBody(reply.body, 1e6));
}

interface Message {
  readonly content: string;
  readonly reasoning_content?: string;
  readonly tool_calls?: {
    readonly id: string;
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
}

async function whole(request: object): Promise<{ message: Message; finish: string; usage: Record<string, number> }> {
  const answer = JSON.parse(await raw(request));
  return { message: answer.choices[0].message, finish: answer.choices[0].finish_reason, usage: answer.usage };
}

/** The deltas of a streamed answer put together, and how many there were. */
async function streamed(request: object, provider = demo()) {
  const events = (await raw({ ...request, stream: true }, provider)).split("\n\n").filter((event) => event !== "");
  expect(events.at(-1)).toBe("data: [DONE]");
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event.replace(/^data: /, "")));
  const deltas = chunks.flatMap((chunk) => chunk.choices).map((choice) => choice.delta);
  const join = (pick: (delta: Record<string, never>) => string | undefined) =>
    deltas.map((d) => pick(d) ?? "").join("");
  return {
    text: join((delta) => delta["content"]),
    textPieces: deltas.filter((delta) => delta.content).length,
    reasoning: join((delta) => delta["reasoning_content"]),
    toolName: join((delta) => delta["tool_calls"]?.[0]?.["function"]?.["name"]),
    toolArguments: join((delta) => delta["tool_calls"]?.[0]?.["function"]?.["arguments"]),
    finish: chunks.flatMap((chunk) => chunk.choices).at(-1).finish_reason,
    usage: chunks.at(-1).usage,
  };
}

describe("a prompt", () => {
  test("without tools is answered with thinking and labelled text in several pieces, at a pace", async () => {
    const slept: number[] = [];
    const answer = await streamed({ messages: [user("Hello there")] }, demo(slept));
    expect(answer.text).toMatch(/^This is Drawbridge's built-in demo, not a model\./);
    expect(answer.text).toContain("“Hello there”");
    expect(answer.textPieces).toBeGreaterThan(5);
    expect(answer.reasoning).toContain("no model here");
    expect(answer.finish).toBe("stop");
    expect(slept.length).toBeGreaterThan(10);
    expect(Math.max(...slept)).toBeLessThanOrEqual(50);
  });

  test("with a shell among the tools is answered with one harmless call", async () => {
    const answer = await streamed({ messages: [user("Hi")], tools: [tool("Write"), bash] });
    expect([answer.toolName, answer.finish]).toEqual(["Bash", "tool_calls"]);
    expect(JSON.parse(answer.toolArguments)).toMatchObject({ command: 'echo "Hello from the Drawbridge demo"' });
  });

  test("says the same whole as streamed", async () => {
    const request = { messages: [user("Hi")], tools: [bash] };
    const [piecewise, { message, finish, usage }] = [await streamed(request), await whole(request)];
    expect(piecewise).toMatchObject({ text: message.content, reasoning: message.reasoning_content, finish });
    expect(piecewise.toolArguments).toBe(message.tool_calls?.[0]?.function.arguments);
    expect(piecewise.usage.completion_tokens).toBe(usage["completion_tokens"]);
  });

  test("reports usage that adds up", async () => {
    const { usage } = await whole({ messages: [user("Hi")] });
    expect(usage["prompt_tokens"]).toBeGreaterThan(0);
    expect(usage["total_tokens"]).toBe((usage["prompt_tokens"] ?? 0) + (usage["completion_tokens"] ?? 0));
  });

  test("is quoted without the client's own notes", async () => {
    const content = [
      { type: "text", text: "<system-reminder>\nrules\n</system-reminder>" },
      { type: "text", text: "Real words" },
    ];
    const { message } = await whole({ messages: [user(content), user("<system-reminder>x</system-reminder>")] });
    expect(message.content).toContain("“Real words”");
    expect(message.content).not.toContain("system-reminder");
  });

  test("after an earlier tool loop starts a new one", async () => {
    const messages = [user("a"), { role: "assistant", content: "" }, { role: "tool", content: "r" }];
    const { finish } = await whole({
      messages: [...messages, { role: "assistant", content: "ok" }, user("b")],
      tools: [bash],
    });
    expect(finish).toBe("tool_calls");
  });
});

describe("a tool's result", () => {
  const called = { role: "assistant", content: null, tool_calls: [{ id: "c", function: { name: "Bash" } }] };

  test("is reported in text, even with a note of the client after it", async () => {
    const result = { role: "tool", tool_call_id: "c", content: "Hello from the Drawbridge demo" };
    const note = user("<system-reminder>todo</system-reminder>");
    const { message, finish } = await whole({ messages: [user("Hi"), called, result, note], tools: [bash] });
    expect(finish).toBe("stop");
    expect(message.content).toContain("Hello from the Drawbridge demo");
    expect(message.tool_calls).toBeUndefined();
  });

  test("is shortened when it is long", async () => {
    const { message } = await whole({ messages: [user("Hi"), called, { role: "tool", content: "x".repeat(9_000) }] });
    expect(message.content.length).toBeLessThan(1_500);
  });
});

describe("the choice of a tool", () => {
  const messages = [user("Hi")];

  test.each([
    ["none is asked for", { tools: [bash], tool_choice: "none" }, undefined],
    ["words forbid it", { tools: [bash], messages: [user("CRITICAL: Respond with TEXT ONLY.")] }, undefined],
    ["only tools that may change something are there", { tools: [tool("delete_all"), tool("Write")] }, undefined],
    ["a reading tool is there", { tools: [tool("delete_all"), tool("mcp__files__list_dir")] }, "mcp__files__list_dir"],
    [
      "one is forced by name",
      { tools: [bash, tool("answer")], tool_choice: { function: { name: "answer" } } },
      "answer",
    ],
    ["any is forced", { tools: [tool("whatever")], tool_choice: "required" }, "whatever"],
  ])("when %s", async (_, request, expected) => {
    const { message } = await whole({ messages, ...request });
    expect(message.tool_calls?.[0]?.function.name).toBe(expected);
  });
});

test("a schema is answered with JSON that follows it", async () => {
  const schema = { type: "object", properties: { title: { type: "string" } }, required: ["title"] };
  const format = { type: "json_schema", json_schema: { name: "t", schema } };
  const { message } = await whole({ messages: [user("Name it")], response_format: format });
  expect(JSON.parse(message.content)).toEqual({ title: "Drawbridge demo" });
});

test("the client's limit of tokens cuts the answer", async () => {
  const { message, finish } = await whole({ messages: [user("Hi")], tools: [bash], max_tokens: 1 });
  expect([message.content, finish]).toEqual(["This", "length"]);
});

test("reaches an Anthropic client through the translator with thinking, text and a tool call", async () => {
  const dialects = { ...fakeDialects(), "openai-chat": openaiChat, "anthropic-messages": anthropicMessages };
  const provider = demoProvider({ dialects, sleep: () => Promise.resolve() });
  const asked = {
    model: "claude-opus-5-5",
    max_tokens: 32_000,
    stream: true,
    thinking: { type: "adaptive" },
    tools: [{ name: "Bash", input_schema: { type: "object", properties: { command: { type: "string" } } } }],
    messages: [{ role: "user", content: "Hello" }],
  };
  const body = new TextEncoder().encode(JSON.stringify(asked));
  const way = reach(provider, "demo");
  const { target } = way.endpoint;
  const context = { messageId: "msg_1", askedModel: asked.model };
  const translation = openaiChat.translate({ body, envelope: readEnvelope(body) }, target, context);
  const path = way.endpoint.dialect.paths.create;
  const reply = await sendToProvider(provider, { ...way, path, body: translation.body, headers: {}, signal: never });
  const answer = translation.answerStream();
  const decoder = new TextDecoder();
  let events = "";
  for await (const chunk of reply.body) events += decoder.decode(answer.push(chunk));
  events += decoder.decode(answer.end());
  expect(answer.failure).toBeUndefined();
  expect(answer.metered.stopReason).toBe("tool_use");
  expect(answer.metered.usage.estimated).toBe(false);
  for (const part of ["thinking_delta", "text_delta", '"type":"tool_use"', "input_json_delta", "message_stop"]) {
    expect(events).toContain(part);
  }
});

test("lists its one model, by which it is known", async () => {
  expect(await listModels(demo(), never)).toEqual(["demo"]);
  expect([demo().knows("demo"), demo().knows("gpt-5")]).toEqual([true, false]);
});

test("stops when it is cancelled", async () => {
  const controller = new AbortController();
  const provider = demo();
  const body = new TextEncoder().encode(JSON.stringify({ stream: true, messages: [user("Hi")] }));
  const reply = await sendToProvider(provider, {
    ...reach(provider, "demo"),
    path: "/",
    body,
    headers: {},
    signal: controller.signal,
  });
  const reader = reply.body[Symbol.asyncIterator]();
  await reader.next();
  controller.abort();
  await expect(reader.next()).rejects.toMatchObject({ failure: { kind: "cancelled" } });
});

test.each([
  [{ enum: ["b", "a"] }, "b"],
  [{ const: 3 }, 3],
  [{ type: ["string", "null"], maxLength: 2 }, "ab"],
  [{ type: "string", minLength: 5 }, "abc.."],
  [{ type: "string", pattern: "^x" }, undefined],
  [{ type: "integer", minimum: 4 }, 4],
  [{ type: "array", items: { type: "boolean" } }, []],
  [{ type: "array", minItems: 2, items: { type: "boolean" } }, [false, false]],
  [{ anyOf: [{ type: "string", format: "uri" }, { type: "null" }] }, null],
  [{ type: "object", required: ["x"], properties: {} }, undefined],
  [{ type: "object", properties: { x: { type: "string" } } }, {}],
  [{}, undefined],
])("fills %j with %j", (schema, expected) => {
  expect(fillSchema(schema, "abc")).toEqual(expected);
});
