import fc from "fast-check";
import { expect, test } from "vitest";
import { messagesClient } from "../clients/messages-client.ts";
import { anthropicMessages } from "../dialects/anthropic-messages/index.ts";
import { messagesTools } from "./messages-tools.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const github = "mcp__github__create_issue";
const mark = { type: "ephemeral", ttl: "1h" };
const user = { role: "user", content: "hi" };

interface Tool {
  readonly name: string;
  readonly [key: string]: unknown;
}

function tool(name: string, more: object = {}): Tool {
  return { name, input_schema: { type: "object" }, ...more };
}

function textWithout(text: string, names: readonly string[]): string {
  const call = messagesClient.decodeRequest(encoder.encode(text), { createdAtSeconds: 0 });
  return decoder.decode(call.withoutTools(names).body);
}

function without(parts: object, ...names: readonly string[]) {
  return JSON.parse(textWithout(JSON.stringify({ model: "m", max_tokens: 9, messages: [user], ...parts }), names));
}

test("declares client tools by name, the API's own with their type, and MCP servers as sets", () => {
  const added = { type: "tool_addition", tool: { type: "tool_definition", definition: tool("mcp__x__late") } };
  const body = encoder.encode(
    JSON.stringify({
      model: "m",
      max_tokens: 9,
      messages: [user, { role: "system", content: [added] }],
      tools: [
        tool("Bash"),
        tool("Read", { type: "custom" }),
        { type: "web_search_20250305", name: "web_search" },
        { type: "mcp_toolset", mcp_server_name: "github" },
      ],
      mcp_servers: [{ type: "url", url: "https://mcp.example.com", name: "github" }],
    }),
  );
  expect(messagesTools(body).declared).toEqual([
    { name: "Bash" },
    { name: "Read" },
    { name: "web_search", type: "web_search_20250305" },
    { name: "mcp__github__*", type: "mcp_toolset" },
    { name: "mcp__github__*", type: "mcp_toolset" },
    { name: "mcp__x__late" },
  ]);
});

test("a removed tool is gone, and every other byte stays as the client wrote it", () => {
  const text = `{ "tools" : [ {"name":"a","input_schema":{"n":1.0}},\n  {"name":"${github}"} , {"name":"b" } ],\n "model":"m","max_tokens":9,"messages":[{"role":"user","content":"\\u00e9"}] }`;
  expect(textWithout(text, [github])).toBe(text.replace(`,\n  {"name":"${github}"}`, ""));
  expect(textWithout(text, ["a"])).toBe(text.replace('{"name":"a","input_schema":{"n":1.0}},\n  ', ""));
  expect(textWithout(text, ["nobody"])).toBe(text);
});

test("the next turn is cut the same way, so that the prompt before it stays the same bytes", () => {
  const tools = [
    tool("a", { cache_control: mark }),
    tool(github),
    tool("b"),
    tool("mcp__github__x", { cache_control: mark }),
  ];
  const turn = (count: number): string => {
    const messages = Array.from({ length: count }, (_, at) => ({
      role: at % 2 === 0 ? "user" : "assistant",
      content: `${at}`,
    }));
    return textWithout(JSON.stringify({ model: "m", max_tokens: 9, tools, messages }), [github, "mcp__github__x"]);
  };
  const [first, third] = [turn(1), turn(3)];
  expect(third.startsWith(first.slice(0, -"]}".length))).toBe(true);
  expect(JSON.parse(first).tools).toEqual([tools[0], { ...tool("b"), cache_control: mark }]);
});

test.each([
  [
    "to the tool before it",
    [tool("a"), tool(github, { cache_control: mark }), tool("b")],
    [tool("a", { cache_control: mark }), tool("b")],
  ],
  [
    "past tools that are not loaded, which can have none",
    [tool("a"), tool("b", { defer_loading: true }), tool(github, { cache_control: mark })],
    [tool("a", { cache_control: mark }), tool("b", { defer_loading: true })],
  ],
  [
    "in the place of null",
    [tool("a", { cache_control: null }), tool(github, { cache_control: mark })],
    [tool("a", { cache_control: mark })],
  ],
  [
    "nowhere where there is one",
    [tool("a", { cache_control: { type: "ephemeral" } }), tool(github, { cache_control: mark })],
    [tool("a", { cache_control: { type: "ephemeral" } })],
  ],
  ["nowhere from the first tool", [tool(github, { cache_control: mark }), tool("a")], [tool("a")]],
])("a removed tool's cache marker goes %s", (_, tools, expected) => {
  expect(without({ tools }, github).tools).toEqual(expected);
});

test("a choice of a removed tool is left to the model, and other choices stay", () => {
  const tools = [tool("a"), tool(github)];
  const choice = (tool_choice: object): unknown => without({ tools, tool_choice }, github).tool_choice;
  expect(choice({ type: "tool", name: github, disable_parallel_tool_use: true })).toEqual({
    type: "auto",
    disable_parallel_tool_use: true,
  });
  expect(choice({ type: "tool", name: "a" })).toEqual({ type: "tool", name: "a" });
  expect(choice({ type: "any" })).toEqual({ type: "any" });
});

