import { anthropicMessages, type AnswerStream, type Dialect, openaiChat, readEnvelope } from "@drawbridge/translator";
import { defaultDeadlines } from "@drawbridge/providers";
import { expect, test } from "vitest";
import { Stall } from "./stall.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function event(type: string, more: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
}

function begin(index: number, block: object): string {
  return event("content_block_start", { index, content_block: block });
}

const start = event("message_start", { message: { id: "msg_1", type: "message", role: "assistant", content: [] } });
const thought = begin(0, { type: "thinking", thinking: "" });
const chunk = (delta: object): string => `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`;

/** What each dialect's server has said when it stops, by how far it is. */
const spoken = {
  "before content": [anthropicMessages, start, openaiChat, chunk({ role: "assistant", content: "" })],
  "while the model thinks": [anthropicMessages, start + thought, openaiChat, chunk({ reasoning_content: "Hm." })],
  "while it writes": [
    anthropicMessages,
    start + thought + event("content_block_stop", { index: 0 }) + begin(1, { type: "text", text: "" }),
    openaiChat,
    chunk({ reasoning_content: "Hm." }) + chunk({ content: "So" }),
  ],
} as const;

/** What comes then, second by second. */
const upstreams: Readonly<Record<string, (second: number) => string>> = {
  "is silent": () => "",
  "sends comments": (second) => (second % 5 === 0 ? ": still there\n\n" : ""),
  "sends pings": (second) => (second % 5 === 0 ? 'event: ping\ndata: {"type": "ping"}\n\n' : ""),
  "drips a byte a second": (second) => (second === 1 ? "d" : second === 2 ? ":" : "x"),
};

const cases = Object.entries(spoken).flatMap(([phase, [native, said, chat, saidInChat]]) =>
  [[native, said] as const, [chat, saidInChat] as const].flatMap(([dialect, words]) =>
    Object.entries(upstreams)
      // What looks like an unknown event is content for a stream that is not of the Messages API.
      .filter(([name]) => dialect === native || name !== "sends pings")
      .map(([name, next]) => ({ phase, dialect, words, name, next, spokenIn: dialect.name })),
  ),
);

function streamOf(dialect: Dialect): AnswerStream {
  const request = {
    model: "m",
    max_tokens: 100,
    stream: true,
    thinking: { type: "enabled", budget_tokens: 50 },
    messages: [{ role: "user", content: "hi" }],
  };
  const body = encode(JSON.stringify(request));
  const client = { body, envelope: readEnvelope(body) };
  return dialect.translate(client, { model: "m" }, { messageId: "msg_1", askedModel: "m" }).answerStream();
}

/** Seconds from the last word to the end of the call, by a clock that only goes when it is told to. */
function endsAfter(dialect: Dialect, words: string, next: (second: number) => string): number {
  const stream = streamOf(dialect);
  let nowMs = 0;
  const clock = (): number => nowMs;
  const route = { signal: new AbortController().signal, firstContentMs: 3_600_000, hasNext: () => false };
  const stall = new Stall({
    deadlines: defaultDeadlines,
    clock,
    keepAlive: { watch: () => undefined, forget: () => undefined },
    route,
  });
  stall.headed();
  stall.take(stream.push(encode(words)), stream);
  for (let second = 1; second < 3_600; second++) {
    nowMs = second * 1_000;
    if (stall.dueMs <= nowMs) stall.onDue();
    if (stall.signal.aborted) return second;
    stall.take(stream.push(encode(next(second))), stream);
  }
  return Number.POSITIVE_INFINITY;
}

test.each(cases)(
  "$phase, a $spokenIn stream that $name is ended when its time is over, and not sooner",
  ({ phase, dialect, words, next }) => {
    const wanted = phase === "while it writes" ? 120 : 300;
    const seconds = endsAfter(dialect, words, next);
    expect(seconds).toBeGreaterThanOrEqual(wanted * 0.95);
    expect(seconds).toBeLessThanOrEqual(wanted * 1.05);
  },
);
