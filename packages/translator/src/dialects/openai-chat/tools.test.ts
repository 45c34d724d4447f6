import { expect, test } from "vitest";
import { chatRequestOf, type LooseRequest } from "../../testing/chat-request-of.ts";
import type { ChatProfile } from "./profile.ts";

const schema = { type: "object", properties: { p: { type: "string" } }, required: ["p"] };
const tool = (name: string, more: object = {}) => ({ name, input_schema: schema, ...more });
const user = (...content: readonly unknown[]) => ({ role: "user", content });
const assistant = (...content: readonly unknown[]) => ({ role: "assistant", content });
const reference = (name: string) => [
  assistant({ type: "tool_use", id: `s-${name}`, name: "ToolSearch", input: {} }),
  user({ type: "tool_result", tool_use_id: `s-${name}`, content: [{ type: "tool_reference", tool_name: name }] }),
];
const hi = user({ type: "text", text: "hi" });

function functionsIn({ body }: ReturnType<typeof chatRequestOf>) {
  return body.tools?.filter((entry) => entry.type === "function");
}
function toolsOf(tools: readonly unknown[], more: LooseRequest = {}, differences: Partial<ChatProfile> = {}) {
  return functionsIn(chatRequestOf({ tools, ...more }, differences));
}
const namesOf = (...given: Parameters<typeof toolsOf>) => toolsOf(...given)?.map((entry) => entry.function.name);
const pathsOf = (parts: LooseRequest) => chatRequestOf(parts).dropped.map(({ path }) => path);
const parametersOf = (inputSchema: unknown) =>
  toolsOf([{ name: "T", input_schema: inputSchema }])?.[0]?.function.parameters;

test("TD-01: a plain tool becomes a function", () => {
  expect(toolsOf([tool("Read", { description: "d" })])).toEqual([
    { type: "function", function: { name: "Read", description: "d", parameters: schema } },
  ]);
});

test("TD-03: the tool's own type does not leak into its schema", () => {
  expect(toolsOf([tool("x", { type: "custom" })])?.[0]?.function.parameters["type"]).toBe("object");
});

test("TD-04 TD-05 TD-06: every schema is an object with properties and without $schema", () => {
  const empty = { type: "object", properties: {} };
  const properties = { location: { type: "string" } };
  expect(parametersOf({ $schema: "draft-07", properties, required: ["location"] })).toEqual({
    type: "object",
    properties,
    required: ["location"],
  });
  expect(parametersOf({ type: "string" })).toEqual(empty);
  expect(parametersOf({ type: "object" })).toEqual(empty);
  expect(parametersOf({ type: "object", properties: null, required: null })).toEqual(empty);
  expect(parametersOf({ type: ["object", "null"] })).toEqual(empty);
  for (const odd of [undefined, null, "x", 3, []]) expect(parametersOf(odd)).toEqual(empty);
});

test("TD-08: a missing description is left out", () => {
  for (const description of [undefined, null, ""]) {
    expect(toolsOf([tool("T", { description })])?.[0]?.function).not.toHaveProperty("description");
  }
});

test("TD-19 TD-34 TD-35: below the root nothing changes, neither names nor order", () => {
  const given = {
    type: "object",
    properties: {
      type: { type: "string" },
      $schema: { type: "string" },
      const: {},
      b: { const: 1 },
      a: { minimum: 1e3 },
    },
  };
  expect(JSON.stringify(parametersOf(given))).toBe(JSON.stringify(given));
});

