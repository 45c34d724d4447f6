import { describe, expect, test } from "vitest";
import { isTranslatorError } from "../../errors.ts";
import { sealOpaque } from "../../messages/opaque.ts";
import type { LooseRequest } from "../../testing/chat-request-of.ts";
import { responsesRequestOf } from "../../testing/responses-request-of.ts";
import type { ResponsesProfile } from "./profile.ts";
import { sealReasoning } from "./reasoning-state.ts";
import type { ResponsesRequest } from "./responses-request.ts";

const bodyOf = (parts: LooseRequest, differences?: Partial<ResponsesProfile>): ResponsesRequest =>
  responsesRequestOf(parts, differences).body;
const inputOf = (messages: readonly unknown[], differences?: Partial<ResponsesProfile>): readonly unknown[] =>
  bodyOf({ messages }, differences).input;
const droppedOf = (parts: LooseRequest, differences?: Partial<ResponsesProfile>): string[] =>
  responsesRequestOf(parts, differences).dropped.map(({ path }) => path);
const user = (content: unknown) => ({ role: "user", content });
const assistant = (...content: readonly unknown[]) => ({ role: "assistant", content });
const text = (said: string) => ({ type: "text", text: said });
const use = (id: string, name = "Read", input: unknown = {}) => ({ type: "tool_use", id, name, input });
const result = (id: string, content: unknown, more: object = {}) => ({
  type: "tool_result",
  tool_use_id: id,
  content,
  ...more,
});
const says = (role: string, content: unknown) => ({ type: "message", role, content });
const calls = (id: string, name = "Read", input = "{}") => ({
  type: "function_call",
  call_id: id,
  name,
  arguments: input,
});
const gives = (id: string, output: unknown) => ({ type: "function_call_output", call_id: id, output });
const tool = (name: string, more: object = {}) => ({
  name,
  input_schema: { type: "object", properties: { p: { type: "string" } } },
  ...more,
});
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const image = { type: "image", source: { type: "base64", media_type: "image/jpeg", data: png } };
const imagePart = { type: "input_image", image_url: `data:image/png;base64,${png}`, detail: "auto" };
const pdf = {
  type: "document",
  title: "Report",
  source: { type: "base64", media_type: "application/pdf", data: "JVBERi0=" },
};
const filePart = { type: "input_file", filename: "Report.pdf", file_data: "data:application/pdf;base64,JVBERi0=" };

