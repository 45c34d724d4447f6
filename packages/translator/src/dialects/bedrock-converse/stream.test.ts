import { describe, expect, test } from "vitest";
import { openOpaque } from "../../messages/opaque.ts";
import { awsEvent, joinBytes } from "../../testing/aws-frames.ts";
import { converseExchange } from "../../testing/converse-exchange.ts";
import { readEvents } from "../../testing/read-events.ts";
import {
  converseBytes,
  failConverse,
  runConverse,
  wholeConverse,
  type ConverseEvent,
} from "../../testing/run-converse.ts";
import { readWholeConverseAnswer, streamConverseAnswer } from "./response.ts";

const start: ConverseEvent = ["messageStart", { role: "assistant" }];
const delta = (contentBlockIndex: number, content: object): ConverseEvent => [
  "contentBlockDelta",
  { contentBlockIndex, delta: content, p: "abcdef" },
];
const stop = (contentBlockIndex: number): ConverseEvent => ["contentBlockStop", { contentBlockIndex }];
const toolStart = (contentBlockIndex: number, toolUse: object): ConverseEvent => [
  "contentBlockStart",
  { contentBlockIndex, start: { toolUse } },
];
const reasoning = (index: number, content: object): ConverseEvent => delta(index, { reasoningContent: content });
const end = (stopReason: string, more: object = {}): ConverseEvent => ["messageStop", { stopReason, ...more }];
const usage: ConverseEvent = [
  "metadata",
  { usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 }, metrics: {} },
];
const text = [start, delta(0, { text: "Hi" }), stop(0)];
const gpt = { model: "us.openai.gpt-5.6-sol", nativeReasoning: false };