test("a list of which nothing is left goes with the choice from it", () => {
  const sent = without({ tools: [tool(github)], tool_choice: { type: "any" }, top_k: 5 }, github);
  expect(sent).toEqual({ model: "m", max_tokens: 9, messages: [user], top_k: 5 });
});

test("a conversation with calls keeps a tool that cannot be called", () => {
  const messages = [
    user,
    { role: "assistant", content: [{ type: "tool_use", id: "t1", name: github, input: {} }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "done" }] },
  ];
  const sent = without({ tools: [tool(github)], messages }, github);
  expect(sent.tools).toEqual([expect.objectContaining({ name: "no_tool" })]);
  expect(sent.tool_choice).toEqual({ type: "none" });
  expect(sent.messages).toEqual(messages);
});

test("tools that are left are loaded when none of them would be", () => {
  const search = { type: "tool_search_tool_regex_20251119", name: "tool_search_tool_regex" };
  const tools = [search, tool("a", { defer_loading: true }), tool("b", { defer_loading: true })];
  expect(without({ tools }, search.name).tools).toEqual([
    tool("a", { defer_loading: false }),
    tool("b", { defer_loading: false }),
  ]);
  expect(without({ tools }, "a").tools).toEqual([search, tool("b", { defer_loading: true })]);
});

test("an MCP server goes with its set of tools", () => {
  const toolset = (server: string): object => ({ type: "mcp_toolset", mcp_server_name: server });
  const server = (name: string): object => ({ type: "url", url: `https://${name}.example.com`, name });
  const parts = {
    tools: [tool("a"), toolset("github"), toolset("wiki")],
    mcp_servers: [server("github"), server("wiki")],
  };
  expect(without(parts, "mcp__github__*")).toMatchObject({
    tools: [tool("a"), toolset("wiki")],
    mcp_servers: [server("wiki")],
  });
  expect(without(parts, "mcp__github__*", "mcp__wiki__*")).not.toHaveProperty("mcp_servers");
});

test("no reference to a removed tool is left in the conversation", () => {
  const reference = (name: string): object => ({ type: "tool_reference", tool_name: name });
  const result = (content: unknown): object => ({
    role: "user",
    content: [{ type: "tool_result", tool_use_id: "t", content }],
  });
  const search = (...names: readonly string[]): object => ({
    role: "assistant",
    content: [
      {
        type: "tool_search_tool_result",
        tool_use_id: "s",
        content: { type: "tool_search_tool_search_result", tool_references: names.map(reference) },
      },
    ],
  });
  const change = (type: string, name: string): object => ({
    role: "system",
    content: [{ type, tool: { type: "tool_reference", name } }],
  });
  const text = (names: string): object => ({ type: "text", text: `Not available here: ${names}.` });
  const loaded = { type: "text", text: "Tool loaded." };
  const sent = without(
    {
      tools: [tool("ToolSearch"), tool("a", { defer_loading: true }), tool(github, { defer_loading: true })],
      messages: [
        result([reference(github), reference("a"), loaded]),
        result([reference(github)]),
        result("tool_reference"),
        search("a", github),
        change("tool_addition", github),
        change("tool_removal", "a"),
      ],
    },
    github,
  );
  expect(sent.messages).toEqual([
    result([reference("a"), loaded]),
    result([text(github)]),
    result("tool_reference"),
    search("a"),
    { role: "system", content: [text(github)] },
    change("tool_removal", "a"),
  ]);
});

test("what was cut is told, and later drops name places in the request as the client sent it", () => {
  const tools = [tool(github), tool("Grep"), { type: "web_search_20250305", name: "web_search" }];
  const body = encoder.encode(
    JSON.stringify({ model: "m", max_tokens: 9, messages: [user], tools, tool_choice: { type: "tool", name: github } }),
  );
  const call = messagesClient.decodeRequest(body, { createdAtSeconds: 0 }).withoutTools([github]).limitOutput(5);
  const { body: sent, dropped } = call.translate(
    anthropicMessages,
    { model: "claude" },
    { messageId: "x", askedModel: "m" },
  );
  expect(dropped.map(({ path }) => path)).toEqual(["tools[0]", "tool_choice"]);
  expect(JSON.parse(decoder.decode(sent))).toMatchObject({ max_tokens: 5, tools: tools.slice(1) });
});

test("whatever is removed, what is left is the same request without it", () => {
  const names = ["a", "b", "c"];
  const someTool = fc.record({
    name: fc.constantFrom(...names),
    cache_control: fc.constantFrom(null, mark),
    defer_loading: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(someTool, { maxLength: 5 }),
      fc.subarray(names),
      fc.constantFrom(0, 2),
      (tools, gone, indent) => {
        const text = JSON.stringify({ model: "m", tools, max_tokens: 9, messages: [user] }, undefined, indent);
        const sent = JSON.parse(textWithout(text, gone));
        const kept = tools.filter(({ name }) => !gone.includes(name));
        const rest = (sent.tools ?? []).map(({ name }: Tool) => name);
        expect(rest).toEqual(kept.map(({ name }) => name));
        if (kept.length > 0 && kept.length < tools.length) {
          expect(sent.tools.some((one: Tool) => one["defer_loading"] !== true)).toBe(true);
        }
        expect({ ...sent, tools: undefined }).toEqual({ model: "m", max_tokens: 9, messages: [user] });
      },
    ),
  );
});
