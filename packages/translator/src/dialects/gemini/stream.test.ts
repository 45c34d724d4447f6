import { describe, expect, test } from "vitest";
import {
  chatExchange,
  geminiChunk as chunk,
  geminiExchange,
  runGemini as run,
  runGeminiText,
  runGeminiWhole,
} from "../../testing/index.ts";
import { streamGeminiAnswer } from "./response.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import { emptyThought, sealThought } from "./thought-state.ts";

const model = "gemini-3.8-flash";
const said = (text: string, more: object = {}) => ({ text, ...more });
const thought = (text: string) => ({ text, thought: true });
const call = (name: string, args: unknown = {}, more: object = {}) => ({ functionCall: { name, args }, ...more });
const signed = (on: "call" | "text" | "thought", signature: string) => ({
  type: "thinking",
  signature: sealThought({ model, state: { on, signature } }),
});
const usageMetadata = { promptTokenCount: 100, candidatesTokenCount: 5, totalTokenCount: 105 };
const idOf = (count: number) => `call_msg01test_${count}`;

describe("text and thinking", () => {
  test("RS-01 RS-02 RS-03 RS-14: an answer has a fresh id and the model that was asked for", () => {
    const { answer } = run([chunk([said("h")]), chunk([said("i")], "STOP", { usageMetadata, modelVersion: "g" })]);
    expect(answer).toEqual({
      id: "msg_01test",
      type: "message",
      role: "assistant",
      model: "claude-sonnet-5-5",
      content: [{ type: "text", text: "hi" }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 100, output_tokens: 5, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
    });
  });

  test("STR-14 STR-15 STR-44 TK-37: thought parts become a thinking block with a signature of our own", () => {
    const { content } = run([chunk([thought("a")]), chunk([thought("b"), said("c")], "STOP")]);
    expect(content).toEqual([
      { type: "thinking", thinking: "ab", signature: emptyThought },
      { type: "text", text: "c" },
    ]);
  });

  test("TK-38 TK-39: thinking is left empty or out as the client asked, and its state is kept", () => {
    const chunks = [chunk([thought("a"), call("Bash", {}, { thoughtSignature: "S" })], "STOP")];
    const asked = (thinking: NonNullable<MessagesRequest["thinking"]> | null) =>
      run(chunks, geminiExchange(chatExchange({ thinking }))).content?.[0];
    expect(asked({ type: "adaptive", display: "omitted" })).toEqual({ ...signed("call", "S"), thinking: "" });
    expect(asked(null)).toEqual({ ...signed("call", "S"), thinking: "" });
  });

  test("STR-12 TK-29: empty parts open no block, and the signature of a last text ends nothing", () => {
    const { content } = run([
      chunk([said("")]),
      chunk([said("a")]),
      chunk([said("", { thoughtSignature: "S" })], "STOP"),
    ]);
    expect(content).toEqual([{ type: "text", text: "a" }]);
  });

  test("TK-29 STR-19: the signature of a text is kept when something follows it", () => {
    const { content } = run([chunk([said("a", { thoughtSignature: "T" }), call("Bash")], "STOP")]);
    expect(content).toMatchObject([{ type: "text", text: "a" }, signed("text", "T"), { type: "tool_use" }]);
  });

  test("a signed thought keeps its signature", () => {
    const { content } = run([chunk([{ ...thought("a"), thoughtSignature: "S" }, thought("b"), said("c")], "STOP")]);
    expect(content).toMatchObject([
      { thinking: "a", ...signed("thought", "S") },
      { thinking: "b", signature: emptyThought },
      { type: "text" },
    ]);
  });

  test("RS-26: pictures and code become words", () => {
    const parts = [
      { inlineData: { mimeType: "image/png", data: "A" } },
      { executableCode: { language: "PYTHON", code: "1" } },
      { codeExecutionResult: { output: "2" } },
      { fileData: { fileUri: "gs://b/x" } },
    ];
    expect(run([chunk(parts, "STOP")]).content).toEqual([
      {
        type: "text",
        text: "[an image, which cannot be shown here]\n```python\n1\n```\n\n```\n2\n```\n[a file: gs://b/x]",
      },
    ]);
  });

  test("RS-20: only the first candidate is answered with", () => {
    const other = { candidates: [{ index: 1, content: { parts: [said("no")] }, finishReason: "STOP" }] };
    expect(run([other, chunk([said("yes")]), other, chunk([], "STOP")]).content).toEqual([
      { type: "text", text: "yes" },
    ]);
  });

  test("PR-09: a stop sequence that Gemini was not told ends the text", () => {
    const exchange = geminiExchange({ stopSequences: ["END"] });
    const { answer } = run([chunk([said("a E")]), chunk([said("ND b")]), chunk([said("c")], "STOP")], exchange);
    expect(answer).toMatchObject({
      content: [{ type: "text", text: "a " }],
      stop_reason: "stop_sequence",
      stop_sequence: "END",
    });
  });
});

describe("function calls", () => {
  test("STR-04 STR-44 RS-07 TH-31 TK-28: parallel calls are blocks of their own, with unique ids, the first one signed", () => {
    const { content, answer } = run([
      chunk([call("Bash", { c: 1 }, { thoughtSignature: "S" }), call("Bash", { c: 2 })]),
      chunk([call("Bash", { c: 2 })], "STOP"),
    ]);
    expect(content).toEqual([
      { ...signed("call", "S"), thinking: "" },
      { type: "tool_use", id: idOf(1), name: "Bash", input: { c: 1 } },
      { type: "tool_use", id: idOf(2), name: "Bash", input: { c: 2 } },
      { type: "tool_use", id: idOf(3), name: "Bash", input: { c: 2 } },
    ]);
    expect(answer?.stop_reason).toBe("tool_use");
  });

  test("RS-04 STR-07: ids of Gemini's own are kept, made legal, and a call that comes again under its id is one", () => {
    const twice = { functionCall: { id: "a:1", name: "Read", args: { p: 1 } } };
    expect(run([chunk([twice]), chunk([twice], "STOP")]).content).toEqual([
      { type: "tool_use", id: "a_1", name: "Read", input: { p: 1 } },
    ]);
  });

  test("RS-24 TD-24: names are unwrapped and mapped back", () => {
    const exchange = geminiExchange({ toolNames: new Map([["long_hash", "long name"]]) });
    const { content } = run([chunk([call("default_api:Bash"), call("long_hash")], "STOP")], exchange);
    expect(content).toMatchObject([{ name: "Bash" }, { name: "long name" }]);
  });

  test("RS-21 STR-10: arguments that are missing, null or no object become an object", () => {
    const calls = [{ functionCall: { name: "Bash" } }, call("Bash", null), call("Bash", [1]), call("Bash", "x")];
    expect(run([chunk(calls, "STOP")]).content).toMatchObject(calls.map(() => ({ input: {} })));
  });

  test("FR-16: numbers that JavaScript cannot hold keep their digits", () => {
    const text = `data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"Bash","args":{"a":9007199254740993,"b":"12345678901234567890","c":1e400,"d":0.5}}}]},"finishReason":"STOP"}]}\n\n`;
    const { events } = runGeminiText(text);
    const deltas = events.flatMap((event) => (event.type === "content_block_delta" ? [event.delta] : []));
    expect(deltas).toEqual([
      { type: "input_json_delta", partial_json: '{"a":9007199254740993,"b":"12345678901234567890","c":1e400,"d":0.5}' },
    ]);
  });

  test("STR-45: arguments that are streamed in pieces are put together", () => {
    const piece = (jsonPath: string, value: object, more = true) => ({
      functionCall: { partialArgs: [{ jsonPath, ...value }], ...(more && { willContinue: true }) },
    });
    const { content } = run([
      chunk([{ functionCall: { name: "Edit", id: "e", willContinue: true }, thoughtSignature: "S" }]),
      chunk([piece("$.path", { stringValue: "a/", willContinue: true })]),
      chunk([piece("$.path", { stringValue: "b.ts" })]),
      chunk([piece("$.edits[0].line", { numberValue: 3 }), piece("$.edits[0]['a.b']", { boolValue: true })]),
      chunk([piece("$.edits[1].line", { nullValue: "NULL_VALUE" })]),
      chunk([{ functionCall: {} }]),
      chunk([call("Bash", { c: 1 })], "STOP"),
    ]);
    expect(content).toEqual([
      { ...signed("call", "S"), thinking: "" },
      {
        type: "tool_use",
        id: "e",
        name: "Edit",
        input: { path: "a/b.ts", edits: [{ line: 3, "a.b": true }, { line: null }] },
      },
      { type: "tool_use", id: idOf(1), name: "Bash", input: { c: 1 } },
    ]);
  });

  test("STR-45: hostile paths make no holes, no prototypes and no error", () => {
    const at = (jsonPath: unknown) => ({ jsonPath, numberValue: 1 });
    const deep = `$${".a".repeat(200)}`;
    const partialArgs = [at("$.__proto__.x"), at("$.l[4000000000]"), at(deep), at("$"), at("x"), at(7), at("$.a b]")];
    const { content } = run([chunk([{ functionCall: { name: "Bash", partialArgs } }], "STOP")]);
    expect(JSON.stringify(content)).toContain('"input":{"__proto__":{"x":1},"l":[1]}');
    expect({}).not.toHaveProperty("x");
  });

  test("STR-13 STR-11: text, call and text keep their order", () => {
    const { content } = run([chunk([said("a"), call("Bash"), said("b")], "STOP")]);
    expect(content?.map(({ type }) => type)).toEqual(["text", "tool_use", "text"]);
  });

  test("a tool of Gemini's own is carried for the next request", () => {
    const part = {
      toolCall: { id: "t", toolType: "GOOGLE_SEARCH_WEB", args: { queries: ["q"] } },
      thoughtSignature: "S",
    };
    const { content } = run([chunk([part, said("a")], "STOP")]);
    expect(content).toEqual([
      { type: "thinking", thinking: "", signature: sealThought({ model, state: { on: "part", part } }) },
      { type: "text", text: "a" },
    ]);
  });
});

describe("ends", () => {
  test.each([
    ["STOP", "end_turn"],
    ["OTHER", "end_turn"],
    ["LANGUAGE", "end_turn"],
    ["MAX_TOKENS", "max_tokens"],
    ["CONTINUATION", "max_tokens"],
    ["SAFETY", "refusal"],
    ["RECITATION", "refusal"],
    ["PROHIBITED_CONTENT", "refusal"],
    ["SPII", "refusal"],
    ["BLOCKLIST", "refusal"],
    ["IMAGE_SAFETY", "refusal"],
  ])("RS-14 STR-36: %s ends with %s", (reason, stopReason) => {
    const { answer } = run([chunk([said("a")], reason)]);
    expect(answer?.stop_reason).toBe(stopReason);
    expect(answer?.stop_details?.explanation).toEqual(
      stopReason === "refusal" ? `The provider's filter stopped the answer (${reason}).` : undefined,
    );
  });

  test.each(["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MISSING_THOUGHT_SIGNATURE"])(
    "RS-14: %s is a failure to be tried again while nothing is shown, and a note after a text",
    (reason) => {
      const end = { candidates: [{ finishReason: reason, finishMessage: "print(x)" }] };
      const bare = run([end]);
      expect(bare.failure).toMatchObject({ kind: "server-error", message: expect.stringContaining("print(x)") });
      expect(bare.committed).toBe(false);
      const { answer } = run([chunk([said("a")]), end]);
      expect(answer?.stop_reason).toBe("end_turn");
      expect(JSON.stringify(answer?.content)).toContain("print(x)");
    },
  );

  test("RS-18: a reason that nobody knows is a failure", () => {
    expect(run([chunk([said("a")], "NEWS")]).failure).toMatchObject({ kind: "server-error" });
  });

  test("RS-15: a blocked prompt is a refusal that says why", () => {
    const blocked = {
      promptFeedback: { blockReason: "PROHIBITED_CONTENT" },
      usageMetadata: { promptTokenCount: 7, totalTokenCount: 7 },
    };
    const { answer, metered } = run([blocked]);
    expect(answer).toMatchObject({
      stop_reason: "refusal",
      content: [{ type: "text", text: "The provider blocked the prompt (PROHIBITED_CONTENT)." }],
    });
    expect(metered.usage.inputTokens).toBe(7);
    expect(runGeminiWhole(blocked).answer?.stop_reason).toBe("refusal");
  });

  test("RS-19 STR-25: nothing at all, or no more than a blank, is a failure and no empty success", () => {
    expect(run([]).failure?.kind).toBe("malformed");
    expect(run([chunk([], "STOP", { usageMetadata })]).failure?.kind).toBe("malformed");
    expect(run([chunk([said(" \n")], "OTHER")]).failure?.kind).toBe("malformed");
    expect(runGeminiWhole({ candidates: [] }).failure?.kind).toBe("malformed");
  });

  test("PR-03 EP-05: a probe that ends at the limit without a word is an answer", () => {
    const { answer } = run([
      {
        candidates: [{ finishReason: "MAX_TOKENS" }],
        usageMetadata: { promptTokenCount: 3, thoughtsTokenCount: 1, totalTokenCount: 4 },
      },
    ]);
    expect(answer).toMatchObject({ content: [], stop_reason: "max_tokens", usage: { output_tokens: 1 } });
  });

  test("RS-09 STR-26: an unfinished call is left out at the limit, and is a failure when the stream breaks", () => {
    const open = chunk([
      {
        functionCall: {
          name: "Bash",
          partialArgs: [{ jsonPath: "$.c", stringValue: "rm -rf /tmp" }],
          willContinue: true,
        },
      },
    ]);
    const { answer } = run([chunk([said("a")]), open, chunk([], "MAX_TOKENS")]);
    expect(answer).toMatchObject({ content: [{ type: "text", text: "a" }], stop_reason: "max_tokens" });
    const broken = run([open]);
    expect([broken.failure?.kind, broken.content]).toEqual(["truncated", undefined]);
  });

  test("STR-24 STR-25 STR-29: an end without a finish reason is an error, one with it is enough", () => {
    expect(run([chunk([said("a")])]).failure?.kind).toBe("truncated");
    expect(run([chunk([said("a")], "STOP")]).failure).toBeUndefined();
  });

  test("STR-27 STR-28 ERR-12: an error in the stream is told with its kind, before and after the first content", () => {
    const error = { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } };
    expect(run([error])).toMatchObject({ committed: false, failure: { kind: "overloaded" } });
    expect(run([chunk([said("a")]), error])).toMatchObject({ committed: true, failure: { kind: "overloaded" } });
    expect(runGeminiWhole([error]).failure?.kind).toBe("overloaded");
  });
});