describe("blocks", () => {
  test("STR-41 STR-01: text and reasoning begin without a start, and gaps between indices close", () => {
    const { events, content } = runConverse([
      start,
      reasoning(0, { text: "Hm" }),
      reasoning(0, { text: "." }),
      reasoning(0, { signature: "EqQB" }),
      stop(0),
      delta(3, { text: "Yes" }),
      stop(3),
      end("end_turn"),
      usage,
    ]);
    expect(content).toEqual([
      { type: "thinking", thinking: "Hm.", signature: "EqQB" },
      { type: "text", text: "Yes" },
    ]);
    expect(events.filter(({ type }) => type === "content_block_start")).toMatchObject([{ index: 0 }, { index: 1 }]);
  });

  test("STR-03 STR-05 STR-10 STR-11 RS-04: tool calls with, without and in pieces of arguments", () => {
    const { answer } = runConverse([
      start,
      toolStart(0, { toolUseId: "tooluse_a", name: "Bash" }),
      delta(0, { toolUse: { input: '{"command":' } }),
      delta(0, { toolUse: { input: '"ls"}' } }),
      stop(0),
      toolStart(1, { toolUseId: "tooluse_b", name: "Read" }),
      stop(1),
      delta(2, { text: "done" }),
      stop(2),
      end("tool_use"),
      usage,
    ]);
    expect(answer).toMatchObject({
      stop_reason: "tool_use",
      content: [
        { type: "tool_use", id: "tooluse_a", name: "Bash", input: { command: "ls" } },
        { type: "tool_use", id: "tooluse_b", name: "Read", input: {} },
        { type: "text", text: "done" },
      ],
    });
  });

  test("a call without arguments does not hold back what follows", () => {
    const stream = streamConverseAnswer(converseExchange());
    stream.push(converseBytes([start, toolStart(0, { toolUseId: "a", name: "Read" }), stop(0)]));
    expect(new TextDecoder().decode(stream.push(converseBytes([delta(1, { text: "now" })])))).toContain("now");
  });

  test("TD-20 TH-31: names and ids come back as the client knows them", () => {
    const exchange = converseExchange({}, { toolNames: new Map([["short_1a2b", "a.long/name"]]) });
    const call = toolStart(0, { toolUseId: "tool.x:1", name: "short_1a2b" });
    const { content } = runConverse([start, call, stop(0), end("tool_use"), usage], exchange);
    expect(content).toEqual([{ type: "tool_use", id: "tool_x_1", name: "a.long/name", input: {} }]);
  });

  test("FR-16: numbers that JavaScript cannot hold survive", () => {
    const input = '{"n":9007199254740993}';
    const { events } = runConverse([
      start,
      toolStart(0, { toolUseId: "a", name: "Read" }),
      delta(0, { toolUse: { input } }),
      stop(0),
      end("tool_use"),
      usage,
    ]);
    expect(JSON.stringify(events)).toContain("9007199254740993");
  });

  test("what Bedrock runs itself is not handed to the client to run", () => {
    const { content } = runConverse([
      start,
      toolStart(0, { toolUseId: "a", name: "nova_grounding", type: "server_tool_use" }),
      delta(0, { toolUse: { input: "{}" } }),
      stop(0),
      ["contentBlockStart", { contentBlockIndex: 1, start: { toolResult: { toolUseId: "a" } } }],
      delta(1, { toolResult: [{ text: "x" }] }),
      stop(1),
      delta(2, { text: "Found." }),
      delta(2, { citation: { title: "T" } }),
      stop(2),
      end("end_turn"),
      usage,
    ]);
    expect(content).toEqual([{ type: "text", text: "Found." }]);
  });

  test("RS-26: an image in the answer is told in words", () => {
    const image = { format: "png", source: { bytes: "AAAA" } };
    const content = [{ type: "text", text: "[an image, which cannot be shown here]" }];
    const streamed: ConverseEvent[] = [
      start,
      ["contentBlockStart", { contentBlockIndex: 0, start: { image: { format: "png" } } }],
      delta(0, { image }),
      stop(0),
      end("end_turn"),
      usage,
    ];
    expect(runConverse(streamed).content).toEqual(content);
    const whole = { output: { message: { content: [{ image }] } }, stopReason: "end_turn" };
    expect(wholeConverse(whole).content).toEqual(content);
  });

  test("arguments of a call that never began are a failure, not a gap", () => {
    const { failure } = runConverse([start, delta(0, { toolUse: { input: "{}" } }), stop(0), end("tool_use"), usage]);
    expect(failure).toMatchObject({ kind: "malformed", message: expect.stringContaining("never began") });
  });
});

