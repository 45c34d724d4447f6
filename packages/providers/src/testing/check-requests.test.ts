import { describe, expect, test } from "vitest";
import { checkConverseRequest } from "./check-converse-request.ts";
import { checkGeminiRequest } from "./check-gemini-request.ts";
import { checkResponsesRequest } from "./check-responses-request.ts";

const parameters = { type: "object", properties: { path: { type: "string" } } };
type Case = readonly [what: string, wrong: object, words: string];

describe("the Responses API", () => {
  const user = { role: "user", content: "hi" };
  const call = { type: "function_call", call_id: "c1", name: "read", arguments: "{}" };
  const output = { type: "function_call_output", call_id: "c1", output: "x" };
  const tool = { type: "function", name: "read", parameters, strict: false };
  const sound = { model: "m", input: [user, call, output], tools: [tool], max_output_tokens: 16 };

  test("takes a sound request", () => {
    expect(checkResponsesRequest(sound)).toBeUndefined();
    expect(checkResponsesRequest({ model: "m", input: "hi" })).toBeUndefined();
  });

  test.each<Case>([
    ["a field of chat completions", { messages: [] }, "Unknown parameter: 'messages'"],
    ["too small a limit", { max_output_tokens: 1 }, ">= 16"],
    ["an empty conversation", { input: [] }, "Invalid 'input'"],
    ["a tool as chat completions has it", { tools: [{ type: "function", function: tool }] }, "'tools[0].function'"],
    ["a name with a dot", { tools: [{ ...tool, name: "a.b" }] }, "does not match pattern"],
    ["a loose schema said to be strict", { tools: [{ ...tool, strict: true }] }, "'additionalProperties' is required"],
    ["an item that does not exist", { input: [{ type: "tool_result" }] }, "Invalid value: 'tool_result'"],
    ["a stray field of an item", { input: [{ ...call, cache_control: {} }] }, "'input[0].cache_control'"],
    ["a part of chat completions", { input: [{ role: "user", content: [{ type: "text", text: "x" }] }] }, "'text'"],
    ["input of the assistant's", { input: [{ role: "assistant", content: [{ type: "input_text" }] }] }, "'input_text'"],
    ["an output without a call", { input: [output] }, "No tool call found for function call output with call_id c1"],
    ["a call without an output", { input: [call] }, "No tool output found for function call c1"],
    ["a long id", { input: [{ ...call, call_id: "c".repeat(65) }] }, "maximum length 64"],
    ["reasoning that leads nowhere", { input: [{ type: "reasoning", id: "rs_1", summary: [] }] }, "required following"],
    [
      "reasoning of another's",
      { input: [{ type: "reasoning", id: "rs_1", summary: [], encrypted_content: "x" }, call, output] },
      "could not be verified",
    ],
  ])("refuses %s", (_, wrong, words) => {
    expect(checkResponsesRequest({ ...sound, ...wrong })).toContain(words);
  });
});

describe("generateContent", () => {
  const user = { role: "user", parts: [{ text: "hi" }] };
  const thoughtSignature = "skip_thought_signature_validator";
  const call = { functionCall: { name: "read", args: {} }, thoughtSignature };
  const asked = { role: "model", parts: [call] };
  const response = { functionResponse: { name: "read", response: { output: "x" } } };
  const answered = { role: "user", parts: [response] };
  const tools = [{ functionDeclarations: [{ name: "read", parametersJsonSchema: parameters }] }];
  const sound = { contents: [user, asked, answered], tools, generationConfig: { maxOutputTokens: 10 } };
  const check = (wrong: object) => checkGeminiRequest({ ...sound, ...wrong }, "gemini-3.8-flash");

  test("takes a sound request", () => {
    expect(check({})).toBeUndefined();
    expect(check({ contents: [user, { role: "model", parts: [{ text: "a" }] }, user] })).toBeUndefined();
  });

  test.each<Case>([
    ["a field of another API", { model: "m", messages: [] }, 'Unknown name "messages"'],
    ["an unknown setting", { generationConfig: { max_tokens: 1 } }, "at 'generation_config'"],
    ["an empty tool", { tools: [{ functionDeclarations: [] }] }, "tools[0].tool_type"],
    ["a name with a blank", { tools: [{ functionDeclarations: [{ name: "a b" }] }] }, "Invalid function name"],
    ["no contents", { contents: [] }, "contents is not specified"],
    ["a role of another API", { contents: [{ ...user, role: "assistant" }] }, "valid role: user, model"],
    ["a content without parts", { contents: [{ role: "user", parts: [] }] }, "must not be empty"],
    ["a part of two kinds", { contents: [{ role: "user", parts: [{ text: "x", inlineData: {} }] }] }, "required oneof"],
    ["a call that answers a call", { contents: [user, asked, asked] }, "function call turn comes immediately after"],
    ["a response without a call", { contents: [user, answered] }, "function response turn comes immediately after"],
    ["too few responses", { contents: [user, { role: "model", parts: [call, call] }, answered] }, "is equal to"],
    [
      "a call without its signature",
      { contents: [user, { role: "model", parts: [{ functionCall: { name: "read", args: {} } }] }, answered] },
      "missing a thought_signature",
    ],
    [
      "a call with another's signature",
      { contents: [user, { role: "model", parts: [{ ...call, thoughtSignature: "AAAA" }] }, answered] },
      "Corrupted thought signature",
    ],
    [
      "a signature that is no base64",
      { contents: [{ role: "user", parts: [{ text: "x", thoughtSignature: "db1.x" }] }] },
      "Base64 decoding failed",
    ],
  ])("refuses %s", (_, wrong, words) => {
    expect(check(wrong)).toContain(words);
  });

  test("does not ask older models' calls for signatures", () => {
    const unsigned = { role: "model", parts: [{ functionCall: { name: "read", args: {} } }] };
    const body = { ...sound, contents: [user, unsigned, answered] };
    expect(checkGeminiRequest(body, "gemini-2.5-pro")).toBeUndefined();
  });
});

