import { describe, expect, test } from "vitest";
import { sealOpaque } from "../../messages/opaque.ts";
import { claudeModel, converseFor, converseWith } from "../../testing/converse-request-of.ts";
import type { LooseRequest } from "../../testing/chat-request-of.ts";
import type { ConverseRequest } from "./converse-request.ts";

const ephemeral = { type: "ephemeral" };
const point = { cachePoint: { type: "default" } };
const read = {
  name: "Read",
  description: "d",
  input_schema: { type: "object", properties: { p: { type: "string" } } },
};
const call = (id: string, name = "Read"): object => ({ type: "tool_use", id, name, input: {} });
const result = (id: string, content: unknown = "ok", more: object = {}): object => {
  return { type: "tool_result", tool_use_id: id, content, ...more };
};
const user = (content: unknown): object => ({ role: "user", content });
const assistant = (content: unknown): object => ({ role: "assistant", content });
const png = { type: "base64", media_type: "image/jpeg", data: "iVBORw0KGgo=" };
const pdf = { type: "base64", media_type: "application/pdf", data: "JVBERi0=" };

const claude = (parts: LooseRequest): ConverseRequest => converseFor(claudeModel, parts).body;
const generic = (parts: LooseRequest): ConverseRequest => converseWith({}, parts).body;
const reasonsOf = (model: string, parts: LooseRequest): Record<string, string> =>
  Object.fromEntries(converseFor(model, parts).dropped.map(({ path, reason }) => [path, reason]));
const contentOf = (body: ConverseRequest, index: number): unknown => body.messages[index]?.content;

describe("system prompt", () => {
  test("SYS-05: blocks stay apart, each marker a cache point after its block", () => {
    const system = [
      { type: "text", text: "A", cache_control: ephemeral },
      { type: "text", text: "B" },
    ];
    expect(claude({ system }).system).toEqual([{ text: "A" }, point, { text: "B" }]);
  });

  test("SYS-05: at most four cache points over system, tools and messages", () => {
    const marked = (text: string): object => ({ type: "text", text, cache_control: ephemeral });
    const parts = {
      system: [marked("A"), marked("B")],
      tools: [{ ...read, cache_control: ephemeral }],
      messages: [user([marked("a"), marked("b")])],
    };
    expect(JSON.stringify(claude(parts)).match(/cachePoint/g)).toHaveLength(4);
    expect(reasonsOf(claudeModel, parts)).toMatchObject({
      "messages[*].cache_control": expect.stringContaining("four"),
    });
  });

  test("SYS-06 SYS-07 SYS-08 SYS-10: the billing line goes, and only from the head", () => {
    const line = "x-anthropic-billing-header: cc_version=2; cch=36ee5;";
    const blocks = [
      { type: "text", text: line },
      { type: "text", text: "You are Claude Code" },
    ];
    expect(claude({ system: blocks }).system).toEqual([{ text: "You are Claude Code" }]);
    expect(claude({ system: `${line}\r\nYou are` }).system).toEqual([{ text: "You are" }]);
    expect(claude({ system: `Docs: ${line}` }).system).toEqual([{ text: `Docs: ${line}` }]);
  });

  test("SYS-11 SYS-13: a system message in mid-conversation stays in its place, within the user's turn", () => {
    const messages = [user("Hello"), { role: "system", content: "rule" }, assistant("Hi"), user("Follow up")];
    expect(claude({ system: "Top", messages })).toMatchObject({
      system: [{ text: "Top" }],
      messages: [
        { role: "user", content: [{ text: "Hello" }, { text: "<system-reminder>\nrule\n</system-reminder>" }] },
        { role: "assistant", content: [{ text: "Hi" }] },
        { role: "user", content: [{ text: "Follow up" }] },
      ],
    });
  });

  test("SYS-12: between a call and its result it moves behind the result", () => {
    const messages = [
      user("go"),
      assistant([call("t1")]),
      { role: "system", content: "Use it." },
      user([result("t1")]),
    ];
    expect(contentOf(claude({ messages, tools: [read] }), 2)).toEqual([
      { toolResult: { toolUseId: "t1", content: [{ text: "ok" }] } },
      { text: "<system-reminder>\nUse it.\n</system-reminder>" },
    ]);
  });

  test("SYS-14: the latest effort of a system message wins over that of the request", () => {
    const messages = [user("a"), { role: "system", content: "b", output_config: { effort: "low" } }];
    const parts = { messages, thinking: { type: "adaptive" }, output_config: { effort: "high" } };
    expect(converseFor("anthropic.claude-opus-4-7", parts).body.additionalModelRequestFields).toEqual({
      thinking: { type: "adaptive" },
      output_config: { effort: "low" },
    });
  });

  test("SYS-15: empty system entries leave nothing behind", () => {
    const messages = [{ role: "system", content: null }, { role: "system", content: "" }, user("hi")];
    expect(claude({ messages })).not.toHaveProperty("system");
  });

  test("SYS-16: 20,000 system turns take linear time", () => {
    const messages = [
      user("a"),
      ...Array.from({ length: 20_000 }, () => ({ role: "system", content: "r" })),
      user("b"),
    ];
    const before = process.cpuUsage().user;
    expect(claude({ messages }).messages).toHaveLength(1);
    expect(process.cpuUsage().user - before).toBeLessThan(2e6);
  });
});

