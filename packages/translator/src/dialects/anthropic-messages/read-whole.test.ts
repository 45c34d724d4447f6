import { describe, expect, test } from "vitest";
import { readWhole } from "./read-whole.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const json = "application/json";
const event = (data: { type: string; [key: string]: unknown }): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

function failureOf(text: string, contentType = json) {
  const whole = readWhole(encode(text), contentType, undefined);
  return whole.ok ? undefined : whole.failure;
}

const answer =
  '{ "model":"real","id":"msg_1","type":"message","role":"assistant","content":[{"type":"news","model":"real"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":4,"cache_creation":{"ephemeral_1h_input_tokens":5}},"safeguard_results":[1.0] }\n';

describe("readWhole", () => {
  test("FR-19 USG-12: leaves an answer as it is and reads its usage", () => {
    const body = encode(answer);
    const whole = readWhole(body, json, undefined);
    expect(whole).toMatchObject({
      ok: true,
      metered: {
        stopReason: "end_turn",
        usage: { inputTokens: 3, outputTokens: 4, cacheWrite1hTokens: 5, estimated: false },
      },
    });
    expect(whole.ok && whole.body).toBe(body);
  });

  test("RS-03: changes the model's name on the top level and nothing else", () => {
    const whole = readWhole(encode(answer), json, "asked");
    expect(whole.ok && decode(whole.body)).toBe(answer.replace('"real"', '"asked"'));
  });

  test("ERR-12 RS-19: what is no answer is a failure in spite of its status", () => {
    expect(failureOf("")).toMatchObject({ kind: "malformed", message: expect.stringContaining("empty") });
    expect(failureOf("<html><body>hello</body></html>", "text/html")?.kind).toBe("malformed");
    expect(failureOf("<html></html>", "text/event-stream")?.kind).toBe("malformed");
    expect(failureOf('{"model":')?.kind).toBe("malformed");
    expect(failureOf("{}")?.kind).toBe("malformed");
    expect(failureOf('{"content":"text"}')?.kind).toBe("malformed");
    expect(failureOf("[]")?.kind).toBe("malformed");
  });

  test("ERR-12: an error with a good status keeps its kind and its words", () => {
    expect(failureOf('{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}')).toMatchObject({
      kind: "overloaded",
      message: "Overloaded",
    });
    expect(failureOf('{"error":{"message":"no money","type":"billing_error"},"content":[]}')?.kind).toBe(
      "quota-exhausted",
    );
    expect(failureOf('{"code":1113,"message":"Insufficient balance"}')).toMatchObject({ kind: "quota-exhausted" });
  });

  test("STR-34: folds a stream that nobody asked for, blocks and keys it does not know included", () => {
    const stream = [
      event({
        type: "message_start",
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model: "real",
          content: [],
          stop_reason: null,
          usage: { input_tokens: 9, output_tokens: 1 },
        },
      }),
      event({
        type: "content_block_start",
        index: 0,
        content_block: { type: "thinking", thinking: "", signature: "" },
      }),
      event({ type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "hm" } }),
      event({ type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "Eq" } }),
      event({ type: "content_block_start", index: 1, content_block: { type: "text", text: "" } }),
      event({ type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "a" } }),
      event({ type: "ping" }),
      event({ type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "b" } }),
      event({ type: "content_block_delta", index: 1, delta: { type: "citations_delta", citation: { url: "u" } } }),
      event({
        type: "content_block_start",
        index: 2,
        content_block: { type: "tool_use", id: "t", name: "n", input: {} },
      }),
      event({ type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '{"big":' } }),
      event({ type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: "[1]}" } }),
      event({
        type: "content_block_start",
        index: 3,
        content_block: { type: "tool_use", id: "u", name: "n", input: {} },
      }),
      event({ type: "content_block_delta", index: 3, delta: { type: "input_json_delta", partial_json: "" } }),
      event({ type: "content_block_start", index: 4, content_block: { type: "news", data: [1] } }),
      event({
        type: "message_delta",
        delta: { stop_reason: "tool_use", stop_sequence: null },
        usage: { output_tokens: 8, input_tokens: null },
      }),
      event({ type: "message_stop" }),
    ].join("");
    for (const [text, type] of [
      [stream, "text/event-stream; charset=utf-8"],
      [`: hello\n\n${stream}`.replaceAll("\n", "\r\n"), json],
    ] as const) {
      const whole = readWhole(encode(text), type, "asked");
      expect(whole).toMatchObject({
        ok: true,
        metered: { stopReason: "tool_use", usage: { inputTokens: 9, outputTokens: 8 } },
      });
      expect(whole.ok && JSON.parse(decode(whole.body))).toEqual({
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "asked",
        content: [
          { type: "thinking", thinking: "hm", signature: "Eq" },
          { type: "text", text: "ab", citations: [{ url: "u" }] },
          { type: "tool_use", id: "t", name: "n", input: { big: [1] } },
          { type: "tool_use", id: "u", name: "n", input: {} },
          { type: "news", data: [1] },
        ],
        stop_reason: "tool_use",
        stop_sequence: null,
        usage: { input_tokens: 9, output_tokens: 8 },
      });
    }
  });

  test("STR-25: a stream to be folded that breaks off or fails is a failure", () => {
    const start = event({ type: "message_start", message: { content: [] } });
    expect(failureOf(start)?.kind).toBe("truncated");
    expect(failureOf(start + event({ type: "error", error: { type: "overloaded_error", message: "m" } }))?.kind).toBe(
      "overloaded",
    );
    expect(failureOf("data: nonsense\n\n", "text/event-stream")?.kind).toBe("malformed");
  });
});