test("TD-20 TD-21 TD-22 TD-24 TC-11: long and illegal names are mapped alike in tools, history and choice, and back", () => {
  const long = `mcp__${"plugin_playwright_".repeat(4)}a`;
  const longer = `${long}b`;
  const illegal = "mcp.server/tool:do it";
  const gone = "an.undeclared tool";
  const { body, toolNames } = chatRequestOf({
    tools: [tool(long), tool(longer), tool(illegal), tool("fine")],
    tool_choice: { type: "tool", name: illegal },
    messages: [
      hi,
      assistant(...[long, illegal, gone].map((name) => ({ type: "tool_use", id: name, name, input: {} }))),
    ],
  });
  const declared = body.tools?.flatMap((entry) => (entry.type === "function" ? [entry.function.name] : [])) ?? [];
  expect(new Set(declared).size).toBe(4);
  for (const name of declared) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  expect(declared[0]).toMatch(new RegExp(`^${long.slice(0, 55)}_[0-9a-f]{8}$`));
  expect(declared[2]).toMatch(/^mcp_server_tool_do_it_[0-9a-f]{8}$/);
  expect(body.tool_choice).toEqual({ type: "function", function: { name: declared[2] } });
  const calls = body.messages[1]?.role === "assistant" ? body.messages[1].tool_calls : [];
  expect(calls?.map((call) => toolNames.get(call.function.name))).toEqual([long, illegal, gone]);
  expect(calls?.[0]?.function.name).toBe(declared[0]);
  expect(declared.map((name) => toolNames.get(name) ?? name)).toEqual([long, longer, illegal, "fine"]);
});

test("TD-25: a tool without a name gets one that reads back", () => {
  const encoded = chatRequestOf({ tools: [tool("")] });
  const { toolNames } = encoded;
  const name = functionsIn(encoded)?.[0]?.function.name ?? "";
  expect(name).toMatch(/^unnamed_tool_[0-9a-f]{8}$/);
  expect(toolNames.get(name)).toBe("");
});

test("TD-26: tools that Anthropic defines and the client runs get their documented schema", () => {
  const tools = [
    { type: "bash_20250124", name: "bash" },
    { type: "text_editor_20250728", name: "str_replace_based_edit_tool", max_characters: 10_000 },
    { type: "text_editor_20250124", name: "str_replace_editor" },
    { type: "memory_20250818", name: "memory" },
    { type: "computer_20251124", name: "computer", display_width_px: 1024, display_height_px: 768, enable_zoom: true },
  ];
  const [bash, editor, oldEditor, memory, computer] = toolsOf(tools)?.map((entry) => entry.function) ?? [];
  expect(Object.keys(Object(bash?.parameters["properties"]))).toEqual(["command", "restart"]);
  expect(editor?.parameters).toMatchObject({
    properties: { command: { enum: ["view", "create", "str_replace", "insert"] }, insert_text: {} },
    required: ["command", "path"],
  });
  expect(oldEditor?.parameters).toMatchObject({
    properties: { command: { enum: expect.arrayContaining(["undo_edit"]) } },
  });
  expect(oldEditor?.parameters).not.toHaveProperty("properties.insert_text");
  expect(memory?.parameters).toMatchObject({ properties: { command: { enum: expect.arrayContaining(["rename"]) } } });
  expect(computer?.description).toContain("1024 by 768");
  expect(computer?.parameters).toMatchObject({
    properties: { action: { enum: expect.arrayContaining(["zoom", "wait"]) } },
  });
  expect(pathsOf({ tools })).toEqual([]);
});

test("TD-27 SRV-07 TS-02: tools that only Anthropic runs go and the others stay", () => {
  const servers = [
    "web_search_20250305",
    "code_execution_20260521",
    "web_fetch_20260318",
    "advisor_20260301",
    "mcp_toolset",
  ];
  const tools = [...servers.map((type) => ({ type, name: type })), tool("get_weather")];
  expect(namesOf(tools)).toEqual(["get_weather"]);
  expect(pathsOf({ tools })).toEqual(servers.map((_, index) => `tools[${index}]`));
});

test("SRV-07: a toolset without a name goes like any other tool that only Anthropic knows", () => {
  expect(namesOf([{ type: "browser_toolset_20260801" }, tool("x")])).toEqual(["x"]);
});

