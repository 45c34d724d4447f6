import { describe, expect, test } from "vitest";
import type { ContentBlock } from "../../messages/content.ts";
import { readEnvelope } from "../../messages/read-envelope.ts";
import type { Message } from "../../messages/request.ts";
import { encodeSearchContent } from "../../search/search-content.ts";
import { sealSearchId } from "../../search/search-id.ts";
import { anthropicMessages } from "./index.ts";

const search = { type: "web_search_20250305", name: "web_search" };
const page = { url: "https://nodejs.org/en", title: "Node.js", text: "v24 is LTS." };

function sent(content: readonly unknown[]): { readonly messages: readonly Message[]; readonly untouched: boolean } {
  const messages = [
    { role: "user", content: "Which Node is current?" },
    { role: "assistant", content },
    { role: "user", content: "And before?" },
  ];
  const request = { model: "claude-sonnet-5-5", max_tokens: 100, tools: [search], messages };
  const body = new TextEncoder().encode(JSON.stringify(request));
  const context = { messageId: "msg_1", askedModel: request.model };
  const translation = anthropicMessages.translate(
    { body, envelope: readEnvelope(body) },
    { model: request.model },
    context,
  );
  const written = JSON.parse(new TextDecoder().decode(translation.body)) as { messages: readonly Message[] };
  return { messages: written.messages, untouched: translation.body === body };
}

function pair(id: string, content: unknown): readonly unknown[] {
  return [
    { type: "server_tool_use", id, name: "web_search", input: { query: "current node" } },
    { type: "web_search_tool_result", tool_use_id: id, content },
  ];
}

function words({ messages }: ReturnType<typeof sent>): readonly string[] {
  const content = messages[1]?.content ?? [];
  if (typeof content === "string") return [content];
  return content.map((block: ContentBlock) => (block.type === "text" ? block.text : block.type));
}

describe("after a search that Claude did not make, Claude is told in words, as it would refuse the blocks", () => {
  test("of one that was made here, with all that the model read", () => {
    const id = sealSearchId("call_1");
    const content = encodeSearchContent({ ok: true, results: [page] });
    expect(words(sent([...pair(id, content), { type: "text", text: "Node 24." }]))).toEqual([
      "[Web search: current node]",
      "Web search results:\n[1] Node.js\nhttps://nodejs.org/en\nv24 is LTS.",
      "Node 24.",
    ]);
  });

  test("of one that failed here", () => {
    const content = encodeSearchContent({ ok: false, error: "too_many_requests" });
    expect(words(sent(pair(sealSearchId("call_1"), content)))[1]).toMatch(/too many searches/);
  });

  test("of one that another provider made, and of the text that cites it without its citations", () => {
    const result = {
      type: "web_search_result",
      title: page.title,
      url: page.url,
      encrypted_content: "",
      page_age: null,
    };
    const citation = { type: "web_search_result_location", url: page.url, cited_text: "", encrypted_index: "" };
    const answer = sent([
      ...pair("srvtoolu_msg1_1", [result]),
      { type: "text", text: "Node 24.", citations: [citation] },
    ]);
    expect(words(answer)).toEqual([
      "[Web search: current node]",
      "Web search results:\n- [Node.js](https://nodejs.org/en)",
      "Node 24.",
    ]);
    expect(JSON.stringify(answer.messages)).not.toContain("encrypted_");
  });
});

test("a search of Claude's own goes back byte for byte", () => {
  const result = {
    type: "web_search_result",
    title: "t",
    url: page.url,
    encrypted_content: "EqgfCioIARgB",
    page_age: null,
  };
  const citation = { type: "web_search_result_location", url: page.url, cited_text: "x", encrypted_index: "Eo8B" };
  const cited = { type: "text", text: "Node 24.", citations: [citation] };
  expect(sent([...pair("srvtoolu_01WYG3ziw53XMcoyKL4XcZmE", [result]), cited]).untouched).toBe(true);
});

test("a conversation without searches is not looked into", () => {
  expect(sent([{ type: "text", text: "srvtoolu_ and nothing more" }]).untouched).toBe(true);
});
