import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isTranslatorError } from "../../errors.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import { parseRequest } from "../../messages/parse-request.ts";
import { callOf, nativeTranslation } from "../../testing/client-calls.ts";
import { chatClient } from "./index.ts";
import { decodeChatRequest } from "./decode-request.ts";
import { parseChatRequest } from "./chat-request.ts";

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const asked = { model: "claude-sonnet-5-5", messages: [{ role: "user", content: "hi" }] };

function decoded(parts: object): MessagesRequest {
  return decodeChatRequest(parseChatRequest(encode({ ...asked, ...parts }))).request;
}

function lost(parts: object): string[] {
  return decodeChatRequest(parseChatRequest(encode({ ...asked, ...parts }))).dropped.map(({ path }) => path);
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

describe("a chat completions request becomes a Messages request", () => {
  test("the least of them", () => {
    expect(decoded({})).toEqual({
      model: "claude-sonnet-5-5",
      messages: [{ role: "user", content: "hi" }],
      max_tokens: 32_000,
    });
  });

  test("instructions at the beginning are the system prompt, later ones stay where they are", () => {
    const messages = [
      { role: "system", content: "A" },
      { role: "developer", content: [{ type: "text", text: "B" }] },
      { role: "user", content: "hi" },
      { role: "system", content: "C" },
    ];
    expect(decoded({ messages })).toMatchObject({
      system: [
        { type: "text", text: "A" },
        { type: "text", text: "B" },
      ],
      messages: [
        { role: "user", content: "hi" },
        { role: "system", content: "C" },
      ],
    });
  });

  test("instructions alone are what the user says", () => {
    const { system, messages } = decoded({ messages: [{ role: "system", content: "A" }] });
    expect(system).toBeUndefined();
    expect(messages).toEqual([{ role: "user", content: [{ type: "text", text: "A" }] }]);
  });

  test("calls and their results become blocks, results of one turn in one message", () => {
    const messages = [
      { role: "user", content: "go" },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "a", type: "function", function: { name: "read", arguments: '{"path":"/x"}' } },
          { id: "b", type: "function", function: { name: "now", arguments: "" } },
          { id: "c", type: "custom", custom: { name: "patch", input: "*** Begin" } },
        ],
      },
      { role: "tool", tool_call_id: "a", content: "text" },
      { role: "tool", tool_call_id: "b", content: [{ type: "text", text: "noon" }] },
      { role: "tool", tool_call_id: "c", content: "ok" },
      { role: "user", content: "on" },
    ];
    expect(decoded({ messages, tools: undefined }).messages).toEqual([
      { role: "user", content: "go" },
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "a", name: "read", input: { path: "/x" } },
          { type: "tool_use", id: "b", name: "now", input: {} },
          { type: "tool_use", id: "c", name: "patch", input: { input: "*** Begin" } },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "a", content: "text" },
          { type: "tool_result", tool_use_id: "b", content: [{ type: "text", text: "noon" }] },
          { type: "tool_result", tool_use_id: "c", content: "ok" },
        ],
      },
      { role: "user", content: [{ type: "text", text: "on", cache_control: { type: "ephemeral" } }] },
    ]);
  });

  test("images, PDFs and texts are carried, sound leaves a note", () => {
    const content = [
      { type: "text", text: "see" },
      { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=", detail: "high" } },
      { type: "image_url", image_url: { url: "https://example.org/a.png" } },
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" } },
      { type: "file", file: { filename: "a.md", file_data: `data:text/markdown;base64,${btoa("# A")}` } },
      { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
      { type: "hologram" },
    ];
    const messages = [{ role: "user", content }];
    expect(decoded({ messages }).messages[0]?.content).toEqual([
      { type: "text", text: "see" },
      { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } },
      { type: "image", source: { type: "url", url: "https://example.org/a.png" } },
      {
        type: "document",
        source: { type: "base64", media_type: "application/pdf", data: "JVBERi0=" },
        title: "a.pdf",
      },
      { type: "document", source: { type: "text", media_type: "text/plain", data: "# A" }, title: "a.md" },
      { type: "text", text: "[audio omitted: it cannot be carried]" },
      { type: "text", text: "[content omitted: it cannot be carried]" },
    ]);
    expect(lost({ messages })).toEqual([
      "messages[*].content[*].image_url.detail",
      "messages[0].content[5]",
      "messages[0].content[6]",
    ]);
  });

  test("tools keep their schemas, and custom tools take one text", () => {
    const parameters = { type: "object", properties: { path: { type: "string" } } };
    const tools = [
      { type: "function", function: { name: "read", description: "Reads.", parameters, strict: true } },
      { type: "function", function: { name: "now" } },
      {
        type: "custom",
        custom: {
          name: "patch",
          description: "Patches.",
          format: { type: "grammar", grammar: { syntax: "lark", definition: "start: A" } },
        },
      },
      { type: "web_search" },
    ];
    expect(decoded({ tools }).tools).toEqual([
      { name: "read", description: "Reads.", input_schema: parameters, strict: true },
      { name: "now", input_schema: { type: "object", properties: {} } },
      {
        name: "patch",
        description: "Patches.\n\nThe input must follow this lark grammar:\nstart: A",
        input_schema: expect.objectContaining({ required: ["input"] }),
      },
    ]);
    expect(lost({ tools })).toEqual(["tools[2].custom.format", "tools[3]"]);
  });

  test.each([
    ["auto", { type: "auto" }],
    ["required", { type: "any" }],
    ["none", { type: "none" }],
    [
      { type: "function", function: { name: "read" } },
      { type: "tool", name: "read" },
    ],
    [{ type: "allowed_tools", allowed_tools: { mode: "required", tools: [] } }, undefined],
  ])("tool_choice %j", (tool_choice, expected) => {
    const tools = [{ type: "function", function: { name: "read" } }];
    expect(decoded({ tools, tool_choice }).tool_choice).toEqual(expected);
  });

  test("of allowed tools the others are left out", () => {
    const tools = ["a", "b", "c"].map((name) => ({ type: "function", function: { name } }));
    const allowed = [{ type: "function", function: { name: "b" } }];
    const choice = { type: "allowed_tools", allowed_tools: { mode: "required", tools: allowed } };
    const request = decoded({ tools, tool_choice: choice });
    expect(request.tools?.map(({ name }) => name)).toEqual(["b"]);
    expect(request.tool_choice).toEqual({ type: "any" });
  });

  test("one call at a time is carried, and a choice without tools is not", () => {
    const tools = [{ type: "function", function: { name: "a" } }];
    const off = { parallel_tool_calls: false };
    expect(decoded({ tools, ...off }).tool_choice).toEqual({ type: "auto", disable_parallel_tool_use: true });
    expect(decoded({ ...off, tool_choice: "required" }).tool_choice).toBeUndefined();
  });

  test("limits, sampling, stop and user go by their other names", () => {
    const request = decoded({
      max_tokens: 5,
      max_completion_tokens: 9,
      temperature: 0.3,
      top_p: 0.9,
      stop: "END",
      stream: true,
      user: "u1",
    });
    expect(request).toMatchObject({
      max_tokens: 9,
      temperature: 0.3,
      top_p: 0.9,
      stop_sequences: ["END"],
      stream: true,
      metadata: { user_id: "u1" },
    });
    expect(decoded({ max_tokens: 5, stop: ["a", "b"] })).toMatchObject({ max_tokens: 5, stop_sequences: ["a", "b"] });
  });

  test.each([
    ["none", { thinking: { type: "disabled" } }],
    ["minimal", { thinking: { type: "adaptive" }, output_config: { effort: "low" } }],
    ["high", { thinking: { type: "adaptive" }, output_config: { effort: "high" } }],
  ])("reasoning_effort %s", (reasoning_effort, expected) => {
    expect(decoded({ reasoning_effort })).toMatchObject(expected);
  });

  test("a JSON schema is carried, a plain JSON object is asked for in words", () => {
    const schema = { type: "object", properties: { a: { type: "number" } } };
    const response_format = { type: "json_schema", json_schema: { name: "a", schema, strict: true } };
    expect(decoded({ response_format }).output_config).toEqual({ format: { type: "json_schema", schema } });
    const plain = { response_format: { type: "json_object" } };
    expect(JSON.stringify(decoded(plain).system)).toContain("one JSON object");
    expect(lost(plain)).toEqual(["response_format"]);
  });

  test("earlier reasoning comes back as it was sent out", () => {
    const turn = { role: "assistant", content: "t", reasoning_content: "why" };
    const first = (message: object): unknown =>
      decoded({ messages: [asked.messages[0], message] }).messages[1]?.content;
    expect(first(turn)).toMatchObject([{ type: "thinking", thinking: "why" }, { text: "t" }]);
    const details = [{ type: "reasoning.text", signature: "S" }];
    expect(first({ ...turn, reasoning_details: details })).toMatchObject([
      { type: "thinking", thinking: "why", signature: "S" },
      { text: "t" },
    ]);
    const whole = [
      { type: "reasoning.text", text: "a", signature: "1" },
      { type: "reasoning.encrypted", data: "E" },
      { type: "reasoning.text", text: "b" },
      null,
    ];
    expect(first({ ...turn, reasoning_details: whole })).toMatchObject([
      { type: "thinking", thinking: "a", signature: "1" },
      { type: "redacted_thinking", data: "E" },
      { type: "thinking", thinking: "b" },
      { text: "t" },
    ]);
  });

  test("an ongoing conversation is marked for the cache, a single question is not", () => {
    const messages = [
      { role: "system", content: "S" },
      { role: "user", content: "1" },
      { role: "assistant", content: "2" },
      { role: "user", content: "3" },
    ];
    const marked = JSON.stringify(decoded({ messages })).split('"cache_control"').length - 1;
    expect(marked).toBe(2);
    expect(JSON.stringify(decoded({ messages: messages.slice(0, 2) }))).not.toContain("cache_control");
    const own = [{ role: "user", content: [{ type: "text", text: "1", cache_control: { type: "ephemeral" } }] }];
    expect(JSON.stringify(decoded({ messages: [...own, ...messages] })).split('"cache_control"')).toHaveLength(2);
  });

  test("what cannot be carried is named, and what asks for nothing is not", () => {
    const parts = { seed: 7, logprobs: true, presence_penalty: 0, store: false, metadata: {}, service_tier: "flex" };
    expect(lost({ ...parts, news: 1 })).toEqual(["seed", "logprobs", "service_tier", "news"]);
  });

  test("what would change the kind of answer is refused", () => {
    expect(refusal({ n: 2 })).toMatch(/^n: /);
    expect(refusal({ modalities: ["text", "audio"] })).toMatch(/^modalities: /);
    expect(refusal({ functions: [{ name: "f" }] })).toMatch(/^functions: /);
    const file = { type: "file", file: { file_id: "file-1" } };
    expect(refusal({ messages: [{ role: "user", content: [file] }] })).toContain("messages[0].content[0].file");
  });

  test.each([
    [{ messages: [] }, "messages: at least one message is required"],
    [{ messages: [{ role: "user", content: 7 }] }, "messages[0].content: "],
    [{ messages: [{ role: "ghost", content: "" }] }, "messages[0].role: "],
    [{ messages: [{ role: "tool", content: "x" }] }, "messages[0].tool_call_id: Field required"],
    [{ model: "" }, "model: "],
    [{ max_tokens: 0 }, "max_tokens: "],
    [{ tools: [{ type: "function" }] }, "tools[0].function: Field required"],
    [{ messages: [{ role: "user", content: "" }] }, "messages: at least one message is required"],
  ])("%j is refused with its path", (parts, message) => {
    expect(refusal(parts)).toContain(message);
  });
});

