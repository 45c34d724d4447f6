import { expect, test } from "vitest";
import type { ClientDialect } from "../clients/client-dialect.ts";
import { chatClient } from "../clients/openai-chat/index.ts";
import { responsesClient } from "../clients/openai-responses/index.ts";
import { anthropicMessages } from "../dialects/anthropic-messages/index.ts";
import { openaiChat } from "../dialects/openai-chat/index.ts";

const decoder = new TextDecoder();
const github = "mcp__github__create_issue";

function callOf(client: ClientDialect, request: object) {
  const body = new TextEncoder().encode(JSON.stringify({ model: "m", ...request }));
  return client.decodeRequest(body, { createdAtSeconds: 0 });
}

function chatWithout(request: object, ...names: readonly string[]) {
  const messages = [{ role: "user", content: "hi" }];
  const {
    messages: _,
    model,
    ...rest
  } = JSON.parse(decoder.decode(callOf(chatClient, { messages, ...request }).withoutTools(names).body));
  expect(model).toBe("m");
  return rest;
}

function responsesWithout(request: object, ...names: readonly string[]) {
  const { input, model, ...rest } = JSON.parse(
    decoder.decode(callOf(responsesClient, { input: "hi", ...request }).withoutTools(names).body),
  );
  expect([input, model]).toEqual(["hi", "m"]);
  return rest;
}

const chatTool = (name: string): object => ({ type: "function", function: { name, parameters: {} } });
const responsesTool = (name: string): object => ({ type: "function", name, parameters: {} });

test("a chat request declares functions, custom tools, functions of old, and web search", () => {
  const request = {
    messages: [{ role: "user", content: "hi" }],
    tools: [chatTool("a"), { type: "custom", custom: { name: "b" } }],
    functions: [{ name: "c" }],
    web_search_options: {},
  };
  expect(callOf(chatClient, request).tools()).toEqual([
    { name: "a" },
    { name: "b" },
    { name: "c" },
    { name: "web_search", type: "web_search_options" },
  ]);
});

test("a Responses request declares functions, namespaces, MCP servers and the API's own tools", () => {
  const tools = [
    responsesTool("a"),
    { type: "namespace", name: "mcp__wiki__", tools: [{ type: "function", name: "read" }] },
    { type: "mcp", server_label: "github", server_url: "https://x" },
    { type: "web_search_preview_2025_03_11", name: "a" },
    { type: "shell" },
  ];
  expect(callOf(responsesClient, { input: "hi", tools }).tools()).toEqual([
    { name: "a" },
    { name: "mcp__wiki__read" },
    { name: "mcp__github__*", type: "mcp" },
    { name: "web_search_preview", type: "web_search_preview_2025_03_11" },
    { name: "shell", type: "shell" },
  ]);
});

test.each([
  ["stays when it names none", "required", "required"],
  ["of a removed tool is the model's", { type: "function", function: { name: github } }, "auto"],
  [
    "from a few loses the removed one",
    { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [chatTool("a"), chatTool(github)] } },
    { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [chatTool("a")] } },
  ],
  [
    "from a few that are gone is none",
    { type: "allowed_tools", allowed_tools: { mode: "required", tools: [chatTool(github)] } },
    "none",
  ],
])("a chat client's choice %s", (_, tool_choice, expected) => {
  const tools = [chatTool("a"), chatTool(github)];
  expect(chatWithout({ tools, tool_choice }, github)).toEqual({ tools: [chatTool("a")], tool_choice: expected });
});

test("what means nothing without tools goes with the last of them", () => {
  const choice = { type: "function", function: { name: github } };
  const request = {
    tools: [chatTool(github)],
    tool_choice: choice,
    parallel_tool_calls: false,
    web_search_options: {},
    n: 1,
  };
  expect(chatWithout(request, github, "web_search")).toEqual({ n: 1 });
  expect(chatWithout({ functions: [{ name: "c" }], function_call: { name: "c" }, n: 1 }, "c")).toEqual({ n: 1 });
  expect(
    responsesWithout({ tools: [{ type: "web_search" }], tool_choice: "auto", store: false }, "web_search"),
  ).toEqual({ store: false });
});

test("tools of a namespace go one by one, and the namespace with the last", () => {
  const inner = (...names: readonly string[]): object => ({
    type: "namespace",
    name: "wiki",
    tools: names.map(responsesTool),
  });
  const request = { tools: [responsesTool("a"), inner("read", "write")] };
  expect(responsesWithout(request, "wiki__write")).toEqual({ tools: [responsesTool("a"), inner("read")] });
  expect(responsesWithout(request, "wiki__write", "wiki__read")).toEqual({ tools: [responsesTool("a")] });
});

test("tools that the conversation brings are declared, and go as well", () => {
  const found = (...names: readonly string[]): object => ({
    type: "tool_search_output",
    call_id: "s1",
    tools: names.map(responsesTool),
  });
  const brought = (...names: readonly string[]): object => ({
    type: "additional_tools",
    role: "developer",
    tools: names.map(responsesTool),
  });
  const hi = { role: "user", content: "additional_tools" };
  const request = {
    input: [hi, found("a", github), brought(github, "b"), brought(github), found(github)],
    tools: [{ type: "tool_search" }],
  };
  const call = callOf(responsesClient, request);
  expect(call.tools().map(({ name }) => name)).toEqual(["tool_search", "a", github, github, "b", github, github]);
  const sent = JSON.parse(decoder.decode(call.withoutTools([github]).body));
  expect(sent).toEqual({ model: "m", input: [hi, found("a"), brought("b"), found()], tools: request.tools });
});

test.each([
  [{ type: "mcp", server_label: "github", name: "create_issue" }, "auto"],
  [
    { type: "function", name: "a" },
    { type: "function", name: "a" },
  ],
  [
    {
      type: "allowed_tools",
      mode: "auto",
      tools: [
        { type: "mcp", server_label: "github" },
        { type: "function", name: "a" },
      ],
    },
    { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "a" }] },
  ],
])("a Responses client's choice %j without a server's tools is %j", (tool_choice, expected) => {
  const tools = [responsesTool("a"), { type: "mcp", server_label: "github", server_url: "https://x" }];
  expect(responsesWithout({ tools, tool_choice }, "mcp__github__*")).toEqual({
    tools: [responsesTool("a")],
    tool_choice: expected,
  });
});

test.each([
  ["chat", chatClient, { messages: [{ role: "user", content: "hi" }], tools: [chatTool(github), chatTool("a")] }],
  ["Responses", responsesClient, { input: "hi", tools: [responsesTool(github), responsesTool("a")] }],
] as const)("a removed tool of a %s client reaches no provider and is told in the client's terms", (...row) => {
  const [, client, request] = row;
  for (const dialect of [anthropicMessages, openaiChat]) {
    const call = callOf(client, request).withoutTools([github]);
    const { body, dropped } = call.translate(dialect, { model: "x" }, { messageId: "y", askedModel: "m" });
    expect(decoder.decode(body)).not.toContain(github);
    expect(decoder.decode(body)).toContain('"a"');
    expect(dropped[0]).toEqual({ path: "tools[0]", reason: "The key may not use this tool." });
  }
});
