import { describe, expect, test } from "vitest";
import { openOpaque } from "../../messages/opaque.ts";
import { chatExchange, chunk, frames, runChunks, runStream } from "../../testing/index.ts";
import { streamChatAnswer } from "./response.ts";

const usage = { prompt_tokens: 10, completion_tokens: 5 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const call = (fields: object, input?: string, name?: string): object => ({
  tool_calls: [
    { ...fields, function: { ...(name !== undefined && { name }), ...(input !== undefined && { arguments: input }) } },
  ],
});
const text = (content: string): object => ({ content });
const signed = { signature: "db1.openai-chat." };

describe("text", () => {
  test("RS-01 RS-02 RS-03: the answer has a fresh id and the model that was asked for", () => {
    const { answer } = runChunks([
      chunk({ role: "assistant", content: "" }),
      chunk(text("hi")),
      chunk({}, "stop", { usage }),
    ]);
    expect(answer).toEqual({
      id: "msg_01test",
      type: "message",
      role: "assistant",
      model: "claude-sonnet-5-5",
      content: [{ type: "text", text: "hi" }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
    });
  });

  test("STR-12 RS-04: empty and blank content opens no block", () => {
    const { content } = runChunks([
      chunk({ role: "assistant", content: "" }),
      chunk(text("\n")),
      chunk(call({ index: 0, id: "a" }, "{}", "Bash")),
      chunk({}, "tool_calls"),
    ]);
    expect(content).toEqual([{ type: "tool_use", id: "a", name: "Bash", input: {} }]);
  });

  test("STR-13 STR-14 STR-15: everything in one delta comes out in order, with its finish", () => {
    const delta = {
      tool_calls: [{ index: 0, id: "a", function: { name: "Bash", arguments: '{"x":1}' } }],
      content: "so",
      reasoning: "hm",
    };
    const { content, answer } = runChunks([chunk(delta, "stop")]);
    expect(content).toEqual([
      { type: "thinking", thinking: "hm", ...signed },
      { type: "text", text: "so" },
      { type: "tool_use", id: "a", name: "Bash", input: { x: 1 } },
    ]);
    expect(answer?.stop_reason).toBe("tool_use");
  });

  test("RS-05 RS-26: content parts are flattened, images become a note", () => {
    const parts = [
      { type: "text", text: "a" },
      { type: "image_url", image_url: { url: "https://x.test/i.png" } },
      { type: "reference" },
    ];
    const { content } = runChunks([
      chunk({ content: parts }),
      chunk({ images: [{ image_url: { url: "data:image/png;base64,AA" } }] }, "stop"),
    ]);
    expect(content).toEqual([
      { type: "text", text: "a[image: https://x.test/i.png][an image, which cannot be shown here]" },
    ]);
  });

  test("RS-20: only the first of several choices is answered with", () => {
    const second = { choices: [{ index: 1, delta: text("no"), finish_reason: null }] };
    const { content } = runChunks([
      second,
      chunk(text("yes")),
      second,
      chunk({}, "stop"),
      { choices: [{ index: 1, delta: {}, finish_reason: "length" }] },
    ]);
    expect(content).toEqual([{ type: "text", text: "yes" }]);
  });

  test("FR-15: lone surrogates and line separators survive as valid frames", () => {
    const { content } = runStream(frames(chunk(text("\u2028\ud83d \n\n x")), chunk({}, "stop")));
    expect(content).toEqual([{ type: "text", text: "\u2028\ud83d \n\n x" }]);
  });
});

describe("thinking", () => {
  test("TK-34: reasoning and reasoning_content with the same text come out once", () => {
    const { content } = runChunks([
      chunk({ reasoning: "a", reasoning_content: "a" }),
      chunk(text("b")),
      chunk({}, "stop"),
    ]);
    expect(content).toEqual([
      { type: "thinking", thinking: "a", ...signed },
      { type: "text", text: "b" },
    ]);
  });

  test("TK-37 STR-17 STR-18: a block starts empty and is signed once, before its stop", () => {
    const { events } = runChunks([
      chunk({ reasoning: "a" }),
      chunk({ reasoning: "b" }),
      chunk(text("c")),
      chunk({}, "stop"),
    ]);
    expect(events.slice(1, 6)).toEqual([
      { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "a" } },
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "b" } },
      { type: "content_block_delta", index: 0, delta: { type: "signature_delta", ...signed } },
      { type: "content_block_stop", index: 0 },
    ]);
  });

  test("STR-16: reasoning after text becomes another block", () => {
    const { content } = runChunks([
      chunk({ reasoning: "a" }),
      chunk(text("b")),
      chunk({ reasoning: "c" }),
      chunk({}, "stop"),
    ]);
    expect(content?.map(({ type }) => type)).toEqual(["thinking", "text", "thinking"]);
  });

  test("TK-36: Mistral's thinking parts are thinking", () => {
    const thinking = [{ type: "text", text: "T" }];
    const { content } = runChunks([
      chunk({
        content: [
          { type: "thinking", thinking },
          { type: "text", text: "x" },
        ],
      }),
      chunk({}, "stop"),
    ]);
    expect(content).toEqual([
      { type: "thinking", thinking: "T", ...signed },
      { type: "text", text: "x" },
    ]);
  });

  test("TK-35: think tags are told from text, wherever they are cut, and only at the start", () => {
    const answer = " <think>plan</think>\n\nuse <think> tags </think>";
    for (let at = 0; at <= answer.length; at++) {
      const { content } = runChunks([
        chunk(text(answer.slice(0, at))),
        chunk(text(answer.slice(at))),
        chunk({}, "stop"),
      ]);
      expect(content).toEqual([
        { type: "thinking", thinking: "plan", ...signed },
        { type: "text", text: "use <think> tags </think>" },
      ]);
    }
  });

  test("TK-35: a text that only begins like a tag is text, and empty tags leave no block", () => {
    expect(runChunks([chunk(text("<thi")), chunk({}, "stop")]).content).toEqual([{ type: "text", text: "<thi" }]);
    expect(runChunks([chunk(text("a <think>b</think>")), chunk({}, "stop")]).content).toEqual([
      { type: "text", text: "a <think>b</think>" },
    ]);
    expect(runChunks([chunk(text("<think>\n\n</think>\n\nhi")), chunk({}, "stop")]).content).toEqual([
      { type: "text", text: "hi" },
    ]);
  });

  test("TK-38: omitted thinking leaves a signed empty block, with the text inside when the provider wants it back", () => {
    const chunks = [
      chunk({ reasoning_content: "secret " }),
      chunk({ reasoning_content: "plan" }),
      chunk(text("b")),
      chunk({}, "stop"),
    ];
    const omitted = { thinking: { type: "adaptive", display: "omitted" } } as const;
    const plain = runChunks(chunks, chatExchange(omitted)).content;
    expect(plain).toEqual([
      { type: "thinking", thinking: "", ...signed },
      { type: "text", text: "b" },
    ]);
    const [kept] = runChunks(chunks, chatExchange(omitted, { reasoningBack: true })).content ?? [];
    expect(kept).toMatchObject({ type: "thinking", thinking: "" });
    expect(openOpaque("openai-chat", kept?.type === "thinking" ? (kept.signature ?? "") : "")).toBe("secret plan");
  });

  test.each([[null], [{ type: "disabled" }]] as const)(
    "TK-39: without thinking asked for (%j) reasoning stays out of sight",
    (thinking) => {
      const exchange = chatExchange({ thinking });
      const { content } = runChunks([chunk({ reasoning: "a" }), chunk(text("b")), chunk({}, "stop")], exchange);
      expect(content).toEqual([{ type: "text", text: "b" }]);
      const tagged = runChunks([chunk(text("<think>x</think>b")), chunk({}, "stop")], exchange).content;
      expect(tagged).toEqual([{ type: "text", text: "b" }]);
    },
  );

  const encrypted = { type: "reasoning.encrypted", data: "E==", index: 1 };
  test("TK-33 STR-19: reasoning details ride in the signature, and late ones in a block before the next call", () => {
    const part = (piece: string): object => ({
      reasoning_details: [{ type: "reasoning.text", text: piece, index: 0, format: "x" }],
    });
    const { content } = runChunks([
      chunk(part("think")),
      chunk(part("ing")),
      chunk(text("b")),
      chunk({ reasoning_details: [encrypted], ...call({ index: 0, id: "a" }, "{}", "Bash") }),
      chunk({}, "tool_calls"),
    ]);
    expect(content?.map(({ type }) => type)).toEqual(["thinking", "text", "thinking", "tool_use"]);
    const states = content?.flatMap((block) =>
      block.type === "thinking" ? [openOpaque("openai-chat", block.signature ?? "")] : [],
    );
    expect(states).toEqual([
      JSON.stringify([{ type: "reasoning.text", text: "thinking", index: 0, format: "x" }]),
      JSON.stringify([encrypted]),
    ]);
    expect(content?.[0]).toMatchObject({ thinking: "thinking" });
  });

  test("TK-39 TK-22: ciphertext is kept even when no thinking was asked for", () => {
    const { content } = runChunks(
      [chunk({ reasoning_details: [encrypted], content: "b" }), chunk({}, "stop")],
      chatExchange({ thinking: null }),
    );
    expect(content).toMatchObject([
      { type: "text", text: "b" },
      { type: "thinking", thinking: "" },
    ]);
  });
});

