import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anthropicMessages } from "../../dialects/anthropic-messages/index.ts";
import type { Translation } from "../../dialects/dialect.ts";
import { isTranslatorError } from "../../errors.ts";
import { parseRequest } from "../../messages/parse-request.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import { callOf, jsonBytes, nativeTranslation } from "../../testing/client-calls.ts";
import { decodeResponsesRequest } from "./decode-request.ts";
import { checkedResponsesRequest, parseResponsesHead } from "./responses-request.ts";
import { responsesClient } from "./index.ts";

const asked = { model: "m", input: "hi" };

function decoded(parts: object): MessagesRequest {
  return decodeResponsesRequest(checkedResponsesRequest(parseResponsesHead(jsonBytes({ ...asked, ...parts })))).request;
}

function lost(parts: object): string[] {
  return decodeResponsesRequest(
    checkedResponsesRequest(parseResponsesHead(jsonBytes({ ...asked, ...parts }))),
  ).dropped.map(({ path }) => path);
}

function refusal(parts: object): string {
  try {
    decoded(parts);
  } catch (error) {
    if (isTranslatorError(error)) return error.message;
    throw error;
  }
  return "";
}

describe("a Responses request becomes a Messages request", () => {
  test("the least of them", () => {
    expect(decoded({})).toEqual({ model: "m", messages: [{ role: "user", content: "hi" }], max_tokens: 32_000 });
  });

  test("Codex's items become turns: reasoning, text and calls in one, results in the next", () => {
    const input = [
      { type: "message", role: "developer", content: [{ type: "input_text", text: "Rules." }] },
      { type: "message", role: "user", content: [{ type: "input_text", text: "Go" }] },
      {
        type: "reasoning",
        id: "rs_1",
        summary: [{ type: "summary_text", text: "Why" }],
        encrypted_content: "signed.SIG",
      },
      { type: "reasoning", id: "rs_2", summary: [], content: null, encrypted_content: "redacted.HID" },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "I go." }] },
      { type: "function_call", call_id: "a", name: "read", arguments: '{"path":"/x"}' },
      { type: "custom_tool_call", call_id: "b", name: "patch", input: "*** Begin" },
      { type: "function_call", call_id: "c", name: "find", namespace: "mcp__docs__", arguments: "{}" },
      { type: "function_call_output", call_id: "a", output: "text" },
      { type: "custom_tool_call_output", call_id: "b", output: [{ type: "input_text", text: "done" }] },
      {
        type: "function_call_output",
        call_id: "c",
        output: [{ type: "input_image", image_url: "data:image/png;base64,AAAA" }],
      },
    ];
    const request = decoded({ instructions: "Be brief.", input });
    expect(request.system).toMatchObject([{ text: "Be brief." }, { text: "Rules." }]);
    expect(request.messages).toMatchObject([
      { role: "user", content: "Go" },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Why", signature: "SIG" },
          { type: "redacted_thinking", data: "HID" },
          { type: "text", text: "I go." },
          { type: "tool_use", id: "a", name: "read", input: { path: "/x" } },
          { type: "tool_use", id: "b", name: "patch", input: { input: "*** Begin" } },
          { type: "tool_use", id: "c", name: "mcp__docs__find", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "a", content: "text" },
          { type: "tool_result", tool_use_id: "b", content: [{ type: "text", text: "done" }] },
          { type: "tool_result", tool_use_id: "c", content: [{ type: "image" }] },
        ],
      },
    ]);
  });

  test("reasoning without proof keeps its text, from wherever it stands", () => {
    const input = [
      { role: "user", content: "q" },
      { type: "reasoning", summary: [], content: [{ type: "reasoning_text", text: "T" }] },
      { type: "reasoning", summary: [] },
      { role: "assistant", content: "a" },
    ];
    expect(decoded({ input }).messages[1]?.content).toMatchObject([{ type: "thinking", thinking: "T" }, { text: "a" }]);
  });

  test("images and files are carried", () => {
    const content = [
      { type: "input_image", image_url: "https://a.example/i.png", detail: "low" },
      { type: "input_file", file_url: "https://a.example/d.pdf" },
      { type: "input_file", file_data: "data:application/pdf;base64,JVBERi0=", filename: "d.pdf" },
      { type: "refusal", refusal: "No." },
      { type: "scent" },
    ];
    const input = [{ role: "user", content }];
    expect(decoded({ input }).messages[0]?.content).toMatchObject([
      { type: "image", source: { type: "url" } },
      { type: "document", source: { type: "url" } },
      { type: "document", source: { type: "base64" }, title: "d.pdf" },
      { type: "text", text: "No." },
      { type: "text", text: "[content omitted: it cannot be carried]" },
    ]);
    expect(lost({ input })).toEqual(["input[*].content[*].detail", "input[0].content[4]"]);
    const stored = (part: object): string => refusal({ input: [{ role: "user", content: [part] }] });
    expect(stored({ type: "input_file", file_id: "f" })).toContain("input[0].content[0]: it is in OpenAI's file store");
    expect(stored({ type: "input_image", file_id: "f" })).toContain(
      "input[0].content[0]: it is in OpenAI's file store",
    );
    expect(stored({ type: "input_file", file_data: "data:application/zip;base64,AA==" })).toContain("only PDF");
  });

  test("tools: functions, custom ones, namespaces and web search; others are named", () => {
    const parameters = { type: "object", properties: {} };
    const tools = [
      { type: "function", name: "read", parameters, strict: true },
      { type: "custom", name: "patch", format: { type: "grammar", syntax: "lark", definition: "start: A" } },
      { type: "namespace", name: "docs", description: "d", tools: [{ type: "function", name: "find" }] },
      { type: "web_search", filters: { allowed_domains: ["a.example"] }, user_location: { type: "approximate" } },
      { type: "local_shell" },
    ];
    expect(decoded({ tools }).tools).toMatchObject([
      { name: "read", input_schema: parameters, strict: true },
      { name: "patch", description: expect.stringContaining("start: A") },
      { name: "docs__find" },
      { type: "web_search_20250305", name: "web_search", allowed_domains: ["a.example"] },
    ]);
    expect(lost({ tools })).toEqual(["tools[1].format", "tools[4]"]);
  });

  test.each([
    ["auto", { type: "auto" }],
    ["none", { type: "none" }],
    ["required", { type: "any" }],
    [
      { type: "function", name: "read" },
      { type: "tool", name: "read" },
    ],
    [{ type: "web_search_preview" }, { type: "tool", name: "web_search" }],
    [{ type: "function", name: "ghost" }, undefined],
  ])("tool_choice %j", (tool_choice, expected) => {
    const tools = [{ type: "function", name: "read" }, { type: "web_search_preview" }];
    expect(decoded({ tools, tool_choice }).tool_choice).toEqual(expected);
  });

  test("of allowed tools the others are left out", () => {
    const tools = [{ type: "function", name: "a" }, { type: "custom", name: "b" }, { type: "web_search" }];
    const choice = { type: "allowed_tools", mode: "required", tools: [{ type: "custom", name: "b" }] };
    const request = decoded({ tools, tool_choice: choice, parallel_tool_calls: false });
    expect(request.tools?.map(({ name }) => name)).toEqual(["b"]);
    expect(request.tool_choice).toEqual({ type: "any", disable_parallel_tool_use: true });
  });

  test("settings go by their other names", () => {
    const schema = { type: "object", properties: {} };
    expect(
      decoded({
        max_output_tokens: 9,
        temperature: 0.2,
        top_p: 0.8,
        stream: true,
        reasoning: { effort: "high", summary: "auto" },
        text: { format: { type: "json_schema", name: "s", schema } },
        prompt_cache_key: "k",
        user: "u",
      }),
    ).toMatchObject({
      max_tokens: 9,
      temperature: 0.2,
      top_p: 0.8,
      stream: true,
      thinking: { type: "adaptive", display: "summarized" },
      output_config: { effort: "high", format: { type: "json_schema", schema } },
      metadata: { user_id: "k" },
    });
  });

  test("reasoning is shown to those who ask for its summary", () => {
    expect(decoded({ reasoning: { effort: "low" } }).thinking).toEqual({ type: "adaptive", display: "omitted" });
    expect(decoded({ reasoning: { summary: "concise" } }).thinking).toMatchObject({ display: "summarized" });
    expect(decoded({ reasoning: { effort: "none", summary: "auto" } }).thinking).toEqual({ type: "disabled" });
    expect(decoded({ reasoning: null }).thinking).toBeUndefined();
  });

  test("what cannot be carried is named, and what asks for nothing is not", () => {
    const input = [
      { role: "user", content: "q" },
      { type: "web_search_call", id: "ws_1", status: "completed" },
    ];
    const parts = { text: { verbosity: "low" }, store: true, truncation: "disabled", top_logprobs: 2, news: 1 };
    expect(lost({ ...parts, input })).toEqual([
      "store",
      "top_logprobs",
      "news",
      "text.verbosity",
      "input[1] (web_search_call)",
    ]);
    expect(lost({ text: { format: { type: "json_object" } } })).toEqual(["text.format"]);
  });

  test("what a store would be needed for is refused by name", () => {
    expect(refusal({ previous_response_id: "resp_1" })).toMatch(/^previous_response_id: /);
    expect(refusal({ conversation: "conv_1" })).toMatch(/^conversation: /);
    expect(refusal({ prompt: { id: "p" } })).toMatch(/^prompt: /);
    expect(refusal({ background: true })).toMatch(/^background: /);
    expect(refusal({ input: [{ type: "item_reference", id: "x" }] })).toMatch(/^input\[0\]: .*store/);
  });

  test.each([
    [{ input: [] }, "input: at least one item is required"],
    [{ input: 7 }, "input: "],
    [{ input: [{ role: "user" }] }, "input[0].content: Field required"],
    [{ input: [{ type: "function_call", name: "a" }] }, "input[0].call_id: Field required"],
    [{ input: [{ type: "reasoning", summary: "x" }] }, "input[0].summary: "],
    [{ input: "" }, "input: at least one message is required"],
    [{ input: [{ type: "reasoning", summary: [{ text: "Hm." }] }] }, "input: at least one message is required"],
    [{ max_output_tokens: 0 }, "max_output_tokens: "],
    [{ tools: [{ type: "function" }] }, "tools[0].name: Field required"],
  ])("%j is refused with its path", (parts, message) => {
    expect(refusal(parts)).toContain(message);
  });
});

