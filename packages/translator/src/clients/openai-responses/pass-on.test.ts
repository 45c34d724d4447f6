import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AnswerStream } from "../../dialects/dialect.ts";
import { openaiResponses } from "../../dialects/openai-responses/index.ts";
import { callOf, dataOf, jsonBytes } from "../../testing/client-calls.ts";
import { cutEverywhere } from "../../testing/cut-everywhere.ts";
import type { ClientTranslation } from "../client-dialect.ts";
import { responsesClient } from "./index.ts";

const asked = { model: "asked", input: "hi" };
const context = { messageId: "msg_1", askedModel: "asked" };
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const recordings = [
  "cut-at-limit",
  "reasoning-text-tools",
  "texts-in-done-events-alone",
  "vllm-reasoning-in-the-clear",
  "web-search",
];

function passedBytes(body: Uint8Array): ClientTranslation {
  const call = responsesClient.decodeRequest(body, { createdAtSeconds: 1_700_000_000 });
  return call.translate(openaiResponses, { model: "theirs" }, context);
}

const passed = (parts: object): ClientTranslation => passedBytes(jsonBytes({ ...asked, ...parts }));
const recording = (name: string): Uint8Array =>
  readFileSync(new URL(`../../../fixtures/streams/openai-responses/${name}.sse`, import.meta.url));

function run(stream: AnswerStream, chunks: readonly Uint8Array[]): string {
  return chunks.map((bytes) => decoder.decode(stream.push(bytes))).join("") + decoder.decode(stream.end());
}

const response = (more: object = {}): object => ({
  id: "resp_1",
  object: "response",
  model: "theirs-2026",
  status: "completed",
  tools: [{ type: "image_generation", model: "theirs-2026" }],
  output: [],
  usage: { input_tokens: 100, input_tokens_details: { cached_tokens: 80 }, output_tokens: 5 },
  ...more,
});
const message = { id: "msg_9", type: "message", role: "assistant", status: "completed" };
const said = { ...message, content: [{ type: "output_text", text: "A", annotations: [{ type: "file_citation" }] }] };
const call = { id: "fc_1", type: "function_call", call_id: "c1", name: "f", arguments: '{"a":1}', status: "completed" };

const sse = (...events: readonly (object | string)[]): Uint8Array =>
  encoder.encode(
    events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join(""),
  );
const begun = { type: "response.created", sequence_number: 0, response: response({ status: "in_progress" }) };
const delta = { type: "response.output_text.delta", sequence_number: 1, item_id: "msg_9", delta: "Hello" };
const done = { type: "response.completed", sequence_number: 2, response: response() };

describe("a request for a server of the Responses API", () => {
  test("goes on byte for byte under the provider's name of the model, whatever is in it", () => {
    const text =
      '{ "input":[{"role":"user","content":[{"type":"input_file","file_id":"file-1"}]}],\n "model" : "asked", "store":true,' +
      '"previous_response_id":"resp_0","tools":[{"type":"code_interpreter","container":{"type":"auto"}},{"type":"mcp"}],' +
      '"temperature":1.0, "seed":12345678901234567890, "reasoning":{"effort":"beyond"},"service_tier":"flex","background":false }';
    const translation = passedBytes(encoder.encode(text));
    expect(decoder.decode(translation.body)).toBe(text.replace('"asked"', '"theirs"'));
    expect(translation.dropped).toEqual([]);
  });

  test.each([
    { conversation: "conv_1" },
    { prompt: { id: "pmpt_1", version: "2" } },
    { previous_response_id: "resp_0" },
  ])("may leave its input with the server: %j", (parts) => {
    const { body } = passedBytes(jsonBytes({ model: "asked", ...parts }));
    expect(JSON.parse(decoder.decode(body))).toEqual({ model: "theirs", ...parts });
  });

  test("loses the reasoning that other kinds of providers gave, and that alone", () => {
    const own = { type: "reasoning", id: "rs_2", summary: [], encrypted_content: "gAAAAB" };
    const foreign = ["signed.SIG", "signed.", "redacted.HID", "db1.gemini.e30"].map((encrypted_content) => ({
      type: "reasoning",
      summary: [],
      encrypted_content,
    }));
    const [first, ...rest] = foreign;
    const { body, dropped } = passed({ input: [first, own, ...rest, said, call] });
    expect(JSON.parse(decoder.decode(body))).toEqual({ model: "theirs", input: [own, said, call] });
    expect(dropped.map(({ path }) => path)).toEqual(["input[0]", "input[2]", "input[3]", "input[4]"]);
  });

  test.each([
    ["{", "not valid JSON"],
    ["[]", "not a JSON object"],
    ['{"input":"hi"}', "model: Field required"],
    ['{"model":"asked","stream":"yes"}', "stream: "],
    ['{"model":"asked","input":"hi","background":true}', "background: answers are given at once"],
  ])("is refused where nothing could be made of it: %s", (text, words) => {
    expect(() => passedBytes(encoder.encode(text))).toThrow(words);
  });
});