describe("tool calls", () => {
  test("STR-03: interleaved calls come out whole, one after the other, in the order they began", () => {
    const { events, content } = runChunks([
      chunk(call({ index: 0, id: "a" }, "", "Bash")),
      chunk(call({ index: 1, id: "b" }, "", "Read")),
      chunk(call({ index: 1 }, '{"p":')),
      chunk(call({ index: 0 }, '{"c":1')),
      chunk(call({ index: 1 }, "2}")),
      chunk(call({ index: 0 }, "}")),
      chunk({}, "tool_calls"),
    ]);
    expect(content).toEqual([
      { type: "tool_use", id: "a", name: "Bash", input: { c: 1 } },
      { type: "tool_use", id: "b", name: "Read", input: { p: 2 } },
    ]);
    expect(events.filter(({ type }) => type === "content_block_delta")).toHaveLength(3);
  });

  test("the first call is forwarded as it comes", () => {
    const stream = streamChatAnswer(chatExchange());
    const seen = (value: object): string => new TextDecoder().decode(stream.push(bytes(frames(value))));
    expect(seen(chunk(call({ index: 0, id: "a" }, "", "Bash")))).toContain("content_block_start");
    expect(seen(chunk(call({ index: 0 }, '{"command":"l')))).toContain(JSON.stringify('{"command":"l'));
  });

  test("STR-04 STR-05 STR-08: several calls in one chunk, without index or id, are several blocks", () => {
    const tool_calls = ["Bash", "Bash", "Read"].map((name, at) => ({ function: { name, arguments: `{"n":${at}}` } }));
    const { content } = runChunks([chunk({ tool_calls }), chunk({}, "tool_calls")]);
    expect(content).toMatchObject([
      { name: "Bash", input: { n: 0 } },
      { name: "Bash", input: { n: 1 } },
      { name: "Read", input: { n: 2 } },
    ]);
    expect(new Set(content?.map((block) => (block.type === "tool_use" ? block.id : ""))).size).toBe(3);
  });

  test("STR-06: a block opens when its name is known, whatever comes first", () => {
    const idFirst = [
      chunk(call({ index: 0, id: "a" }, "")),
      chunk(call({ index: 0 }, undefined, "Bash")),
      chunk(call({ index: 0 }, '{"x":1}')),
    ];
    expect(runChunks([...idFirst, chunk({}, "stop")]).content).toEqual([
      { type: "tool_use", id: "a", name: "Bash", input: { x: 1 } },
    ]);
    const nullName = { tool_calls: [{ index: 0, id: null, function: { name: null, arguments: '{"x"' } }] };
    const nameLate = [chunk(nullName), chunk(call({ index: 0, id: "a" }, ":1}", "Bash"))];
    expect(runChunks([...nameLate, chunk({}, "stop")]).content).toEqual([
      { type: "tool_use", id: "a", name: "Bash", input: { x: 1 } },
    ]);
  });

  test("STR-07: an id and a name in every fragment are one call", () => {
    const pieces = ['{"a"', ":", "1}"].map((piece) => chunk(call({ index: 0, id: "x" }, piece, "Bash")));
    expect(runChunks([...pieces, chunk({}, "stop")]).content).toEqual([
      { type: "tool_use", id: "x", name: "Bash", input: { a: 1 } },
    ]);
    const madeUpIds = ['{"a"', ":", "1}"].map((piece, at) =>
      chunk(call({ index: 0, id: `x${at}` }, piece, at === 0 ? "Bash" : undefined)),
    );
    expect(runChunks([...madeUpIds, chunk({}, "stop")]).content).toEqual([
      { type: "tool_use", id: "x0", name: "Bash", input: { a: 1 } },
    ]);
  });

  test("STR-07: a new id with a name at the same index is another call", () => {
    const { content } = runChunks([
      chunk(call({ index: 0, id: "a" }, '{"n":1}', "Bash")),
      chunk(call({ index: 0, id: "b" }, '{"n":2}', "Bash")),
      chunk({}, "stop"),
    ]);
    expect(content).toMatchObject([
      { id: "a", input: { n: 1 } },
      { id: "b", input: { n: 2 } },
    ]);
  });

  test("STR-08: fragments without an index follow their id, or the last call", () => {
    const { content } = runChunks([
      chunk(call({ id: "a" }, '{"n":', "Bash")),
      chunk(call({}, "1}")),
      chunk(call({ id: "b" }, '{"n":', "Read")),
      chunk(call({ id: "b" }, "2}")),
      chunk({}, "stop"),
    ]);
    expect(content).toMatchObject([
      { id: "a", input: { n: 1 } },
      { id: "b", input: { n: 2 } },
    ]);
  });

  test("STR-09: a call that reuses an id gets one of its own, as does one whose id is in the history", () => {
    const messages = [
      { role: "assistant", content: [{ type: "tool_use", id: "call_0", name: "Bash", input: {} }] },
    ] as const;
    const { content } = runChunks(
      [
        chunk(call({ index: 0, id: "call_0" }, '{"n":1}', "Bash")),
        chunk(call({ index: 0, id: "call_0" }, '{"n":2}', "Bash")),
        chunk({}, "stop"),
      ],
      chatExchange({ messages }),
    );
    const ids = content?.map((block) => (block.type === "tool_use" ? block.id : ""));
    expect(ids).toHaveLength(2);
    expect(new Set([...(ids ?? []), "call_0"]).size).toBe(3);
  });

  test("ids are made of characters that every API takes", () => {
    const { content } = runChunks([
      chunk(call({ index: 0, id: "functions.Bash:0|ü" }, "{}", "Bash")),
      chunk({}, "stop"),
    ]);
    expect(content).toMatchObject([{ id: "functions_Bash_0__" }]);
  });

  test("STR-10: a call without arguments has an empty input", () => {
    expect(runChunks([chunk(call({ index: 0, id: "a" }, "", "Bash")), chunk({}, "tool_calls")]).content).toMatchObject([
      { input: {} },
    ]);
  });

  test("STR-11: text after a call opens a block of its own", () => {
    const { content } = runChunks([
      chunk(call({ index: 0, id: "a" }, "{}", "Bash")),
      chunk(text("and")),
      chunk({}, "stop"),
    ]);
    expect(content?.map(({ type }) => type)).toEqual(["tool_use", "text"]);
  });

  test("RS-06: the legacy function_call is a call", () => {
    const { content, answer } = runChunks([
      chunk({ function_call: { name: "Bash", arguments: "" } }),
      chunk({ function_call: { arguments: '{"a":1}' } }),
      chunk({}, "function_call"),
    ]);
    expect(content).toMatchObject([{ type: "tool_use", name: "Bash", input: { a: 1 } }]);
    expect(answer?.stop_reason).toBe("tool_use");
  });

  test("RS-24: wrapped names are unwrapped when that gives a declared tool, renamed ones get theirs back", () => {
    const named = (name: string, exchange = chatExchange()): unknown =>
      runChunks([chunk(call({ index: 0, id: "a" }, "{}", name)), chunk({}, "stop")], exchange).content;
    for (const name of ["functions.Bash", "default_api:Bash", "Bash<|channel|>commentary", " Bash "]) {
      expect(named(name)).toMatchObject([{ name: "Bash" }]);
    }
    expect(named("functions.Unknown")).toMatchObject([{ name: "functions.Unknown" }]);
    expect(named("short_1a2b", chatExchange({}, { toolNames: new Map([["short_1a2b", "mcp__long"]]) }))).toMatchObject([
      { name: "mcp__long" },
    ]);
  });

  test("FR-16: numbers in arguments keep their text", () => {
    const { events } = runChunks([
      chunk(call({ index: 0, id: "a" }, '{"n":9007199254740993,"m":-0,"o":1e400}', "Bash")),
      chunk({}, "stop"),
    ]);
    expect(JSON.stringify(events)).toContain("9007199254740993");
    expect(JSON.stringify(events)).toContain("1e400");
  });
});