test("TD-28 TC-10: when no tool is left, neither tools nor a choice are sent", () => {
  for (const tool_choice of [{ type: "auto" }, { type: "any" }, { type: "tool", name: "web_search" }]) {
    const { body } = chatRequestOf({ tools: [{ type: "web_search_20250305", name: "web_search" }], tool_choice });
    expect(body).not.toHaveProperty("tools");
    expect(body).not.toHaveProperty("tool_choice");
  }
  expect(chatRequestOf({ tools: [] }).body).not.toHaveProperty("tools");
});

test("TD-29: Anthropic's own keys of a tool stay out of the function and are reported", () => {
  const keys = { defer_loading: false, input_examples: [{}], eager_input_streaming: true, allowed_callers: ["direct"] };
  expect(toolsOf([tool("x", keys)])?.[0]).toEqual({ type: "function", function: { name: "x", parameters: schema } });
  expect(pathsOf({ tools: [tool("x", keys), tool("y", keys)] })).toEqual([
    "tools[*].input_examples",
    "tools[*].eager_input_streaming",
    "tools[*].allowed_callers",
  ]);
});

test("TD-29: strict is passed on only where the schema means the same in it", () => {
  const closed = { ...schema, additionalProperties: false };
  expect(toolsOf([{ name: "x", strict: true, input_schema: closed }])?.[0]?.function.strict).toBe(true);
  expect(toolsOf([tool("x", { strict: true })])?.[0]?.function).not.toHaveProperty("strict");
  expect(pathsOf({ tools: [tool("x", { strict: true })] })).toEqual(["tools[0].strict"]);
});

test("TD-31: of two tools with one name the first wins", () => {
  expect(toolsOf([tool("x", { description: "first" }), tool("x")])).toMatchObject([
    { function: { description: "first" } },
  ]);
  expect(pathsOf({ tools: [tool("x"), tool("x")] })).toEqual(["tools[1]"]);
});

test("TD-32: more tools than the server takes are refused by number", () => {
  const tools = Array.from({ length: 129 }, (_, index) => tool(`t${index}`));
  expect(() => chatRequestOf({ tools }, { maxTools: 128 })).toThrow(/129 tools.*at most 128/);
  expect(namesOf(tools.slice(1), {}, { maxTools: 128 })).toHaveLength(128);
});

test("TD-33: a description is cut only where the server says so", () => {
  const described = [tool("x", { description: "d".repeat(2000) })];
  expect(toolsOf(described)?.[0]?.function.description).toHaveLength(2000);
  expect(toolsOf(described, {}, { maxToolDescription: 1024 })?.[0]?.function.description).toHaveLength(1024);
});

test("TS-01: a deferred tool is declared once a reference has loaded it, after the others and in order of loading", () => {
  const deferred = { defer_loading: true };
  const tools = [tool("ToolSearch"), tool("b", deferred), tool("a", deferred), tool("Read"), tool("never", deferred)];
  expect(namesOf(tools, { messages: [hi] })).toEqual(["ToolSearch", "Read"]);
  expect(namesOf(tools, { messages: [hi, ...reference("a")] })).toEqual(["ToolSearch", "Read", "a"]);
  const both = { messages: [hi, ...reference("a"), ...reference("b")] };
  expect(namesOf(tools, both)).toEqual(["ToolSearch", "Read", "a", "b"]);
  expect(pathsOf({ tools, ...both })).toEqual(["tools[4]"]);
});

test("TS-01: a deferred tool that was called without being loaded is declared", () => {
  const tools = [tool("ToolSearch"), tool("a", { defer_loading: true })];
  const messages = [hi, assistant({ type: "tool_use", id: "1", name: "a", input: {} })];
  expect(namesOf(tools, { messages })).toEqual(["ToolSearch", "a"]);
});

test("TS-01 TS-02: without a tool search of the client's every deferred tool is declared", () => {
  const tools = [
    { type: "tool_search_tool_regex_20251119", name: "search" },
    tool("a", { defer_loading: true }),
    tool("b"),
  ];
  expect(namesOf(tools)).toEqual(["b", "a"]);
});

