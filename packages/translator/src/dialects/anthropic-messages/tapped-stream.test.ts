import { describe, expect, test } from "vitest";
import { cutEverywhere } from "../../testing/cut-everywhere.ts";
import { readEvents } from "../../testing/read-events.ts";
import { TappedStream } from "./tapped-stream.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const event = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

const usage = {
  input_tokens: 12,
  cache_creation_input_tokens: 30,
  cache_read_input_tokens: 400,
  cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
  output_tokens: 1,
  service_tier: "standard",
};
const start = event("message_start", {
  type: "message_start",
  message: { model: "claude-real-20260101", id: "msg_01", type: "message", role: "assistant", content: [], usage },
});
const blockStart = event("content_block_start", {
  type: "content_block_start",
  index: 0,
  content_block: { type: "text", text: "" },
});
const delta = (text: string): string =>
  event("content_block_delta", { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } });
const blockStop = event("content_block_stop", { type: "content_block_stop", index: 0 });
const ping = event("ping", { type: "ping" });
const messageDelta = event("message_delta", {
  type: "message_delta",
  delta: { stop_reason: "end_turn", stop_sequence: null },
  usage: { output_tokens: 15 },
});
const stop = event("message_stop", { type: "message_stop" });
const body = [blockStart, ping, delta('Hello 你好 🎉 \\ "message_start"'), delta(" data: x"), blockStop].join("");
const recording = `${start}${body}${messageDelta}${stop}`;

function open(renameTo?: string): TappedStream {
  return new TappedStream({ renameTo, requestBytes: 3_500 });
}

function run(text: string | readonly Uint8Array[], stream = open()): { text: string; stream: TappedStream } {
  const chunks = typeof text === "string" ? [encode(text)] : text;
  let out = "";
  for (const bytes of [...chunks.map((chunk) => stream.push(chunk)), stream.end()]) out += decode(bytes);
  return { text: out, stream };
}

