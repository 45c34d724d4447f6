import { describe, expect, test } from "vitest";
import { openOpaque } from "../../messages/opaque.ts";
import { responsesExchange, runResponses } from "../../testing/run-responses.ts";

const usage = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 40, cache_write_tokens: 10 },
  output_tokens: 30,
  output_tokens_details: { reasoning_tokens: 12 },
  total_tokens: 130,
};
const created = { type: "response.created", response: { id: "resp_1", status: "in_progress", output: [] } };
const completed = (output: readonly object[] = [], more: object = {}) => ({
  type: "response.completed",
  response: { id: "resp_1", status: "completed", output, usage, ...more },
});
const textDelta = (delta: string, index = 0, part = 0) => ({
  type: "response.output_text.delta",
  item_id: `msg_${index}`,
  output_index: index,
  content_index: part,
  delta,
});
const message = (text: string, annotations: readonly object[] = []) => ({
  type: "message",
  id: "msg_0",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text, annotations }],
});
const added = (item: object, index = 0) => ({ type: "response.output_item.added", output_index: index, item });
const done = (item: object, index = 0) => ({ type: "response.output_item.done", output_index: index, item });
const call = (name: string, input: string, id = "call_1") => ({
  type: "function_call",
  id: `fc_${id}`,
  call_id: id,
  name,
  arguments: input,
  status: "completed",
});
const argumentsDelta = (delta: string, index = 0, id = "fc_call_1") => ({
  type: "response.function_call_arguments.delta",
  item_id: id,
  output_index: index,
  delta,
});
const reasoning = (id: string, text: string, encrypted?: string) => ({
  type: "reasoning",
  id,
  summary: text === "" ? [] : [{ type: "summary_text", text }],
  ...(encrypted === undefined ? {} : { encrypted_content: encrypted }),
});
const summaryDelta = (delta: string, index = 0, part = 0) => ({
  type: "response.reasoning_summary_text.delta",
  item_id: `rs_${index}`,
  output_index: index,
  summary_index: part,
  delta,
});
const stateOf = (block: unknown): unknown => {
  const signature = (block as { signature?: string } | undefined)?.signature ?? "";
  return JSON.parse(openOpaque("openai-responses", signature) ?? "null");
};