describe("the end", () => {
  test("RS-07 RS-08: what was called decides, not what the finish reason says", () => {
    expect(runChunks([chunk(call({ index: 0, id: "a" }, "{}", "Bash")), chunk({}, "stop")]).answer?.stop_reason).toBe(
      "tool_use",
    );
    expect(
      runChunks([chunk(text("x")), chunk(call({ index: 0, id: "a" }, "{}")), chunk({}, "tool_calls")]).answer
        ?.stop_reason,
    ).toBe("end_turn");
  });

  test("RS-09: a call cut at the token limit cannot run", () => {
    const { content, answer } = runChunks([
      chunk(call({ index: 0, id: "a" }, '{"n":1}', "Bash")),
      chunk(call({ index: 1, id: "b" }, '{"file":"half', "Edit")),
      chunk({}, "length"),
    ]);
    expect(answer?.stop_reason).toBe("max_tokens");
    const inputs = content?.map((block) => (block.type === "tool_use" ? block.input : block));
    expect(inputs).toEqual([{ n: 1 }, {}]);
  });

  test("RS-10 STR-36: the filter's stop is a refusal with details", () => {
    const { events } = runChunks([chunk(text("I")), chunk({}, "content_filter")]);
    expect(events.at(-2)).toMatchObject({
      delta: {
        stop_reason: "refusal",
        stop_details: { type: "refusal", category: null, explanation: expect.any(String) },
      },
    });
  });

  test("RS-11: a refusal in words is text and a refusal", () => {
    const { content, answer } = runChunks([chunk({ refusal: "I " }), chunk({ refusal: "cannot." }), chunk({}, "stop")]);
    expect(content).toEqual([{ type: "text", text: "I cannot." }]);
    expect(answer?.stop_reason).toBe("refusal");
  });

  test("RS-12: vLLM's stop string is reported when it is one of the client's", () => {
    const stopped = (stop_reason: unknown): unknown =>
      runChunks(
        [{ choices: [{ index: 0, delta: text("x"), finish_reason: "stop", stop_reason }] }],
        chatExchange({ stop_sequences: ["###"] }),
      ).answer;
    expect(stopped("###")).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "###" });
    expect(stopped("<|im_end|>")).toMatchObject({ stop_reason: "end_turn", stop_sequence: null });
    expect(stopped(151643)).toMatchObject({ stop_reason: "end_turn", stop_sequence: null });
  });

  test("PR-09: stop sequences that the provider was not told are enforced here, cut anywhere", () => {
    const whole = "one STOP two";
    for (let at = 0; at <= whole.length; at++) {
      const { answer } = runChunks(
        [chunk(text(whole.slice(0, at))), chunk(text(whole.slice(at))), chunk({}, "stop")],
        chatExchange({}, { stopSequences: ["STOP", "OP"] }),
      );
      expect(answer).toMatchObject({
        content: [{ text: "one " }],
        stop_reason: "stop_sequence",
        stop_sequence: "STOP",
      });
    }
    const begun = runChunks([chunk(text("one STO")), chunk({}, "stop")], chatExchange({}, { stopSequences: ["STOP"] }));
    expect(begun.answer).toMatchObject({ content: [{ text: "one STO" }], stop_reason: "end_turn" });
  });

  test.each([
    ["eos", "end_turn"],
    ["STOP", "end_turn"],
    ["MAX_TOKENS", "max_tokens"],
    ["model_length", "max_tokens"],
    ["SAFETY", "refusal"],
  ])("RS-18: %s is %s", (reason, expected) => {
    expect(runChunks([chunk(text("x")), chunk({}, reason)]).answer?.stop_reason).toBe(expected);
  });

  test.each([
    ["error", "server-error"],
    ["abort", "server-error"],
    ["network_error", "server-error"],
    ["insufficient_system_resource", "overloaded"],
    ["brand_new", "server-error"],
  ])("RS-18: %s is a failure", (reason, kind) => {
    const { failure, events } = runChunks([chunk(text("x")), chunk({}, reason)]);
    expect(failure?.kind).toBe(kind);
    expect(events.at(-1)?.type).toBe("error");
  });

  test("STR-20 STR-22 STR-23: repeated finishes and late usage make one end, and nothing follows it", () => {
    const { events, metered } = runStream(
      frames(
        chunk(text("x")),
        chunk({}, "stop"),
        chunk({}, "stop"),
        { choices: [], usage },
        chunk(text("late")),
        { choices: [], usage: { prompt_tokens: 11, completion_tokens: 6 } },
        "data: [DONE]\n\n",
        "data: [DONE]\n\n",
      ),
    );
    expect(events.filter(({ type }) => type === "message_delta")).toHaveLength(1);
    expect(JSON.stringify(events)).not.toContain("late");
    expect(metered.usage).toMatchObject({ inputTokens: 11, outputTokens: 6 });
  });

  test("STR-23: content between the finish and the end is not lost", () => {
    expect(runChunks([chunk(text("x"), "stop"), chunk(text("y"))]).content).toEqual([{ type: "text", text: "xy" }]);
  });

  test("STR-24 FR-08: neither [DONE] nor the last blank line is needed", () => {
    const { answer, failure } = runStream(frames(chunk(text("x")), chunk({}, "stop")).trimEnd());
    expect(failure).toBeUndefined();
    expect(answer?.stop_reason).toBe("end_turn");
  });

  test.each([[[]], [["data: [DONE]\n\n"]]])("STR-25 STR-26: without a finish reason it is truncated, %j", (tail) => {
    for (const delta of [
      text("x"),
      { reasoning: "x" },
      call({ index: 0, id: "a" }, '{"n":1}', "Bash"),
      call({ index: 0, id: "a" }, '{"n', "Bash"),
    ]) {
      const { failure, answer, events } = runStream(frames(chunk(delta), ...tail));
      expect(failure?.kind).toBe("truncated");
      expect(answer).toBeUndefined();
      expect(events.at(-1)).toEqual({
        type: "error",
        error: { type: "api_error", message: "The provider's stream ended before the answer was complete." },
      });
    }
  });

  test.each([
    ["", "nothing"],
    [": hi\n\n", "comments"],
    ["data: [DONE]\n\n", "only [DONE]"],
    [frames({ choices: [] }), "no choice"],
    [frames(chunk({}, "stop")), "an empty choice"],
  ])("RS-19: a stream with %j in it (%s) is malformed", (stream) => {
    const { failure, committed } = runStream(stream);
    expect(failure?.kind).toBe("malformed");
    expect(committed).toBe(false);
  });

  test("an answer that is silent although the model did speak is an answer", () => {
    expect(runChunks([chunk({ content: "" }, "stop", { usage })]).answer).toMatchObject({
      content: [],
      stop_reason: "end_turn",
    });
    expect(runChunks([chunk({ content: "" }, "length")]).answer).toMatchObject({
      content: [],
      stop_reason: "max_tokens",
    });
  });
});

