import { request as httpRequest } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import type { Answer } from "./answer.ts";
import type { FakeProviderOptions } from "./fake-provider-options.ts";
import { type FakeProvider, startFakeProvider } from "./fake-provider.ts";
import type { Fault } from "./fault.ts";
import { signatureOf } from "./signature-of.ts";

let provider: FakeProvider | undefined;
afterEach(async () => await provider?.close());

async function start(script: Answer | FakeProviderOptions["script"], options?: Partial<FakeProviderOptions>) {
  provider = await startFakeProvider({ script: typeof script === "function" ? script : () => script, ...options });
  return provider;
}

const user = { role: "user", content: "Hello" };
const chatBody = { model: "m", messages: [user], stream: true, stream_options: { include_usage: true } };
const messagesBody = { model: "m", max_tokens: 10, messages: [user], stream: true };

async function post(url: string, body: unknown, init: RequestInit = {}) {
  return await fetch(url, { method: "POST", body: JSON.stringify(body), ...init });
}

const chat = (body: object = {}, init?: RequestInit) =>
  post(`${provider?.openaiBaseUrl}/chat/completions`, { ...chatBody, ...body }, init);
const messages = (body: object = {}) => post(`${provider?.url}/v1/messages?beta=true`, { ...messagesBody, ...body });

function dataLines(text: string): string[] {
  return text.split(/\r?\n/).flatMap((line) => (line.startsWith("data: ") ? [line.slice(6)] : []));
}

type Json = ReturnType<typeof JSON.parse>;
const parse = (text: string): Json => JSON.parse(text);

const rich: Answer = {
  thinking: "Let me see.",
  text: "Two files, one plan.",
  toolCalls: [
    { name: "Read", input: { file_path: "/a" } },
    { name: "Write", input: { file_path: "/b" }, id: "own" },
  ],
  usage: { inputTokens: 10, outputTokens: 7, cacheReadTokens: 90, thinkingTokens: 3 },
};

/** Puts a chat stream together again. */
function gather(text: string) {
  const chunks = dataLines(text)
    .filter((line) => line !== "[DONE]")
    .map(parse);
  const calls: { id: string; name: string; args: string }[] = [];
  let content = "";
  let reasoning = "";
  for (const { delta } of chunks.flatMap((chunk: Json) => chunk.choices)) {
    content += delta.content ?? "";
    reasoning += delta.reasoning_content ?? "";
    for (const call of delta.tool_calls ?? []) {
      calls[call.index] ??= { id: call.id, name: call.function.name, args: "" };
      const known = calls[call.index];
      if (known) known.args += call.function.arguments;
    }
  }
  const finish = chunks.flatMap((chunk: Json) => chunk.choices.map((choice: Json) => choice.finish_reason));
  return { content, reasoning, calls, finish: finish.filter(Boolean), usage: chunks.at(-1)?.usage };
}

