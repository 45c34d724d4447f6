import { expect, test } from "vitest";
import { chatRequestOf, type LooseRequest } from "../../testing/chat-request-of.ts";
import type { ChatProfile } from "./profile.ts";

const bodyOf = (parts: LooseRequest, differences: Partial<ChatProfile> = {}) => chatRequestOf(parts, differences).body;
const pathsOf = (parts: LooseRequest, differences: Partial<ChatProfile> = {}) =>
  chatRequestOf(parts, differences).dropped.map(({ path }) => path);

test("PR-01: the limit goes under the name that the server has for it", () => {
  expect(bodyOf({ max_tokens: 7 })).toMatchObject({ max_tokens: 7 });
  const body = bodyOf({ max_tokens: 7 }, { maxTokensField: "max_completion_tokens" });
  expect(body).toMatchObject({ max_completion_tokens: 7 });
  expect(body).not.toHaveProperty("max_tokens");
});

test("PR-02 PR-04: the limit is brought into the model's range, and that is reported", () => {
  const differences = { maxTokensRange: { min: 16, max: 8192 } };
  expect(bodyOf({ max_tokens: 32_000 }, differences).max_tokens).toBe(8192);
  expect(bodyOf({ max_tokens: 1 }, differences).max_tokens).toBe(16);
  expect(pathsOf({ max_tokens: 1 }, differences)).toEqual(["max_tokens"]);
  expect(pathsOf({ max_tokens: 100 }, differences)).toEqual([]);
});

test("PR-05 PR-06 PR-08: sampling goes where it is taken and is reported where not", () => {
  const sampling = { temperature: 0, top_p: 0.9, top_k: 5 };
  expect(bodyOf(sampling, { topK: true })).toMatchObject(sampling);
  expect(pathsOf(sampling, { topK: true })).toEqual([]);
  expect(bodyOf(sampling)).not.toHaveProperty("top_k");
  expect(pathsOf(sampling)).toEqual(["top_k"]);
  expect(Object.keys(bodyOf(sampling, { sampling: false, topK: true }))).toEqual(["model", "max_tokens", "messages"]);
  expect(pathsOf(sampling, { sampling: false, topK: true })).toEqual(["temperature", "top_p", "top_k"]);
});

test("PR-09: stop sequences over the server's limit are left to the reader of the answer, and none is lost", () => {
  const stop_sequences = ["a", "b", "c", "d", "e", ""];
  const encoded = chatRequestOf({ stop_sequences });
  expect(encoded.body.stop).toEqual(["a", "b", "c", "d"]);
  expect(encoded.stopSequences).toEqual(["e"]);
  const reasoning = chatRequestOf({ stop_sequences: ["a"] }, { sampling: false });
  expect(reasoning.body).not.toHaveProperty("stop");
  expect(reasoning.stopSequences).toEqual(["a"]);
  expect(reasoning.dropped).toEqual([]);
});

const userId = JSON.stringify({ device_id: "d".repeat(64), account_uuid: "", session_id: "5f6c" });

test("PR-11: no user id leaves, under any name", () => {
  for (const differences of [{}, { promptCacheKey: true }]) {
    const body = JSON.stringify(bodyOf({ metadata: { user_id: userId } }, differences));
    expect(body).not.toContain("dddd");
    expect(body).not.toContain("5f6c");
    expect(body).not.toMatch(/"(user|metadata|safety_identifier)":/);
  }
});

test("MSG-04: one session is one cache key of at most 64 characters, and another session another", () => {
  const keyOf = (user_id: unknown) => bodyOf({ metadata: { user_id } }, { promptCacheKey: true }).prompt_cache_key;
  const other = userId.replaceAll("d", "e");
  expect(keyOf(userId)).toMatch(/^[0-9a-f]{64}$/);
  expect(keyOf(other)).not.toBe(keyOf(userId));
  expect(keyOf(userId.replace("dddd", "eeee"))).toBe(keyOf(userId));
  expect(keyOf("user_1_session_2")).toMatch(/^[0-9a-f]{64}$/);
  for (const broken of ["{", "{}", '{"session_id":3}']) expect(keyOf(broken)).toMatch(/^[0-9a-f]{64}$/);
  for (const none of [undefined, null, ""]) expect(keyOf(none)).toBeUndefined();
  expect(bodyOf({ metadata: { user_id: userId } })).not.toHaveProperty("prompt_cache_key");
});

test("PR-14: usage is asked for in streams, where the server knows the question", () => {
  expect(bodyOf({ stream: true })).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  expect(bodyOf({ stream: true }, { streamUsage: false })).not.toHaveProperty("stream_options");
  for (const stream of [false, null, undefined]) expect(bodyOf({ stream })).not.toHaveProperty("stream");
});

const closed = {
  type: "object",
  properties: { title: { type: "string" } },
  required: ["title"],
  additionalProperties: false,
};
const open = {
  type: "object",
  properties: { title: { type: "string" }, note: { type: "string" } },
  required: ["title"],
};
const format = (schema: unknown) => ({ output_config: { format: { type: "json_schema", schema } } });

test("PR-15: a schema for the answer is strict only when it means the same then", () => {
  expect(bodyOf(format({ $schema: "x", ...closed })).response_format).toEqual({
    type: "json_schema",
    json_schema: { name: "structured_output", schema: closed, strict: true },
  });
  expect(bodyOf(format(open)).response_format).toEqual({
    type: "json_schema",
    json_schema: { name: "structured_output", schema: open },
  });
  expect(bodyOf({ output_format: { type: "json_schema", schema: open } })).toHaveProperty("response_format");
});

test("PR-15: a server without schemas is not sent one, and that is reported", () => {
  expect(bodyOf(format(open), { structuredOutput: false })).not.toHaveProperty("response_format");
  expect(pathsOf(format(open), { structuredOutput: false })).toEqual(["output_config.format"]);
  expect(pathsOf({ output_format: { type: "other" } })).toEqual(["output_format"]);
});

test("PR-20: nothing is sent that the client did not ask for", () => {
  expect(bodyOf({})).toEqual({ model: "model", max_tokens: 1000, messages: [{ role: "user", content: "hi" }] });
});