describe("failures", () => {
  test.each([
    [{ error: { message: "boom", code: 500 } }, "server-error", "api_error"],
    [{ error: { message: "Provider overloaded", code: 529 } }, "overloaded", "overloaded_error"],
    [{ error: { message: "slow down", type: "rate_limit_error", code: 429 } }, "rate-limited", "rate_limit_error"],
    [{ error: "plain words" }, "server-error", "api_error"],
    [{ object: "error", message: "CUDA out of memory", code: 500 }, "server-error", "api_error"],
    [{ code: 1113, message: "Insufficient balance" }, "quota-exhausted", "billing_error"],
    [
      { choices: [{ index: 0, delta: {}, finish_reason: "error", error: { code: 502, message: "upstream died" } }] },
      "server-error",
      "api_error",
    ],
    [
      [{ error: { code: 503, status: "UNAVAILABLE", message: "The model is overloaded." } }],
      "overloaded",
      "overloaded_error",
    ],
  ])("STR-27 ERR-12: %j in the middle is a failure", (error, kind, type) => {
    const { failure, events, answer } = runStream(frames(chunk(text("x")), error, chunk(text("y"), "stop")));
    expect(failure?.kind).toBe(kind);
    expect(events.at(-1)).toMatchObject({ type: "error", error: { type } });
    expect(answer).toBeUndefined();
    expect(JSON.stringify(events)).not.toContain('"y"');
  });

  test("FR-06: an event named error is one, whatever it holds", () => {
    expect(runStream(`event: error\ndata: {"oops":1}\n\n`).failure?.kind).toBe("server-error");
    expect(
      runStream(`event: chunk\nid: 7\nretry: 100\ndata: ${JSON.stringify(chunk(text("x"), "stop"))}\n\n`).failure,
    ).toBeUndefined();
  });

  test("STR-28: a failure before the first content leaves the answer uncommitted", () => {
    expect(runStream(frames(chunk({ role: "assistant", content: "" }), { error: { message: "no" } })).committed).toBe(
      false,
    );
    expect(runStream(frames(chunk(text("x")), { error: { message: "no" } })).committed).toBe(true);
  });

  test("garbage in the middle is malformed and is not repeated to the client as markup", () => {
    const { failure } = runStream(`${frames(chunk(text("x")))}data: <html>\n\n`);
    expect(failure).toMatchObject({ kind: "malformed", message: expect.not.stringContaining("<html>") });
    expect(runStream(`${frames(chunk(text("x")))}data: {"choices":[{"del\n\n`).failure?.kind).toBe("malformed");
  });

  test("STR-29: a broken connection ends in an error event, and only once", () => {
    const stream = streamChatAnswer(chatExchange());
    stream.push(bytes(frames(chunk(text("x")))));
    expect(new TextDecoder().decode(stream.fail({ kind: "overloaded", message: "gone" }))).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"gone"}}\n\n',
    );
    expect(stream.fail({ kind: "reset", message: "again" })).toHaveLength(0);
    expect(stream.end()).toHaveLength(0);
    expect(stream.failure).toEqual({ kind: "overloaded", message: "gone" });
  });

  test("a connection that breaks after the end changes nothing", () => {
    const stream = streamChatAnswer(chatExchange());
    stream.push(bytes(frames(chunk(text("x")), chunk({}, "stop"), "data: [DONE]\n\n")));
    expect(stream.fail({ kind: "reset", message: "gone" })).toHaveLength(0);
    expect(stream.failure).toBeUndefined();
  });

  test("FR-09: an event over the limit is malformed, one of many megabytes is not", () => {
    const large = "x".repeat(17 * 1024 * 1024);
    expect(runStream(frames(chunk(text(large)), chunk({}, "stop"))).content).toEqual([{ type: "text", text: large }]);
    const stream = streamChatAnswer(chatExchange());
    const piece = bytes(`data: ${"x".repeat(8 * 1024 * 1024)}`);
    for (let at = 0; at < 5; at++) stream.push(piece);
    expect(stream.failure?.kind).toBe("malformed");
  });
});