describe("reasoning", () => {
  test("STR-42 TK-15: Claude's encrypted reasoning is a block of its own, pieces joined as bytes", () => {
    const { content } = runConverse([
      start,
      reasoning(0, { redactedContent: btoa("ab") }),
      reasoning(0, { redactedContent: btoa("cd") }),
      stop(0),
      delta(1, { text: "x" }),
      stop(1),
      end("end_turn"),
      usage,
    ]);
    expect(content?.[0]).toEqual({ type: "redacted_thinking", data: btoa("abcd") });
  });

  test("STR-17 STR-18 TK-24: each block has one signature, even side by side and in pieces", () => {
    const { content, events } = runConverse([
      start,
      reasoning(0, { text: "1" }),
      reasoning(0, { signature: "Eq" }),
      reasoning(0, { signature: "QB" }),
      stop(0),
      reasoning(1, { text: "2" }),
      reasoning(1, { signature: "EqQC" }),
      stop(1),
      delta(2, { text: "x" }),
      stop(2),
      end("end_turn"),
      usage,
    ]);
    expect(content).toMatchObject([{ thinking: "1", signature: "EqQB" }, { thinking: "2", signature: "EqQC" }, {}]);
    expect(JSON.stringify(events).match(/signature_delta/g)).toHaveLength(2);
  });

  test("TK-14: a signature without text keeps its block", () => {
    const { content } = runConverse([
      start,
      reasoning(0, { signature: "EqQB" }),
      stop(0),
      ...text.slice(1),
      end("end_turn"),
      usage,
    ]);
    expect(content?.[0]).toEqual({ type: "thinking", thinking: "", signature: "EqQB" });
  });

  test("TK-22 TK-37: another model's reasoning is sealed for its way back", () => {
    const events = [
      start,
      reasoning(0, { redactedContent: "AAAA" }),
      stop(0),
      delta(1, { text: "x" }),
      stop(1),
      end("end_turn"),
      usage,
    ];
    const { content } = runConverse(events, converseExchange({}, gpt));
    const { signature = "" } = Object(content?.[0]);
    expect(content?.[0]).toMatchObject({ type: "thinking", thinking: "" });
    expect(JSON.parse(openOpaque("bedrock-converse", signature) ?? "")).toEqual({ model: gpt.model, redacted: "AAAA" });
  });

  test("TK-38 TK-39: shown, left out or hidden as the client wants, and never lost", () => {
    const events = [
      start,
      reasoning(0, { text: "Hm" }),
      stop(0),
      delta(1, { text: "x" }),
      stop(1),
      end("end_turn"),
      usage,
    ];
    const kinds = (thinking: object, reasoned = events): unknown[] =>
      (runConverse(reasoned, converseExchange(Object({ thinking }), gpt)).content ?? []).map((block) => [
        block.type,
        Object(block).thinking,
      ]);
    expect(kinds({ type: "adaptive" })).toEqual([
      ["thinking", "Hm"],
      ["text", undefined],
    ]);
    expect(kinds({ type: "adaptive", display: "omitted" })).toEqual([
      ["thinking", ""],
      ["text", undefined],
    ]);
    expect(kinds({ type: "disabled" })).toEqual([["text", undefined]]);
    const signed = [start, reasoning(0, { text: "Hm" }), reasoning(0, { signature: "S" }), ...events.slice(2)];
    expect(kinds({ type: "disabled" }, signed)).toEqual([
      ["thinking", ""],
      ["text", undefined],
    ]);
  });
});