test.each([
  ["signed.SIG", "SIG"],
  ["db1.gemini.e30", "db1.gemini.e30"],
  ["gAAAAB", expect.stringMatching(/^db1\.openai-responses\./)],
])(
  "reasoning proved by %s is thinking that its own provider can verify, and no other takes for its own",
  (proof, signature) => {
    const item = { type: "reasoning", id: "rs_1", summary: [{ text: "Why" }], encrypted_content: proof };
    const [turn] = decoded({ input: [item, { role: "user", content: "q" }] }).messages;
    expect(turn?.content).toEqual([{ type: "thinking", thinking: "Why", signature }]);
  },
);

test("drops of the provider are told in the client's terms", () => {
  const input = [
    { role: "user", content: "q" },
    { type: "reasoning", summary: [], encrypted_content: "S" },
    { type: "function_call", call_id: "a", name: "read", arguments: "{}" },
    { type: "function_call_output", call_id: "a", output: "x" },
  ];
  const tools = [{ type: "local_shell" }, { type: "function", name: "read" }];
  const translation = (path: string): Translation => ({
    body: new Uint8Array(),
    dropped: [{ path, reason: "r" }],
    answerStream: () => expect.fail(),
    answerWhole: () => expect.fail(),
  });
  const context = { messageId: "msg_1", askedModel: "m" };
  const call = callOf(responsesClient, { ...asked, instructions: "I", input, tools });
  const told = (path: string): string[] =>
    call
      .translate({ ...anthropicMessages, translate: () => translation(path) }, { model: "m" }, context)
      .dropped.map((drop) => drop.path)
      .slice(1);
  expect(told("messages[1].content[0]")).toEqual(["input[1]"]);
  expect(told("messages[1].content[1].input")).toEqual(["input[2].input"]);
  expect(told("messages[2].content[0]")).toEqual(["input[3]"]);
  expect(told("system[0]")).toEqual(["instructions"]);
  expect(told("tools[0].strict")).toEqual(["tools[1].strict"]);
  expect(told("output_config.effort")).toEqual(["reasoning.effort"]);
  expect(told("messages[*].content[*].thinking")).toEqual(["input[*].content[*].thinking"]);
  expect(told("system[0].cache_control")).toEqual([]);
  expect(told("messages[9].content[0]")).toEqual([]);
  expect(told("top_k")).toEqual(["top_k"]);
});