describe("system prompt and order", () => {
  test("SYS-03 SYS-06 SYS-15: the system prompt is the instructions, without the billing line", () => {
    const system = [text("x-anthropic-billing-header: cch=1;"), text("A"), text(""), text("B")];
    expect(bodyOf({ system })).toMatchObject({ instructions: "A\n\nB" });
    expect(bodyOf({ system: "" })).not.toHaveProperty("instructions");
    expect(
      bodyOf({ messages: [{ role: "system", content: null }, { role: "system", content: "" }, user("hi")] }).input,
    ).toEqual([says("user", "hi")]);
  });

  test("SYS-11 SYS-13: a system message stays in its place, in the role that the server takes", () => {
    const messages = [user("a"), { role: "system", content: "rule" }, assistant(text("b")), user("c")];
    expect(inputOf(messages)[1]).toEqual(says("user", "<system-reminder>\nrule\n</system-reminder>"));
    expect(inputOf(messages, { midSystem: "developer" })[1]).toEqual(says("developer", "rule"));
  });

  test("SYS-12 MSG-10: results follow their calls; what stood between or before them comes after", () => {
    const messages = [
      user("q"),
      assistant(use("1")),
      { role: "system", content: "note" },
      user([text("t"), result("1", "ok")]),
    ];
    expect(inputOf(messages, { midSystem: "developer" })).toEqual([
      says("user", "q"),
      calls("1"),
      gives("1", "ok"),
      says("developer", "note"),
      says("user", "t"),
    ]);
  });

  test("MSG-12: text, call and text of one turn keep their order", () => {
    const messages = [user("q"), assistant(text("a"), use("1"), text("b")), user([result("1", "ok")])];
    expect(inputOf(messages)).toEqual([
      says("user", "q"),
      says("assistant", "a"),
      calls("1"),
      says("assistant", "b"),
      gives("1", "ok"),
    ]);
  });

  test("MSG-01 MSG-02: the same words give the same bytes, with or without blocks and markers", () => {
    const marked = [{ ...text("x"), cache_control: { type: "ephemeral" } }];
    expect(JSON.stringify(bodyOf({ messages: [user(marked)] }))).toBe(
      JSON.stringify(bodyOf({ messages: [user("x")] })),
    );
    expect(droppedOf({ messages: [user(marked)] })).toContain("cache_control");
  });

  test("MSG-03: markers become breakpoints on input text where the model takes them, and nowhere else", () => {
    const cache_control = { type: "ephemeral" };
    const system = [{ ...text("S"), cache_control }];
    const messages = [
      user([{ ...text("x"), cache_control }, image]),
      assistant({ ...text("y"), cache_control }),
      user("z"),
    ];
    const { body, dropped } = responsesRequestOf({ system, messages }, { cacheBreakpoints: true });
    const mark = { prompt_cache_breakpoint: { mode: "explicit" } };
    expect(body.instructions).toBeUndefined();
    expect(body.input.slice(0, 2)).toEqual([
      says("developer", [{ type: "input_text", text: "S", ...mark }]),
      says("user", [{ type: "input_text", text: "x", ...mark }, imagePart]),
    ]);
    expect(body.input[2]).toEqual(says("assistant", "y"));
    expect(dropped.map(({ path }) => path)).toEqual(["messages[*].content[*].cache_control"]);
  });

  test("MSG-04 PR-11: the session goes as a hash, and nothing else of the user does", () => {
    const body = bodyOf({ metadata: { user_id: "user_secret_session_1" } });
    expect(body.prompt_cache_key).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(body)).not.toContain("secret");
    expect(bodyOf({ metadata: { user_id: "u" } }, { promptCacheKey: false })).not.toHaveProperty("prompt_cache_key");
  });

  test("MSG-13 MSG-17 SYS-18: a prefill is sent as it is; an empty conversation still has input", () => {
    expect(inputOf([user("q"), assistant(text("{"))]).at(-1)).toEqual(says("assistant", "{"));
    expect(inputOf([user([])])).toEqual([says("user", " ")]);
  });

  test("MSG-15 MSG-16 MSG-18: unknown blocks and fields are reported and refuse nothing", () => {
    const found = { type: "search_result", title: "T", source: "u", content: [text("x")] };
    expect(inputOf([user([found])])).toEqual([says("user", "[T](u)\nx")]);
    const parts = {
      messages: [user([{ type: "novelty", text: "n" }, { type: "compaction" }])],
      speed: "fast",
      container: "c",
    };
    expect(droppedOf(parts)).toEqual(["messages[0].content[0] (novelty)", "speed", "container"]);
  });
});

