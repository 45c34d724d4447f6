import { describe, expect, test } from "vitest";
import type { MessagesRequest } from "../../messages/request.ts";
import { chatExchange } from "../../testing/chat-exchange.ts";
import { messagesRequest } from "../../testing/chat-request-of.ts";
import { chunk, frames, runChunks, runStream, runWhole } from "../../testing/run-chat.ts";
import { genericChat, type ChatProfile } from "./profile.ts";
import { encodeChatRequest, type EncodedChat } from "./request.ts";
import { streamChatAnswer } from "./response.ts";
import type { ChatExchange } from "./stream.ts";
import { openaiChat } from "./index.ts";

const search = { type: "web_search_20250305", name: "web_search", max_uses: 5 };
const bash = { name: "Bash", input_schema: { type: "object" } };
const forced = { type: "tool", name: "web_search" } as const;
const asked = [{ role: "user" as const, content: "Perform a web search for the query: current node" }];
const wide = {
  ...search,
  allowed_domains: ["nodejs.org"],
  blocked_domains: ["x.com"],
  user_location: { type: "approximate", country: "DE", city: "Bonn" },
};

function encode(webSearch: ChatProfile["webSearch"], request: Partial<MessagesRequest>): EncodedChat {
  return encodeChatRequest(messagesRequest({ messages: asked, ...request }), "m", { ...genericChat, webSearch });
}

describe("a web search is asked for", () => {
  test("of models that search unasked by nothing but its domains and the user's place (SRV-02)", () => {
    const {
      body,
      search: told,
      unavailableSearch,
    } = encode("search_domain_filter", { tools: [wide], tool_choice: forced });
    expect(body).toMatchObject({
      search_domain_filter: ["nodejs.org"],
      web_search_options: { user_location: { city: "Bonn", country: "DE" } },
    });
    expect([body.tools, body.tool_choice, unavailableSearch]).toEqual([undefined, undefined, false]);
    expect(told).toEqual({
      query: "current node",
      alone: true,
      domains: { allowed: ["nodejs.org"], blocked: ["x.com"] },
    });
  });

  test("without sites that are not wanted, where only these are named", () => {
    const { body } = encode("search_domain_filter", { tools: [{ ...search, blocked_domains: ["x.com"] }] });
    expect(body.search_domain_filter).toEqual(["-x.com"]);
  });

  test("of compound systems by their search settings; tools beside are left out and told", () => {
    const { body, dropped } = encode("search_settings", { tools: [wide, bash] });
    expect(body.search_settings).toEqual({ include_domains: ["nodejs.org"], exclude_domains: ["x.com"] });
    expect(body.tools).toBeUndefined();
    expect(dropped.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["tools[1]", "tools[0].max_uses", "tools[0].user_location"]),
    );
  });

  test("by a tool of the server's own, with everything that it can be set up with", () => {
    const { body, dropped } = encode("openrouter:web_search", { tools: [wide, bash], tool_choice: forced });
    expect(body.tools?.[0]).toEqual({
      type: "openrouter:web_search",
      parameters: {
        max_uses: 5,
        allowed_domains: ["nodejs.org"],
        excluded_domains: ["x.com"],
        user_location: { type: "approximate", country: "DE", city: "Bonn" },
      },
    });
    expect(body.tools).toHaveLength(2);
    expect(body.tool_choice).toEqual({ type: "openrouter:web_search" });
    expect(dropped.filter(({ path }) => path.startsWith("tools[0]"))).toEqual([]);
  });

  test("of nobody where the server has none, so that it can be made elsewhere", () => {
    const target = { model: "m", chat: { ...genericChat, webSearch: "search_settings" as const } };
    const request = messagesRequest({ messages: asked, tools: [search] });
    expect(openaiChat.lacksSearch?.(request, { model: "m" })).toBe(true);
    expect(openaiChat.lacksSearch?.(request, target)).toBe(false);
    expect(openaiChat.lacksSearch?.(messagesRequest({ messages: asked, tools: [bash] }), { model: "m" })).toBe(false);
  });
});

const domains = { allowed: [], blocked: ["x.com"] };
const alone: ChatExchange = chatExchange({}, { search: { query: "current node", alone: true, domains } });
const beside: ChatExchange = chatExchange({}, { search: { query: "current node", alone: false, domains } });
const sources = [
  { title: "Node.js", url: "https://nodejs.org/en", date: "2026-11-01", snippet: "v24", source: "web" },
  { title: "A post", url: "https://x.com/a", snippet: "v20" },
];
const usage = { prompt_tokens: 9, completion_tokens: 5, total_tokens: 14, num_search_queries: 2 };
const found = {
  type: "web_search_result",
  title: "Node.js",
  url: "https://nodejs.org/en",
  encrypted_content: "",
  page_age: "2026-11-01",
};

