import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isTranslatorError } from "../errors.ts";
import { parseCountRequest, parseRequest } from "./parse-request.ts";

const encode = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const recordings = new URL("../../../../../shared/fixtures/claude-code-requests/", import.meta.url);
const user = { role: "user", content: "hi" };
const good = { model: "m", max_tokens: 10, messages: [user] };

function problemOf(request: unknown, parse: (body: Uint8Array) => unknown = parseRequest): string {
  try {
    parse(encode(request));
  } catch (error) {
    if (isTranslatorError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return "accepted";
}

const withBlock = (block: unknown): unknown => ({
  ...good,
  messages: [user, { role: "assistant", content: [block] }],
});

describe("parseRequest", () => {
  test("MSG-15 MSG-18 MSG-19: gives the request as it is, with keys and block types it does not know", () => {
    const request = {
      ...good,
      speed: "fast",
      messages: [{ role: "user", content: [{ type: "mid_conv_system", news: [1] }], extra: null }],
      context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
    };
    expect(parseRequest(encode(request))).toEqual(request);
  });

  test("MSG-06 TH-09: tolerates null where some gateways write it", () => {
    const nothing = {
      system: null,
      tools: null,
      tool_choice: null,
      thinking: null,
      output_config: null,
      metadata: null,
      stop_sequences: null,
      stream: null,
      temperature: null,
    };
    expect(problemOf({ ...good, ...nothing })).toBe("accepted");
    expect(problemOf({ ...good, messages: [{ role: "user", content: null }] })).toBe("accepted");
    expect(problemOf(withBlock({ type: "text", text: null }))).toBe("accepted");
    expect(problemOf(withBlock({ type: "tool_result", tool_use_id: "a", content: null }))).toBe("accepted");
    expect(problemOf(withBlock({ type: "tool_result", tool_use_id: "a" }))).toBe("accepted");
    expect(problemOf(withBlock({ type: "thinking", thinking: "t", signature: null }))).toBe("accepted");
  });

  test("TH-11: tolerates a bare object as the output of a tool", () => {
    expect(problemOf(withBlock({ type: "tool_result", tool_use_id: "a", content: { ok: true } }))).toBe("accepted");
    expect(problemOf(withBlock({ type: "tool_result", tool_use_id: "a", content: 5 }))).toMatch(
      /content: Input should/u,
    );
  });

  test("TD-25 TD-26: asks client tools for a name, and tools of the provider for none", () => {
    expect(problemOf({ ...good, tools: [{ name: "" }, { type: "mcp_toolset" }, { type: "custom", name: "x" }] })).toBe(
      "accepted",
    );
    expect(problemOf({ ...good, tools: [{ name: "a" }, {}] })).toBe("invalid-request tools.1.name: Field required");
    expect(problemOf({ ...good, tools: [{ type: "custom" }] })).toBe("invalid-request tools.0.name: Field required");
    expect(problemOf({ ...good, tools: [{ name: 1 }] })).toBe(
      "invalid-request tools.0.name: Input should be a valid string",
    );
    expect(problemOf({ ...good, tools: {} })).toBe("invalid-request tools: Input should be a valid list");
  });

  test.each([
    [{ ...good, max_tokens: undefined }, "max_tokens: Field required"],
    [{ ...good, max_tokens: null }, "max_tokens: Input should be a valid integer"],
    [{ ...good, max_tokens: 1.5 }, "max_tokens: Input should be a valid integer"],
    [{ ...good, max_tokens: 0 }, "max_tokens: Input should be greater than or equal to 1"],
    [{ ...good, model: undefined }, "model: Field required"],
    [{ ...good, model: "" }, "model: String should have at least 1 character"],
    [{ ...good, messages: [] }, "messages: at least one message is required"],
    [{ ...good, messages: "hi" }, "messages: Input should be a valid list"],
    [{ ...good, messages: [user, "hi"] }, "messages.1: Input should be an object"],
    [
      { ...good, messages: [{ role: "tool", content: "" }] },
      "messages.0.role: Input should be 'user', 'assistant' or 'system'",
    ],
    [{ ...good, messages: [{ role: "user" }] }, "messages.0.content: Field required"],
    [
      { ...good, messages: [{ role: "user", content: 5 }] },
      "messages.0.content: Input should be a valid string or a list of content blocks",
    ],
    [{ ...good, messages: [{ role: "user", content: ["x"] }] }, "messages.0.content.0: Input should be an object"],
    [
      { ...good, messages: [{ ...user, output_config: { effort: "huge" } }] },
      "messages.0.output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'",
    ],
    [{ ...good, system: [{ type: "text", text: 1 }] }, "system.0.text: Input should be a valid string"],
    [{ ...good, system: 5 }, "system: Input should be a valid list"],
    [{ ...good, stop_sequences: ["a", 1] }, "stop_sequences.1: Input should be a valid string"],
    [
      { ...good, tool_choice: { type: "some" } },
      "tool_choice: Input tag found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'",
    ],
    [{ ...good, tool_choice: { type: "tool" } }, "tool_choice.name: Field required"],
    [{ ...good, tool_choice: "auto" }, "tool_choice: Input should be an object"],
    [{ ...good, thinking: { type: "enabled" } }, "thinking.budget_tokens: Field required"],
    [{ ...good, thinking: {} }, "thinking.type: Field required"],
    [{ ...good, output_config: { format: {} } }, "output_config.format.type: Field required"],
    [{ ...good, stream: "yes" }, "stream: Input should be a valid boolean"],
    [{ ...good, temperature: "1" }, "temperature: Input should be a valid number"],
    [{ ...good, metadata: { user_id: 1 } }, "metadata.user_id: Input should be a valid string"],
    [[good], "The request body is not a JSON object"],
  ])("ERR-16: names the place and the wish, as the API does (%#)", (request, message) => {
    expect(problemOf(request)).toBe(`invalid-request ${message}`);
  });

  test.each([
    [{}, "type: Field required"],
    [{ type: 1 }, "type: Input should be a valid string"],
    [{ type: "text" }, "text: Field required"],
    [{ type: "text", text: {} }, "text: Input should be a valid string"],
    [{ type: "tool_use", name: "n" }, "id: Field required"],
    [{ type: "tool_use", id: "i", name: 1 }, "name: Input should be a valid string"],
    [{ type: "tool_result" }, "tool_use_id: Field required"],
    [{ type: "tool_result", tool_use_id: "i", content: [{ type: "text" }] }, "content.0.text: Field required"],
    [{ type: "image" }, "source: Field required"],
    [{ type: "image", source: "x" }, "source: Input should be an object"],
    [{ type: "image", source: { type: "base64", media_type: "image/png" } }, "source.data: Field required"],
    [{ type: "document", source: { type: "url" } }, "source.url: Field required"],
    [{ type: "thinking" }, "thinking: Field required"],
    [{ type: "redacted_thinking" }, "data: Field required"],
  ])("ERR-16: looks into blocks (%#)", (block, message) => {
    expect(problemOf(withBlock(block))).toBe(`invalid-request messages.1.content.0.${message}`);
  });

  test("ERR-16: says where broken JSON breaks and quotes nothing of it", () => {
    expect(problemOf('{"model": secret}')).toMatch(/^invalid-json The request body is not valid JSON/u);
    expect(problemOf('{"model": secret}')).not.toContain("secret");
    expect(problemOf('{"model":"m" "x":1}')).toContain("at character 13");
  });

  test("a count_tokens body needs no max_tokens and is checked all the same", () => {
    expect(problemOf({ model: "m", messages: [user] }, parseCountRequest)).toBe("accepted");
    expect(problemOf({ model: "m", messages: [{ role: "user" }] }, parseCountRequest)).toBe(
      "invalid-request messages.0.content: Field required",
    );
  });

  test("throws nothing but a TranslatorError, whatever the bytes are", () => {
    const almost = fc.record({
      model: fc.string(),
      max_tokens: fc.nat(),
      messages: fc.array(fc.jsonValue()),
      tools: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), almost.map(encode)), (body) => {
        try {
          parseRequest(body);
        } catch (error) {
          expect(isTranslatorError(error)).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test("refuses blocks nested deeper than the stack", () => {
    const open = '{"type":"tool_result","tool_use_id":"a","content":[';
    const depth = 50_000;
    const nested = `${open.repeat(depth)}${"]}".repeat(depth)}`;
    expect(problemOf(`{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[${nested}]}]}`)).toMatch(
      /^invalid-/u,
    );
  });

  test("SYS-16 FR-18: takes 20,000 messages and 30 MB in its stride", () => {
    const many = { ...good, messages: Array.from({ length: 20_000 }, () => ({ role: "system", content: "x" })) };
    expect(parseRequest(encode(many)).messages).toHaveLength(20_000);
    const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "A".repeat(30_000_000) } };
    expect(problemOf({ ...good, messages: [{ role: "user", content: [image] }] })).toBe("accepted");
  });
});

describe.skipIf(!existsSync(recordings))("parseRequest on recorded requests of Claude Code", () => {
  const names = existsSync(recordings) ? readdirSync(recordings) : [];

  test.each(names)("%s: is accepted and comes back whole", (name) => {
    const { body, path } = JSON.parse(readFileSync(new URL(name, recordings), "utf8"));
    if (body === null) return;
    const parse = path.includes("count_tokens") ? parseCountRequest : parseRequest;
    expect(parse(encode(body))).toEqual(body);
  });
});
