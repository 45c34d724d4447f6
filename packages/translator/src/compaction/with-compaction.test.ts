import { describe, expect, test } from "vitest";
import type { Dialect, Translation } from "../dialects/dialect.ts";
import { anthropicMessages } from "../dialects/anthropic-messages/index.ts";
import { assembleAnswer } from "../messages/assemble.ts";
import { findGrammarFault } from "../messages/event-grammar.ts";
import type { StreamEvent } from "../messages/events.ts";
import { readEnvelope } from "../messages/read-envelope.ts";
import type { Message } from "../messages/request.ts";
import { withSearch } from "../search/with-search.ts";
import { cutEverywhere } from "../testing/cut-everywhere.ts";
import { readEvents } from "../testing/read-events.ts";
import { chunk, frames } from "../testing/run-chat.ts";
import { chatSpeaker } from "../testing/walk/chat-speaker.ts";
import { converseSpeaker } from "../testing/walk/converse-speaker.ts";
import { geminiSpeaker } from "../testing/walk/gemini-speaker.ts";
import { responsesSpeaker } from "../testing/walk/responses-speaker.ts";
import type { Speaker } from "../testing/walk/speaker.ts";
import { withCompaction } from "./with-compaction.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const speakers = [
  chatSpeaker("generic", {}),
  responsesSpeaker("gpt-5.6"),
  geminiSpeaker("gemini-3.8-flash", true),
  converseSpeaker("amazon.nova-pro-v1:0"),
];
const chat = chatSpeaker("generic", {});

const edit = { type: "compact_20260112", trigger: { type: "input_tokens", value: 1_000 } };
const early: Message[] = [
  { role: "user", content: `Build a bridge of ${"stone ".repeat(1_500)}` },
  { role: "assistant", content: [{ type: "tool_use", id: "t0", name: "Read", input: { path: "/plan" } }] },
  { role: "user", content: [{ type: "tool_result", tool_use_id: "t0", content: "a plan" }] },
  { role: "assistant", content: "It stands." },
];
const last: Message = { role: "user", content: "And a gate?" };
const request = {
  model: "asked",
  max_tokens: 100,
  stream: true,
  messages: [...early, last],
  tools: [{ name: "Read", input_schema: { type: "object" } }],
  stop_sequences: ["END"],
};

const editWith = (settings: object): object => ({ context_management: { edits: [{ ...edit, ...settings }] } });

function translateBy(dialect: Dialect, { target }: Speaker, parts: object): Translation {
  const body = encode(JSON.stringify({ ...request, ...parts }));
  const context = { messageId: "msg_1", askedModel: "asked" };
  return dialect.translate({ body, envelope: readEnvelope(body) }, target, context);
}

function translate(speaker: Speaker, parts: object = {}, settings: object = {}): Translation {
  return translateBy(withCompaction(speaker.dialect), speaker, { ...parts, ...editWith(settings) });
}

const says = (speaker: Speaker, text: string): Uint8Array =>
  speaker.say({ thinking: undefined, state: undefined, text, calls: [] });

interface Played {
  readonly events: readonly StreamEvent[];
  readonly second: string | undefined;
  readonly stream: ReturnType<Translation["answerStream"]>;
}

function play(translation: Translation, first: readonly Uint8Array[], next: readonly Uint8Array[]): Played {
  const stream = translation.answerStream();
  const out = first.map((bytes) => stream.push(bytes));
  expect(stream).toMatchObject({ committed: false, concluded: false, finished: false });
  expect(stream.rounds?.searches()).toEqual([]);
  const body = stream.rounds?.resume([]);
  if (body !== undefined) out.push(...next.map((bytes) => stream.push(bytes)));
  out.push(stream.end());
  const events = out.flatMap((bytes) => readEvents(bytes));
  expect(findGrammarFault(events)).toBeUndefined();
  expect(stream.finished).toBe(true);
  return { events, second: body && textOf(body), stream };
}

