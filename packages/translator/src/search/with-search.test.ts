import { describe, expect, test } from "vitest";
import type { AnswerStream, Dialect, Target, Translation } from "../dialects/dialect.ts";
import { gemini } from "../dialects/gemini/index.ts";
import { openaiChat } from "../dialects/openai-chat/index.ts";
import { openaiResponses } from "../dialects/openai-responses/index.ts";
import { anthropicMessages } from "../dialects/anthropic-messages/index.ts";
import { assembleAnswer } from "../messages/assemble.ts";
import type { Answer } from "../messages/answer.ts";
import { findGrammarFault } from "../messages/event-grammar.ts";
import type { StreamEvent } from "../messages/events.ts";
import { readEnvelope } from "../messages/read-envelope.ts";
import type { Message } from "../messages/request.ts";
import { readEvents } from "../testing/read-events.ts";
import { chunk, frames } from "../testing/run-chat.ts";
import type { SearchOutcome } from "./web-search.ts";
import { withSearch } from "./with-search.ts";

const search = { type: "web_search_20250305", name: "web_search", max_uses: 3 };
const bash = { name: "Bash", input_schema: { type: "object" } };
const asked: Message = { role: "user", content: "Which Node is current?" };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Wire {
  readonly messages: readonly { readonly role: string; readonly content: unknown; readonly tool_calls?: unknown }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
  readonly tool_choice?: unknown;
}

function translate(request: object, dialect: Dialect = openaiChat, target: Target = { model: "m" }): Translation {
  const body = bytes(JSON.stringify({ model: "claude-sonnet-5-5", max_tokens: 100, stream: true, ...request }));
  const context = { messageId: "msg_01", askedModel: "claude-sonnet-5-5" };
  return withSearch(dialect).translate({ body, envelope: readEnvelope(body) }, target, context);
}

function wire(body: Uint8Array | undefined): Wire {
  return JSON.parse(new TextDecoder().decode(body)) as Wire;
}

/** What a chat server streams when the model calls tools. */
function calls(...called: readonly (readonly [id: string, name: string, input: object])[]): string {
  const list = called.map(([id, name, input], index) => {
    return { index, id, type: "function", function: { name, arguments: JSON.stringify(input) } };
  });
  return spoken([chunk({ role: "assistant", content: "Let me look." }), chunk({ tool_calls: list })], "tool_calls");
}

function says(text: string): string {
  return spoken([chunk({ role: "assistant", content: text })], "stop");
}

function spoken(chunks: readonly object[], finish: string): string {
  const usage = { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 };
  return frames(...chunks, chunk({}, finish), { choices: [], usage }, "data: [DONE]\n\n");
}

const found: SearchOutcome = {
  ok: true,
  results: [
    { url: "https://nodejs.org/en", title: "Node.js", text: "v24 is LTS.", pageAge: "2 days ago" },
    { url: "https://example.com/a", title: "A blog", text: "Node 20 it is." },
  ],
};

interface Run {
  readonly events: readonly StreamEvent[];
  readonly answer: Answer;
  readonly bodies: readonly Wire[];
  readonly queries: readonly string[];
  readonly stream: AnswerStream;
}

/** Plays calls of which each says one text, and answers every search with `outcome`. */
function play(
  translation: Translation,
  texts: readonly string[],
  { outcome = found, size = 1e6 }: { readonly outcome?: SearchOutcome; readonly size?: number } = {},
): Run {
  const stream = translation.answerStream();
  const bodies = [wire(translation.body)];
  const queries: string[] = [];
  const out: Uint8Array[] = [];
  for (const text of texts) {
    const said = bytes(text);
    for (let at = 0; at < said.length; at += size) out.push(stream.push(said.slice(at, at + size)));
    const wanted = stream.rounds?.searches();
    if (wanted === undefined) break;
    queries.push(...wanted.map(({ query }) => query));
    const body = stream.rounds?.resume(wanted.map(() => outcome));
    out.push(stream.push(new Uint8Array(0)));
    if (body === undefined) break;
    bodies.push(wire(body));
  }
  out.push(stream.end());
  const events = out.flatMap((part) => readEvents(part));
  expect(findGrammarFault(events)).toBeUndefined();
  const answer = assembleAnswer(events);
  if (answer === undefined) return expect.fail("there is no answer");
  return { events, answer, bodies, queries, stream };
}

const twoRounds = [calls(["call-1_a", "web_search", { query: "current node" }]), says("Node 24.")];