test("any JSON is either refused by name or becomes a request that the Messages API's own check accepts", () => {
  const role = fc.constantFrom("system", "user", "assistant", "tool", "developer", "x");
  const text = fc.string();
  const part = fc.oneof(
    fc.record({ type: fc.constantFrom("text", "refusal", "image_url", "file", "odd"), text, refusal: text }),
    fc.record({ type: fc.constant("image_url"), image_url: fc.record({ url: text }) }),
    fc.jsonValue(),
  );
  const call = fc.record(
    { id: text, function: fc.record({ name: text, arguments: text }), custom: fc.jsonValue() },
    { requiredKeys: [] },
  );
  const message = fc.record(
    {
      role,
      content: fc.oneof(text, fc.array(part), fc.constant(null)),
      tool_call_id: text,
      tool_calls: fc.array(call),
      reasoning_content: text,
      reasoning_details: fc.jsonValue(),
    },
    { requiredKeys: ["role"] },
  );
  const request = fc.record(
    {
      model: fc.constant("m"),
      messages: fc.array(message),
      tools: fc.array(fc.oneof(fc.jsonValue(), fc.record({ type: fc.constant("function"), function: fc.jsonValue() }))),
      tool_choice: fc.jsonValue(),
      stop: fc.jsonValue(),
      response_format: fc.jsonValue(),
      reasoning_effort: fc.jsonValue(),
    },
    { requiredKeys: ["model", "messages"] },
  );
  fc.assert(
    fc.property(fc.oneof(request, fc.jsonValue()), (value) => {
      let body: Uint8Array;
      try {
        ({ body } = nativeTranslation(callOf(chatClient, value)));
      } catch (error) {
        expect(isTranslatorError(error)).toBe(true);
        return;
      }
      expect(() => parseRequest(body)).not.toThrow();
    }),
    { numRuns: 500 },
  );
});