describe("a whole body instead of a stream", () => {
  const whole = {
    choices: [
      {
        message: { content: "hi", tool_calls: [{ id: "a", function: { name: "Bash", arguments: "{}" } }] },
        finish_reason: "stop",
      },
    ],
    usage,
  };

  test("STR-34: it is told as events", () => {
    const { answer } = runStream(`\n ${JSON.stringify(whole, null, 2)}`);
    expect(answer).toMatchObject({ content: [{ text: "hi" }, { name: "Bash" }], stop_reason: "tool_use" });
  });

  test("STR-35: a whole message in the only chunk is told as events, but not repeated after deltas", () => {
    const message = { role: "assistant", content: "hi" };
    expect(runStream(frames({ choices: [{ index: 0, message, finish_reason: "stop" }] })).content).toEqual([
      { type: "text", text: "hi" },
    ]);
    const last = { choices: [{ index: 0, message, finish_reason: "stop" }] };
    expect(runStream(frames(chunk(text("hi")), last)).content).toEqual([{ type: "text", text: "hi" }]);
  });

  test.each([
    ["<!doctype html><title>502</title>"],
    ["{"],
    ['{"error":{"message":"no","code":503}}'],
    ['{"choices":[]}'],
  ])("ERR-12 ERR-13: %s is a failure", (body) => {
    const { failure, committed } = runStream(body);
    expect(failure).toBeDefined();
    expect(committed).toBe(false);
  });
});

