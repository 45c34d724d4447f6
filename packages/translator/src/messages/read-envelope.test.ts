import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isTranslatorError } from "../errors.ts";
import { readEnvelope } from "./read-envelope.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const recordings = new URL("../../../../../shared/fixtures/claude-code-requests/", import.meta.url);
const messages = '"messages":[{"role":"user","content":"hi"}]';

function failureOf(text: string): string {
  try {
    readEnvelope(encode(text));
  } catch (error) {
    if (isTranslatorError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return "accepted";
}

describe("readEnvelope", () => {
  test("gives model, stream, limit, size and where each value stands", () => {
    const text = `{ "model" : "m\\u00f6del" ,"stream":true,"max_tokens":32000,${messages},"news":{"a":[1]}}`;
    const envelope = readEnvelope(encode(text));
    expect(envelope).toMatchObject({ model: "mödel", stream: true, maxTokens: 32_000, bytes: text.length });
    const values = Object.fromEntries(
      Array.from(envelope.spans, ([key, { start, end }]) => [key, text.slice(start, end)]),
    );
    expect(values).toEqual({
      model: '"m\\u00f6del"',
      stream: "true",
      max_tokens: "32000",
      messages: '[{"role":"user","content":"hi"}]',
      news: '{"a":[1]}',
    });
  });

  test.each(["", ',"stream":false', ',"stream":null'])("takes a request%s for one that is not streamed", (stream) => {
    const envelope = readEnvelope(encode(`{"model":"m",${messages}${stream}}`));
    expect(envelope.stream).toBe(false);
    expect(envelope.maxTokens).toBeUndefined();
  });

  test("FR-11: tolerates a byte order mark and white space around the object", () => {
    const text = `\uFEFF \r\n{"model":"m",${messages}}\n\n`;
    const envelope = readEnvelope(encode(text));
    const span = envelope.spans.get("model");
    expect(new TextDecoder().decode(encode(text).subarray(span?.start, span?.end))).toBe('"m"');
  });

  test("ERR-16: says what is wrong in the API's words", () => {
    expect(failureOf(`{${messages}}`)).toBe("invalid-request model: Field required");
    expect(failureOf(`{"model":5,${messages}}`)).toBe("invalid-request model: Input should be a valid string");
    expect(failureOf(`{"model":"",${messages}}`)).toBe(
      "invalid-request model: String should have at least 1 character",
    );
    expect(failureOf(`{"model":"\\ud800",${messages}}`)).toBe("invalid-request model: String should be valid Unicode");
    expect(failureOf('{"model":"m"}')).toBe("invalid-request messages: Field required");
    expect(failureOf('{"model":"m","messages":{}}')).toBe("invalid-request messages: Input should be a valid list");
    expect(failureOf('{"model":"m","messages":[ ]}')).toBe(
      "invalid-request messages: at least one message is required",
    );
    expect(failureOf(`{"model":"m","stream":"true",${messages}}`)).toBe(
      "invalid-request stream: Input should be a valid boolean",
    );
    for (const value of ['"5"', "null", "1.5", "[5]", "1e999"]) {
      expect(failureOf(`{"model":"m","max_tokens":${value},${messages}}`)).toBe(
        "invalid-request max_tokens: Input should be a valid integer",
      );
    }
    expect(failureOf(`{"model":"m","max_tokens":0,${messages}}`)).toBe(
      "invalid-request max_tokens: Input should be greater than or equal to 1",
    );
  });

  test("ERR-16: tells broken JSON from a wrong request, and quotes nothing of it", () => {
    expect(failureOf("")).toBe("invalid-json The request body is empty; a JSON object was expected.");
    expect(failureOf("[1]")).toBe("invalid-request The request body is not a JSON object");
    expect(failureOf("secret")).toBe("invalid-json The JSON is not valid at byte 0: a value was expected.");
    expect(failureOf(`{"model":"m",${messages}`)).toMatch(/^invalid-json .* at byte 56: /u);
    expect(failureOf(`{"model":"m",${messages}}}`)).toMatch(/^invalid-json .* at byte 57: the text goes on/u);
  });

  test.each(["model", "messages", "stream", "max_tokens", "system", "tools", "thinking", "metadata", "anything"])(
    "refuses %s given twice, however the second key is spelled",
    (key) => {
      const spelled = `\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}`;
      const rest = key === "messages" ? "" : `,${messages}`;
      const value = key === "messages" ? "[1]" : "1";
      expect(failureOf(`{"${key}":${value},"${spelled}":${value}${rest}}`)).toBe(
        `duplicate-field ${key}: Field given twice; give it once.`,
      );
    },
  );

  test("throws nothing but a TranslatorError, whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json().map(encode)), (body) => {
        try {
          readEnvelope(body);
        } catch (error) {
          expect(isTranslatorError(error)).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test("FR-18: reads 30 MB in one pass", () => {
    const image = "A".repeat(30 * 1024 * 1024);
    const text = `{"model":"m","messages":[{"role":"user","content":[{"type":"image","source":{"data":"${image}"}}]}]}`;
    const envelope = readEnvelope(encode(text));
    expect(envelope.bytes).toBe(text.length);
  });

  test("SYS-16: reads 20,000 messages in one pass", () => {
    const many = Array.from({ length: 20_000 }, () => '{"role":"system","content":"x"}').join(",");
    const envelope = readEnvelope(encode(`{"model":"m","messages":[${many}]}`));
    expect(envelope.spans.get("messages")).toEqual({ start: 24, end: 24 + many.length + 2 });
  });
});

describe.skipIf(!existsSync(recordings))("readEnvelope on recorded requests of Claude Code", () => {
  const names = existsSync(recordings) ? readdirSync(recordings) : [];

  test.each(names)("%s: agrees with JSON.parse", (name) => {
    const { body } = JSON.parse(readFileSync(new URL(name, recordings), "utf8"));
    if (body === null) return;
    const bytes = encode(JSON.stringify(body));
    const envelope = readEnvelope(bytes);
    expect(envelope.model).toBe(body.model);
    expect(envelope.stream).toBe(body.stream ?? false);
    expect(envelope.maxTokens).toBe(body.max_tokens);
    const values = Array.from(envelope.spans, ([key, { start, end }]) => [
      key,
      JSON.parse(new TextDecoder().decode(bytes.subarray(start, end))),
    ]);
    expect(Object.fromEntries(values)).toEqual(body);
  });
});

test("a body with more fields than any request has is refused, before they take memory", () => {
  const body = (fields: number): Uint8Array => {
    const more = Array.from({ length: fields }, (_, index) => `"k${index}":0,`).join("");
    return new TextEncoder().encode(`{${more}"model":"m","max_tokens":1,"messages":[{}]}`);
  };
  expect(readEnvelope(body(997)).spans.size).toBe(1_000);
  expect(() => readEnvelope(body(998))).toThrow("more than 1000 fields");
});