describe("text", () => {
  test("STR-37 USG-01 USG-04 RS-03: text streams as it comes, under the asked model's name, with the usage of the end", () => {
    const run = runResponses([
      created,
      added(message("")),
      textDelta("Hel"),
      textDelta("lo"),
      completed([message("Hello")]),
    ]);
    expect(run.content).toEqual([{ type: "text", text: "Hello" }]);
    expect(run.answer).toMatchObject({ model: "claude-sonnet-5-5", stop_reason: "end_turn" });
    expect(run.answer?.usage).toMatchObject({
      input_tokens: 50,
      cache_read_input_tokens: 40,
      cache_creation_input_tokens: 10,
      output_tokens: 30,
      output_tokens_details: { thinking_tokens: 12 },
    });
    expect(run.metered.usage.estimated).toBe(false);
  });

  test("STR-39: text that comes in a done event alone is told once, whichever event has it", () => {
    const whole = { output_index: 0, content_index: 0 };
    const tellings = [
      [{ type: "response.output_text.done", ...whole, text: "Hi" }],
      [{ type: "response.content_part.done", ...whole, part: { type: "output_text", text: "Hi", annotations: [] } }],
      [done(message("Hi"))],
      [],
      [textDelta("H"), { type: "response.output_text.done", ...whole, text: "Hi" }, done(message("Hi"))],
      [textDelta("Hi"), done(message("Hi")), { type: "response.output_text.done", ...whole, text: "Hi" }],
      [done(message("Hi")), textDelta("Hi")],
    ];
    for (const telling of tellings) {
      expect(runResponses([created, ...telling, completed([message("Hi")])]).content).toEqual([
        { type: "text", text: "Hi" },
      ]);
    }
  });

  test("STR-39: a server that numbers all its items alike is not read twice", () => {
    const first = { ...message("One"), id: "msg_a" };
    const second = { ...message("Two"), id: "msg_b" };
    const events = [
      created,
      added(first),
      done(first),
      added(call("Bash", "{}")),
      done(call("Bash", "{}")),
      added(second),
      done(second),
    ];
    const run = runResponses([...events, completed([first, call("Bash", "{}"), second])]);
    expect(run.content?.map((block) => block.type)).toEqual(["text", "tool_use", "text"]);
  });

  test("MSG-12: text, call and text keep their order", () => {
    const after = { ...message("after"), id: "msg_2" };
    const run = runResponses([created, completed([message("before"), call("Read", '{"p":1}'), after])]);
    expect(run.content).toEqual([
      { type: "text", text: "before" },
      { type: "tool_use", id: "call_1", name: "Read", input: { p: 1 } },
      { type: "text", text: "after" },
    ]);
    expect(run.answer?.stop_reason).toBe("tool_use");
  });

  test("RS-11 STR-36: a refusal is text and ends the answer as one", () => {
    const part = { type: "refusal", refusal: "I cannot." };
    const refused = { ...message(""), content: [part] };
    const tellings = [
      [{ type: "response.refusal.delta", output_index: 0, content_index: 0, delta: "I cannot." }],
      [{ type: "response.refusal.done", output_index: 0, content_index: 0, refusal: "I cannot." }],
      [],
    ];
    for (const telling of tellings) {
      const run = runResponses([created, ...telling, completed([refused])]);
      expect(run.content).toEqual([{ type: "text", text: "I cannot." }]);
      expect(run.answer?.stop_reason).toBe("refusal");
    }
  });

  test("PR-09 RS-12: a stop sequence, which the API has not, ends the answer here", () => {
    const exchange = responsesExchange({ stop_sequences: ["END"] }, { stopSequences: ["END"] });
    const run = runResponses([created, textDelta("one E"), textDelta("ND two"), completed()], exchange);
    expect(run.content).toEqual([{ type: "text", text: "one " }]);
    expect(run.answer).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "END" });
    const near = runResponses([created, textDelta("one E"), done(message("one E")), completed()], exchange);
    expect(near.content).toEqual([{ type: "text", text: "one E" }]);
  });
});

describe("tool calls", () => {
  test("STR-37: a call streams its input and keeps the id by which its result must name it", () => {
    const empty = call("Bash", "");
    const run = runResponses([
      created,
      added(empty),
      argumentsDelta('{"command":'),
      argumentsDelta('"ls"}'),
      done(call("Bash", '{"command":"ls"}')),
      completed(),
    ]);
    expect(run.content).toEqual([{ type: "tool_use", id: "call_1", name: "Bash", input: { command: "ls" } }]);
    expect(run.events.filter(({ type }) => type === "content_block_delta")).toHaveLength(2);
  });

  test("STR-38: arguments before their item wait for its name and call id", () => {
    const run = runResponses([created, argumentsDelta('{"command":"ls"}'), added(call("Bash", "")), completed()]);
    expect(run.content).toEqual([{ type: "tool_use", id: "call_1", name: "Bash", input: { command: "ls" } }]);
  });

  test("STR-37: a nameless beginning waits; arguments that come whole are taken whole", () => {
    const nameless = { ...call("", ""), name: "" };
    const whole = {
      type: "response.function_call_arguments.done",
      output_index: 0,
      item_id: "fc_call_1",
      arguments: '{"a":1}',
    };
    const run = runResponses([created, added(nameless), whole, done(call("Read", '{"a":1}')), completed()]);
    expect(run.content).toEqual([{ type: "tool_use", id: "call_1", name: "Read", input: { a: 1 } }]);
  });

  test("STR-03: parallel calls whose fragments alternate come out one after the other", () => {
    const second = call("Read", "", "call_2");
    const run = runResponses([
      created,
      added(call("Bash", "")),
      added(second, 1),
      argumentsDelta('{"command"'),
      argumentsDelta('{"path"', 1, "fc_call_2"),
      argumentsDelta(':"ls"}'),
      argumentsDelta(':"x"}', 1, "fc_call_2"),
      completed(),
    ]);
    expect(run.content).toEqual([
      { type: "tool_use", id: "call_1", name: "Bash", input: { command: "ls" } },
      { type: "tool_use", id: "call_2", name: "Read", input: { path: "x" } },
    ]);
  });

  test("STR-10 RS-24: a call without arguments has an empty input; the name on the wire is read back", () => {
    const exchange = responsesExchange({}, { toolNames: new Map([["short_1234", "mcp__a.b"]]) });
    const run = runResponses([created, done(call("short_1234", "")), completed()], exchange);
    expect(run.content).toEqual([{ type: "tool_use", id: "call_1", name: "mcp__a.b", input: {} }]);
  });

  test("FR-16: numbers that JavaScript cannot hold keep their digits", () => {
    const run = runResponses([created, done(call("Bash", '{"n":9007199254740993}')), completed()]);
    expect(JSON.stringify(run.events)).toContain("9007199254740993");
  });
});