describe("usage", () => {
  const measured = (...chunks: readonly object[]): unknown =>
    runChunks([chunk(text("12345678")), chunk({}, "stop"), ...chunks]).answer?.usage;
  const wire = (input: number, output: number, [read, written] = [0, 0]): object => ({
    input_tokens: input,
    output_tokens: output,
    cache_read_input_tokens: read,
    cache_creation_input_tokens: written,
  });

  test("USG-05 USG-06: without a report both ends are estimated, and the head tells the estimate", () => {
    const { events, metered } = runChunks([chunk(text("12345678")), chunk({}, "stop")]);
    expect(events[0]).toMatchObject({ message: { usage: { input_tokens: 900 } } });
    expect(events.at(-2)).toMatchObject({ usage: wire(1_000, 2) });
    expect(metered.usage).toMatchObject({ estimated: true });
    expect(measured({ choices: [], usage: { prompt_tokens: 0, completion_tokens: 0 } })).toEqual(wire(1_000, 2));
  });

  test("USG-01 USG-03 USG-07: cached tokens are taken out of the input, wherever they are told", () => {
    const details = {
      prompt_tokens: 120,
      completion_tokens: 5,
      prompt_tokens_details: { cached_tokens: 30, cache_write_tokens: 20 },
    };
    expect(measured({ choices: [], usage: details })).toEqual({
      ...wire(70, 5, [30, 20]),
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 0 },
    });
    for (const shape of [
      { prompt_cache_hit_tokens: 30, prompt_cache_miss_tokens: 90 },
      { cached_tokens: 30 },
      { cache_read_input_tokens: 30 },
    ]) {
      expect(
        measured({
          choices: [],
          usage: { prompt_tokens: 120, completion_tokens: 5, prompt_tokens_details: null, ...shape },
        }),
      ).toEqual(wire(90, 5, [30, 0]));
    }
    expect(measured({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5, cached_tokens: 30 } })).toEqual(
      wire(0, 5, [30, 0]),
    );
  });

  test("USG-04: reasoning counted beside the completion is added, inside it is only told", () => {
    const reasoning = { completion_tokens_details: { reasoning_tokens: 4 } };
    const told = { output_tokens_details: { thinking_tokens: 4 } };
    expect(
      measured({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, ...reasoning } }),
    ).toEqual({ ...wire(10, 5), ...told });
    expect(
      measured({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 19, ...reasoning } }),
    ).toEqual({ ...wire(10, 9), ...told });
    expect(measured({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 19 } })).toEqual({
      ...wire(10, 9),
      ...told,
    });
  });

  test("USG-08: strings, fractions, negatives and nulls are read or passed over", () => {
    expect(
      measured({
        choices: [],
        usage: { prompt_tokens: "12", completion_tokens: 3.6, prompt_tokens_details: { cached_tokens: null } },
      }),
    ).toEqual(wire(12, 4));
    expect(measured({ choices: [], usage: { prompt_tokens: null, completion_tokens: -3 } })).toEqual(wire(1_000, 2));
    expect(measured({ choices: [], usage: "many" })).toEqual(wire(1_000, 2));
  });

  test("USG-09 USG-10: the last report wins, wherever it stands", () => {
    const { answer } = runChunks([
      chunk(text("x"), null, { usage: { prompt_tokens: 10, completion_tokens: 1 } }),
      chunk({}, "stop", { usage: { prompt_tokens: 10, completion_tokens: 7 } }),
    ]);
    expect(answer?.usage).toEqual(wire(10, 7));
    expect(runChunks([chunk(text("x")), chunk({}, "stop", { x_groq: { id: "r", usage } })]).answer?.usage).toEqual(
      wire(10, 5),
    );
    const inChoice = { choices: [{ index: 0, delta: text("x"), finish_reason: "stop", usage }] };
    expect(runChunks([inChoice]).answer?.usage).toEqual(wire(10, 5));
  });

  test("what is known when the client leaves is metered", () => {
    const stream = streamChatAnswer(chatExchange());
    expect(stream.metered.usage).toMatchObject({ inputTokens: 0, outputTokens: 0 });
    stream.push(bytes(frames(chunk(text("x".repeat(40))))));
    stream.fail({ kind: "cancelled", message: "left" });
    expect(stream.metered).toEqual({
      stopReason: undefined,
      usage: expect.objectContaining({ inputTokens: 1_000, outputTokens: 10, estimated: true }),
    });
  });
});