describe("messages", () => {
  test("MSG-01: text as a string and as a block gives the same bytes", () => {
    const [one, other] = [user("x"), user([{ type: "text", text: "x" }])].map((message) =>
      generic({ messages: [message] }),
    );
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });

  test("MSG-02: without a cache no marker reaches the model, and one report says so", () => {
    const parts = {
      system: [{ type: "text", text: "A", cache_control: ephemeral }],
      messages: [user([{ type: "text", text: "x", cache_control: ephemeral }])],
      tools: [{ ...read, cache_control: ephemeral }],
    };
    const { body, dropped } = converseWith({}, parts);
    expect(JSON.stringify(body)).not.toMatch(/cache/);
    expect(dropped).toEqual([{ path: "cache_control", reason: "The model takes no cache points." }]);
  });

  test("MSG-05 MSG-06 MSG-07 MSG-17: blank texts and empty messages go", () => {
    const messages = [
      user("go"),
      assistant([{ type: "text", text: " \n" }, { type: "text", text: null }, call("t1")]),
      user([result("t1")]),
      assistant([{ type: "text", text: "" }]),
      user([]),
      user("more"),
    ];
    const body = claude({ messages, tools: [read] });
    expect(body.messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(contentOf(body, 1)).toEqual([{ toolUse: { toolUseId: "t1", name: "Read", input: {} } }]);
  });

  test("MSG-08: neighbours of one role become one message, and the user begins", () => {
    expect(generic({ messages: [user("a"), user("b"), assistant("c"), assistant("d"), user("e")] }).messages).toEqual([
      { role: "user", content: [{ text: "a" }, { text: "b" }] },
      { role: "assistant", content: [{ text: "c" }, { text: "d" }] },
      { role: "user", content: [{ text: "e" }] },
    ]);
    expect(generic({ messages: [assistant("c"), user("e")] }).messages[0]).toEqual({
      role: "user",
      content: [{ text: "..." }],
    });
    expect(generic({ messages: [] }).messages).toEqual([{ role: "user", content: [{ text: "..." }] }]);
  });

  test("MSG-11 MSG-12: text and calls keep their order", () => {
    const said = [{ type: "text", text: "a" }, call("t1"), { type: "text", text: "b" }];
    const body = claude({ messages: [user("q"), assistant(said), user([result("t1")])], tools: [read] });
    expect(contentOf(body, 1)).toEqual([
      { text: "a" },
      { toolUse: { toolUseId: "t1", name: "Read", input: {} } },
      { text: "b" },
    ]);
  });

  test("MSG-13 MSG-14: a last assistant message is continued without its trailing blanks, where the model can", () => {
    const messages = [user("q"), assistant("The answer is \n")];
    expect(claude({ messages }).messages.at(-1)).toEqual({ role: "assistant", content: [{ text: "The answer is" }] });
    const opus = "anthropic.claude-opus-4-6-v1";
    expect(converseFor(opus, { messages }).body.messages.at(-1)?.role).toBe("user");
    expect(reasonsOf(opus, { messages })).toHaveProperty(["messages[1]"]);
    const thinking = { type: "enabled", budget_tokens: 2_000 };
    expect(claude({ messages, thinking, max_tokens: 9_000 }).messages.at(-1)?.role).toBe("user");
  });

  test("MSG-15: an unknown block is told by its text and reported", () => {
    const messages = [user([{ type: "novelty", text: "known" }, { type: "other" }])];
    expect(contentOf(generic({ messages }), 0)).toEqual([{ text: "known" }]);
    expect(Object.keys(reasonsOf("model", { messages }))).toEqual([
      "messages[0].content[0] (novelty)",
      "messages[0].content[1] (other)",
    ]);
  });

  test("MSG-16 TH-32: search results and earlier searches are text", () => {
    const found = { type: "search_result", title: "T", source: "u", content: [{ type: "text", text: "x" }] };
    expect(contentOf(generic({ messages: [user([found])] }), 0)).toEqual([{ text: "[T](u)\nx" }]);
  });

  test("MSG-18 TS-03 SRV-09: fields that only Anthropic knows are reported", () => {
    const fields = { context_management: {}, speed: "fast", mcp_servers: [], betas: [], novelty: 1 };
    expect(Object.keys(generic(fields))).toEqual(["inferenceConfig", "messages"]);
    expect(Object.keys(reasonsOf("model", fields)).toSorted()).toEqual(Object.keys(fields).toSorted());
  });

  test("a marker on the request itself stands at its end", () => {
    expect(contentOf(claude({ cache_control: ephemeral, messages: [user("a")] }), 0)).toEqual([{ text: "a" }, point]);
    const both = [user([{ type: "text", text: "a", cache_control: ephemeral }])];
    expect(contentOf(claude({ cache_control: ephemeral, messages: both }), 0)).toEqual([{ text: "a" }, point]);
  });
});

describe("tools", () => {
  const specOf = (tool: object): unknown => claude({ tools: [tool] }).toolConfig?.tools[0];

  test("TD-01 TD-03 TD-04 TD-05 TD-06 TD-19: a tool becomes a spec with an object schema", () => {
    expect(specOf({ type: "custom", ...read })).toEqual({
      toolSpec: { name: "Read", description: "d", inputSchema: { json: read.input_schema } },
    });
    const empty = { toolSpec: { inputSchema: { json: { type: "object", properties: {} } } } };
    expect(specOf({ name: "a", input_schema: { type: "string" } })).toMatchObject(empty);
    expect(specOf({ name: "a", input_schema: { type: "object" } })).toMatchObject(empty);
    const schema = { $schema: "x", properties: { $schema: { type: "string" }, type: { type: "string" } } };
    expect(specOf({ name: "a", input_schema: schema })).toMatchObject({
      toolSpec: { inputSchema: { json: { type: "object", properties: schema.properties } } },
    });
  });

  test("TD-08: without a description there is no key", () => {
    expect(specOf({ ...read, description: "" })).not.toHaveProperty("toolSpec.description");
    expect(specOf({ name: "a", input_schema: {} })).not.toHaveProperty("toolSpec.description");
  });

  test("TD-20 TD-21 TD-22 TD-24 TD-25 TC-11: names are mapped alike in tools, history and choice", () => {
    const long = `mcp__${"server_".repeat(12)}`;
    const names = [`${long}a`, `${long}b`, "mcp.server/tool:do it", ""];
    const messages = [user("q"), assistant([call("t1", `${long}a`)]), user([result("t1")])];
    const { body, toolNames } = converseFor(claudeModel, {
      messages,
      tools: names.map((name) => ({ ...read, name })),
      tool_choice: { type: "tool", name: `${long}b` },
    });
    const wire = body.toolConfig?.tools.flatMap((tool) => ("toolSpec" in tool ? [tool.toolSpec.name] : [])) ?? [];
    expect(new Set(wire).size).toBe(4);
    for (const name of wire) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(wire.map((name) => toolNames.get(name))).toEqual(names);
    expect(contentOf(body, 1)).toMatchObject([{ toolUse: { name: wire[0] } }]);
    expect(body.toolConfig?.toolChoice).toEqual({ tool: { name: wire[1] } });
  });

  test("TD-26 TD-27 TD-28 TD-31: client tools get their schema, server tools go, the first of two names stays", () => {
    const tools = [
      { type: "bash_20250124", name: "bash" },
      { type: "web_search_20250305", name: "web_search" },
      read,
      read,
    ];
    const { body, dropped } = converseFor(claudeModel, { tools });
    expect(body.toolConfig?.tools).toMatchObject([
      { toolSpec: { name: "bash", inputSchema: { json: { properties: { command: {} } } } } },
      { toolSpec: { name: "Read" } },
    ]);
    expect(dropped.map(({ path }) => path)).toEqual(["tools[1]", "tools[3]"]);
    const alone = converseFor(claudeModel, { tools: [tools[1]], tool_choice: { type: "tool", name: "web_search" } });
    expect(alone.body).not.toHaveProperty("toolConfig");
    expect(alone.unavailableSearch).toBe(true);
  });

  test("TD-29 TD-30: what Converse has no place for is reported", () => {
    const tool = { ...read, input_examples: [], eager_input_streaming: true, allowed_callers: [], strict: true };
    const { body, dropped } = converseWith({}, { tools: [tool] });
    expect(Object.keys(Object(body.toolConfig?.tools[0]).toolSpec)).toEqual(["name", "description", "inputSchema"]);
    expect(dropped).toHaveLength(4);
    expect(specOf(tool)).toMatchObject({ toolSpec: { strict: true } });
  });

  test("TD-36: calls in the history keep a stand-in for tools that are gone", () => {
    const messages = [user("q"), assistant([call("t1")]), user([result("t1")])];
    expect(claude({ messages }).toolConfig?.tools).toMatchObject([{ toolSpec: { name: "no_tool_available" } }]);
    expect(claude({})).not.toHaveProperty("toolConfig");
  });

  test("TD-38 BR-06: a tool's marker is an element of its own; Nova takes none there, old Claude no hour", () => {
    const tools = [{ ...read, cache_control: { type: "ephemeral", ttl: "1h" } }];
    expect(claude({ tools }).toolConfig?.tools[1]).toEqual({ cachePoint: { type: "default", ttl: "1h" } });
    expect(converseFor("amazon.nova-pro-v1:0", { tools }).body.toolConfig?.tools).toHaveLength(1);
    const old = "anthropic.claude-sonnet-4-20250514-v1:0";
    expect(converseFor(old, { tools }).body.toolConfig?.tools[1]).toEqual(point);
    expect(reasonsOf(old, { tools })).toHaveProperty(["cache_control.ttl"]);
  });

  test("TS-01: deferred tools come once they are loaded", () => {
    const tools = [
      { ...read, name: "ToolSearch" },
      { ...read, name: "B", defer_loading: true },
    ];
    const loaded = [
      user("q"),
      assistant([call("t1", "ToolSearch")]),
      user([result("t1", [{ type: "tool_reference", tool_name: "B" }])]),
    ];
    expect(claude({ tools }).toolConfig?.tools).toHaveLength(1);
    expect(claude({ tools, messages: loaded }).toolConfig?.tools).toHaveLength(2);
  });
});

describe("tool_choice", () => {
  const choose = (choice: object, model = claudeModel): unknown =>
    converseFor(model, { tools: [read], tool_choice: choice }).body.toolConfig?.toolChoice;

  test("TC-01 TC-02 TC-03 TC-13: is said in the forms that the model takes", () => {
    expect(choose({ type: "auto" })).toEqual({ auto: {} });
    expect(choose({ type: "any" })).toEqual({ any: {} });
    expect(choose({ type: "tool", name: "Read" })).toEqual({ tool: { name: "Read" } });
    expect(choose({ type: "tool", name: "Read" }, "mistral.mistral-large-2402-v1:0")).toEqual({ any: {} });
    expect(choose({ type: "any" }, "meta.llama3-3-70b-instruct-v1:0")).toBeUndefined();
    expect(choose({ type: "auto" }, "unknown")).toBeUndefined();
  });

  test("TC-04 TC-05: none leaves the tools out, but for the stand-in", () => {
    const none = { tools: [read], tool_choice: { type: "none" } };
    expect(claude(none)).not.toHaveProperty("toolConfig");
    const messages = [user("q"), assistant([call("t1")]), user([result("t1")])];
    expect(claude({ ...none, messages }).toolConfig?.tools).toMatchObject([
      { toolSpec: { name: "no_tool_available" } },
    ]);
    expect(reasonsOf(claudeModel, none)).toHaveProperty("tools");
  });

  test("TC-06 PR-21: thinking stays with auto and gives way to a forced call", () => {
    const thinking = { type: "enabled", budget_tokens: 2_048 };
    const parts = { tools: [read], thinking, max_tokens: 9_000 };
    const auto = claude({ ...parts, tool_choice: { type: "auto" } });
    expect([auto.toolConfig?.toolChoice, auto.additionalModelRequestFields]).toEqual([{ auto: {} }, { thinking }]);
    const forced = { ...parts, tool_choice: { type: "any" } };
    expect(claude(forced)).not.toHaveProperty("additionalModelRequestFields");
    expect(reasonsOf(claudeModel, forced)).toHaveProperty("thinking");
  });

  test("TC-08 TC-09 TC-10: parallel calls cannot be switched off, and without tools there is no choice", () => {
    const parts = { tools: [read], tool_choice: { type: "auto", disable_parallel_tool_use: true } };
    expect(reasonsOf(claudeModel, parts)).toHaveProperty(["tool_choice.disable_parallel_tool_use"]);
    expect(reasonsOf(claudeModel, { tool_choice: { type: "any" } })).toHaveProperty("tool_choice");
  });
});

describe("calls and results", () => {
  const history = (said: readonly object[], ...after: readonly object[]): readonly unknown[] =>
    claude({ tools: [read], messages: [user("q"), assistant(said), ...after] }).messages.slice(2);

  test("TH-01 TH-02 TH-03: results of one turn stand in one message, in the order of the calls", () => {
    expect(history([call("t1"), call("t2")], user([result("t2", "2")]), user([result("t1", "1")]))).toEqual([
      {
        role: "user",
        content: [
          { toolResult: { toolUseId: "t1", content: [{ text: "1" }] } },
          { toolResult: { toolUseId: "t2", content: [{ text: "2" }] } },
        ],
      },
    ]);
  });

  test("MSG-09 TH-04: results come before text, and a missing one is told", () => {
    expect(history([call("t1"), call("t2")], user([{ type: "text", text: "stop" }, result("t1")]))).toMatchObject([
      {
        content: [
          { toolResult: { toolUseId: "t1" } },
          { toolResult: { toolUseId: "t2", content: [{ text: "[no result: interrupted]" }] } },
          { text: "stop" },
        ],
      },
    ]);
  });

  test("TH-05 TH-06: a result without its call is text; of two results the last counts", () => {
    const messages = [user([result("gone", "Sunny")])];
    expect(contentOf(claude({ messages }), 0)).toEqual([{ text: "Tool result: Sunny" }]);
    expect(history([call("t1")], user([result("t1", "a"), result("t1", "b")]))).toMatchObject([
      { content: [{ toolResult: { content: [{ text: "b" }] } }] },
    ]);
  });

  test("TH-07 TH-25 TH-26 TH-27: ids are unique, legal and short, on both sides", () => {
    const ids = ["t1", "t1", "call.x:0", "i".repeat(70)];
    const body = claude({
      tools: [read],
      messages: [user("q"), assistant(ids.map((id) => call(id))), user(ids.map((id) => result(id)))],
    });
    const keysOf = (index: number, kind: "toolUse" | "toolResult"): unknown[] =>
      (body.messages[index]?.content ?? []).map((block) => Object(Object(block)[kind]).toolUseId);
    const made = keysOf(1, "toolUse");
    expect(keysOf(2, "toolResult")).toEqual(made);
    expect(new Set(made).size).toBe(4);
    for (const id of made) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  });

  test("TH-08 TH-09 TH-11: every form of a result gives a list that is not empty", () => {
    // The catalogue would send a blank, but Claude refuses text without anything in it.
    const contentFor = (content: unknown): unknown =>
      Object(history([call("t1")], user([result("t1", content)]))[0]).content[0].toolResult.content;
    expect(contentFor("ok")).toEqual([{ text: "ok" }]);
    for (const nothing of [null, "", [], [{ type: "text", text: " " }]]) {
      expect(contentFor(nothing)).toEqual([{ text: "(no output)" }]);
    }
    expect(contentFor({ a: 1 })).toEqual([{ text: '{"a":1}' }]);
  });

  test("TH-12 TH-13: an error has its status where the model takes one, else its word", () => {
    const messages = [user("q"), assistant([call("t1")]), user([result("t1", "no", { is_error: true })])];
    const blockFor = (model: string, content: unknown = "no"): unknown => {
      const failed = [...messages.slice(0, 2), user([result("t1", content, { is_error: true })])];
      return converseFor(model, { messages: failed, tools: [read] }).body.messages[2]?.content[0];
    };
    const toolResult = { toolUseId: "t1", content: [{ text: "no" }] };
    expect(blockFor(claudeModel)).toEqual({ toolResult: { ...toolResult, status: "error" } });
    expect(blockFor("unknown")).toEqual({ toolResult: { ...toolResult, content: [{ text: "Error: no" }] } });
    expect(blockFor(claudeModel, [])).toMatchObject({ toolResult: { content: [{ text: "Error" }] } });
  });

  test("TH-14 TH-19 TH-35: images and PDFs stay within the result", () => {
    const content = [
      { type: "image", source: png },
      { type: "document", source: pdf, title: "R.pdf" },
    ];
    expect(history([call("t1")], user([result("t1", content)]))).toMatchObject([
      {
        content: [
          {
            toolResult: {
              content: [
                { image: { format: "png", source: { bytes: png.data } } },
                { text: "Document: R.pdf" },
                { document: { format: "pdf", name: "R", source: { bytes: pdf.data } } },
              ],
            },
          },
        ],
      },
    ]);
  });

  test("cache points stand after a call and after a result, never within one", () => {
    const inner = [{ type: "text", text: "x", cache_control: ephemeral }];
    const messages = [
      user("q"),
      assistant([{ ...call("t1"), cache_control: ephemeral }]),
      user([result("t1", inner, { cache_control: ephemeral })]),
    ];
    const body = claude({ messages, tools: [read] });
    expect([contentOf(body, 1), contentOf(body, 2)]).toMatchObject([
      [{ toolUse: {} }, point],
      [{ toolResult: { content: [{ text: "x" }] } }, point],
    ]);
  });

  test("models that refuse words beside calls get them apart, in turns", () => {
    const messages = [
      user("q"),
      assistant([{ type: "text", text: "I look" }, call("t1")]),
      user([result("t1"), { type: "text", text: "and?" }]),
    ];
    const { body } = converseFor("meta.llama4-maverick-17b-instruct-v1:0", { messages, tools: [read] });
    expect(body.messages.map(({ role, content }) => [role, Object.keys(content[0] ?? {})[0]])).toEqual([
      ["user", "text"],
      ["assistant", "text"],
      ["user", "text"],
      ["assistant", "toolUse"],
      ["user", "toolResult"],
      ["assistant", "text"],
      ["user", "text"],
    ]);
  });
});

describe("thinking", () => {
  const fieldsFor = (model: string, parts: LooseRequest): unknown =>
    converseFor(model, { max_tokens: 32_000, ...parts }).body.additionalModelRequestFields;
  const adaptive = { type: "adaptive" };
  const budget = { type: "enabled", budget_tokens: 8_000 };

  test("TK-10 TK-13: Claude gets the kind of thinking that it has", () => {
    const high = { output_config: { effort: "xhigh" } };
    expect(fieldsFor("anthropic.claude-opus-4-7-v1:0", { thinking: adaptive, ...high })).toEqual({
      thinking: adaptive,
      output_config: { effort: "xhigh" },
    });
    expect(fieldsFor("global.anthropic.claude-opus-5-5-v1:0", { thinking: budget })).toEqual({
      thinking: adaptive,
      output_config: { effort: "medium" },
    });
    expect(fieldsFor("anthropic.claude-opus-4-6-v1", { thinking: budget })).toEqual({ thinking: budget });
    expect(fieldsFor("anthropic.claude-opus-4-6-v1", { thinking: adaptive, ...high })).toEqual({
      thinking: adaptive,
      output_config: { effort: "high" },
    });
    expect(fieldsFor(claudeModel, { thinking: adaptive, ...high })).toEqual({
      thinking: { type: "enabled", budget_tokens: 24_000 },
    });
    expect(fieldsFor("anthropic.claude-3-5-haiku-20241022-v1:0", { thinking: budget })).toBeUndefined();
  });

  test("TK-03 TK-04 TK-38: high by default, effort alone accepted, display passed on", () => {
    expect(fieldsFor(claudeModel, { thinking: adaptive })).toEqual({
      thinking: { type: "enabled", budget_tokens: 16_000 },
    });
    expect(fieldsFor("anthropic.claude-opus-4-7", { output_config: { effort: "low" } })).toEqual({
      output_config: { effort: "low" },
    });
    expect(fieldsFor("anthropic.claude-opus-4-7", { thinking: { ...adaptive, display: "omitted" } })).toEqual({
      thinking: { type: "adaptive", display: "omitted" },
    });
  });

  test("TK-10: other families get their own form", () => {
    const thinking = { thinking: adaptive, output_config: { effort: "max" } };
    expect(fieldsFor("us.amazon.nova-2-lite-v1:0", thinking)).toEqual({
      reasoningConfig: { type: "enabled", maxReasoningEffort: "medium" },
    });
    expect(fieldsFor("openai.gpt-oss-120b-1:0", thinking)).toEqual({ reasoning_effort: "high" });
    expect(fieldsFor("deepseek.v3.2", thinking)).toEqual({ reasoning_effort: "high" });
    expect(fieldsFor("us.openai.gpt-5.6-sol", thinking)).toEqual({ reasoning: { effort: "max" } });
    expect(reasonsOf("openai.gpt-oss-120b-1:0", thinking)).toHaveProperty(["output_config.effort"]);
  });

  test("TK-05 TK-06: switched off where that can be said, left out where there is nothing", () => {
    const off = { thinking: { type: "disabled" } };
    expect(fieldsFor("us.openai.gpt-5.6-sol", off)).toEqual({ reasoning: { effort: "none" } });
    expect(fieldsFor(claudeModel, off)).toEqual({ thinking: { type: "disabled" } });
    expect(fieldsFor("openai.gpt-oss-20b-1:0", off)).toBeUndefined();
    expect(fieldsFor("meta.llama3-3-70b-instruct-v1:0", { thinking: adaptive })).toBeUndefined();
    expect(reasonsOf("meta.llama3-3-70b-instruct-v1:0", { thinking: adaptive })).toHaveProperty("thinking");
  });

  test("TK-11: the budget leaves room for an answer, or there is none", () => {
    expect(fieldsFor(claudeModel, { max_tokens: 4_000, thinking: budget })).toEqual({
      thinking: { type: "enabled", budget_tokens: 3_999 },
    });
    expect(fieldsFor(claudeModel, { max_tokens: 1_024, thinking: budget })).toBeUndefined();
  });

  test("TK-12 PR-05 PR-07: Claude takes no sampling while it thinks, and one of two at most", () => {
    const sampling = { temperature: 0.5, top_p: 0.9, top_k: 5 };
    expect(claude({ max_tokens: 9_000, thinking: budget, ...sampling }).inferenceConfig).toEqual({ maxTokens: 9_000 });
    const still = claude(sampling);
    expect([still.inferenceConfig, still.additionalModelRequestFields]).toEqual([
      { maxTokens: 1_000, temperature: 0.5 },
      { top_k: 5 },
    ]);
    expect(converseFor("anthropic.claude-opus-4-7", sampling).body.inferenceConfig).toEqual({ maxTokens: 1_000 });
  });

  test("TK-14 TK-15 TK-18: Claude's own thinking goes back as it came, encrypted bytes not encoded again", () => {
    const said = [
      { type: "thinking", thinking: "", signature: "EqQB" },
      { type: "redacted_thinking", data: "EmwK" },
      { type: "thinking", thinking: "x", signature: "" },
      { type: "text", text: "a" },
    ];
    const body = claude({ messages: [user("q"), assistant(said), user("b")] });
    expect(contentOf(body, 1)).toEqual([
      { reasoningContent: { reasoningText: { text: "", signature: "EqQB" } } },
      { reasoningContent: { redactedContent: "EmwK" } },
      { text: "a" },
    ]);
  });

  test("TK-16 TK-17 TK-19: reasoning of another model stays behind, in every direction", () => {
    const sealed = (model: string): string =>
      sealOpaque("bedrock-converse", JSON.stringify({ model, redacted: "AAAA" }));
    const said = (signature: string): object[] => [
      { type: "thinking", thinking: "x", signature },
      { type: "text", text: "a" },
    ];
    const turn = (model: string, signature: string): unknown =>
      contentOf(converseFor(model, { messages: [user("q"), assistant(said(signature)), user("b")] }).body, 1);
    const gpt = "us.openai.gpt-5.6-sol";
    expect(turn(gpt, sealed(gpt))).toEqual([{ reasoningContent: { redactedContent: "AAAA" } }, { text: "a" }]);
    expect(turn(gpt, sealed("xai.grok-4.6"))).toEqual([{ text: "a" }]);
    expect(turn(gpt, "EqQBclaude")).toEqual([{ text: "a" }]);
    expect(turn(claudeModel, sealed(gpt))).toEqual([{ text: "a" }]);
    expect(turn(claudeModel, sealOpaque("gemini", "x"))).toEqual([{ text: "a" }]);
    expect(turn("openai.gpt-oss-120b-1:0", sealed("openai.gpt-oss-120b-1:0"))).toEqual([{ text: "a" }]);
  });

  test("TK-20: a turn that has lost its thinking goes on without", () => {
    const lost = [{ type: "thinking", thinking: "x", signature: sealOpaque("gemini", "x") }, call("t1")];
    const parts = { tools: [read], thinking: budget, messages: [user("q"), assistant(lost), user([result("t1")])] };
    expect(fieldsFor(claudeModel, parts)).toBeUndefined();
    expect(reasonsOf(claudeModel, { max_tokens: 9_000, ...parts })["thinking"]).toContain("goes on without");
    const kept = [{ type: "thinking", thinking: "x", signature: "EqQB" }, call("t1")];
    expect(fieldsFor(claudeModel, { ...parts, messages: [user("q"), assistant(kept), user([result("t1")])] })).toEqual({
      thinking: budget,
    });
  });

  test("TH-34: a turn of thinking alone is left out", () => {
    const alone = [{ type: "thinking", thinking: "x", signature: "EqQB" }];
    expect(claude({ messages: [user("q"), assistant(alone), user("b")] }).messages).toHaveLength(1);
  });

  test("TK-40: thinking between calls keeps its place", () => {
    const thought = (text: string): object => ({ type: "thinking", thinking: text, signature: "EqQB" });
    const said = [thought("1"), call("t1"), thought("2"), call("t2")];
    const body = claude({ tools: [read], messages: [user("q"), assistant(said), user([result("t1"), result("t2")])] });
    expect(body.messages[1]?.content.map((block) => Object.keys(block)[0])).toEqual([
      "reasoningContent",
      "toolUse",
      "reasoningContent",
      "toolUse",
    ]);
  });
});

describe("media", () => {
  test("MM-01 MM-04: an image goes with the format that its bytes tell", () => {
    expect(contentOf(claude({ messages: [user([{ type: "image", source: png }])] }), 0)).toEqual([
      { image: { format: "png", source: { bytes: png.data } } },
    ]);
    const other = { type: "image", source: { type: "base64", media_type: "image/tiff", data: "SUkq" } };
    expect(contentOf(claude({ messages: [user([other])] }), 0)).toEqual([{ text: "[image omitted: image/tiff]" }]);
  });

  test("MM-02 MM-03 MM-05: what cannot be read is told or refused", () => {
    const url = { type: "image", source: { type: "url", url: "https://x/y.png" } };
    expect(contentOf(claude({ messages: [user([url])] }), 0)).toEqual([{ text: "[image at https://x/y.png]" }]);
    const file = { type: "image", source: { type: "file", file_id: "file_x" } };
    expect(() => claude({ messages: [user([file])] })).toThrow(/messages\[0\]\.content\[0\]: file "file_x"/);
    const { body } = converseFor("openai.gpt-oss-20b-1:0", { messages: [user([{ type: "image", source: png }])] });
    expect(contentOf(body, 0)).toEqual([{ text: "[image omitted: the model takes no images]" }]);
  });

  test("MM-08: documents have legal names, each its own, and a text beside them", () => {
    const document = (title?: string): object => ({ type: "document", source: pdf, title });
    const body = claude({
      messages: [user([document("a_b  c/é.pdf")]), assistant("x"), user([document(), document()])],
    });
    expect(contentOf(body, 0)).toMatchObject([{ text: "Document: a_b  c/é.pdf" }, { document: { name: "a b c" } }]);
    expect(contentOf(body, 2)).toMatchObject([
      { document: { name: "document" } },
      { document: { name: "document (2)" } },
      { text: "See the document." },
    ]);
  });

  test("MM-09 MM-10 MM-11 MM-12: documents of text are text, without citations", () => {
    const source = { type: "text", media_type: "text/plain", data: "words" };
    const document = { type: "document", source, title: "T", context: "C", citations: { enabled: true } };
    expect(contentOf(claude({ messages: [user([document])] }), 0)).toEqual([
      { text: "Document: T\nContext: C\n\nwords" },
    ]);
  });

  test("an image that the assistant is said to have sent is told in words", () => {
    const messages = [user("q"), assistant([{ type: "image", source: png }]), user("b")];
    expect(contentOf(claude({ messages }), 1)).toEqual([{ text: "[image omitted: only users may send one]" }]);
  });
});

describe("parameters", () => {
  test("PR-08: top_k goes under the model's own name", () => {
    expect(claude({ top_k: 5 }).additionalModelRequestFields).toEqual({ top_k: 5 });
    expect(converseFor("amazon.nova-pro-v1:0", { top_k: 5 }).body.additionalModelRequestFields).toEqual({
      inferenceConfig: { topK: 5 },
    });
    expect(reasonsOf("unknown", { top_k: 5 })).toHaveProperty("top_k");
  });

  test("PR-09 PR-10: stop sequences go along, blank ones are left to the gateway", () => {
    const body = claude({ stop_sequences: ["END", " \n", ""] });
    expect(body.inferenceConfig.stopSequences).toEqual(["END"]);
    expect(body.additionalModelResponseFieldPaths).toEqual(["/stop_sequence"]);
    expect(claude({ stop_sequences: [" "] })).not.toHaveProperty("additionalModelResponseFieldPaths");
  });

  test("PR-11 PR-12: metadata stays behind", () => {
    expect(JSON.stringify(claude({ metadata: { user_id: "secret", other: 1 } }))).not.toMatch(/secret|metadata/);
  });

  test("PR-15: a schema for the answer goes as text", () => {
    const format = { type: "json_schema", schema: { $schema: "x", type: "object" } };
    expect(claude({ output_config: { format } }).outputConfig).toEqual({
      textFormat: {
        type: "json_schema",
        structure: { jsonSchema: { schema: '{"type":"object"}', name: "structured_output" } },
      },
    });
    expect(reasonsOf("amazon.nova-pro-v1:0", { output_config: { format } })).toHaveProperty(["output_config.format"]);
  });

  test("PR-18: neither model nor stream stands in the body", () => {
    const body = claude({ stream: true });
    expect(Object.keys(body)).toEqual(["inferenceConfig", "messages"]);
  });

  test("PR-19: the mark of the long context becomes its beta", () => {
    expect(converseFor(`${claudeModel}[1m]`, {}).body.additionalModelRequestFields).toEqual({
      anthropic_beta: ["context-1m-2025-08-07"],
    });
  });

  test("messages come last, so that one turn's bytes begin the next one's", () => {
    const body = claude({ system: "s", tools: [read], top_k: 1, output_config: {}, stop_sequences: ["x"] });
    expect(Object.keys(body).at(-1)).toBe("messages");
  });
});

test("TK-23: a turn of nothing but reasoning is left out, and reported as such", () => {
  const signed = { type: "thinking", thinking: "hm", signature: "S" };
  const messages = [user("q"), assistant([signed, signed]), user("go on")];
  expect(claude({ messages }).messages).toEqual([{ role: "user", content: [{ text: "q" }, { text: "go on" }] }]);
  expect(reasonsOf(claudeModel, { messages })).toMatchObject({
    "messages[1].content[0]": expect.stringContaining("reasoning alone"),
    "messages[1].content[1]": expect.stringContaining("reasoning alone"),
  });
  expect(reasonsOf(claudeModel, { messages: [user("q"), assistant([signed, { type: "text", text: "A" }])] })).toEqual(
    {},
  );
});