describe("usage", () => {
  test("STR-20 STR-21 USG-10: an account after the finish counts, and a second finish does not", () => {
    const { answer } = run([
      chunk([said("a")], "STOP"),
      { candidates: [], usageMetadata },
      { candidates: [{ finishReason: "MAX_TOKENS" }] },
    ]);
    expect(answer).toMatchObject({ stop_reason: "end_turn", usage: { input_tokens: 100, output_tokens: 5 } });
  });

  test("USG-01 USG-02 USG-04 USG-06 USG-08 USG-09: cached input is part of the prompt, thoughts stand beside the answer, the last chunk counts", () => {
    const early = { promptTokenCount: 100, cachedContentTokenCount: 60, totalTokenCount: 100 };
    const late = {
      ...early,
      candidatesTokenCount: "5",
      thoughtsTokenCount: 7,
      toolUsePromptTokenCount: 10,
      totalTokenCount: 122,
    };
    const { events, metered } = run([
      chunk([said("a")], undefined, { usageMetadata: early }),
      chunk([], "STOP", { usageMetadata: late }),
    ]);
    expect(events[0]).toMatchObject({ message: { usage: { input_tokens: 40, cache_read_input_tokens: 60 } } });
    expect(metered.usage).toMatchObject({
      inputTokens: 50,
      cacheReadTokens: 60,
      outputTokens: 12,
      thinkingTokens: 7,
      estimated: false,
    });
  });

  test("USG-05: what is not reported is estimated", () => {
    const { metered } = run([chunk([said("12345678")], "STOP")]);
    expect(metered.usage).toMatchObject({ inputTokens: 1_000, outputTokens: 2, estimated: true });
  });

  test("USG-02: an answer without a count of its own is what the total leaves", () => {
    const { metered } = run([
      chunk([said("a")], "STOP", { usageMetadata: { promptTokenCount: 10, totalTokenCount: 25 } }),
    ]);
    expect(metered.usage.outputTokens).toBe(15);
  });
});

