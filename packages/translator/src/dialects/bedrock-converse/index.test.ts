import { expect, test } from "vitest";
import { readEnvelope } from "../../messages/read-envelope.ts";
import { awsEvent, joinBytes } from "../../testing/aws-frames.ts";
import type { Translation } from "../dialect.ts";
import { converseCarries } from "./carries.ts";
import { bedrockConverse } from "./index.ts";
import { genericConverse } from "./profile.ts";
import { reasons } from "./reasons.ts";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const request = { model: "claude-x", max_tokens: 100, stream: true, messages: [{ role: "user", content: "hi" }] };

function translate(overrides: object = {}): Translation {
  const body = new TextEncoder().encode(JSON.stringify({ ...request, ...overrides }));
  return bedrockConverse.translate(
    { body, envelope: readEnvelope(body) },
    { model: "anthropic.claude-opus-4-7-v1:0" },
    { messageId: "msg_01", askedModel: "claude-x" },
  );
}

test("a request goes out in the dialect and its streamed answer comes back as Claude's", () => {
  const translation = translate();
  expect(JSON.parse(decode(translation.body))).toEqual({
    inferenceConfig: { maxTokens: 100 },
    messages: [{ role: "user", content: [{ text: "hi" }] }],
  });
  const stream = translation.answerStream();
  const text = { contentBlockIndex: 0, delta: { text: "yo" } };
  const stop = awsEvent("messageStop", { stopReason: "end_turn" });
  const out = decode(stream.push(joinBytes(awsEvent("contentBlockDelta", text), stop)));
  expect(out).toContain('"model":"claude-x"');
  expect(decode(stream.end())).toContain("event: message_stop");
  expect(stream.metered.stopReason).toBe("end_turn");
});

test("whole answers work as well, and each stream is a fresh one", () => {
  const answer = { output: { message: { content: [{ text: "yo" }] } }, stopReason: "end_turn" };
  const translation = translate({ stream: false });
  const whole = translation.answerWhole(new TextEncoder().encode(JSON.stringify(answer)), "application/json");
  expect(whole.ok && JSON.parse(decode(whole.body))).toMatchObject({ content: [{ text: "yo" }], model: "claude-x" });
  expect(translation.answerStream().committed).toBe(false);
});

test("PR-17: the model stands in the path, ARNs encoded, and cannot leave its place", () => {
  const path = (model: string, stream = false): string | undefined => bedrockConverse.pathFor?.(model, stream);
  expect(path("us.anthropic.claude-opus-4-7-v1:0", true)).toBe(
    "/model/us.anthropic.claude-opus-4-7-v1%3A0/converse-stream",
  );
  expect(path("arn:aws:bedrock:us-east-1:1:inference-profile/x")).toBe(
    "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/converse",
  );
  expect(path("a/../b?c#d%")).toBe("/model/a%2F..%2Fb%3Fc%23d%25/converse");
  expect(path("claude[1m]")).toBe("/model/claude/converse");
  for (const model of ["", ".", ".."]) expect(() => path(model)).toThrow(/no model id/);
});

test("what is known of a model behind an opaque ARN can be told", () => {
  const body = new TextEncoder().encode(JSON.stringify({ ...request, top_k: 5 }));
  const target = { model: "arn:aws:bedrock:us-east-1:1:application-inference-profile/x" };
  const converse = { ...genericConverse, topK: "top_k" as const };
  const client = { body, envelope: readEnvelope(body) };
  const context = { messageId: "msg_01", askedModel: "claude-x" };
  expect(bedrockConverse.translate(client, target, context).dropped).toHaveLength(1);
  expect(bedrockConverse.translate(client, { ...target, converse }, context).dropped).toEqual([]);
});

test("BR-07: no header of the client's reaches Bedrock", () => {
  expect(bedrockConverse.forwardedHeaders).toEqual([]);
});

test("SRV-04: a request for nothing but a web search has its answer at once", () => {
  const search = { type: "web_search_20250305", name: "web_search" };
  expect(translate({ tools: [search] }).answer?.content).toMatchObject([{ type: "server_tool_use" }, {}, {}]);
  expect(translate().answer).toBeUndefined();
});

test("the table names each feature once, in whole sentences", () => {
  const features = converseCarries.map(({ feature }) => feature);
  expect(new Set(features).size).toBe(features.length);
  for (const { how } of converseCarries) expect(how).toMatch(/^\S.*\.$/);
  for (const reason of Object.values(reasons)) expect(reason).toMatch(/^[A-Z].*[^.]\.$/);
});
