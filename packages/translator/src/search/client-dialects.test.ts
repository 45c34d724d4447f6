import { describe, expect, test } from "vitest";
import { responsesClient } from "../clients/openai-responses/index.ts";
import type { ClientTranslation } from "../clients/client-dialect.ts";
import { openaiChat } from "../dialects/openai-chat/index.ts";
import { chunk, frames } from "../testing/run-chat.ts";
import type { SearchOutcome } from "./web-search.ts";
import { withSearch } from "./with-search.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const found: SearchOutcome = {
  ok: true,
  results: [{ url: "https://nodejs.org/en", title: "Node.js", text: "v24 is LTS." }],
};
const call = { index: 0, id: "a", type: "function", function: { name: "web_search", arguments: '{"query":"node"}' } };
const first = frames(chunk({ role: "assistant", tool_calls: [call] }), chunk({}, "tool_calls"), "data: [DONE]\n\n");
const second = frames(chunk({ role: "assistant", content: "Node 24." }), chunk({}, "stop"), "data: [DONE]\n\n");

function translation(stream: boolean): ClientTranslation {
  const request = { model: "gpt-5.6", input: "Which Node is current?", tools: [{ type: "web_search" }], stream };
  const decoded = responsesClient.decodeRequest(bytes(JSON.stringify(request)), { createdAtSeconds: 0 });
  return decoded.translate(withSearch(openaiChat), { model: "m" }, { messageId: "msg_1", askedModel: request.model });
}

describe("a client of the Responses API whose model has no search", () => {
  test("is streamed one response with the search and the text", () => {
    const stream = translation(true).answerStream();
    let text = new TextDecoder().decode(stream.push(bytes(first)));
    expect(stream.rounds?.searches()).toMatchObject([{ query: "node" }]);
    expect(stream.rounds?.resume([found])).toBeDefined();
    for (const part of [stream.push(new Uint8Array(0)), stream.push(bytes(second)), stream.end()]) {
      text += new TextDecoder().decode(part);
    }
    expect(text.match(/"type":"response.completed"/g)).toHaveLength(1);
    expect(text).toContain('"type":"web_search_call"');
    expect(text).toContain("Node 24.");
  });

  test("is given one whole response with the search and the text", () => {
    const whole = translation(false).answerInRounds?.();
    whole?.take(bytes(first), "text/event-stream");
    whole?.rounds.resume([found]);
    whole?.take(bytes(second), "text/event-stream");
    const answer = whole?.end();
    if (answer?.ok !== true) return expect.fail(answer?.failure.message ?? "no rounds");
    const { output } = JSON.parse(new TextDecoder().decode(answer.body)) as { readonly output: readonly object[] };
    expect(output).toMatchObject([{ type: "web_search_call" }, { type: "message" }]);
  });
});