describe("tools", () => {
  test("TD-02 TD-03 TD-34: strict is always said, and nothing is added to the schema", () => {
    const [sent] = bodyOf({ tools: [tool("Read", { type: "custom" })] }).tools ?? [];
    expect(sent).toEqual({
      type: "function",
      name: "Read",
      parameters: { type: "object", properties: { p: { type: "string" } } },
      strict: false,
    });
    const schema = {
      type: "object",
      properties: { p: { type: "string" } },
      required: ["p"],
      additionalProperties: false,
    };
    expect(bodyOf({ tools: [{ name: "S", input_schema: schema, strict: true }] }).tools).toMatchObject([
      { strict: true },
    ]);
    expect(droppedOf({ tools: [tool("Read", { strict: true })] })).toEqual(["tools[0].strict"]);
  });

  test("TC-01 TC-02 TC-03 TC-04 TC-08: the choice of a tool", () => {
    const chosen = (tool_choice: object) => bodyOf({ tools: [tool("Read")], tool_choice });
    expect(chosen({ type: "auto" }).tool_choice).toBe("auto");
    expect(chosen({ type: "any" }).tool_choice).toBe("required");
    expect(chosen({ type: "none" }).tool_choice).toBe("none");
    expect(chosen({ type: "tool", name: "Read" }).tool_choice).toEqual({ type: "function", name: "Read" });
    expect(chosen({ type: "auto", disable_parallel_tool_use: true })).toMatchObject({ parallel_tool_calls: false });
    expect(chosen({ type: "tool", name: "Gone" }).tool_choice).toBe("auto");
  });

  test("TC-10 TC-12 TD-28: without tools nothing is said about calling them", () => {
    const body = bodyOf({
      tools: [{ type: "code_execution_20250522", name: "code_execution" }],
      tool_choice: { type: "any" },
    });
    expect(body).not.toHaveProperty("tools");
    expect(body).not.toHaveProperty("tool_choice");
  });

  test("TD-20 TD-22 TD-26: names are mapped alike in tools, history and choice; client tools get their schema", () => {
    const name = `mcp__${"x".repeat(80)}.y`;
    const tools = [tool(name), { type: "bash_20250124", name: "bash" }];
    const encoded = responsesRequestOf({
      tools,
      messages: [user("q"), assistant(use("1", name)), user([result("1", "ok")])],
      tool_choice: { type: "tool", name },
    });
    const [first, bash] = encoded.body.tools ?? [];
    const wire = first?.type === "function" ? first.name : "";
    expect(wire).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(encoded.toolNames.get(wire)).toBe(name);
    expect(encoded.body.input[1]).toMatchObject({ name: wire });
    expect(encoded.body.tool_choice).toEqual({ type: "function", name: wire });
    expect(bash).toMatchObject({ name: "bash", parameters: { properties: { command: {} } } });
  });

  test("SRV-01 SRV-05: a web search is the provider's own, with what it knows of the client's wishes", () => {
    const search = {
      type: "web_search_20250305",
      name: "web_search",
      max_uses: 5,
      allowed_domains: ["a.example"],
      user_location: { type: "approximate", city: "Bern", country: "CH", region: null },
    };
    const body = bodyOf({ tools: [tool("Read"), search] });
    expect(body).toMatchObject({
      include: ["web_search_call.action.sources"],
      max_tool_calls: 5,
      tools: [
        {
          type: "web_search",
          filters: { allowed_domains: ["a.example"] },
          user_location: { type: "approximate", city: "Bern", country: "CH" },
        },
        { type: "function", name: "Read" },
      ],
    });
    expect(body.tool_choice).toBeUndefined();
  });

  test("SRV-02: a forced search is forced, alone or beside tools", () => {
    const search = { type: "web_search_20250305", name: "web_search" };
    const tool_choice = { type: "tool", name: "web_search" };
    expect(responsesRequestOf({ tools: [search], tool_choice })).toMatchObject({
      body: { tool_choice: "required" },
      unavailableSearch: false,
    });
    expect(bodyOf({ tools: [search, tool("Read")], tool_choice }).tool_choice).toEqual({
      type: "allowed_tools",
      mode: "required",
      tools: [{ type: "web_search" }],
    });
  });

  test("SRV-04 SRV-05: blocked domains and servers without a search leave it out; a request for it alone is answered", () => {
    const search = { type: "web_search_20250305", name: "web_search", blocked_domains: ["b.example"] };
    const blocked = responsesRequestOf({ tools: [search] });
    expect(blocked).toMatchObject({
      unavailableSearch: true,
      dropped: [{ path: "tools[0]", reason: expect.stringContaining("domains") }],
    });
    expect(blocked.body).not.toHaveProperty("tools");
    const none = responsesRequestOf({ tools: [{ ...search, blocked_domains: [] }] }, { webSearch: false });
    expect(none).toMatchObject({ unavailableSearch: true, dropped: [{ path: "tools[0]" }] });
  });

  test("TH-33 TD-27: a client tool called web_search stays a function beside dropped server tools", () => {
    const tools = [tool("web_search"), { type: "code_execution_20250522", name: "code_execution" }];
    expect(bodyOf({ tools }).tools).toMatchObject([{ type: "function", name: "web_search" }]);
    expect(droppedOf({ tools })).toEqual(["tools[1]"]);
  });
});