describe("Converse", () => {
  const user = { role: "user", content: [{ text: "hi" }] };
  const toolUse = { toolUseId: "t1", name: "read", input: {} };
  const asked = { role: "assistant", content: [{ toolUse }] };
  const answered = { role: "user", content: [{ toolResult: { toolUseId: "t1", content: [{ text: "x" }] } }] };
  const spec = { name: "read", inputSchema: { json: parameters } };
  const sound = { messages: [user, asked, answered], toolConfig: { tools: [{ toolSpec: spec }] } };
  const say = (...content: object[]) => ({ messages: [{ role: "user", content }] });
  const check = (wrong: object) => checkConverseRequest({ ...sound, ...wrong });

  test("takes a sound request", () => {
    expect(check({ system: [{ text: "x" }, { cachePoint: { type: "default" } }] })).toBeUndefined();
  });

  test.each<Case>([
    ["a field of another API", { max_tokens: 1 }, "extraneous key [max_tokens]"],
    ["an unknown setting", { inferenceConfig: { topK: 1 } }, "#/inferenceConfig: extraneous key [topK]"],
    ["an empty list of tools", { toolConfig: { tools: [] } }, "at least 1 tool"],
    ["a tool's name with a dot", { toolConfig: { tools: [{ toolSpec: { ...spec, name: "a.b" } }] } }, "constraint"],
    ["a tool twice", { toolConfig: { tools: [{ toolSpec: spec }, { toolSpec: spec }] } }, "duplicate tool names"],
    [
      "a schema of no object",
      { toolConfig: { tools: [{ toolSpec: { ...spec, inputSchema: {} } }] } },
      "of the following",
    ],
    ["an assistant's beginning", { messages: [asked, answered] }, "must start with a user message"],
    ["two messages of one role", { messages: [user, user] }, "must alternate"],
    ["an empty message", { messages: [{ role: "user", content: [] }] }, "messages.0 is empty"],
    ["a block of Anthropic's", say({ type: "text", text: "x" }), "extraneous key [type]"],
    ["a block of two kinds", say({ text: "x", cachePoint: { type: "default" } }), "exactly one member"],
    ["a blank text", say({ text: " \n" }), "is blank"],
    ["a document's name with dots", say({ document: { name: "a.pdf", format: "pdf" } }), "document file name"],
    ["a call without a result", { messages: [user, asked, user] }, "Expected toolResult blocks at messages.2.content"],
    ["a result without a call", { messages: [answered] }, "exceeds the number of toolUse blocks"],
    ["a call at the end", { messages: [user, asked] }, "Expected toolResult blocks for"],
    ["calls without any tools", { toolConfig: undefined }, "toolConfig field must be defined"],
    [
      "thinking of another's",
      say({ reasoningContent: { reasoningText: { text: "hm", signature: "x" } } }),
      "Invalid `signature`",
    ],
  ])("refuses %s", (_, wrong, words) => {
    expect(check(wrong)).toContain(words);
  });
});