test("any JSON is either refused by name or becomes a request that the Messages API's own check accepts", () => {
  const text = fc.string();
  const part = fc.oneof(
    fc.record({ type: fc.constantFrom("input_text", "output_text", "refusal", "odd"), text, refusal: text }),
    fc.record({ type: fc.constantFrom("input_image", "input_file"), image_url: text, file_data: text }),
    fc.jsonValue(),
  );
  const content = fc.oneof(text, fc.array(part));
  const item = fc.oneof(
    fc.record({ role: fc.constantFrom("user", "assistant", "system", "developer"), content }),
    fc.record({
      type: fc.constantFrom("function_call", "custom_tool_call"),
      call_id: text,
      name: text,
      arguments: text,
      input: text,
    }),
    fc.record({
      type: fc.constantFrom("function_call_output", "custom_tool_call_output"),
      call_id: text,
      output: content,
    }),
    fc.record({
      type: fc.constant("reasoning"),
      summary: fc.array(fc.record({ text })),
      encrypted_content: text.map((proof) => `signed.${proof}`),
    }),
    fc.jsonValue(),
  );
  const request = fc.record(
    {
      model: fc.constant("m"),
      input: fc.oneof(fc.array(item), fc.jsonValue()),
      tools: fc.array(fc.oneof(fc.record({ type: fc.constantFrom("function", "web_search", "x"), name: text }))),
      tool_choice: fc.jsonValue(),
      text: fc.jsonValue(),
      reasoning: fc.jsonValue(),
    },
    { requiredKeys: ["model", "input"] },
  );
  fc.assert(
    fc.property(fc.oneof(request, fc.jsonValue()), (value) => {
      let body: Uint8Array;
      try {
        ({ body } = nativeTranslation(callOf(responsesClient, value)));
      } catch (error) {
        expect(isTranslatorError(error)).toBe(true);
        return;
      }
      expect(() => parseRequest(body)).not.toThrow();
    }),
    { numRuns: 500 },
  );
});