describe("tool history", () => {
  test("TH-30 TH-27: items have no id, and ids over 64 characters are mapped alike on both sides", () => {
    const id = "i".repeat(70);
    const [, call, output] = inputOf([user("q"), assistant(use(id)), user([result(id, "ok")])]);
    expect(call).not.toHaveProperty("id");
    expect(call).toMatchObject({ call_id: expect.stringMatching(/^.{1,64}$/) });
    expect(output).toMatchObject({ call_id: (call as { call_id: string }).call_id });
  });

  test("TH-04 TH-05 TH-06 TH-07: every call has one output, and every output its call", () => {
    const interrupted = inputOf([user("q"), assistant(use("1"), use("2")), user([result("2", "b"), text("go on")])]);
    expect(interrupted.slice(3)).toEqual([
      gives("1", "[no result: interrupted]"),
      gives("2", "b"),
      says("user", "go on"),
    ]);
    expect(inputOf([user([result("gone", "x")])])).toEqual([says("user", "Tool result: x")]);
    const twice = inputOf([
      user("q"),
      assistant(use("1")),
      user([result("1", "a"), result("1", "b")]),
      assistant(use("1")),
      user([result("1", "c")]),
    ]);
    expect(twice.slice(1)).toEqual([calls("1"), gives("1", "b"), calls("1_2"), gives("1_2", "c")]);
  });

  test("TH-08 TH-09 TH-10 TH-11 TH-12: outputs are text, an error says so once", () => {
    const outputOf = (content: unknown, more?: object) =>
      inputOf([user("q"), assistant(use("1")), user([result("1", content, more)])])[2];
    expect(outputOf("ok")).toEqual(gives("1", "ok"));
    expect(outputOf(null)).toEqual(gives("1", ""));
    expect(outputOf([text("a"), text("b")])).toEqual(gives("1", "a\nb"));
    expect(outputOf({ a: 1 })).toEqual(gives("1", '{"a":1}'));
    expect(outputOf("boom", { is_error: true })).toEqual(gives("1", "Error: boom"));
    expect(outputOf("Error: boom", { is_error: true })).toEqual(gives("1", "Error: boom"));
  });

  test("TH-17 TH-20 TH-35: images and files stand in the output, or after the last one", () => {
    const messages = [
      user("q"),
      assistant(use("1"), use("2")),
      user([result("1", [text("a"), image]), result("2", [pdf])]),
    ];
    expect(inputOf(messages).slice(3)).toEqual([
      gives("1", [{ type: "input_text", text: "a" }, imagePart]),
      gives("2", [{ type: "input_text", text: "Document: Report" }, filePart]),
    ]);
    const after = inputOf(messages, { toolMedia: "in-user-message" });
    expect(after.slice(3, 5)).toEqual([
      gives("1", "a\n[image attached below]"),
      gives("2", "Document: Report\n[document attached below]"),
    ]);
    expect(after[5]).toEqual(
      says("user", [
        { type: "input_text", text: "Output of tool call 1 (Read):" },
        imagePart,
        { type: "input_text", text: "Output of tool call 2 (Read):" },
        filePart,
      ]),
    );
    const embedded = JSON.stringify({ type: "image", data: png, mimeType: "image/png" });
    expect(inputOf([user("q"), assistant(use("1")), user([result("1", embedded)])])[2]).toEqual(
      gives("1", [imagePart]),
    );
  });

  test("TH-21 TH-23 TH-32: references and searches become words, poisoned inputs objects", () => {
    const reference = { type: "tool_reference", tool_name: "mcp__x" };
    expect(inputOf([user("q"), assistant(use("1")), user([result("1", [reference])])])[2]).toEqual(
      gives("1", "[Loaded tool: mcp__x]"),
    );
    expect(inputOf([user("q"), assistant(use("1", "Read", '{"p":1}'))])[1]).toEqual(calls("1", "Read", '{"p":1}'));
    expect(inputOf([user("q"), assistant(use("1", "Read", []))])[1]).toEqual(calls("1"));
    const searched = assistant(
      { type: "server_tool_use", id: "s", name: "web_search", input: { query: "q" } },
      { type: "web_search_tool_result", tool_use_id: "s", content: [{ title: "T", url: "u" }] },
    );
    expect(inputOf([user("q"), searched, user("r")])[1]).toEqual(
      says("assistant", "[Web search: q]\n\nWeb search results:\n- [T](u)"),
    );
  });
});

describe("media", () => {
  test("MM-01 MM-02 MM-04 MM-07: images and files by bytes and by address", () => {
    const url = "https://a.example/x";
    const content = [
      image,
      { type: "image", source: { type: "url", url } },
      pdf,
      { type: "document", source: { type: "url", url } },
    ];
    expect(inputOf([user(content)])).toEqual([
      says("user", [
        imagePart,
        { type: "input_image", image_url: url, detail: "auto" },
        { type: "input_text", text: "Document: Report" },
        filePart,
        { type: "input_file", file_url: url },
      ]),
    ]);
  });

  test("MM-05 MM-03: a note stands for what the model cannot take; a stored file is refused", () => {
    const { body, dropped } = responsesRequestOf({ messages: [user([image, pdf])] }, { images: false, files: false });
    expect(JSON.stringify(body.input)).toContain("image omitted");
    expect(dropped.map(({ path }) => path)).toEqual(["messages[0].content[0]", "messages[0].content[1]"]);
    const stored = { type: "image", source: { type: "file", file_id: "file_1" } };
    expect(() => bodyOf({ messages: [user([stored])] })).toThrow(expect.toSatisfy(isTranslatorError));
  });
});