describe.each(speakers.map((speaker) => [speaker.name, speaker] as const))("%s", (_name, speaker) => {
  const summary = says(speaker, "They built a bridge.");
  const answer = says(speaker, "Now the gate.");

  test("SRV-09: is asked for a summary first, and goes on from it; the answer begins with it", () => {
    const translation = translate(speaker);
    const first = textOf(translation.body);
    for (const words of ["Build a bridge", "And a gate?", "write a summary of this conversation"]) {
      expect(first).toContain(words);
    }
    expect(first).not.toContain("END");
    expect(translation.dropped.filter(({ path }) => path.startsWith("context_management"))).toEqual([]);
    const { events, second } = play(translation, [summary], [answer]);
    for (const words of ["They built a bridge.", "And a gate?"]) expect(second).toContain(words);
    for (const words of ["Build a bridge", "It stands."]) expect(second).not.toContain(words);
    expect(assembleAnswer(events)).toMatchObject({
      model: "asked",
      stop_reason: "end_turn",
      content: [
        { type: "compaction", content: "They built a bridge.", encrypted_content: null },
        { type: "text", text: "Now the gate." },
      ],
      context_management: { applied_edits: [] },
      usage: { iterations: [{ type: "compaction" }, { type: "message" }] },
    });
  });

  test("goes on from the answer on the next turn, without another summary", () => {
    const compacted: Message[] = [
      ...early,
      last,
      {
        role: "assistant",
        content: [
          { type: "compaction", content: "They built." },
          { type: "text", text: "Now." },
        ],
      },
      { role: "user", content: "Go on" },
    ];
    const next = translate(speaker, { messages: compacted });
    expect(next.answerInRounds).toBeUndefined();
    expect(textOf(next.body)).toContain("They built.");
    expect(textOf(next.body)).not.toContain("And a gate?");
  });
});

test("a stream is the same however it is cut", () => {
  const summary = says(chat, "They built a bridge.");
  const answer = says(chat, "Now the gate.");
  const translation = translate(chat);
  const whole = play(translation, [summary], [answer]).events;
  for (const chunks of cutEverywhere(answer))
    expect(assembleAnswer(play(translation, [summary], chunks).events)).toEqual(assembleAnswer(whole));
  for (const chunks of cutEverywhere(summary))
    expect(assembleAnswer(play(translation, chunks, [answer]).events)).toEqual(assembleAnswer(whole));
});

test("both calls are paid for, and told apart to the client", () => {
  const usage = (prompt: number, completion: number) => ({
    choices: [],
    usage: { prompt_tokens: prompt, completion_tokens: completion },
  });
  const said = (text: string, counts: object) =>
    encode(frames(chunk({ content: text }), chunk({}, "stop"), counts, "data: [DONE]\n\n"));
  const { stream, events } = play(translate(chat), [said("Sum.", usage(1_000, 50))], [said("Gate.", usage(60, 7))]);
  expect(stream.metered).toMatchObject({
    stopReason: "end_turn",
    usage: { inputTokens: 1_060, outputTokens: 57, estimated: false },
  });
  expect(assembleAnswer(events)?.usage).toMatchObject({
    input_tokens: 60,
    output_tokens: 7,
    iterations: [
      { type: "compaction", input_tokens: 1_000, output_tokens: 50, cache_creation: null },
      { type: "message", input_tokens: 60, output_tokens: 7 },
    ],
  });
});

test("an answer that is to pause ends with the summary", () => {
  const translation = translate(chat, {}, { pause_after_compaction: true });
  const { events, second, stream } = play(translation, [says(chat, "They built.")], []);
  expect(second).toBeUndefined();
  expect(assembleAnswer(events)).toMatchObject({
    stop_reason: "compaction",
    content: [{ type: "compaction", content: "They built." }],
    usage: { input_tokens: 0, output_tokens: 0, iterations: [{ type: "compaction" }] },
  });
  expect(stream.metered.stopReason).toBe("compaction");
});

test("instructions take the place of the usual ones", () => {
  const body = textOf(translate(chat, {}, { instructions: "List the stones." }).body);
  expect(body).toContain("List the stones.");
  expect(body).not.toContain("write a summary of this conversation");
});

test("a summary that fails compacts nothing: the whole conversation goes on, and the block says so", () => {
  const cut = encode(frames(chunk({ content: "They bu" }), chunk({}, "length"), "data: [DONE]\n\n"));
  const { events, second } = play(translate(chat), [cut], [says(chat, "Now the gate.")]);
  for (const words of ["Build a bridge", "It stands.", "And a gate?"]) expect(second).toContain(words);
  expect(assembleAnswer(events)?.content).toMatchObject([
    { type: "compaction", content: null },
    { type: "text", text: "Now the gate." },
  ]);
});