describe("endings", () => {
  const reasonOf = (stopReason: string, more: readonly ConverseEvent[] = []): unknown => {
    const { answer, failure } = runConverse([...text, ...more, end(stopReason), usage]);
    return answer?.stop_reason ?? failure?.kind;
  };

  test("RS-13 RS-07 RS-08: stop reasons", () => {
    expect(reasonOf("end_turn")).toBe("end_turn");
    expect(reasonOf("tool_use")).toBe("end_turn");
    expect(reasonOf("max_tokens")).toBe("max_tokens");
    expect(reasonOf("model_context_window_exceeded")).toBe("model_context_window_exceeded");
    expect(reasonOf("malformed_tool_use")).toBe("server-error");
    expect(reasonOf("malformed_model_output")).toBe("server-error");
    expect(reasonOf("novelty")).toBe("server-error");
    const call = [toolStart(1, { toolUseId: "a", name: "Read" }), stop(1)];
    expect(reasonOf("end_turn", call)).toBe("tool_use");
  });

  test("RS-13 STR-36: guardrails and filters are refusals that say so", () => {
    for (const reason of ["guardrail_intervened", "content_filtered"]) {
      expect(runConverse([...text, end(reason), usage]).answer).toMatchObject({
        stop_reason: "refusal",
        stop_details: { type: "refusal", explanation: expect.stringContaining("Amazon Bedrock") },
      });
    }
    expect(runConverse([start, end("guardrail_intervened"), usage]).answer?.stop_reason).toBe("refusal");
  });

  test("RS-12: the stop sequence is the one that the model tells, or the only one", () => {
    const exchange = converseExchange({ stop_sequences: ["END", "###"] });
    const told = [...text, end("stop_sequence", { additionalModelResponseFields: { stop_sequence: "###" } }), usage];
    expect(runConverse(told, exchange).answer).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "###" });
    expect(runConverse([...text, end("stop_sequence"), usage], exchange).answer?.stop_sequence).toBeNull();
    const one = converseExchange({ stop_sequences: ["END"] });
    expect(runConverse([...text, end("stop_sequence"), usage], one).answer?.stop_sequence).toBe("END");
  });

  test("PR-09: a model that passes over stop sequences is cut where one stands", () => {
    const exchange = converseExchange({ stop_sequences: ["END"] });
    const events = [start, delta(0, { text: "one E" }), delta(0, { text: "ND two" }), stop(0), end("end_turn"), usage];
    expect(runConverse(events, exchange).answer).toMatchObject({
      content: [{ type: "text", text: "one " }],
      stop_reason: "stop_sequence",
      stop_sequence: "END",
    });
  });

  test("STR-43 USG-07 USG-02: stop and usage in either order, and the delta carries every count", () => {
    const cache = {
      cacheReadInputTokens: 100,
      cacheWriteInputTokens: 50,
      cacheDetails: [{ ttl: "1h", inputTokens: 20 }],
    };
    const metadata: ConverseEvent = ["metadata", { usage: { inputTokens: 10, outputTokens: 5, ...cache } }];
    const [first, second] = [
      [...text, end("end_turn"), metadata],
      [...text, metadata, end("end_turn")],
    ].map((events) => runConverse(events));
    expect(first?.answer).toEqual(second?.answer);
    expect(first?.answer?.usage).toEqual({
      input_tokens: 10,
      output_tokens: 5,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 50,
      cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 20 },
    });
  });

  test("USG-01: an answer that ends without its usage is estimated", () => {
    const { answer, metered } = runConverse([...text, end("end_turn")]);
    expect(answer?.usage).toMatchObject({ input_tokens: 1_000, output_tokens: 1 });
    expect(metered.usage.estimated).toBe(true);
  });

  test("STR-25 STR-26: without a stop reason the answer is cut off", () => {
    expect(runConverse(text).failure?.kind).toBe("truncated");
    const open = [start, toolStart(0, { toolUseId: "a", name: "Read" }), delta(0, { toolUse: { input: '{"a' } })];
    expect(runConverse(open).failure?.kind).toBe("truncated");
    expect(runConverse([]).failure?.kind).toBe("malformed");
    expect(runConverse([usage]).failure?.kind).toBe("malformed");
  });

  test("RS-09: a call that was cut at the limit does not run", () => {
    const events = [
      start,
      toolStart(0, { toolUseId: "a", name: "Read" }),
      delta(0, { toolUse: { input: '{"a":' } }),
      stop(0),
    ];
    const { answer } = runConverse([...events, end("max_tokens"), usage]);
    expect(answer?.stop_reason).toBe("max_tokens");
  });

  test("STR-22 STR-23: what comes after the end is passed over", () => {
    const late = [delta(1, { text: "late" }), end("max_tokens"), usage];
    expect(runConverse([...text, end("end_turn"), ...late]).answer).toMatchObject({
      stop_reason: "end_turn",
      content: [{ text: "Hi" }],
    });
  });

  test("an answer with nothing in it is a failure, unless tokens were paid for it", () => {
    const none: ConverseEvent = ["metadata", { usage: { inputTokens: 3, outputTokens: 0 } }];
    expect(runConverse([start, end("end_turn"), none]).failure?.kind).toBe("malformed");
    expect(runConverse([start, end("end_turn"), usage]).answer?.content).toEqual([]);
  });
});