describe("reasoning", () => {
  const encrypted = [created, added(reasoning("rs_0", "")), summaryDelta("I think")];

  test("TK-21 STR-19: the summary is shown and the encrypted form rides in the signature", () => {
    const run = runResponses([...encrypted, done(reasoning("rs_0", "I think", "E")), textDelta("Hi", 1), completed()]);
    expect(run.content).toEqual([
      { type: "thinking", thinking: "I think", signature: expect.stringMatching(/^db1\.openai-responses\./) },
      { type: "text", text: "Hi" },
    ]);
    expect(stateOf(run.content?.[0])).toEqual({ id: "rs_0", encrypted: "E" });
    const types = run.events.map((event) => (event.type === "content_block_delta" ? event.delta.type : event.type));
    expect(types.indexOf("signature_delta")).toBeLessThan(types.indexOf("content_block_stop"));
  });

  test("TK-22: encrypted reasoning without a summary is an empty block with a signature", () => {
    const run = runResponses([created, done(reasoning("rs_0", "", "E")), textDelta("Hi", 1), completed()]);
    expect(run.content?.[0]).toMatchObject({ type: "thinking", thinking: "" });
    expect(stateOf(run.content?.[0])).toEqual({ id: "rs_0", encrypted: "E" });
  });

  test("TK-24 TK-40: each reasoning item is a block of its own", () => {
    const run = runResponses([
      created,
      completed([reasoning("rs_0", "one", "E1"), reasoning("rs_1", "two", "E2"), message("Hi")]),
    ]);
    expect(run.content?.map((block) => block.type)).toEqual(["thinking", "thinking", "text"]);
    expect(run.content?.slice(0, 2).map(stateOf)).toEqual([
      { id: "rs_0", encrypted: "E1" },
      { id: "rs_1", encrypted: "E2" },
    ]);
  });

  test("the parts of a summary are paragraphs", () => {
    const part = (text: string, index: number) => ({
      type: "response.reasoning_summary_part.done",
      output_index: 0,
      summary_index: index,
      part: { type: "summary_text", text },
    });
    const run = runResponses([
      created,
      summaryDelta("one"),
      part("one", 0),
      summaryDelta("two", 0, 1),
      part("two", 1),
      textDelta("Hi", 1),
      completed(),
    ]);
    expect(run.content?.[0]).toMatchObject({ type: "thinking", thinking: "one\n\ntwo" });
  });

  test("reasoning in the clear is shown and carried; beside a summary only carried", () => {
    const raw = {
      type: "response.reasoning_text.delta",
      output_index: 0,
      item_id: "rs_0",
      content_index: 0,
      delta: "raw",
    };
    const item = { ...reasoning("rs_0", ""), content: [{ type: "reasoning_text", text: "raw" }] };
    const run = runResponses([created, raw, done(item), textDelta("Hi", 1), completed()]);
    expect(run.content?.[0]).toMatchObject({ thinking: "raw" });
    expect(stateOf(run.content?.[0])).toEqual({ id: "rs_0", raw: "raw" });
    const both = { ...reasoning("rs_0", "short"), content: [{ type: "reasoning_text", text: "raw" }] };
    const shown = runResponses([created, done(both), textDelta("Hi", 1), completed()]);
    expect(shown.content?.[0]).toMatchObject({ thinking: "short" });
    expect(stateOf(shown.content?.[0])).toEqual({ id: "rs_0", raw: "raw" });
  });

  test("TK-38 TK-39: a client that wants no thinking text gets the signature alone; one that wants none gets none", () => {
    const events = [...encrypted, done(reasoning("rs_0", "I think", "E")), textDelta("Hi", 1), completed()];
    const omitted = runResponses(events, responsesExchange({ thinking: { type: "adaptive", display: "omitted" } }));
    expect(omitted.content?.[0]).toMatchObject({ type: "thinking", thinking: "" });
    expect(stateOf(omitted.content?.[0])).toEqual({ id: "rs_0", encrypted: "E" });
    const hidden = runResponses(events, responsesExchange({ thinking: { type: "disabled" } }));
    expect(hidden.content).toEqual([{ type: "text", text: "Hi" }]);
  });
});