test("TS-01: the placeholder of Claude Code is never declared", () => {
  expect(namesOf([tool("DeferredToolPlaceholder", { defer_loading: true }), tool("Read")])).toEqual(["Read"]);
});

test("tools that a system message adds or withdraws are declared accordingly", () => {
  const change = (type: string, subject: object) => ({ role: "system", content: [{ type, tool: subject }] });
  const added = change("tool_addition", { type: "tool_definition", definition: tool("New") });
  const removed = change("tool_removal", { type: "tool_reference", name: "Old" });
  const encoded = chatRequestOf({ tools: [tool("Old"), tool("Read")], messages: [hi, added, removed] });
  const { body, dropped } = encoded;
  expect(functionsIn(encoded)?.map((entry) => entry.function.name)).toEqual(["Read", "New"]);
  expect(body.messages.slice(1).map(({ content }) => content)).toEqual([
    expect.stringContaining("The tool New is available"),
    expect.stringContaining("The tool Old is no longer available"),
  ]);
  expect(dropped).toEqual([]);
});

test("TH-33: a client's own tool named web_search stays a function", () => {
  const encoded = chatRequestOf({ tools: [tool("web_search")], tool_choice: { type: "tool", name: "web_search" } });
  expect(encoded.body.tools).toHaveLength(1);
  expect(encoded.body.tool_choice).toEqual({ type: "function", function: { name: "web_search" } });
  expect(encoded.unavailableSearch).toBe(false);
});

test("SRV-02 SRV-04: a request for nothing but a web search says so", () => {
  const search = { type: "web_search_20250305", name: "web_search", max_uses: 8 };
  const forced = { type: "tool", name: "web_search" };
  expect(chatRequestOf({ tools: [search], tool_choice: { type: "auto" } }).unavailableSearch).toBe(true);
  expect(chatRequestOf({ tools: [search], tool_choice: forced }).unavailableSearch).toBe(true);
  expect(chatRequestOf({ tools: [search, tool("x")], tool_choice: forced }).unavailableSearch).toBe(true);
  expect(chatRequestOf({ tools: [search, tool("x")] }).unavailableSearch).toBe(false);
  expect(chatRequestOf({ tools: [search], tool_choice: { type: "none" } }).unavailableSearch).toBe(false);
  expect(chatRequestOf({}).unavailableSearch).toBe(false);
});

test.each([
  ["TC-01", { type: "auto" }, "auto"],
  ["TC-02", { type: "any" }, "required"],
  ["TC-03", { type: "tool", name: "X" }, { type: "function", function: { name: "X" } }],
  ["TC-04", { type: "none" }, "none"],
  ["TC-11", { type: "tool", name: "gone" }, "auto"],
])("%s: %j", (_, given, expected) => {
  expect(chatRequestOf({ tools: [tool("X")], tool_choice: given }).body.tool_choice).toEqual(expected);
});

test("TC-08 TC-12: parallel calls are switched off only beside tools and where the server has the switch", () => {
  const tool_choice = { type: "auto", disable_parallel_tool_use: true };
  const parts = { tools: [tool("X")], tool_choice };
  expect(chatRequestOf(parts).body).toMatchObject({ tool_choice: "auto", parallel_tool_calls: false });
  expect(chatRequestOf({ tool_choice }).body).not.toHaveProperty("parallel_tool_calls");
  const without = chatRequestOf(parts, { parallelToolCalls: false });
  expect(without.body).not.toHaveProperty("parallel_tool_calls");
  expect(without.dropped.map(({ path }) => path)).toEqual(["tool_choice.disable_parallel_tool_use"]);
});

test("TC-13: a server that cannot force a call is left to choose", () => {
  for (const tool_choice of [{ type: "any" }, { type: "tool", name: "X" }]) {
    const { body, dropped } = chatRequestOf({ tools: [tool("X")], tool_choice }, { toolChoiceRequired: false });
    expect(body.tool_choice).toBe("auto");
    expect(dropped.map(({ path }) => path)).toEqual(["tool_choice"]);
  }
});
