import { expect, test } from "vitest";
import { findGrammarFault } from "../../messages/event-grammar.ts";
import { readEnvelope } from "../../messages/read-envelope.ts";
import { replayAnswer } from "../../messages/replay.ts";
import { responsesFrames } from "../../testing/run-responses.ts";
import type { Translation } from "../dialect.ts";
import { openaiResponses } from "./index.ts";

function translate(request: object): Translation {
  const body = new TextEncoder().encode(JSON.stringify(request));
  return openaiResponses.translate(
    { body, envelope: readEnvelope(body) },
    { model: "gpt-5.2" },
    { messageId: "msg_01", askedModel: "claude-opus-4-6" },
  );
}
const request = { model: "claude-opus-4-6", max_tokens: 100, stream: true, thinking: { type: "adaptive" } };
const ask = { role: "user", content: "List the files." };

test("TK-21 EP-08: a turn that is streamed and handed back by the client gives the provider its own items again", () => {
  const tools = [{ name: "mcp__files.list", input_schema: { type: "object", properties: {} } }];
  const first = translate({ ...request, tools, messages: [ask] });
  const sent = JSON.parse(new TextDecoder().decode(first.body));
  const name = sent.tools[0].name;
  expect(name).not.toBe("mcp__files.list");
  const reasoning = {
    type: "reasoning",
    id: "rs_1",
    summary: [{ type: "summary_text", text: "Think." }],
    encrypted_content: "E",
  };
  const call = { type: "function_call", id: "fc_1", call_id: "call_1", name, arguments: '{"a":1}' };
  const stream = first.answerStream();
  const output = [reasoning, call];
  const frames = responsesFrames({ type: "response.completed", response: { status: "completed", output } });
  const streamed =
    new TextDecoder().decode(stream.push(new TextEncoder().encode(frames))) + new TextDecoder().decode(stream.end());
  expect(streamed).toContain('"name":"mcp__files.list"');

  const whole = translate({ ...request, tools, messages: [ask] }).answerWhole(
    new TextEncoder().encode(JSON.stringify({ status: "completed", output })),
    "application/json",
  );
  if (!whole.ok) expect.fail(whole.failure.message);
  const answer = JSON.parse(new TextDecoder().decode(whole.body));
  expect(answer).toMatchObject({ id: "msg_01", model: "claude-opus-4-6", stop_reason: "tool_use" });
  const result = { type: "tool_result", tool_use_id: "call_1", content: "a.txt" };
  const messages = [ask, { role: "assistant", content: answer.content }, { role: "user", content: [result] }];
  const next = translate({ ...request, tools, messages });
  expect(JSON.parse(new TextDecoder().decode(next.body)).input.slice(1)).toEqual([
    reasoning,
    { type: "function_call", call_id: "call_1", name, arguments: '{"a":1}' },
    { type: "function_call_output", call_id: "call_1", output: "a.txt" },
  ]);
  expect(next.dropped).toEqual([]);
});

test("SRV-04: a request for a search alone that the provider cannot make is answered without it", () => {
  const tools = [{ type: "web_search_20250305", name: "web_search", blocked_domains: ["b.example"] }];
  const { answer } = translate({
    ...request,
    tools,
    messages: [{ role: "user", content: "Perform a web search for the query: x" }],
  });
  expect(answer?.content.map((block) => block.type)).toEqual(["server_tool_use", "web_search_tool_result", "text"]);
  if (answer !== undefined) expect(findGrammarFault(replayAnswer(answer))).toBeUndefined();
});