describe("a search that the provider made", () => {
  const chunks = [
    chunk({ role: "assistant", content: "Node 24 [1]" }),
    chunk({ content: " it is [2]." }),
    chunk({}, "stop", { search_results: sources, citations: sources.map(({ url }) => url), usage }),
  ];
  const expected = [
    { type: "server_tool_use", id: "srvtoolu_msg01test_1", name: "web_search", input: { query: "current node" } },
    { type: "web_search_tool_result", tool_use_id: "srvtoolu_msg01test_1", content: [found] },
    {
      type: "text",
      text: "Node 24 [1] it is [2].",
      citations: [
        { type: "web_search_result_location", url: found.url, title: "Node.js", cited_text: "", encrypted_index: "" },
      ],
    },
  ];

  test("is told before the text with its sources and citations, those of blocked sites left out (MM-13, SRV-06)", () => {
    const { content, metered, answer } = runChunks(chunks, alone);
    expect(content).toEqual(expected);
    expect(metered.usage.webSearchRequests).toBe(2);
    expect(answer?.usage.server_tool_use).toEqual({ web_search_requests: 2 });
  });

  test("is told the same however the bytes are cut", () => {
    const bytes = new TextEncoder().encode(frames(...chunks, "data: [DONE]\n\n"));
    for (let cut = 1; cut < bytes.length; cut++) {
      const stream = streamChatAnswer(alone);
      const parts = [stream.push(bytes.slice(0, cut)), stream.push(bytes.slice(cut)), stream.end()];
      const text = parts.map((part) => new TextDecoder().decode(part)).join("");
      expect(text.match(/web_search_tool_result/g), `cut at ${cut}`).toHaveLength(1);
      expect(stream.failure).toBeUndefined();
    }
  });

  test("is told of a whole answer in the same way", () => {
    const message = { role: "assistant", content: "Node 24 [1] it is [2]." };
    const whole = { choices: [{ index: 0, message, finish_reason: "stop" }], search_results: sources, usage };
    expect(runWhole(whole, alone).content).toEqual(expected);
  });

  test("is known by its addresses where there is no more", () => {
    const last = chunk({}, "stop", { citations: ["https://nodejs.org/en"] });
    const { content } = runChunks([chunk({ content: "Node 24." }), last], alone);
    expect(content?.[1]).toMatchObject({ content: [{ title: "https://nodejs.org/en", url: "https://nodejs.org/en" }] });
  });

  test("follows the text when that could not wait", () => {
    expect(runChunks(chunks, beside).content?.map(({ type }) => type)).toEqual([
      "text",
      "server_tool_use",
      "web_search_tool_result",
    ]);
  });

  test("is one for each tool that was executed, with the query it was executed with", () => {
    const executed = (index: number, query: string): object => ({
      index,
      type: "search",
      arguments: JSON.stringify({ query }),
      output: "…",
      search_results: { results: [{ title: "Node.js", url: "https://nodejs.org/en", content: "v24", score: 0.9 }] },
    });
    const { content, metered } = runChunks(
      [
        chunk({ role: "assistant", executed_tools: [{ index: 0, type: "search", arguments: '{"query":"one"}' }] }),
        chunk({ executed_tools: [executed(0, "one")] }),
        chunk({ executed_tools: [executed(1, "two"), { index: 2, type: "python", arguments: "{}" }] }),
        chunk({ content: "Node 24." }),
        chunk({}, "stop"),
      ],
      alone,
    );
    expect(content).toMatchObject([
      { type: "server_tool_use", input: { query: "one" } },
      { type: "web_search_tool_result", content: [{ url: "https://nodejs.org/en" }] },
      { type: "server_tool_use", input: { query: "two" } },
      { type: "web_search_tool_result" },
      { type: "text", text: "Node 24." },
    ]);
    expect(metered.usage.webSearchRequests).toBe(2);
  });

  test("is known by the annotations of the text, which cite it", () => {
    const text = "Node 24 is current.";
    const cited = { url: "https://nodejs.org/en", title: "Node.js", start_index: 0, end_index: 7 };
    const { content } = runChunks(
      [
        chunk({ content: text }),
        chunk({ annotations: [{ type: "url_citation", url_citation: cited }] }),
        chunk({}, "stop"),
      ],
      alone,
    );
    expect(content).toMatchObject([
      { type: "server_tool_use" },
      { type: "web_search_tool_result", content: [{ title: "Node.js" }] },
      { type: "text", text, citations: [{ url: "https://nodejs.org/en", cited_text: "Node 24" }] },
    ]);
  });

  test("is told as none where nothing was searched", () => {
    const { content, metered } = runChunks([chunk({ content: "Hello." }), chunk({}, "stop")], alone);
    expect(content).toEqual([{ type: "text", text: "Hello." }]);
    expect(metered.usage.webSearchRequests).toBe(0);
  });

  test("of any form leaves the stream sound", () => {
    const odd = [{ search_results: 1 }, { citations: [1, null, {}] }, { usage: { num_search_queries: "two" } }];
    for (const more of odd) {
      const { failure } = runStream(
        frames(chunk({ content: "a", executed_tools: [null, 1], annotations: [{}] }, "stop", more)),
        alone,
      );
      expect(failure).toBeUndefined();
    }
  });
});