describe("thinking", () => {
  const adaptive = { thinking: { type: "adaptive" } };
  const thought = (state: Parameters<typeof sealReasoning>[0], thinking = "s") => ({
    type: "thinking",
    thinking,
    signature: sealReasoning(state),
  });
  const item = (id: string, more: object) => ({
    type: "reasoning",
    id,
    summary: [{ type: "summary_text", text: "s" }],
    ...more,
  });

  test("TK-08 TK-02 TK-03 TK-04: effort, summary and the encrypted form are asked for, nothing is stored", () => {
    expect(bodyOf(adaptive)).toMatchObject({
      store: false,
      include: ["reasoning.encrypted_content"],
      reasoning: { effort: "high", summary: "auto" },
    });
    const xhigh = { ...adaptive, output_config: { effort: "xhigh" } };
    expect(bodyOf(xhigh).reasoning).toEqual({ effort: "high", summary: "auto" });
    expect(droppedOf(xhigh)).toEqual(["output_config.effort"]);
    expect(bodyOf({ output_config: { effort: "low" } }).reasoning).toEqual({ effort: "low" });
  });

  test("TK-38 TK-39: no summary where it is not shown, and nothing where thinking is not wanted", () => {
    expect(bodyOf({ thinking: { type: "adaptive", display: "omitted" } })).toMatchObject({
      include: ["reasoning.encrypted_content"],
      reasoning: { effort: "high" },
    });
    expect(bodyOf({})).not.toHaveProperty("include");
    expect(bodyOf({})).not.toHaveProperty("reasoning");
  });

  test("TK-01 TK-05 TK-06 SYS-14: budgets, no thinking, models without reasoning, effort of a turn", () => {
    expect(bodyOf({ thinking: { type: "enabled", budget_tokens: 2000 } }).reasoning).toMatchObject({ effort: "low" });
    const off = { thinking: { type: "disabled" } };
    expect(bodyOf(off, { reasoningOff: "none" }).reasoning).toEqual({ effort: "none" });
    expect(droppedOf(off)).toEqual(["thinking"]);
    const plain = responsesRequestOf(adaptive, { efforts: [] });
    expect(plain.body).not.toHaveProperty("reasoning");
    expect(plain.body).not.toHaveProperty("include");
    expect(plain.dropped.map(({ path }) => path)).toEqual(["thinking"]);
    const turn = { role: "system", content: "x", output_config: { effort: "low" } };
    expect(
      bodyOf({ ...adaptive, output_config: { effort: "high" }, messages: [user("a"), turn] }).reasoning,
    ).toMatchObject({ effort: "low" });
  });

  test("a search is not asked for with minimal reasoning, which has none", () => {
    const search = { type: "web_search_20250305", name: "web_search" };
    const body = bodyOf(
      { thinking: { type: "disabled" }, tools: [search] },
      { efforts: ["minimal"], reasoningOff: "minimal" },
    );
    expect(body.reasoning).toEqual({ effort: "low" });
  });

  test("TK-21 TK-24: reasoning goes back as the items it was, directly before what followed them", () => {
    const messages = [
      user("q"),
      assistant(thought({ id: "rs_1", encrypted: "E1" }), thought({ id: "rs_2", encrypted: "E2" }, ""), use("1")),
      user([result("1", "ok")]),
    ];
    expect(inputOf(messages)).toEqual([
      says("user", "q"),
      item("rs_1", { encrypted_content: "E1" }),
      { type: "reasoning", id: "rs_2", summary: [], encrypted_content: "E2" },
      calls("1"),
      gives("1", "ok"),
    ]);
  });

  test("TK-22: encrypted reasoning may come back as redacted thinking; reasoning in the clear as itself", () => {
    const redacted = { type: "redacted_thinking", data: sealReasoning({ id: "rs_1", encrypted: "E" }) };
    expect(inputOf([user("q"), assistant(redacted, text("a")), user("r")])[1]).toEqual({
      type: "reasoning",
      id: "rs_1",
      summary: [],
      encrypted_content: "E",
    });
    expect(inputOf([user("q"), assistant(thought({ id: "rs_1", raw: "r" }), text("a")), user("r")])[1]).toEqual(
      item("rs_1", { content: [{ type: "reasoning_text", text: "r" }] }),
    );
  });

  test("TK-23 TH-34: reasoning that nothing follows is left out, and so is a turn of nothing else", () => {
    const alone = [user("q"), assistant(thought({ id: "rs_1", encrypted: "E" })), user("r")];
    expect(inputOf(alone)).toEqual([says("user", "q"), says("user", "r")]);
    expect(droppedOf({ messages: alone })).toEqual(["messages[*].content[*].thinking"]);
    const trailing = [user("q"), assistant(text("a"), thought({ id: "rs_1", encrypted: "E" }), text(" ")), user("r")];
    expect(inputOf(trailing)).toEqual([says("user", "q"), says("assistant", "a"), says("user", "r")]);
  });

  test("TK-16 TK-19: the state of other providers stays behind, reported", () => {
    const foreign = [
      { type: "thinking", thinking: "s", signature: "EqQB" },
      { type: "thinking", thinking: "s", signature: sealOpaque("openai-chat", "x") },
      { type: "thinking", thinking: "s", signature: sealOpaque("openai-responses", "not json") },
      { type: "redacted_thinking", data: "EmwK" },
    ];
    for (const block of foreign) {
      const messages = [user("q"), assistant(block, text("a")), user("r")];
      expect(inputOf(messages)[1]).toEqual(says("assistant", "a"));
      expect(droppedOf({ messages })).toHaveLength(1);
      expect(droppedOf({ messages }, { reasoningBack: false })).toHaveLength(1);
    }
  });
});