describe("TappedStream", () => {
  test("STR-47 FR-10 FR-01: every cut of a stream gives the same bytes and the same account", () => {
    const expected = run(recording).stream.metered;
    expect(expected.usage).toEqual({
      inputTokens: 12,
      outputTokens: 15,
      cacheReadTokens: 400,
      cacheWrite5mTokens: 10,
      cacheWrite1hTokens: 20,
      thinkingTokens: 0,
      webSearchRequests: 0,
      estimated: false,
    });
    for (const chunks of cutEverywhere(encode(recording))) {
      const { text, stream } = run(chunks);
      expect(text).toBe(recording);
      expect(stream.metered).toEqual(expected);
      expect(stream.failure).toBeUndefined();
    }
  });

  test.each(["\r\n", "\r"])(
    "FR-02 FR-03 FR-04 FR-06 FR-11: %j line ends, comments and odd fields pass at every cut",
    (lineEnd) => {
      const odd = `\uFEFF: hello\n\n${start}: keep-alive\n\nretry: 5\nid: 7\n${body.replaceAll("data: ", "data:")}${messageDelta}${stop}`;
      const text = odd.replaceAll("\n", lineEnd);
      for (const chunks of cutEverywhere(encode(text))) {
        const { text: out, stream } = run(chunks);
        expect(encode(out)).toEqual(encode(text.slice(1)));
        expect(stream.metered).toMatchObject({ stopReason: "end_turn", usage: { inputTokens: 12, outputTokens: 15 } });
      }
    },
  );

  test("RS-03: tells the client the name it asked for and changes nothing else, at every cut", () => {
    const expected = recording.replace('"claude-real-20260101"', '"asked/\\"name\\""');
    for (const chunks of cutEverywhere(encode(recording))) {
      expect(run(chunks, open('asked/"name"')).text).toBe(expected);
    }
  });

  test("RS-03: renames behind a held ping, and only in the first message_start", () => {
    const text = `${ping}${start}${delta("claude-real-20260101")}${start}${messageDelta}${stop}`;
    const stream = open("asked");
    const out = [encode(text.slice(0, 5)), encode(text.slice(5))].map((chunk) => decode(stream.push(chunk))).join("");
    expect(out).toBe(text.replace('"claude-real-20260101"', '"asked"'));
  });

  test("FR-05: renames in data that is spread over several lines", () => {
    const text = `event: message_start\ndata: {"type":"message_start","message":\ndata: {"model":"m","usage":{"input_tokens":3}}}\n\n`;
    const stream = open("asked");
    const [head] = readEvents(stream.push(encode(text)));
    expect(head).toMatchObject({ message: { model: "asked", usage: { input_tokens: 3 } } });
    expect(stream.metered.usage.inputTokens).toBe(3);
  });

  test("waits for whole events and gives each as soon as it is whole, without copying chunks of whole events", () => {
    const stream = open();
    expect(decode(stream.push(encode(start.slice(0, -1))))).toBe("");
    expect(decode(stream.push(encode(`\n${delta("a")}event: cont`)))).toBe(start + delta("a"));
    expect(decode(stream.push(encode(delta("b").slice(11))))).toBe(delta("b"));
    const chunk = encode(delta("c") + delta("d"));
    expect(stream.push(chunk)).toBe(chunk);
    expect(decode(stream.push(encode(": alive\n")))).toBe(": alive\n");
  });

  test("is committed from the first block or the message_delta on, not before", () => {
    const stream = open();
    stream.push(encode(start + ping));
    expect(stream.committed).toBe(false);
    stream.push(encode(blockStart));
    expect(stream.committed).toBe(true);
    expect(run(`${start}${messageDelta}${stop}`).stream.committed).toBe(true);
  });

  describe("usage", () => {
    const meter = (first: unknown, last: unknown) =>
      run(
        event("message_start", { type: "message_start", message: { model: "m", usage: first } }) +
          event("message_delta", { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: last }) +
          stop,
      ).stream.metered;

    test("STR-48: input told only in message_delta counts", () => {
      const late = { input_tokens: 900, output_tokens: 7, cache_read_input_tokens: 100 };
      expect(meter({ input_tokens: 0, output_tokens: 0 }, late)).toMatchObject({
        usage: { inputTokens: 900, outputTokens: 7, cacheReadTokens: 100, estimated: false },
        stopReason: "tool_use",
      });
    });

    test("USG-07: message_delta does not take away what it leaves out or gives as zero or null", () => {
      expect(meter(usage, { output_tokens: 9, input_tokens: null, cache_read_input_tokens: 0 }).usage).toMatchObject({
        inputTokens: 12,
        outputTokens: 9,
        cacheReadTokens: 400,
        cacheWrite5mTokens: 10,
        cacheWrite1hTokens: 20,
      });
    });

    test("USG-12: cache writes keep their lifetimes, and a bare total is of five minutes", () => {
      expect(meter(usage, { output_tokens: 1, cache_creation_input_tokens: 30 }).usage).toMatchObject({
        cacheWrite5mTokens: 10,
        cacheWrite1hTokens: 20,
      });
      expect(meter({ cache_creation_input_tokens: 30 }, {}).usage).toMatchObject({
        cacheWrite5mTokens: 30,
        cacheWrite1hTokens: 0,
      });
    });

    test("USG-04 USG-08 USG-11: reads thinking and searches, and numbers that come as text", () => {
      const last = {
        output_tokens: "20",
        output_tokens_details: { thinking_tokens: 5 },
        server_tool_use: { web_search_requests: 2 },
      };
      expect(meter({ input_tokens: "7" }, last).usage).toMatchObject({
        inputTokens: 7,
        outputTokens: 20,
        thinkingTokens: 5,
        webSearchRequests: 2,
      });
    });

    test("USG-05: estimates what a provider does not count, and what was written before a break", () => {
      const text = "word ".repeat(140);
      const uncounted = event("message_start", { type: "message_start", message: { model: "m" } });
      const end = event("message_delta", { type: "message_delta", delta: { stop_reason: "end_turn" } });
      expect(run(uncounted + blockStart + delta(text) + end + stop).stream.metered.usage).toMatchObject({
        inputTokens: 1_000,
        outputTokens: expect.closeTo(200, -1),
        estimated: true,
      });
      expect(run(start + blockStart + delta(text)).stream.metered.usage).toMatchObject({
        inputTokens: 12,
        outputTokens: expect.closeTo(200, -1),
        estimated: true,
      });
      expect(open().metered.usage).toMatchObject({ inputTokens: 0, outputTokens: 0, estimated: false });
    });

    test("USG-05: takes what the beginning of an answer says of its output for no count of a short one", () => {
      const end = event("message_delta", { type: "message_delta", delta: { stop_reason: "end_turn" } });
      const words = ping + delta("word ".repeat(12)) + ping + blockStop;
      const { usage: told } = run(start + blockStart + words + end + stop).stream.metered;
      expect(told.estimated).toBe(true);
      expect(told.outputTokens).toBeGreaterThanOrEqual(12);
    });

    test("RS-17: stop reasons pass, and unknown ones count as none", () => {
      const reason = (stopReason: unknown) =>
        run(event("message_delta", { type: "message_delta", delta: { stop_reason: stopReason } })).stream.metered
          .stopReason;
      expect(reason("pause_turn")).toBe("pause_turn");
      expect(reason("model_context_window_exceeded")).toBe("model_context_window_exceeded");
      expect(reason("because")).toBeUndefined();
    });
  });

  describe("ends", () => {
    test("FR-08: the last event may lack its blank line", () => {
      for (const missing of [1, 2]) {
        const { text, stream } = run(recording.slice(0, -missing));
        expect(text).toBe(recording);
        expect(stream.failure).toBeUndefined();
      }
    });

    test("STR-24: an answer with its message_delta is whole, and gets the message_stop it lacks", () => {
      for (const rest of ["", stop.slice(0, 20), stop.slice(0, -4)]) {
        const { text, stream } = run(`${start}${body}${messageDelta}${rest}`);
        expect(text).toBe(recording);
        expect(stream.failure).toBeUndefined();
      }
    });

    test("STR-25 STR-26 STR-29: any earlier end is an error at the end of well-formed events, wherever the cut is", () => {
      const unfinished = start + body;
      for (let length = start.length; length <= unfinished.length; length += 1) {
        const { text, stream } = run(unfinished.slice(0, length));
        expect(stream.failure?.kind).toBe("truncated");
        const events = readEvents(text);
        expect(events.at(-1)).toMatchObject({ type: "error", error: { type: "api_error" } });
        expect(unfinished.startsWith(text.slice(0, text.lastIndexOf("event: error")))).toBe(true);
      }
    });

    test("STR-29: a break in the middle ends the same way, and only once", () => {
      const stream = open();
      stream.push(encode(start + blockStart + delta("a").slice(0, 30)));
      const last = decode(stream.fail({ kind: "reset", message: "The connection broke." }));
      expect(readEvents(last)).toEqual([
        { type: "error", error: { type: "api_error", message: "The connection broke." } },
      ]);
      expect(stream.failure?.kind).toBe("reset");
      expect(stream.push(encode(stop))).toHaveLength(0);
      expect(stream.end()).toHaveLength(0);
      expect(stream.fail({ kind: "reset", message: "" })).toHaveLength(0);
    });

    test("STR-22: a break behind the message_delta costs nothing, and one behind message_stop changes nothing", () => {
      const stream = open();
      stream.push(encode(start + body + messageDelta));
      expect(decode(stream.fail({ kind: "timed-out", message: "slow" }))).toBe(stop);
      expect(stream.failure).toBeUndefined();
      const finished = open();
      finished.push(encode(recording));
      expect(finished.fail({ kind: "reset", message: "" })).toHaveLength(0);
      expect(finished.failure).toBeUndefined();
    });

    test("STR-33: a client that left is a failure even behind the message_delta, so that it is recorded", () => {
      const stream = open();
      stream.push(encode(start + body + messageDelta));
      stream.fail({ kind: "cancelled", message: "The client left." });
      expect(stream.failure?.kind).toBe("cancelled");
    });

    test("ERR-13: what is no event stream is told from one that broke off", () => {
      expect(run("").stream.failure).toMatchObject({ kind: "malformed", message: expect.stringContaining("empty") });
      const html = run("<html>\n\n<body>Bad gateway</body>\n\n</html>").stream;
      expect(html.failure).toMatchObject({
        kind: "malformed",
        message: expect.stringContaining("not an event stream"),
      });
      expect(html.committed).toBe(false);
    });
  });

  describe("errors", () => {
    const error = (type: string, message = "why"): string =>
      event("error", { type: "error", error: { type, message } });

    test.each([
      ["overloaded_error", "overloaded"],
      ["rate_limit_error", "rate-limited"],
      ["api_error", "server-error"],
      ["invalid_request_error", "invalid-request"],
      ["authentication_error", "unauthenticated"],
      ["permission_error", "forbidden"],
      ["billing_error", "quota-exhausted"],
      ["timeout_error", "timed-out"],
      ["request_too_large", "too-large"],
      ["something_new", "server-error"],
    ])("STR-27 STR-28: %s before any content is a failure of its kind", (type, kind) => {
      const stream = open();
      stream.push(encode(start + ping + error(type)));
      expect(stream.failure).toMatchObject({ kind });
      expect(stream.committed).toBe(false);
    });

    test("STR-27: behind content it passes as it came, ends the stream, and is recorded", () => {
      const text = start + body + error("overloaded_error", "Overloaded");
      for (const chunks of cutEverywhere(encode(text + delta("late")))) {
        const { text: out, stream } = run(chunks);
        expect(out).toBe(text);
        expect(stream.failure).toMatchObject({ kind: "overloaded", message: "Overloaded" });
        expect(stream.committed).toBe(true);
      }
    });

    test("ERR-05: an overflow told in the stream keeps its numbers", () => {
      const stream = open();
      stream.push(encode(error("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum")));
      expect(stream.failure).toMatchObject({ kind: "context-overflow", inputTokens: 210_000, limitTokens: 200_000 });
    });

    test("STR-27: an error that is no `error` event is told again as one", () => {
      const { text, stream } = run(`${start}${blockStart}data: {"error":{"message":"boom","code":500}}\n\n`);
      expect(stream.failure).toMatchObject({ message: "boom" });
      expect(text.split("\n\n").at(-2)).toContain('event: error\ndata: {"type":"error"');
    });

    test("STR-27: an error event that is no JSON is an error all the same", () => {
      expect(run(`${start}event: error\ndata: boom\n\n`).stream.failure).toBeDefined();
    });
  });

  test("STR-02: meters a stream without event lines too", () => {
    const nameless = recording.replaceAll(/^event: .*\n/gmu, "");
    const { text, stream } = run(nameless);
    expect(text).toBe(nameless);
    expect(stream.failure).toBeUndefined();
    expect(stream.committed).toBe(true);
    expect(stream.metered).toMatchObject({ usage: { inputTokens: 12, outputTokens: 15 }, stopReason: "end_turn" });
  });

  test("FR-07 FR-15: garbage between events and [DONE] at the end pass unread", () => {
    const text = `${start}${blockStart}data: {oops\n\ndata: \u2028 null\n\n${blockStop}${messageDelta}${stop}data: [DONE]\n\n`;
    const { text: out, stream } = run(text);
    expect(out).toBe(text);
    expect(stream.failure).toBeUndefined();
  });

  test("FR-09: an event of many megabytes passes, one beyond all measure breaks the stream off", () => {
    const stream = open();
    const piece = encode("x".repeat(1024 * 1024));
    stream.push(encode(`${start}${blockStart}event: content_block_delta\ndata: `));
    let megabytes = 0;
    while (stream.failure === undefined && megabytes < 40) {
      stream.push(piece);
      megabytes += 1;
    }
    expect(megabytes).toBe(32);
    expect(stream.failure).toMatchObject({ kind: "malformed" });
  });
});