describe("a model without search that may search here", () => {
  test("is offered a function, and a choice that forces the search holds for the first call only", () => {
    const request = { messages: [asked], tools: [search, bash], tool_choice: { type: "tool", name: "web_search" } };
    const { bodies } = play(translate(request), twoRounds);
    expect(bodies[0]?.tools?.map(({ function: { name } }) => name)).toEqual(["web_search", "Bash"]);
    expect(bodies.map(({ tool_choice }) => tool_choice)).toEqual([
      { type: "function", function: { name: "web_search" } },
      "auto",
    ]);
  });

  test("answers in one message: text, search, results, text, in the order of an answer of Claude's (SRV-04)", () => {
    const { answer, queries, stream } = play(translate({ messages: [asked], tools: [search] }), twoRounds);
    expect(queries).toEqual(["current node"]);
    expect(answer.content.map(({ type }) => type)).toEqual([
      "text",
      "server_tool_use",
      "web_search_tool_result",
      "text",
    ]);
    expect(answer.content[1]).toEqual({
      type: "server_tool_use",
      id: "srvtoolu_db1_call_h1__a",
      name: "web_search",
      input: { query: "current node" },
    });
    expect(answer.content[2]).toMatchObject({
      tool_use_id: "srvtoolu_db1_call_h1__a",
      content: [
        { type: "web_search_result", title: "Node.js", url: "https://nodejs.org/en", page_age: "2 days ago" },
        { type: "web_search_result", title: "A blog", url: "https://example.com/a", page_age: null },
      ],
    });
    expect(answer.stop_reason).toBe("end_turn");
    expect(stream.finished).toBe(true);
  });

  test("has the usage of both calls added up; its searches are told but are none of the provider's (USG-11)", () => {
    const { answer, stream } = play(translate({ messages: [asked], tools: [search] }), twoRounds);
    expect(answer.usage).toMatchObject({
      input_tokens: 20,
      output_tokens: 8,
      server_tool_use: { web_search_requests: 1 },
    });
    expect(stream.metered).toMatchObject({
      usage: { inputTokens: 20, outputTokens: 8, webSearchRequests: 0, estimated: false },
      stopReason: "end_turn",
    });
  });

  test("gets the same answer however the bytes are cut", () => {
    const request = { messages: [asked], tools: [search, bash] };
    const whole = play(translate(request), twoRounds).answer;
    for (let size = 1; size < 90; size++) {
      expect(play(translate(request), twoRounds, { size }).answer).toEqual(whole);
    }
  });

  test("reads what was found, and reads the same again on the next turn: each body begins the next one", () => {
    const first = play(translate({ messages: [asked], tools: [search, bash] }), twoRounds);
    const next: Message = { role: "user", content: "And before?" };
    const messages = [asked, { role: "assistant", content: first.answer.content }, next];
    const second = wire(translate({ messages, tools: [search, bash] }).body);
    const result = first.bodies[1]?.messages.at(-1);
    expect(result).toMatchObject({ role: "tool", tool_call_id: "call-1_a" });
    expect(result?.content).toBe(
      "[1] Node.js\nhttps://nodejs.org/en\nDate: 2 days ago\nv24 is LTS.\n\n[2] A blog\nhttps://example.com/a\nNode 20 it is.",
    );
    const before = first.bodies[1]?.messages ?? [];
    expect(second.messages.slice(0, before.length)).toEqual(before);
    expect(second.messages.slice(before.length).map(({ role }) => role)).toEqual(["assistant", "user"]);
    expect(second.tools).toEqual(first.bodies[0]?.tools);
  });

  test("may search several times at once and one after the other", () => {
    const texts = [
      calls(["a", "web_search", { query: "one" }], ["b", "web_search", { query: "two" }]),
      calls(["c", "web_search", { query: "three" }]),
      says("Done."),
    ];
    const { answer, queries, bodies } = play(translate({ messages: [asked], tools: [search] }), texts);
    expect(queries).toEqual(["one", "two", "three"]);
    expect(answer.content.map(({ type }) => type)).toEqual([
      "text",
      "server_tool_use",
      "server_tool_use",
      "web_search_tool_result",
      "web_search_tool_result",
      "text",
      "server_tool_use",
      "web_search_tool_result",
      "text",
    ]);
    const history = [asked, { role: "assistant", content: answer.content }, { role: "user", content: "Thanks" }];
    const again = wire(translate({ messages: history, tools: [search] }).body);
    expect(again.messages.slice(0, bodies[2]?.messages.length)).toEqual(bodies[2]?.messages);
    expect(answer.usage.server_tool_use).toEqual({ web_search_requests: 3 });
  });

  test("is told when no more searches are allowed, cannot call any more then, and the client sees the code", () => {
    const once = { ...search, max_uses: 1 };
    const texts = [calls(["a", "web_search", { query: "one" }], ["b", "web_search", { query: "two" }]), says("Done.")];
    const { answer, queries, bodies } = play(translate({ messages: [asked], tools: [once] }), texts);
    expect(queries).toEqual(["one"]);
    expect(answer.content[4]).toMatchObject({
      content: { type: "web_search_tool_result_error", error_code: "max_uses_exceeded" },
    });
    expect(bodies[1]?.tool_choice).toBe("none");
  });

  test("that searches on without end is stopped with its answer so far", () => {
    const once = { ...search, max_uses: 1 };
    const texts = ["a", "b", "c", "d"].map((id) => calls([id, "web_search", { query: id }]));
    const { answer, bodies } = play(translate({ messages: [asked], tools: [once] }), texts);
    expect(bodies).toHaveLength(2);
    expect(answer.stop_reason).toBe("end_turn");
    expect(answer.content.at(-1)).toMatchObject({ content: { error_code: "max_uses_exceeded" } });
  });

  test.each(["too_many_requests", "unavailable", "query_too_long"] as const)(
    "is told of a search that failed with %s, and the answer goes on",
    (error) => {
      const run = play(translate({ messages: [asked], tools: [search] }), twoRounds, {
        outcome: { ok: false, error },
      });
      expect(run.answer.content[2]).toMatchObject({
        content: { type: "web_search_tool_result_error", error_code: error },
      });
      expect(run.answer.content.at(-1)).toEqual({ type: "text", text: "Node 24." });
      expect(run.answer.usage.server_tool_use).toBeUndefined();
      expect(JSON.stringify(run.bodies[1]?.messages.at(-1))).toMatch(/search (failed|was not made)/);
    },
  );

  test("that names no query gets an error of that name, and nothing is searched", () => {
    const texts = [calls(["a", "web_search", {}]), says("Sorry.")];
    const { answer, queries } = play(translate({ messages: [asked], tools: [search] }), texts);
    expect(queries).toEqual([]);
    expect(answer.content[2]).toMatchObject({ content: { error_code: "invalid_tool_input" } });
    expect(answer.content.at(-1)).toEqual({ type: "text", text: "Sorry." });
  });

  test("gets no results of sites that the client excludes, whatever the engine gave", () => {
    const tool = { ...search, allowed_domains: ["nodejs.org", "example.com"], blocked_domains: ["example.com"] };
    const { answer } = play(translate({ messages: [asked], tools: [tool] }), twoRounds);
    expect(answer.content[2]).toMatchObject({ content: [{ title: "Node.js" }] });
    expect(JSON.stringify(answer)).not.toContain("A blog");
  });

  test("that calls a tool of the client's beside ends the turn, and the result goes back with the client's", () => {
    const texts = [calls(["a", "web_search", { query: "one" }], ["b", "Bash", { command: "ls" }])];
    const { answer, bodies } = play(translate({ messages: [asked], tools: [search, bash] }), texts);
    expect(bodies).toHaveLength(1);
    expect(answer.stop_reason).toBe("tool_use");
    expect(answer.content.map(({ type }) => type)).toEqual([
      "text",
      "server_tool_use",
      "tool_use",
      "web_search_tool_result",
    ]);
    const ran: Message = { role: "user", content: [{ type: "tool_result", tool_use_id: "b", content: "README" }] };
    const messages = [asked, { role: "assistant", content: answer.content }, ran];
    const next = wire(translate({ messages, tools: [search, bash] }).body);
    expect(next.messages.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "tool"]);
  });

  test("whose call is cut at the token limit has it failed, so that no search stands without a result", () => {
    const cut = [
      chunk({ tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "web_search", arguments: "" } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"query": "cur' } }] }),
    ];
    const { answer, queries } = play(translate({ messages: [asked], tools: [search] }), [spoken(cut, "length")]);
    expect(queries).toEqual([]);
    expect(answer.stop_reason).toBe("max_tokens");
    const uses = answer.content.filter(({ type }) => type === "server_tool_use").length;
    expect(answer.content.filter(({ type }) => type === "web_search_tool_result")).toHaveLength(uses);
  });

  test("answers whole too", () => {
    const request = { messages: [asked], tools: [search], stream: false };
    const whole = translate(request).answerInRounds?.();
    if (whole === undefined) return expect.fail("the answer takes no rounds");
    const completion = (message: object, finish: string): Uint8Array =>
      bytes(
        JSON.stringify({
          choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: finish }],
          usage: { prompt_tokens: 10, completion_tokens: 4 },
        }),
      );
    const call = { id: "a", type: "function", function: { name: "web_search", arguments: '{"query":"node"}' } };
    expect(whole.take(completion({ content: null, tool_calls: [call] }, "tool_calls"), "application/json")).toBe(
      undefined,
    );
    expect(whole.rounds.searches()).toMatchObject([{ query: "node" }]);
    expect(wire(whole.rounds.resume([found])).messages.at(-1)).toMatchObject({ role: "tool", tool_call_id: "a" });
    whole.take(completion({ content: "Node 24." }, "stop"), "application/json");
    expect(whole.rounds.searches()).toBeUndefined();
    const told = whole.end();
    if (!told.ok) return expect.fail(told.failure.message);
    const answer = JSON.parse(new TextDecoder().decode(told.body)) as Answer;
    expect(answer.content.map(({ type }) => type)).toEqual(["server_tool_use", "web_search_tool_result", "text"]);
    expect(told.metered.usage).toMatchObject({ inputTokens: 20, webSearchRequests: 0 });
    expect(answer.usage.server_tool_use).toEqual({ web_search_requests: 1 });
  });

  test("has not concluded while a search is to come, although its call has", () => {
    const stream = translate({ messages: [asked], tools: [search] }).answerStream();
    stream.push(bytes(twoRounds[0] ?? ""));
    expect([stream.concluded, stream.finished]).toEqual([false, false]);
    expect([stream.rounds?.call.concluded, stream.rounds?.call.finished]).toEqual([true, true]);
    stream.rounds?.searches();
    stream.rounds?.resume([found]);
    expect([stream.concluded, stream.rounds?.call.concluded]).toEqual([false, false]);
    stream.push(bytes(twoRounds[1] ?? ""));
    expect([stream.concluded, stream.finished]).toEqual([true, true]);
  });

  test("ends cleanly when nobody makes its search", () => {
    const stream = translate({ messages: [asked], tools: [search] }).answerStream();
    const events = [stream.push(bytes(twoRounds[0] ?? "")), stream.end()].flatMap((part) => readEvents(part));
    expect(findGrammarFault(events)).toBeUndefined();
    expect(assembleAnswer(events)).toMatchObject({ stop_reason: "end_turn" });
  });

  test("whose second call fails ends the stream with an error", () => {
    const stream = translate({ messages: [asked], tools: [search] }).answerStream();
    const first = stream.push(bytes(twoRounds[0] ?? ""));
    stream.rounds?.searches();
    stream.rounds?.resume([found]);
    const last = stream.fail({ kind: "overloaded", message: "Try later." });
    const events = [first, last].flatMap((part) => readEvents(part));
    expect(findGrammarFault(events)).toBeUndefined();
    expect(events.at(-1)).toMatchObject({ type: "error" });
    expect([stream.failure?.kind, stream.finished, stream.committed]).toEqual(["overloaded", true, true]);
  });
});