describe("parameters", () => {
  test("PR-02 PR-03 PR-04: max_output_tokens keeps to the model's range", () => {
    expect(bodyOf({ max_tokens: 1 }).max_output_tokens).toBe(16);
    expect(droppedOf({ max_tokens: 1 })).toEqual(["max_tokens"]);
    expect(bodyOf({ max_tokens: 64_000 }, { maxTokensRange: { min: 16, max: 32_000 } }).max_output_tokens).toBe(32_000);
  });

  test("PR-05 PR-08 PR-09: sampling where it is taken; top_k never; stop sequences are enforced here", () => {
    const parts = { temperature: 0.5, top_p: 0.9, top_k: 5, stop_sequences: ["END", ""] };
    const encoded = responsesRequestOf(parts);
    expect(encoded.body).toMatchObject({ temperature: 0.5, top_p: 0.9 });
    expect(encoded.stopSequences).toEqual(["END"]);
    expect(encoded.dropped.map(({ path }) => path)).toEqual(["stop_sequences", "top_k"]);
    expect(droppedOf(parts, { sampling: false })).toEqual(["stop_sequences", "temperature", "top_p", "top_k"]);
  });

  test("PR-12 PR-13 SRV-08 SRV-09: what only Anthropic has is reported and not sent", () => {
    const parts = {
      metadata: { team: "t" },
      service_tier: "auto",
      mcp_servers: [{}],
      context_management: { edits: [] },
      betas: ["x"],
    };
    expect(Object.keys(bodyOf(parts)).toSorted()).toEqual(["input", "max_output_tokens", "model", "store"]);
    expect(droppedOf(parts)).toEqual(["service_tier", "mcp_servers", "context_management", "betas", "metadata.team"]);
  });

  test("PR-15: a JSON schema is the format of the text, strict only where that changes nothing", () => {
    const strict = {
      type: "object",
      properties: { a: { type: "string" } },
      required: ["a"],
      additionalProperties: false,
    };
    const formatOf = (schema: object) =>
      bodyOf({ output_config: { format: { type: "json_schema", schema } } }).text?.format;
    expect(formatOf(strict)).toEqual({ type: "json_schema", name: "structured_output", schema: strict, strict: true });
    expect(formatOf({ type: "object" })).toMatchObject({ strict: false });
  });

  test("the padding of streams is declined where the server would pad", () => {
    expect(bodyOf({ stream: true }, { obfuscation: true })).toMatchObject({
      stream: true,
      stream_options: { include_obfuscation: false },
    });
    expect(bodyOf({ stream: true })).not.toHaveProperty("stream_options");
  });

  test("nesting without end is the request's own fault", () => {
    let schema: object = { type: "object", additionalProperties: false, properties: {}, required: [] };
    for (let depth = 0; depth < 50_000; depth++) schema = { type: "array", items: schema };
    const tools = [
      {
        name: "deep",
        strict: true,
        input_schema: { type: "object", properties: { a: schema }, required: ["a"], additionalProperties: false },
      },
    ];
    expect(() => bodyOf({ tools })).toThrow(expect.toSatisfy(isTranslatorError));
  });
});