describe("search", () => {
  const groundingMetadata = {
    webSearchQueries: ["one", "two"],
    groundingChunks: [
      { web: { uri: "https://vertexaisearch.cloud.google.com/grounding-api-redirect/x", title: "a.example" } },
      { web: { uri: "https://sub.b.example/page", title: "B" } },
      { retrievedContext: {} },
    ],
    groundingSupports: [{ segment: { text: "So it is.", endIndex: 9 }, groundingChunkIndices: [0, 1, 9] }],
  };
  const domains = { allowed: [], blocked: [] };
  const grounded = [
    chunk([said("So ")]),
    chunk([said("it is.")]),
    { candidates: [{ content: { parts: [] }, finishReason: "STOP", groundingMetadata }] },
  ];
  const found = (url: string, title: string) => ({
    type: "web_search_result",
    title,
    url,
    encrypted_content: "",
    page_age: null,
  });

  test("SRV-02 SRV-03 SRV-06 USG-11 MM-13: a search alone is told before its text, with citations and a count", () => {
    const { content, answer } = run(grounded, geminiExchange({ search: { alone: true, domains } }));
    const id = "srvtoolu_msg01test_1";
    expect(content).toEqual([
      { type: "server_tool_use", id, name: "web_search", input: { query: "one; two" } },
      {
        type: "web_search_tool_result",
        tool_use_id: id,
        content: [
          found(groundingMetadata.groundingChunks[0]?.web?.uri ?? "", "a.example"),
          found("https://sub.b.example/page", "B"),
        ],
      },
      {
        type: "text",
        text: "So it is.",
        citations: [
          { cited_text: "So it is.", title: "a.example" },
          { cited_text: "So it is.", title: "B" },
        ].map((citation) => expect.objectContaining({ type: "web_search_result_location", ...citation })),
      },
    ]);
    expect(answer).toMatchObject({ stop_reason: "end_turn", usage: { server_tool_use: { web_search_requests: 2 } } });
  });

  test("SRV-03: beside functions the text flows at once and the search follows it", () => {
    const { content } = run(grounded, geminiExchange({ search: { alone: false, domains } }));
    expect(content?.map(({ type }) => type)).toEqual(["text", "server_tool_use", "web_search_tool_result"]);
  });

  test("SRV-05: sites that the client does not want are not among the results", () => {
    const sites = (filter: object) => {
      const exchange = geminiExchange({ search: { alone: true, domains: { ...domains, ...filter } } });
      const block = run(grounded, exchange).content?.[1];
      return block?.type === "web_search_tool_result" ? JSON.stringify(block.content).match(/"title":"[^"]+"/g) : [];
    };
    expect(sites({ blocked: ["B.example/path"] })).toEqual(['"title":"a.example"']);
    expect(sites({ allowed: ["*.b.example"] })).toEqual(['"title":"B"']);
  });

  test("a request for a search that needed none is answered with the text", () => {
    const { content } = run([chunk([said("hi")], "STOP")], geminiExchange({ search: { alone: true, domains } }));
    expect(content).toEqual([{ type: "text", text: "hi" }]);
  });
});