describe("chat completions", () => {
  test("streams thinking, text, tool calls, usage and the end", async () => {
    await start(rich);
    const text = await (await chat()).text();
    expect(gather(text)).toEqual({
      content: rich.text,
      reasoning: rich.thinking,
      calls: [
        { id: "call_fake_0_0", name: "Read", args: '{"file_path":"/a"}' },
        { id: "own", name: "Write", args: '{"file_path":"/b"}' },
      ],
      finish: ["tool_calls"],
      usage: expect.objectContaining({ prompt_tokens: 100, completion_tokens: 7 }),
    });
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  test("interleaves parallel tool calls when told to", async () => {
    await start({ ...rich, interleaved: true, deltaChars: 4 });
    const text = await (await chat()).text();
    const order = dataLines(text)
      .flatMap((line) => (line === "[DONE]" ? [] : parse(line).choices))
      .flatMap((choice: Json) => choice.delta.tool_calls?.map((call: Json) => call.index) ?? []);
    expect(order.slice(0, 6)).toEqual([0, 1, 0, 1, 0, 1]);
    expect(gather(text).calls.map((call) => call.args)).toEqual(['{"file_path":"/a"}', '{"file_path":"/b"}']);
  });

  test("reports usage in a stream only when asked, and never with usage none", async () => {
    await start((request) => (request.index === 0 ? rich : { ...rich, usage: "none" }));
    expect(await (await chat({ stream_options: undefined })).text()).not.toContain("prompt_tokens");
    expect(await (await chat()).text()).not.toContain("prompt_tokens");
  });

  test("answers whole", async () => {
    await start(rich);
    const body: Json = await (await chat({ stream: false })).json();
    expect(body.choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: { content: rich.text, reasoning_content: rich.thinking, tool_calls: [{}, { id: "own" }] },
    });
  });

  test.each(["reasoning", "think-tags"] as const)("carries thinking in %s", async (reasoningKey) => {
    await start({ thinking: "hm", text: "yes" }, { reasoningKey });
    const expected = reasoningKey === "reasoning" ? { reasoning: "hm" } : { content: "<think>hm</think>yes" };
    expect(((await (await chat({ stream: false })).json()) as Json).choices[0].message).toMatchObject(expected);
    const streamed = await (await chat()).text();
    expect(streamed).toContain(reasoningKey === "reasoning" ? '"reasoning":"hm"' : "<think>hm");
  });

  test.each([
    ["a key of another dialect", { system: "x" }, "Unrecognized request argument supplied: system"],
    ["an unanswered tool call", { messages: [user, { role: "assistant", tool_calls: [{ id: "c1" }] }, user] }, "c1"],
    ["a result without a call", { messages: [user, { role: "tool", tool_call_id: "c9", content: "x" }] }, "c9"],
    ["an empty tool list", { tools: [] }, "empty array"],
    ["a foreign content part", { messages: [{ role: "user", content: [{ type: "image" }] }] }, "unsupported part"],
    ["no messages", { messages: [] }, "too short"],
  ])("refuses %s with 400", async (_, body, words) => {
    await start(rich);
    const response = await chat(body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as Json).error.message).toContain(words);
  });
});

describe("Messages", () => {
  test("streams blocks in the order of Anthropic's events", async () => {
    await start(rich);
    const text = await (await messages()).text();
    const events = dataLines(text).map(parse);
    expect([...new Set(events.map((event) => event.type))]).toEqual([
      "message_start",
      "ping",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    const starts = events.filter((event) => event.type === "content_block_start");
    expect(starts.map((event) => [event.index, event.content_block.type])).toEqual([
      [0, "thinking"],
      [1, "text"],
      [2, "tool_use"],
      [3, "tool_use"],
    ]);
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: "tool_use" }, usage: { output_tokens: 7 } });
    expect(text.match(/^event: /gm)).toHaveLength(events.length);
  });

  test("answers whole, counts tokens and lists models", async () => {
    await start(rich, { models: ["claude-x"] });
    const whole: Json = await (await messages({ stream: false })).json();
    expect(whole.content.map((block: Json) => block.type)).toEqual(["thinking", "text", "tool_use", "tool_use"]);
    expect(whole.usage).toMatchObject({ input_tokens: 10, cache_read_input_tokens: 90, output_tokens: 7 });
    const count: Json = await (await post(`${provider?.url}/v1/messages/count_tokens`, messagesBody)).json();
    expect(count.input_tokens).toBeGreaterThan(10);
    const headers = { "anthropic-version": "2023-06-01" };
    const list: Json = await (await fetch(`${provider?.url}/v1/models`, { headers })).json();
    expect(list.data).toEqual([expect.objectContaining({ type: "model", id: "claude-x" })]);
  });

  test("takes its own signature back and no other", async () => {
    await start(rich);
    const turn = (signature: string) => ({
      messages: [user, { role: "assistant", content: [{ type: "thinking", thinking: "hm", signature }] }, user],
    });
    expect((await messages(turn(signatureOf("hm")))).status).toBe(200);
    const refused = await messages(turn("db1.openai-chat.abc"));
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("Invalid `signature` in `thinking` block");
  });
});

