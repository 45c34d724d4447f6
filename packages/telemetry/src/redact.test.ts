import { expect, test } from "vitest";
import { redact } from "./redact.ts";

const chars = "Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXyZ0";

test.each([
  ["our own key", `sk-db-${chars}`, "sk-[secret]"],
  ["Anthropic's", `key sk-ant-api03-${chars}-_x refused`, "key sk-[secret] refused"],
  ["OpenAI's", `"sk-proj-${chars}_T3BlbkFJ"`, `"sk-[secret]"`],
  ["Groq's", `gsk_${chars}`, "gsk_[secret]"],
  ["Bedrock's", `ABSKQmVkcm9ja0FQSUtleS${chars}=`, "ABSK[secret]="],
  ["Bedrock's short one", `bedrock-api-key-${chars}`, "bedrock-api-key-[secret]"],
  ["Databricks'", `dapi0123456789abcdef${chars}`, "dapi[secret]"],
  ["Tavily's", `tvly-dev-${chars}`, "tvly-[secret]"],
  ["xAI's", `xai-${chars}`, "xai-[secret]"],
  ["Hugging Face's", `hf_${chars}`, "hf_[secret]"],
  ["GitHub's", `ghp_${chars}`, "ghp_[secret]"],
  ["Google's", `AIzaSy${chars}x`, "AIza[secret]"],
  ["Google's token", `ya29.${chars}`, "ya29.[secret]"],
  ["AWS's id", "AKIAIOSFODNN7EXAMPLE", "AKIA[secret]"],
  ["a JWT", `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${chars}`, "eyJ[secret]"],
  ["a bearer token", `authorization: Bearer ${chars}==`, "authorization: Bearer [secret]"],
  ["basic credentials", "Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic [secret]"],
  ["a header", `x-api-key: ${chars}`, "x-api-key: [secret]"],
  ["a query parameter", `?api_key=${chars}&x=1`, "?api_key=[secret]&x=1"],
  ["a JSON field", `{"api_key":"${chars}","x":1}`, `{"api_key":"[secret]","x":1}`],
  [
    "a field of JSON inside JSON",
    String.raw`{"body":"{\"password\": \"hunter22\"}"}`,
    String.raw`{"body":"{\"password\": \"[secret]\"}"}`,
  ],
  ["a password in an address", "http://user:pa55word@host/x", "http://[secret]@host/x"],
])("masks %s", (_, text, expected) => {
  expect(redact(text)).toBe(expected);
});

test("masks every secret in a text", () => {
  expect(redact(`sk-${chars} and sk-${chars}`)).toBe("sk-[secret] and sk-[secret]");
});

test.each([
  "model claude-sonnet-4-6 asked by key_7fA3kd90aZ_q of alice",
  "task-manager-for-risk-assessment-models desk-lamp-with-dimmer",
  "max_tokens: 32000, input_tokens=1812, the token count was exceeded",
  "connect ECONNREFUSED 127.0.0.1:8000 (http://127.0.0.1:8000/v1/chat/completions)",
  "msg_01AbCdEfGhIjKlMnOpQrStUv toolu_01AbCdEfGhIjKlMnOpQrStUv req_011CSHoEeqs5C35K2UUqR7Fy",
  "The bearer of this message has a basic question",
])("leaves ordinary text as it is: %s", (text) => {
  expect(redact(text)).toBe(text);
});

test("JSON stays JSON", () => {
  const fields = { message: `Incorrect API key provided: sk-${chars}.`, headers: { "x-api-key": chars, n: 1 } };
  expect(JSON.parse(redact(JSON.stringify(fields)))).toEqual({
    message: "Incorrect API key provided: sk-[secret].",
    headers: { "x-api-key": "[secret]", n: 1 },
  });
});

test.each(["sk-".repeat(50_000), "eyJaaaaa.".repeat(20_000), "Bearer ".repeat(20_000), "://a:".repeat(20_000)])(
  "no text makes it slow",
  (text) => {
    const began = performance.now();
    redact(text);
    expect(performance.now() - began).toBeLessThan(500);
  },
);

test("what was found clean stays so, and what holds a secret is masked each time, however many texts come", () => {
  for (let round = 0; round < 2; round++) {
    for (let at = 0; at < 600; at++) {
      expect(redact(`model-${at}`)).toBe(`model-${at}`);
      expect(redact(`model-${at} sk-${chars}`)).toBe(`model-${at} sk-[secret]`);
    }
  }
});