describe("a whole response", () => {
  const whole = (value: unknown, type = "application/json") =>
    passed({}).answerWhole(typeof value === "string" ? encoder.encode(value) : jsonBytes(value), type);

  test("comes back byte for byte under the asked name, and is counted", () => {
    const searched = { type: "web_search_call", id: "ws_1", status: "completed" };
    const text = JSON.stringify(response({ output: [searched, said, call], extra: 1 })).replace("1}", "1.0 }");
    const answer = whole(text);
    expect(answer).toMatchObject({
      ok: true,
      metered: {
        stopReason: "tool_use",
        usage: { inputTokens: 20, cacheReadTokens: 80, outputTokens: 5, webSearchRequests: 1, estimated: false },
      },
    });
    expect(answer.ok && decoder.decode(answer.body)).toBe(text.replace('"model":"theirs-2026"', '"model":"asked"'));
  });

  test.each([
    ["max_output_tokens", "max_tokens"],
    ["content_filter", "refusal"],
  ])("that is incomplete for %s passes and is known as %s", (reason, stopReason) => {
    const answer = whole(response({ status: "incomplete", incomplete_details: { reason }, output: [said] }));
    expect(answer).toMatchObject({ ok: true, metered: { stopReason } });
  });

  test("of a server that counts nothing is estimated", () => {
    const answer = whole(response({ usage: null, output: [said] }));
    expect(answer).toMatchObject({ metered: { stopReason: "end_turn", usage: { estimated: true } } });
    expect(answer.ok && answer.metered.usage.outputTokens).toBeGreaterThan(10);
  });

  test("is found in the last event of a server that streams unasked", () => {
    const answer = whole(decoder.decode(sse(begun, delta, done)), "text/event-stream; charset=utf-8");
    expect(answer.ok && JSON.parse(decoder.decode(answer.body))).toEqual({ ...response(), model: "asked" });
  });

  test.each([
    ['{"error":{"message":"no room","code":"context_length_exceeded"}}', "context-overflow"],
    [JSON.stringify(response({ status: "failed", error: { code: "server_error", message: "x" } })), "server-error"],
    [JSON.stringify(response({ status: "queued" })), "malformed"],
    ["<html>busy</html>", "malformed"],
    ["{}", "malformed"],
    ["", "malformed"],
  ])("is none: %s", (text, kind) => {
    expect(whole(text)).toMatchObject({ ok: false, failure: { kind } });
  });

  test("to a request for a stream is told as one", () => {
    const image = { id: "ig_1", type: "image_generation_call", status: "completed", result: "AAAA" };
    const refused = { ...message, content: [{ type: "refusal", refusal: "No." }] };
    const answer = passed({ stream: true }).answerReplayed(
      jsonBytes(response({ output: [image, said, refused, call] })),
      "application/json",
    );
    const events = answer.ok ? dataOf(answer.body) : [];
    expect(events.map((event, at) => ({ at, sequence_number: at, ...Object(event) }))).toEqual(
      events.map((event, at) => ({ at, ...Object(event) })),
    );
    expect(events).toMatchObject([
      { type: "response.created", response: { status: "in_progress", output: [], model: "asked" } },
      { type: "response.in_progress" },
      { type: "response.output_item.added", output_index: 0, item: image },
      { type: "response.output_item.done", output_index: 0, item: image },
      { type: "response.output_item.added", output_index: 1, item: { ...message, content: [] } },
      { type: "response.content_part.added", content_index: 0, part: { text: "" } },
      { type: "response.output_text.delta", item_id: "msg_9", delta: "A" },
      { type: "response.output_text.done", text: "A" },
      { type: "response.content_part.done", part: said.content[0] },
      { type: "response.output_item.done", item: said },
      { type: "response.output_item.added", output_index: 2 },
      { type: "response.content_part.added" },
      { type: "response.refusal.delta", delta: "No." },
      { type: "response.refusal.done", refusal: "No." },
      { type: "response.content_part.done" },
      { type: "response.output_item.done", item: refused },
      { type: "response.output_item.added", item: { ...call, arguments: "" } },
      { type: "response.function_call_arguments.delta", output_index: 3, delta: call.arguments },
      { type: "response.function_call_arguments.done", arguments: call.arguments },
      { type: "response.output_item.done", item: call },
      { type: "response.completed", response: response({ model: "asked", output: [image, said, refused, call] }) },
    ]);
  });
});