describe("failures", () => {
  test.each([
    ["throttlingException", "rate-limited"],
    ["modelStreamErrorException", "server-error"],
    ["internalServerException", "server-error"],
    ["serviceUnavailableException", "overloaded"],
    ["modelTimeoutException", "timed-out"],
    ["validationException", "invalid-request"],
    ["unheardOfException", "server-error"],
  ])("BR-14 STR-27: %s in the middle ends the answer with an error", (type, kind) => {
    const { events, failure, committed } = runConverse([...text, [`!${type}`, "no more"], end("end_turn"), usage]);
    expect(failure).toEqual({ kind, message: "no more" });
    expect([events.at(-1)?.type, committed]).toEqual(["error", true]);
  });

  test("STR-28 ERR-06: an exception before any content leaves room for a status of its own", () => {
    const { committed, failure } = runConverse([
      start,
      ["!validationException", "Input is too long for requested model."],
    ]);
    expect([committed, failure?.kind]).toEqual([false, "context-overflow"]);
  });

  test("BR-15: a damaged frame ends the answer with an error", () => {
    const stream = streamConverseAnswer(converseExchange());
    const broken = converseBytes([delta(0, { text: "more" })]);
    broken[30] = (broken[30] ?? 0) ^ 1;
    const events = readEvents(stream.push(joinBytes(converseBytes(text), broken)));
    expect(events.at(-1)?.type).toBe("error");
    expect(stream.failure?.kind).toBe("malformed");
    expect(stream.end()).toHaveLength(0);
  });

  test("events that are no objects are malformed; unknown ones are passed over", () => {
    expect(runConverse([start, ["contentBlockDelta", "[1]"]]).failure?.kind).toBe("malformed");
    expect(runConverse([...text, ["novelty", {}], end("end_turn"), usage]).failure).toBeUndefined();
  });
});

describe("whole answers", () => {
  const message = (...content: readonly object[]): object => ({
    output: { message: { role: "assistant", content } },
    stopReason: "end_turn",
    usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
    metrics: { latencyMs: 1 },
  });

  test("RS-01 RS-02 RS-03: every kind of block, under the name that the client asked for", () => {
    const answer = wholeConverse(
      message(
        { reasoningContent: { reasoningText: { text: "Hm", signature: "EqQB" } } },
        { reasoningContent: { redactedContent: "EmwK" } },
        { text: "Yes" },
        { citationsContent: { content: [{ text: " and " }, { text: "no" }], citations: [] } },
        { toolUse: { toolUseId: "a", name: "Bash", input: { command: "ls" } } },
        { toolUse: { toolUseId: "b", name: "Read", input: {} } },
      ),
    );
    expect(answer).toEqual({
      id: "msg_01test",
      type: "message",
      role: "assistant",
      model: "claude-sonnet-5-5",
      content: [
        { type: "thinking", thinking: "Hm", signature: "EqQB" },
        { type: "redacted_thinking", data: "EmwK" },
        { type: "text", text: "Yes and no" },
        { type: "tool_use", id: "a", name: "Bash", input: { command: "ls" } },
        { type: "tool_use", id: "b", name: "Read", input: {} },
      ],
      stop_reason: "tool_use",
      stop_sequence: null,
      usage: { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
    });
  });

  test("STR-34: a stream sent unasked is read to its end, and a whole answer plays as a stream", () => {
    const bytes = converseBytes([...text, end("end_turn"), usage]);
    const whole = readWholeConverseAnswer(converseExchange(), bytes, "application/vnd.amazon.eventstream");
    expect(whole.ok && JSON.parse(new TextDecoder().decode(whole.body))).toMatchObject({ content: [{ text: "Hi" }] });
    const stream = streamConverseAnswer(converseExchange());
    stream.push(new TextEncoder().encode(JSON.stringify(message({ text: "Hi" }))));
    expect(readEvents(stream.end()).at(-1)).toEqual({ type: "message_stop" });
  });

  test("what is no answer is a failure that says what it was", () => {
    expect(failConverse("<html>").message).toContain("a web page");
    expect(failConverse("").message).toContain("nothing");
    expect(failConverse("{}").kind).toBe("malformed");
    expect(failConverse('{"__type":"com.amazon#ThrottlingException","message":"slow"}').kind).toBe("rate-limited");
    expect(failConverse(awsEvent("messageStart", {})).kind).toBe("truncated");
  });
});