describe("books", () => {
  test("remembers what it saw and bills what it produced", async () => {
    const fake = await start(rich, { apiKey: "secret" });
    const refused = await chat();
    expect(refused.status).toBe(401);
    const headers = { authorization: "Bearer secret", "x-trace": "7" };
    await (await chat({}, { headers })).text();
    expect(fake.calls).toHaveLength(2);
    expect(fake.calls[1]).toMatchObject({
      index: 1,
      method: "POST",
      path: "/v1/chat/completions",
      headers: { "x-trace": "7" },
      body: chatBody,
      stream: true,
      assistantTurns: 0,
      dialect: "openai-chat",
    });
    expect(await fake.calls[1]?.ended).toBe("completed");
    expect(fake.bill).toEqual({ completed: 2, abandoned: 0, inputTokens: 100, outputTokens: 7 });
  });

  test("notices the client leaving and bills only what was produced", async () => {
    const fake = await start({ text: "x".repeat(400), usage: { outputTokens: 100 }, gapMs: 20 });
    const leave = new AbortController();
    const response = await chat({}, { signal: leave.signal });
    await response.body?.getReader().read();
    leave.abort();
    expect(await fake.calls[0]?.ended).toBe("abandoned");
    expect(fake.calls[0]?.abandonedAt).toBeGreaterThan(0);
    expect(fake.bill.abandoned).toBe(1);
    expect(fake.bill.outputTokens).toBeLessThan(100);
  });

  test("refuses connections on request and takes them again", async () => {
    const fake = await start(rich);
    await fake.refuseConnections();
    await expect(chat()).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    await fake.acceptConnections();
    expect((await chat()).status).toBe(200);
  });

  test("tells when something has happened, or that it never did", async () => {
    const fake = await start(rich);
    const seen = fake.until(({ calls }) => calls.length === 1);
    await chat();
    await seen;
    await expect(fake.until(({ calls }) => calls.length === 2, 20)).rejects.toThrow("in vain; it saw 1 requests");
  });
});