describe("a stream of a response", () => {
  const told = (name: string): string =>
    decoder
      .decode(recording(name))
      .replaceAll("\r\n", "\n")
      .replaceAll(/("model": ?)"[^"]*"/g, '$1"asked"');

  test.each(recordings)("%s comes back event by event but for the model's name", (name) => {
    const stream = passed({ stream: true }).answerStream();
    expect(run(stream, [recording(name)])).toBe(told(name));
    expect(stream).toMatchObject({ failure: undefined, finished: true, committed: true });
  });

  test.each(["cut-at-limit", "vllm-reasoning-in-the-clear"])("%s comes back the same however it is cut", (name) => {
    const expected = told(name);
    for (const chunks of cutEverywhere(recording(name)))
      expect(run(passed({ stream: true }).answerStream(), chunks)).toBe(expected);
  });

  test("is counted as it passes", () => {
    const stream = passed({ stream: true }).answerStream();
    run(stream, [recording("reasoning-text-tools")]);
    const translated = translatedStream();
    run(translated, [recording("reasoning-text-tools")]);
    expect(stream.metered).toEqual(translated.metered);
  });

  test("keeps events without names and data of several lines, and the names inside of it", () => {
    const pretty = JSON.stringify(done, null, 1).split("\n");
    const bytes = encoder.encode(`data: ${JSON.stringify(begun)}\n\ndata: ${pretty.join("\r\ndata: ")}\r\n\r\n`);
    const text = run(passed({ stream: true }).answerStream(), [bytes]);
    const [first = "", second = ""] = text.split("\n\n");
    expect(first).toBe(`data: ${JSON.stringify({ ...begun, response: { ...begun.response, model: "asked" } })}`);
    const last: unknown = JSON.parse(second.replaceAll(/^data: /gm, ""));
    expect(last).toEqual({ ...done, response: { ...done.response, model: "asked" } });
  });

  test("is committed with its first content and not before", () => {
    const stream = passed({ stream: true }).answerStream();
    stream.push(sse(begun, { type: "response.output_item.added", item: said }));
    expect(stream.committed).toBe(false);
    stream.push(sse(delta));
    expect(stream.committed).toBe(true);
  });

  test("is over with its last event, whatever follows", () => {
    const stream = passed({ stream: true }).answerStream();
    expect(dataOf(run(stream, [sse(begun, delta, done, delta, "[DONE]")]))).toHaveLength(3);
    expect(stream.fail({ kind: "reset", message: "gone" })).toHaveLength(0);
    expect(stream.failure).toBeUndefined();
  });

  test.each([
    ["ends early", sse(begun, delta), "truncated"],
    ["holds no JSON", sse(begun, delta, "<html>"), "malformed"],
    ["has an error in it", sse(begun, delta, { type: "error", code: "server_error", message: "busy" }), "server-error"],
  ])("that %s ends in an error and in a failed response", (_, bytes, kind) => {
    const stream = passed({ stream: true }).answerStream();
    const events = dataOf(run(stream, [bytes]));
    expect(stream.failure?.kind).toBe(kind);
    expect(events.slice(-2)).toMatchObject([
      { type: "error", message: expect.any(String) },
      {
        type: "response.failed",
        sequence_number: 3,
        response: { id: "resp_1", model: "asked", status: "failed", error: { message: stream.failure?.message } },
      },
    ]);
    expect(events).toHaveLength(4);
  });

  test("that never began fails with a response of its own", () => {
    const stream = passed({ stream: true }).answerStream();
    expect(dataOf(decoder.decode(stream.fail({ kind: "reset", message: "gone" })))).toMatchObject([
      { type: "error", sequence_number: 0, message: "gone" },
      { type: "response.failed", response: { id: "resp_1", object: "response", status: "failed", output: [] } },
    ]);
    expect(run(stream, [sse(begun)])).toBe("");
    const empty = passed({ stream: true }).answerStream();
    run(empty, []);
    expect(empty.failure?.kind).toBe("malformed");
  });

  test("that the server itself fails passes as it is, and is known to have failed", () => {
    const error = { code: "rate_limit_exceeded", message: "Slow down" };
    const failed = { type: "response.failed", sequence_number: 1, response: response({ status: "failed", error }) };
    const stream = passed({ stream: true }).answerStream();
    const events = dataOf(run(stream, [sse(begun, failed)]));
    expect(events[1]).toEqual({ ...failed, response: { ...failed.response, model: "asked" } });
    expect(stream).toMatchObject({ committed: false, failure: { kind: "rate-limited" } });
  });

  test("of anything at all ends in the last event of an answer or in one failure", () => {
    const event = fc.oneof(
      fc.record({
        type: fc.constantFrom(begun.type, delta.type, done.type, "response.failed", "error", ""),
        response: fc.oneof(
          fc.jsonValue(),
          fc.record({ status: fc.constantFrom("completed", "failed"), output: fc.jsonValue() }),
        ),
        delta: fc.jsonValue(),
        error: fc.jsonValue(),
        sequence_number: fc.jsonValue(),
      }),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc.string().map((text) => text.replaceAll(/[\r\n]/g, "")),
    );
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const stream = passed({ stream: true }).answerStream();
        const left = dataOf(run(stream, [sse(...events)]));
        const endings = ["response.completed", "response.failed"];
        expect(endings).toContain(Object(left.at(-1))["type"]);
        expect(stream.finished).toBe(true);
        expect(stream.metered.usage.outputTokens).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

function translatedStream(): AnswerStream {
  const body = jsonBytes({ model: "asked", max_tokens: 10, messages: [{ role: "user", content: "hi" }] });
  const envelope = { model: "asked", stream: true, maxTokens: 10, bytes: body.length, spans: new Map() };
  return openaiResponses.translate({ body, envelope }, { model: "theirs" }, context).answerStream();
}

test("a call for any other server is translated", () => {
  const { body } = callOf(responsesClient, asked).translate(
    {
      ...openaiResponses,
      name: "gemini",
      translate: () => ({
        body: encoder.encode("T"),
        dropped: [] as const,
        answerStream: () => expect.fail(),
        answerWhole: () => expect.fail(),
      }),
    },
    { model: "theirs" },
    context,
  );
  expect(decoder.decode(body)).toBe("T");
});
