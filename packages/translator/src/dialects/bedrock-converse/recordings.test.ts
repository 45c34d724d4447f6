import { describe, expect, test } from "vitest";
import { assembleAnswer } from "../../messages/assemble.ts";
import { awsFrame, joinBytes } from "../../testing/aws-frames.ts";
import { converseExchange } from "../../testing/converse-exchange.ts";
import { addEventGrammarMatcher, cutEverywhere, readEvents } from "../../testing/index.ts";
import { converseBytes, type ConverseEvent } from "../../testing/run-converse.ts";
import { readWholeConverseAnswer, streamConverseAnswer } from "./response.ts";

addEventGrammarMatcher();

const delta = (contentBlockIndex: number, content: object): ConverseEvent => [
  "contentBlockDelta",
  { contentBlockIndex, delta: content, p: "abcdefghij" },
];
const stop = (contentBlockIndex: number): ConverseEvent => ["contentBlockStop", { contentBlockIndex }];
const tool = (contentBlockIndex: number, toolUseId: string, name: string): ConverseEvent => [
  "contentBlockStart",
  { contentBlockIndex, start: { toolUse: { toolUseId, name } } },
];
const usage = (counts: object): ConverseEvent => ["metadata", { usage: counts, metrics: { latencyMs: 900 }, p: "abc" }];

/** Shaped like what each family sends; the events of the first are those of the API reference's example. */
const recordings: Readonly<Record<string, readonly ConverseEvent[]>> = {
  "claude-thinks-and-calls-twice": [
    ["messageStart", { role: "assistant", p: "abcdef" }],
    delta(0, { reasoningContent: { text: "Zwei Dateien — 你好 " } }),
    delta(0, { reasoningContent: { text: "ansehen 🙂." } }),
    delta(0, { reasoningContent: { signature: "EqQBCkgIBRABGAIiQA==" } }),
    stop(0),
    delta(1, { text: "I'll read" }),
    delta(1, { text: " both." }),
    stop(1),
    tool(2, "tooluse_kZJMlvQmRJ6eAyJE5GIl7Q", "Read"),
    delta(2, { toolUse: { input: "" } }),
    delta(2, { toolUse: { input: '{"file_path": "/a' } }),
    delta(2, { toolUse: { input: '.ts"}' } }),
    stop(2),
    tool(3, "tooluse_BbFhHv0XQkO8b0xY0m1PzA", "Read"),
    delta(3, { toolUse: { input: '{"file_path": "/b.ts"}' } }),
    stop(3),
    ["messageStop", { stopReason: "tool_use", p: "ab" }],
    usage({
      inputTokens: 12,
      outputTokens: 80,
      totalTokens: 5_092,
      cacheReadInputTokens: 5_000,
      cacheWriteInputTokens: 0,
    }),
  ],
  "gpt-with-encrypted-reasoning": [
    ["messageStart", { role: "assistant" }],
    delta(0, { reasoningContent: { redactedContent: "cnNuX2E=" } }),
    delta(0, { reasoningContent: { redactedContent: "cnNuX2I=" } }),
    stop(0),
    tool(1, "call_1", "Bash"),
    delta(1, { toolUse: { input: '{"command":"ls"}' } }),
    stop(1),
    ["messageStop", { stopReason: "tool_use" }],
    usage({ inputTokens: 900, outputTokens: 30, totalTokens: 930 }),
  ],
  "usage-before-the-stop": [
    ["messageStart", { role: "assistant" }],
    delta(0, { text: "Hello" }),
    stop(0),
    usage({ inputTokens: 5, outputTokens: 1, totalTokens: 6 }),
    ["messageStop", { stopReason: "end_turn" }],
  ],
};
const cases = Object.entries(recordings).map(([name, events]) => {
  const isClaude = name.startsWith("claude");
  const exchange = converseExchange({}, isClaude ? {} : { model: "us.openai.gpt-5.6-sol", nativeReasoning: false });
  return { name, bytes: converseBytes(events), events, exchange };
});
const folder = new URL("../../../fixtures/streams/", import.meta.url);

describe.each(cases)("$name", ({ name, bytes, events: sent, exchange }) => {
  function run(chunks: Iterable<Uint8Array>): string {
    const answer = streamConverseAnswer(exchange);
    const decoder = new TextDecoder();
    let out = "";
    for (const chunk of chunks) out += decoder.decode(answer.push(chunk));
    return out + decoder.decode(answer.end());
  }
  const expected = run([bytes]);
  const events = readEvents(expected);

  test("STR-01 STR-02: becomes the events that are on file", async () => {
    expect(events).toFollowEventGrammar();
    const lines = events.map((event) => `${JSON.stringify(event)}\n`).join("");
    await expect(lines).toMatchFileSnapshot(new URL(`bedrock-converse-${name}.events.jsonl`, folder).pathname);
  });

  test("FR-01 FR-10 FR-17: the cut does not matter", { timeout: 30_000 }, () => {
    for (const chunks of cutEverywhere(bytes)) {
      const cut = run(chunks);
      if (cut !== expected) expect(cut).toBe(expected);
    }
  });

  test("STR-25 STR-26 STR-29: broken anywhere it ends in one error, never in a complete answer", () => {
    const last = sent.findIndex(([type]) => type === "messageStop");
    const finished = converseBytes(sent.slice(0, last + 1)).length;
    for (let at = 0; at < finished; at += 7) {
      for (const breakOff of ["end", "fail"] as const) {
        const answer = streamConverseAnswer(exchange);
        const head = answer.push(bytes.slice(0, at));
        const tail = breakOff === "end" ? answer.end() : answer.fail({ kind: "reset", message: "gone" });
        const seen = [...readEvents(head), ...readEvents(tail)];
        expect(seen).toFollowEventGrammar();
        expect(seen.at(-1)?.type).toBe("error");
        expect(answer.failure?.kind).toMatch(breakOff === "fail" ? /^reset$/ : /^(?:truncated|malformed)$/);
      }
    }
  });

  test("STR-34 STR-35: read as a whole it holds the same answer", () => {
    const whole = readWholeConverseAnswer(exchange, bytes, "application/vnd.amazon.eventstream");
    expect(whole.ok && JSON.parse(new TextDecoder().decode(whole.body))).toEqual(
      JSON.parse(JSON.stringify(assembleAnswer(events))),
    );
  });
});

test("a streamed event costs a few microseconds, from bytes to bytes", () => {
  const deltas = Array.from({ length: 16 }, (_, index) => delta(0, { text: ` word${index}` }));
  const chunk = converseBytes(deltas);
  const head = joinBytes(awsFrame({ ":event-type": "messageStart", ":message-type": "event" }, '{"role":"assistant"}'));
  const round = (): number => {
    const answer = streamConverseAnswer(converseExchange());
    answer.push(head);
    let length = 0;
    for (let count = 0; count < 200; count++) length += answer.push(chunk).length;
    return length;
  };
  for (let warm = 0; warm < 10; warm++) round();
  const before = process.cpuUsage();
  for (let count = 0; count < 10; count++) expect(round()).toBeGreaterThan(0);
  const { user, system } = process.cpuUsage(before);
  console.info(`bedrock-converse streams: ${((user + system) / (10 * 200 * 16)).toFixed(2)} µs of CPU per event`);
});