describe("faults", () => {
  const long: Answer = { text: "a long enough answer for several events" };
  const play = async (fault: Fault | readonly Fault[], body: object = {}) => {
    await start({ ...long, fault });
    return await chat(body);
  };
  const done = "data: [DONE]";

  test.each<Fault>([{ kind: "reset-before-head" }, { kind: "reset-mid-head" }])("$kind", async (fault) => {
    await expect(play(fault)).rejects.toThrow("fetch failed");
  });

  test("silence before the head lasts until the client leaves, or as long as told", async () => {
    const fake = await start(({ index }) => ({
      ...long,
      fault: index === 0 ? { kind: "silence-before-head" } : { kind: "silence-before-head", forMs: 30 },
    }));
    const leaving = new AbortController();
    const left = expect(chat({}, { signal: leaving.signal })).rejects.toThrow();
    await fake.until(({ calls }) => calls.length === 1);
    setTimeout(() => leaving.abort(), 50);
    await left;
    expect(await fake.calls[0]?.ended).toBe("abandoned");
    expect(await (await chat()).text()).toContain(done);
  });

  test("silence in the middle of a stream", async () => {
    const fake = await start({ ...long, fault: { kind: "silence-mid-stream", afterEvents: 2 } });
    const leaving = new AbortController();
    const response = await chat({}, { signal: leaving.signal });
    setTimeout(() => leaving.abort(), 80);
    await expect(response.text()).rejects.toThrow();
    expect(await fake.calls[0]?.ended).toBe("abandoned");
  });

  test("slow drip sends everything, slowly", async () => {
    const began = performance.now();
    const response = await play({ kind: "slow-drip", everyMs: 2, bytes: 100 });
    const text = await response.text();
    expect(text).toContain(done);
    expect(performance.now() - began).toBeGreaterThan((text.length / 100) * 1.5);
  });

  test.each([400, 401, 403, 404, 408, 413, 429, 500, 502, 503, 504, 529])(
    "HTTP %i in the dialect's words",
    async (status) => {
      const fault: Fault = { kind: "http-error", status, message: "no", headers: { "retry-after": "7" } };
      const response = await play(fault);
      expect(response.status).toBe(status);
      expect(response.headers.get("retry-after")).toBe("7");
      expect(((await response.json()) as Json).error.message).toBe("no");
      const anthropic: Json = await (await messages()).json();
      expect(anthropic).toMatchObject({ type: "error", error: { message: "no" } });
    },
  );

  test.each([
    ["html", /<h1>no<\/h1>/],
    ["plain", /^no$/],
    ["empty", /^$/],
    ["detail", /^\{"detail":"no"\}$/],
    [{ raw: "{broken" }, /^\{broken$/],
  ] as const)("HTTP error with a body of %o", async (body, expected) => {
    const response = await play({ kind: "http-error", status: 502, message: "no", body });
    expect(await response.text()).toMatch(expected);
  });

  test("HTML and a JSON error, both with 200", async () => {
    const page = await play({ kind: "html-with-200" });
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html"]);
    await provider?.close();
    const error = await play({ kind: "json-error-with-200", message: "oops" });
    expect([error.status, ((await error.json()) as Json).error.message]).toEqual([200, "oops"]);
  });

  test("garbage data line in the middle", async () => {
    const lines = dataLines(await (await play({ kind: "garbage-line", afterEvents: 2 })).text());
    expect(() => parse(lines[2] ?? "")).toThrow();
    expect(lines.at(-1)).toBe("[DONE]");
  });

  test("truncated, half an event: the body ends cleanly", async () => {
    const truncated = await (await play({ kind: "truncated", afterEvents: 2 })).text();
    expect(dataLines(truncated)).toHaveLength(2);
    await provider?.close();
    const half = await (await play({ kind: "half-event", afterEvents: 2 })).text();
    expect(half.startsWith(truncated)).toBe(true);
    expect(half.endsWith("\n\n")).toBe(false);
  });

  test.each(["reset-mid-stream", "close-mid-stream"] as const)("%s breaks the body", async (kind) => {
    const response = await play({ kind, afterEvents: 2 });
    const reader = response.body?.getReader();
    await expect(
      (async () => {
        while ((await reader?.read())?.done === false);
      })(),
    ).rejects.toThrow();
    expect(await provider?.calls[0]?.ended).toBe("completed");
  });

  test("missing [DONE], missing finish reason", async () => {
    const noDone = await (await play({ kind: "no-done" })).text();
    expect(noDone).not.toContain(done);
    expect(noDone).toContain('"finish_reason":"stop"');
    await provider?.close();
    const noFinish = await (await play({ kind: "no-finish" })).text();
    expect(noFinish).toContain(done);
    expect(noFinish).not.toContain('"finish_reason":"stop"');
  });

  test("CRLF, one byte at a time, gzip: the same content", async () => {
    const plain = gather(await (await play([])).text());
    await provider?.close();
    for (const fault of ["crlf", "byte-at-a-time", "gzip"] as const) {
      const response = await play([{ kind: fault }]);
      const text = await response.text();
      expect(gather(text).content).toBe(plain.content);
      expect(text.includes("\r\n\r\n")).toBe(fault === "crlf");
      expect(response.headers.get("content-encoding")).toBe(fault === "gzip" ? "gzip" : null);
      await provider?.close();
    }
  });

  test("cuts the body where told", async () => {
    await start({ ...long, chunkBytes: 64 });
    const sizes = await new Promise<number[]>((resolve) => {
      const seen: number[] = [];
      const call = httpRequest(`${provider?.openaiBaseUrl}/chat/completions`, { method: "POST" }, (response) => {
        response.on("data", (chunk: Buffer) => seen.push(chunk.length));
        response.on("end", () => resolve(seen));
      });
      call.end(JSON.stringify(chatBody));
    });
    expect(sizes.slice(0, -1).every((size) => size === 64)).toBe(true);
  });

  test("wrong content type, whole instead of a stream, a stream instead of whole", async () => {
    expect((await play({ kind: "wrong-content-type" })).headers.get("content-type")).toBe("text/plain");
    await provider?.close();
    const whole = await play({ kind: "whole-to-stream-request" });
    expect(((await whole.json()) as Json).object).toBe("chat.completion");
    await provider?.close();
    const streamed = await play({ kind: "stream-to-whole-request" }, { stream: false });
    expect(streamed.headers.get("content-type")).toContain("text/event-stream");
  });

  test("huge event", async () => {
    const lines = dataLines(await (await play({ kind: "huge-event", chars: 1_000_000 })).text());
    expect(Math.max(...lines.map((line) => line.length))).toBeGreaterThan(1_000_000);
  });

  test("error objects in the stream, early and late, in both dialects", async () => {
    const late = dataLines(await (await play({ kind: "error-mid-stream", afterEvents: 2, message: "oops" })).text());
    expect(late).toHaveLength(3);
    expect(parse(late[2] ?? "").error.message).toBe("oops");
    await provider?.close();
    await start({ ...long, fault: { kind: "error-before-content", message: "oops" } });
    expect(dataLines(await (await chat()).text()).map(parse)).toEqual([
      { error: expect.objectContaining({ message: "oops" }) },
    ]);
    expect(await (await messages()).text()).toMatch(/^event: error\ndata: \{"type":"error",.*"message":"oops"/);
  });
});