describe("web search", () => {
  const search = (more: object = {}) => ({
    type: "web_search_call",
    id: "ws_1",
    status: "completed",
    action: { type: "search", query: "rust", sources: [{ type: "url", url: "https://a.example/x" }], ...more },
  });
  const citation = { type: "url_citation", start_index: 0, end_index: 4, url: "https://a.example/x", title: "Page A" };

  test("SRV-06 SRV-02 MM-13: a search is told with what it found, then the text with its citations", () => {
    const run = runResponses([
      created,
      added({ ...search(), action: undefined }),
      done(search()),
      textDelta("Rust is", 1),
      { type: "response.output_text.annotation.added", output_index: 1, content_index: 0, annotation: citation },
      done(message("Rust is", [citation]), 1),
      completed(),
    ]);
    expect(run.content).toEqual([
      { type: "server_tool_use", id: "srvtoolu_msg01test_1", name: "web_search", input: { query: "rust" } },
      {
        type: "web_search_tool_result",
        tool_use_id: "srvtoolu_msg01test_1",
        content: [
          {
            type: "web_search_result",
            title: "Page A",
            url: "https://a.example/x",
            encrypted_content: "",
            page_age: null,
          },
        ],
      },
      {
        type: "text",
        text: "Rust is",
        citations: [
          {
            type: "web_search_result_location",
            url: "https://a.example/x",
            title: "Page A",
            cited_text: "Rust",
            encrypted_index: "",
          },
        ],
      },
    ]);
    expect(run.answer?.stop_reason).toBe("end_turn");
    expect(run.answer?.usage).toMatchObject({ server_tool_use: { web_search_requests: 1 } });
    expect(run.metered.usage.webSearchRequests).toBe(1);
  });

  test("SRV-06: a server that names no sources is known by its citations; a failed search says so", () => {
    const bare = search({ sources: undefined, query: undefined, queries: ["a", "b"] });
    const cited = runResponses([created, completed([bare, message("Rust is", [citation])])]);
    expect(cited.content?.[0]).toMatchObject({ input: { query: "a; b" } });
    expect(cited.content?.[1]).toMatchObject({ content: [{ url: "https://a.example/x", title: "Page A" }] });
    const failed = { ...search({ sources: undefined }), status: "failed" };
    const run = runResponses([created, completed([failed, message("Sorry")])]);
    expect(run.content?.[1]).toMatchObject({
      content: { type: "web_search_tool_result_error", error_code: "unavailable" },
    });
  });

  test("SRV-02 USG-11: opening a page is no search; a search before a call is told before it", () => {
    const opened = search({ type: "open_page", url: "https://a.example/x" });
    const run = runResponses([created, completed([search(), opened, call("Bash", "{}")])]);
    expect(run.content?.map((block) => block.type)).toEqual(["server_tool_use", "web_search_tool_result", "tool_use"]);
    expect(run.metered.usage.webSearchRequests).toBe(1);
  });
});

