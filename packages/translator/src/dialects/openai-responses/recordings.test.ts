import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { assembleAnswer, encodeAnswer } from "../../messages/assemble.ts";
import { replayAnswer } from "../../messages/replay.ts";
import { addEventGrammarMatcher, cutEverywhere, readEvents } from "../../testing/index.ts";
import { responsesExchange } from "../../testing/run-responses.ts";
import { readWholeResponsesAnswer, streamResponsesAnswer } from "./response.ts";

addEventGrammarMatcher();

const folder = new URL("../../../fixtures/streams/openai-responses/", import.meta.url);
const recordings = readdirSync(folder)
  .filter((file) => file.endsWith(".sse"))
  .map((file) => ({ name: file.replace(".sse", ""), bytes: new Uint8Array(readFileSync(new URL(file, folder))) }));

function run(chunks: Iterable<Uint8Array>): string {
  const answer = streamResponsesAnswer(responsesExchange());
  const decoder = new TextDecoder();
  let bytes = "";
  for (const chunk of chunks) bytes += decoder.decode(answer.push(chunk));
  return bytes + decoder.decode(answer.end());
}

describe.each(recordings)("$name", ({ name, bytes }) => {
  const expected = run([bytes]);
  const events = readEvents(expected);

  test("STR-01 STR-02 STR-18: becomes the events that are on file", async () => {
    expect(events).toFollowEventGrammar();
    const lines = events.map((event) => `${JSON.stringify(event)}\n`).join("");
    await expect(lines).toMatchFileSnapshot(new URL(`${name}.events.jsonl`, folder).pathname);
  });

  test("FR-01 FR-02 FR-10: the cut does not matter", { timeout: 120_000 }, () => {
    for (const chunks of cutEverywhere(bytes)) {
      const cut = run(chunks);
      if (cut !== expected) expect(cut).toBe(expected);
    }
  });

  test("STR-25 STR-26 STR-29: broken anywhere it ends in one error, never in a complete answer", () => {
    const text = new TextDecoder().decode(bytes);
    const finished = text.search(/data: \{"type": "response\.(?:completed|incomplete)"/);
    const lineEnds = [...bytes.keys()].filter((at) => bytes[at] === 0x0a);
    for (const at of lineEnds.filter((end) => new TextDecoder().decode(bytes.slice(0, end)).length < finished)) {
      for (const breakOff of ["end", "fail"] as const) {
        const answer = streamResponsesAnswer(responsesExchange());
        const head = answer.push(bytes.slice(0, at));
        const tail = breakOff === "end" ? answer.end() : answer.fail({ kind: "reset", message: "gone" });
        const seen = [...readEvents(head), ...readEvents(tail)];
        expect(seen).toFollowEventGrammar();
        expect(seen.at(-1)?.type).toBe("error");
        expect(answer.failure?.kind).toMatch(breakOff === "fail" ? /^reset$/ : /^(?:truncated|malformed)$/);
      }
    }
  });

  test("STR-34: read as a whole, from the stream or from its last event alone, it holds the same content", () => {
    const { usage: _, ...assembled } = assembleAnswer(events) ?? { usage: undefined };
    const last = new TextDecoder().decode(bytes).trimEnd().split("\n").at(-1)?.replace("data: ", "") ?? "";
    const response = JSON.stringify(JSON.parse(last).response);
    const bodies = [
      { body: bytes, type: "text/event-stream" },
      { body: new TextEncoder().encode(response), type: "application/json" },
    ];
    for (const { body, type } of bodies) {
      const whole = readWholeResponsesAnswer(responsesExchange(), body, type);
      if (!whole.ok) expect.fail(whole.failure.message);
      const { usage: __, ...answer } = JSON.parse(new TextDecoder().decode(whole.body));
      expect(answer).toEqual(JSON.parse(JSON.stringify(assembled)));
    }
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