describe("searching here is left alone", () => {
  test("where a request declares no search: its bytes are the same", () => {
    const request = { messages: [asked], tools: [bash] };
    const translation = translate(request);
    expect(translation.answerInRounds).toBeUndefined();
    expect(translation.answerStream().rounds).toBeUndefined();
  });

  test.each([
    ["the Messages API", anthropicMessages, { model: "claude-sonnet-5-5" }],
    ["OpenAI's Responses API", openaiResponses, { model: "gpt-5.2" }],
    ["Gemini, with nothing beside", gemini, { model: "gemini-2.5-pro" }],
  ] as const)("where the provider searches itself: %s", (_name, dialect, target) => {
    expect(translate({ messages: [asked], tools: [search] }, dialect, target).answerInRounds).toBeUndefined();
  });
});

test("where the provider's own search cannot do what is asked, the search is made here", () => {
  const excluding = { ...search, blocked_domains: ["example.com"] };
  const atOpenai = translate({ messages: [asked], tools: [excluding] }, openaiResponses, { model: "gpt-5.2" });
  const atGemini = translate({ messages: [asked], tools: [search, bash] }, gemini, { model: "gemini-2.5-pro" });
  expect([atOpenai.answerInRounds, atGemini.answerInRounds].map((rounds) => typeof rounds)).toEqual([
    "function",
    "function",
  ]);
});