describe("whether the model is thinking", () => {
  const begins = (block: unknown): string =>
    event("content_block_start", { type: "content_block_start", index: 12, content_block: block });

  test.each([
    ["thinking, as Anthropic writes it", begins({ type: "thinking", thinking: "", signature: "" }), true],
    ["thinking that is hidden", begins({ type: "redacted_thinking", data: "e30=" }), true],
    ["a tool", begins({ type: "tool_use", id: "toolu_1", name: "thinking", input: { type: "thinking" } }), false],
    ["text", blockStart, false],
    ["thinking with blanks in between", begins({ type: "thinking" }).replaceAll('":', '": '), true],
    [
      "thinking in another order",
      event("content_block_start", { content_block: { thinking: "", type: "thinking" }, index: 0 }),
      true,
    ],
    ["a block without a type", begins({}), false],
    ["nothing that can be read", "event: content_block_start\ndata: {\n\n", false],
  ])("is known from the beginning of %s", (_, begun, thinking) => {
    const { stream } = run(`${start}${begun}`);
    expect([stream.committed, stream.thinking]).toEqual([true, thinking]);
  });

  test("is known from an event without a name", () => {
    const nameless = begins({ type: "thinking", thinking: "" }).replace("event: content_block_start\n", "");
    expect(run(`${start}${blockStart}${nameless}`).stream.thinking).toBe(true);
  });
});