describe("order", () => {
  test("STR-16 STR-17 STR-18 TK-24 TK-40: thinking between texts and calls keeps its place, each block signed once, at its end", () => {
    const parts = [
      thought("a"),
      said("b"),
      thought("c"),
      call("Bash", {}, { thoughtSignature: "S" }),
      thought("d"),
      said("e"),
    ];
    const { content, events } = run(
      parts.map((part, index) => chunk([part], index === parts.length - 1 ? "STOP" : undefined)),
    );
    expect(content).toMatchObject([
      { thinking: "a", signature: emptyThought },
      { text: "b" },
      { thinking: "c", ...signed("call", "S") },
      { type: "tool_use" },
      { thinking: "d", signature: emptyThought },
      { text: "e" },
    ]);
    const signatures = events.filter(
      (event) => event.type === "content_block_delta" && event.delta.type === "signature_delta",
    );
    expect(signatures).toHaveLength(3);
  });

  test("RS-08: a call without a name is none", () => {
    const { answer } = run([chunk([said("a"), { functionCall: { args: { c: 1 } } }], "STOP")]);
    expect(answer).toMatchObject({ content: [{ type: "text", text: "a" }], stop_reason: "end_turn" });
    expect(run([chunk([{ functionCall: { args: {} } }], "STOP")]).failure?.kind).toBe("malformed");
  });
});

