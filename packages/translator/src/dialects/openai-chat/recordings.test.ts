import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { assembleAnswer, encodeAnswer } from "../../messages/assemble.ts";
import { replayAnswer } from "../../messages/replay.ts";
import { addEventGrammarMatcher, chatExchange, cutEverywhere, readEvents, unlikeFrames } from "../../testing/index.ts";
import { readWholeChatAnswer, streamChatAnswer } from "./response.ts";

addEventGrammarMatcher();

const folder = new URL("../../../fixtures/streams/", import.meta.url);
const recordings = readdirSync(folder)
  .filter((file) => file.endsWith(".sse") && !file.startsWith("bedrock-"))
  .map((file) => ({ name: file.replace(".sse", ""), bytes: new Uint8Array(readFileSync(new URL(file, folder))) }));

function run(chunks: Iterable<Uint8Array>): string {
  const answer = streamChatAnswer(chatExchange());
  const decoder = new TextDecoder();
  let bytes = "";
  for (const chunk of chunks) bytes += decoder.decode(answer.push(chunk));
  return bytes + decoder.decode(answer.end());
}

describe.each(recordings)("$name", ({ name, bytes }) => {
  const expected = run([bytes]);
  const events = readEvents(expected);

  test("STR-01 STR-02: becomes the events that are on file", async () => {
    expect(events).toFollowEventGrammar();
    const lines = events.map((event) => `${JSON.stringify(event)}\n`).join("");
    await expect(lines).toMatchFileSnapshot(new URL(`${name}.events.jsonl`, folder).pathname);
  });

  test("FR-01 FR-10: the cut does not matter", { timeout: 30_000 }, () => {
    for (const chunks of cutEverywhere(bytes)) {
      const cut = run(chunks);
      if (cut !== expected) expect(cut).toBe(expected);
    }
  });

  test("what an event says does not depend on its looking like the one before", () => {
    expect(run([unlikeFrames(bytes)])).toBe(expected);
  });

  test("STR-25 STR-26 STR-29: broken anywhere it ends in one error, never in a complete answer", () => {
    const finished = new TextDecoder().decode(bytes).search(/"finish_reason":"/);
    const lineEnds = [...bytes.keys()].filter((at) => bytes[at] === 0x0a);
    for (const at of lineEnds.filter((end) => new TextDecoder().decode(bytes.slice(0, end)).length < finished)) {
      for (const breakOff of ["end", "fail"] as const) {
        const answer = streamChatAnswer(chatExchange());
        const head = answer.push(bytes.slice(0, at));
        const tail = breakOff === "end" ? answer.end() : answer.fail({ kind: "reset", message: "gone" });
        const seen = [...readEvents(head), ...readEvents(tail)];
        expect(seen).toFollowEventGrammar();
        expect(seen.at(-1)?.type).toBe("error");
        expect(answer.failure?.kind).toMatch(breakOff === "fail" ? /^reset$/ : /^(?:truncated|malformed)$/);
      }
    }
  });

  test("STR-34: read as a whole it holds the same content", () => {
    const whole = readWholeChatAnswer(chatExchange(), bytes, "text/event-stream");
    expect(whole.ok).toBe(true);
    if (!whole.ok) return;
    const { usage, ...answer } = JSON.parse(new TextDecoder().decode(whole.body));
    const { usage: streamed, ...assembled } = assembleAnswer(events) ?? { usage: undefined };
    expect(answer).toEqual(JSON.parse(JSON.stringify(assembled)));
    expect(usage).toEqual(streamed);
  });

  test("STR-35: what was assembled plays again to the same answer", () => {
    const answer = assembleAnswer(events);
    if (answer === undefined) throw new Error("nothing assembled");
    const replayed = replayAnswer(answer);
    expect(replayed).toFollowEventGrammar();
    expect(assembleAnswer(replayed)).toEqual(answer);
    expect(encodeAnswer(replayed)).toBe(JSON.stringify(answer));
  });
});
