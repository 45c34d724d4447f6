import fc from "fast-check";
import { expect, test } from "vitest";
import { openaiChat } from "../dialects/openai-chat/index.ts";
import type { AnswerStream } from "../dialects/dialect.ts";
import { assembleAnswer } from "../messages/assemble.ts";
import type { ContentBlock } from "../messages/content.ts";
import { findGrammarFault } from "../messages/event-grammar.ts";
import { readEnvelope } from "../messages/read-envelope.ts";
import { readEvents } from "../testing/read-events.ts";
import { chunk, frames } from "../testing/run-chat.ts";
import type { SearchOutcome } from "./web-search.ts";
import { withSearch } from "./with-search.ts";

const tools = [
  { type: "web_search_20250305", name: "web_search", max_uses: 4 },
  { name: "Bash", input_schema: { type: "object" } },
];
const question = { role: "user", content: "Which Node is current?" };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** One call to the model: what it says, and which tools it calls. */
const anyRound = fc.record({
  text: fc.constantFrom("", "Let me look. ", "db1. srvtoolu_ web_search"),
  calls: fc.array(fc.constantFrom("search", "search without a query", "Bash"), { maxLength: 3 }),
  finish: fc.constantFrom("stop", "tool_calls", "length", "content_filter"),
});
const anyOutcome: fc.Arbitrary<SearchOutcome> = fc.oneof(
  fc.constantFrom("unavailable" as const, "too_many_requests" as const).map((error) => ({ ok: false as const, error })),
  fc
    .array(fc.record({ url: fc.webUrl(), title: fc.string(), text: fc.string({ unit: "grapheme" }) }), { maxLength: 3 })
    .map((results) => ({ ok: true as const, results })),
);

type Round = typeof anyRound extends fc.Arbitrary<infer Value> ? Value : never;

function spoken({ text, calls, finish }: Round, number: number): Uint8Array {
  const list = calls.map((kind, index) => {
    const input = kind === "search" ? '{"query":"node"}' : kind === "Bash" ? '{"command":"ls"}' : "{}";
    const name = kind === "Bash" ? "Bash" : "web_search";
    return { index, id: `call_${number}-${index}`, type: "function", function: { name, arguments: input } };
  });
  const said = text === "" && list.length === 0 ? "…" : text;
  const reason = list.length > 0 && finish === "stop" ? "tool_calls" : finish;
  return bytes(frames(chunk({ content: said }), chunk({ tool_calls: list }), chunk({}, reason), "data: [DONE]\n\n"));
}

interface Played {
  readonly content: readonly ContentBlock[];
  /** The messages of the last call's request. */
  readonly messages: readonly unknown[];
}

function requestOf(messages: readonly unknown[]): { readonly body: Uint8Array; stream(): AnswerStream } {
  const body = bytes(JSON.stringify({ model: "c", max_tokens: 100, stream: true, tools, messages }));
  const context = { messageId: "msg_1", askedModel: "c" };
  const translation = withSearch(openaiChat).translate({ body, envelope: readEnvelope(body) }, { model: "m" }, context);
  return { body: translation.body, stream: () => translation.answerStream() };
}

function messagesIn(body: Uint8Array): readonly unknown[] {
  return (JSON.parse(new TextDecoder().decode(body)) as { readonly messages: readonly unknown[] }).messages;
}

function play(rounds: readonly Round[], outcomes: readonly SearchOutcome[]): Played {
  const request = requestOf([question]);
  const stream = request.stream();
  let { body } = request;
  const out: Uint8Array[] = [];
  for (const [number, round] of rounds.entries()) {
    out.push(stream.push(spoken(round, number)));
    const wanted = stream.rounds?.searches();
    if (wanted === undefined) break;
    const next = stream.rounds?.resume(wanted.map((_, index) => outcomes[index] ?? { ok: true, results: [] }));
    out.push(stream.push(new Uint8Array(0)));
    if (next === undefined) break;
    body = next;
  }
  if (!stream.finished && stream.rounds?.call.finished === false) out.push(stream.push(spoken(last, 99)));
  out.push(stream.end());
  const events = out.flatMap((part) => readEvents(part));
  expect(findGrammarFault(events)).toBeUndefined();
  expect([stream.finished, stream.failure]).toEqual([true, undefined]);
  const answer = assembleAnswer(events);
  return { content: answer?.content ?? expect.fail("there is no answer"), messages: messagesIn(body) };
}

const last: Round = { text: "Let me look. ", calls: [], finish: "stop" };

test("whatever the model calls and the engine finds: a sound answer, one result a search, and a history that goes on", () => {
  fc.assert(
    fc.property(fc.array(anyRound, { minLength: 1, maxLength: 4 }), fc.array(anyOutcome), (rounds, outcomes) => {
      const { content, messages } = play(rounds, outcomes);
      const made = content.flatMap((block) => (block.type === "server_tool_use" ? [block.id] : []));
      const results = content.flatMap((block) => (block.type === "web_search_tool_result" ? [block.tool_use_id] : []));
      expect(results).toEqual(made);
      expect(new Set(made).size).toBe(made.length);
      const ran = content.flatMap((block) =>
        block.type === "tool_use" ? [{ type: "tool_result", tool_use_id: block.id, content: "done" }] : [],
      );
      const next = { role: "user", content: [...ran, { type: "text", text: "And before?" }] };
      const again = requestOf([question, { role: "assistant", content }, next]);
      expect(messagesIn(again.body).slice(0, messages.length)).toEqual(messages);
      expect(new TextDecoder().decode(again.body)).not.toContain("srvtoolu_db1");
    }),
    { numRuns: 300 },
  );
});