describe("forms", () => {
  test("FR-03 FR-04 FR-05 FR-06 FR-08 FR-11 FR-15: whatever the framing, the answer is the same", () => {
    const body = JSON.stringify(chunk([said("\u2028\ud83d x")], "STOP"), null, 1);
    const lines = body
      .split("\n")
      .map((line) => `data:${line}`)
      .join("\r");
    const text = `\ufeff: keep-alive\n\nevent: message\nid: 7\nretry: 1\n${lines}`;
    expect(runGeminiText(text).content).toEqual([{ type: "text", text: "\u2028\ud83d x" }]);
  });

  const chunks = [chunk([said("a")]), chunk([call("Bash", { c: "é" })], "STOP", { usageMetadata })];

  test("STR-34 STR-35 STR-46: a list of chunks, and one whole answer, are told as the same stream", () => {
    const streamed = run(chunks);
    expect(runGeminiText(`[${chunks.map((one) => JSON.stringify(one)).join(",\n")}]`).answer).toEqual(streamed.answer);
    expect(runGeminiWhole(chunks).answer).toEqual(streamed.answer);
    const whole = chunk([said("a"), call("Bash", { c: "é" })], "STOP", { usageMetadata });
    expect(runGeminiWhole(whole).answer).toEqual(streamed.answer);
    expect(runGeminiText(JSON.stringify(whole)).answer).toEqual(streamed.answer);
  });

  test("ERR-13: a web page, a text and a number are failures that show nothing of themselves", () => {
    for (const text of ["<html>secret</html>", "7", "[7]", ""]) {
      expect(runGeminiWhole(text).failure).toMatchObject({
        kind: "malformed",
        message: expect.not.stringContaining("secret"),
      });
    }
    expect(runGeminiText("data: <html>\n\n").failure?.kind).toBe("malformed");
    expect(runGeminiText("data: 7\n\n").failure?.kind).toBe("malformed");
  });

  test("FR-07 STR-22 STR-23: [DONE] and what comes after a failure change nothing", () => {
    const { answer } = runGeminiText(`data: ${JSON.stringify(chunk([said("a")], "STOP"))}\n\ndata: [DONE]\n\n`);
    expect(answer?.content).toEqual([{ type: "text", text: "a" }]);
    const stream = streamGeminiAnswer(geminiExchange());
    stream.fail({ kind: "reset", message: "gone" });
    expect(stream.push(new TextEncoder().encode(`data: ${JSON.stringify(chunk([said("a")]))}\n\n`))).toHaveLength(0);
    expect(stream.failure?.kind).toBe("reset");
  });
});