test("results of calls are summed up with the rest, and the model is told to go on", () => {
  const { second } = play(translate(chat, { messages: early.slice(0, 3) }), [says(chat, "Sum.")], [says(chat, "On.")]);
  expect(second).toContain("Go on from there.");
  expect(second).not.toContain("a plan");
});

test("an error of either call is told, and ends the answer", () => {
  const failure = { kind: "overloaded", message: "busy" } as const;
  const first = translate(chat).answerStream();
  first.push(says(chat, "Sum.").slice(0, 20));
  expect(readEvents(first.fail(failure))).toMatchObject([{ type: "error", error: { message: "busy" } }]);
  expect(first).toMatchObject({ committed: false, finished: true, failure });
  const late = translate(chat).answerStream();
  late.push(says(chat, "Sum."));
  expect(late.rounds?.searches()).toEqual([]);
  late.rounds?.resume([]);
  expect(readEvents(late.fail(failure))).toMatchObject([{ type: "error", error: { message: "busy" } }]);
});

test("an answer for which nobody makes the second call is an error, not a success", () => {
  const stream = translate(chat).answerStream();
  stream.push(says(chat, "Sum."));
  expect(readEvents(stream.end())).toMatchObject([{ type: "error" }]);
});

test("whole answers are made of two calls too", () => {
  const body = (content: string): Uint8Array =>
    encode(
      JSON.stringify({
        id: "c",
        choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
        usage: { prompt_tokens: 10, completion_tokens: 2 },
      }),
    );
  const whole = translate(chat, { stream: false }).answerInRounds?.();
  expect(whole?.take(body("Sum."), "application/json")).toBeUndefined();
  expect(whole?.rounds.searches()).toEqual([]);
  expect(textOf(whole?.rounds.resume([]))).toContain("Sum.");
  expect(whole?.take(body("Gate."), "application/json")).toBeUndefined();
  expect(whole?.rounds.searches()).toBeUndefined();
  const answer = whole?.end();
  expect(answer).toMatchObject({ ok: true, metered: { usage: { inputTokens: 20, outputTokens: 4 } } });
  expect(answer?.ok && JSON.parse(textOf(answer.body))).toMatchObject({
    content: [
      { type: "compaction", content: "Sum." },
      { type: "text", text: "Gate." },
    ],
    stop_reason: "end_turn",
  });
});

describe("nothing is compacted", () => {
  const pathsOf = ({ dropped }: Translation): string[] =>
    dropped.map(({ path }) => path).filter((path) => path.startsWith("context_management"));

  test("below the trigger, which is 150,000 tokens when nothing else is said; nor is the edit left out then", () => {
    for (const trigger of [undefined, null, { type: "input_tokens", value: 5_000 }]) {
      const translation = translate(chat, {}, { trigger });
      expect(translation.answerInRounds).toBeUndefined();
      expect(pathsOf(translation)).toEqual([]);
    }
  });

  test("when it is not the conversation that fills the context: it would be compacted again turn after turn", () => {
    const system = "Mind the gap. ".repeat(2_000);
    expect(translate(chat, { system, messages: [last] }).answerInRounds).toBeUndefined();
    expect(translate(chat, { system }).answerInRounds).toBeDefined();
  });

  test.each([
    { trigger: { type: "tool_uses", value: 2 } },
    { trigger: { type: "input_tokens", value: -1 } },
    { instructions: 5 },
  ])("with settings that nobody knows, which are reported: %j", (settings) => {
    const translation = translate(chat, {}, settings);
    expect(translation.answerInRounds).toBeUndefined();
    expect(pathsOf(translation)).toEqual(["context_management.edits[0]"]);
  });

  test("for an answer that takes several calls anyway, whose edit is reported", () => {
    const tools = [{ type: "web_search_20250305", name: "web_search" }];
    const translation = translateBy(withCompaction(withSearch(chat.dialect)), chat, { tools, ...editWith({}) });
    expect(pathsOf(translation)).toEqual(["context_management.edits[0]"]);
    expect(textOf(translation.body)).not.toContain("write a summary");
  });

  test("for a provider that compacts by itself", () => {
    expect(withCompaction(anthropicMessages)).toBe(anthropicMessages);
  });
});