describe("endings", () => {
  test("RS-16 STR-40: a response that is incomplete for its length ends so; calls that are cut do not run", () => {
    const cut = {
      type: "response.incomplete",
      response: { status: "incomplete", incomplete_details: { reason: "max_output_tokens" }, usage },
    };
    expect(runResponses([created, textDelta("Hel"), cut]).answer?.stop_reason).toBe("max_tokens");
    const run = runResponses([created, textDelta("Hel"), added(call("Bash", ""), 1), argumentsDelta('{"comm', 1), cut]);
    expect(run.events.filter(({ type }) => type === "content_block_stop").length).toBeLessThanOrEqual(2);
    expect(run.events.at(-1)?.type).toBe("message_stop");
  });

  test("RS-16: the provider's filter is a refusal; any other reason a failure", () => {
    const broken = (reason: string) => ({
      type: "response.incomplete",
      response: { status: "incomplete", incomplete_details: { reason } },
    });
    expect(runResponses([created, textDelta("x"), broken("content_filter")]).answer?.stop_reason).toBe("refusal");
    expect(runResponses([created, textDelta("x"), broken("steered")]).failure).toMatchObject({ kind: "server-error" });
  });

  test("RS-16 STR-27 STR-40: failed and cancelled responses and error events are failures", () => {
    const failed = {
      type: "response.failed",
      response: { status: "failed", error: { code: "rate_limit_exceeded", message: "Slow down" } },
    };
    expect(runResponses([created, failed]).failure).toMatchObject({ kind: "rate-limited", message: "Slow down" });
    const cancelled = { type: "response.cancelled", response: { status: "cancelled" } };
    expect(runResponses([created, textDelta("x"), cancelled]).failure?.kind).toBe("server-error");
    const prompt = {
      type: "response.failed",
      response: { status: "failed", error: { code: "invalid_prompt", message: "No." } },
    };
    expect(runResponses([created, prompt]).failure?.kind).toBe("content-blocked");
    const error = { type: "error", code: "server_error", message: "Boom", param: null, sequence_number: 3 };
    expect(runResponses([created, error]).failure).toMatchObject({ kind: "server-error", message: "Boom" });
    const nested = {
      type: "error",
      error: { code: "context_length_exceeded", message: "Your input exceeds the context window of this model." },
    };
    expect(runResponses([nested]).failure?.kind).toBe("context-overflow");
    const silent = { type: "response.failed", response: { status: "failed", error: null } };
    expect(runResponses([created, silent]).failure?.kind).toBe("server-error");
  });

  test("STR-25 STR-26: a stream without an end is a failure, and so is one without an answer", () => {
    expect(runResponses([created, textDelta("Hel")]).failure?.kind).toBe("truncated");
    expect(runResponses([created, added(call("Bash", "")), argumentsDelta('{"a"')]).failure?.kind).toBe("truncated");
    expect(runResponses("").failure?.kind).toBe("malformed");
    expect(runResponses([created, completed([], { usage: undefined })]).failure?.kind).toBe("malformed");
  });

  test("STR-22 STR-23: nothing follows the end", () => {
    const run = runResponses([created, textDelta("Hi"), completed(), textDelta("more"), completed()]);
    expect(run.content).toEqual([{ type: "text", text: "Hi" }]);
  });

  test("events of other kinds, of none and garbage after the end are passed over", () => {
    const others = [
      "response.queued",
      "response.web_search_call.searching",
      "response.audio.delta",
      "response.new_kind",
    ];
    const run = runResponses([...others.map((type) => ({ type })), {}, created, textDelta("Hi"), completed()]);
    expect(run.content).toEqual([{ type: "text", text: "Hi" }]);
    expect(runResponses("data: <html>\n\n").failure?.kind).toBe("malformed");
  });

  test("USG-05: a server that reports no usage gets an estimate", () => {
    const run = runResponses([created, textDelta("x".repeat(400)), completed([], { usage: undefined })]);
    expect(run.metered.usage).toMatchObject({ inputTokens: 1_000, outputTokens: 100, estimated: true });
  });
});
