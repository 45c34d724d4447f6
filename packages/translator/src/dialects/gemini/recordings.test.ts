import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { assembleAnswer, encodeAnswer } from "../../messages/assemble.ts";
import { replayAnswer } from "../../messages/replay.ts";
import {
  addEventGrammarMatcher,
  cutEverywhere,
  geminiExchange,
  readEvents,
  unlikeFrames,
} from "../../testing/index.ts";
import { readWholeGeminiAnswer, streamGeminiAnswer } from "./response.ts";
import type { GeminiExchange } from "./stream.ts";

addEventGrammarMatcher();

const folder = new URL("../../../fixtures/streams/gemini/", import.meta.url);
const recordings = readdirSync(folder)
  .filter((file) => file.endsWith(".sse"))
  .map((file) => ({ name: file.replace(".sse", ""), bytes: new Uint8Array(readFileSync(new URL(file, folder))) }));
const domains = { allowed: [], blocked: [] };
const exchangeOf = (name: string): GeminiExchange =>
  geminiExchange(name === "grounded" ? { search: { alone: true, domains } } : {});

function run(name: string, chunks: Iterable<Uint8Array>): string {
  const answer = streamGeminiAnswer(exchangeOf(name));
  const decoder = new TextDecoder();
  let bytes = "";
  for (const chunk of chunks) bytes += decoder.decode(answer.push(chunk));
  return bytes + decoder.decode(answer.end());
}

describe.each(recordings)("$name", ({ name, bytes }) => {
  const expected = run(name, [bytes]);
  const events = readEvents(expected);

  test("STR-01 STR-02 STR-44: becomes the events that are on file", async () => {
    expect(events).toFollowEventGrammar();
    const lines = events.map((event) => `${JSON.stringify(event)}\n`).join("");
    await expect(lines).toMatchFileSnapshot(new URL(`${name}.events.jsonl`, folder).pathname);
  });

  test("FR-01 FR-02 FR-10: the cut does not matter", { timeout: 30_000 }, () => {
    for (const chunks of cutEverywhere(bytes)) {
      const cut = run(name, chunks);
      if (cut !== expected) expect(cut).toBe(expected);
    }
  });

  test("what an event says does not depend on its looking like the one before", () => {
    expect(run(name, [unlikeFrames(bytes)])).toBe(expected);
  });

  test("STR-25 STR-26 STR-29: broken anywhere it ends in one error, never in a complete answer", () => {
    const text = new TextDecoder().decode(bytes);
    const lastEvent = text.lastIndexOf("data: ", text.indexOf('"finishReason"'));
    const lineEnds = [...bytes.keys()].filter((at) => bytes[at] === 0x0a);
    for (const at of lineEnds.filter((end) => new TextDecoder().decode(bytes.slice(0, end)).length < lastEvent)) {
      for (const breakOff of ["end", "fail"] as const) {
        const answer = streamGeminiAnswer(exchangeOf(name));
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
    const whole = readWholeGeminiAnswer(exchangeOf(name), bytes, "text/event-stream");
    expect(whole.ok).toBe(true);
    if (!whole.ok) return;
    expect(JSON.parse(new TextDecoder().decode(whole.body))).toEqual(
      JSON.parse(JSON.stringify(assembleAnswer(events))),
    );
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
