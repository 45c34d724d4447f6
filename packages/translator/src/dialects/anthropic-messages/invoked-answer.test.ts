import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { assembleAnswer } from "../../messages/assemble.ts";
import { readEnvelope } from "../../messages/read-envelope.ts";
import { awsEvent, awsException, awsFrame, joinBytes } from "../../testing/aws-frames.ts";
import { addEventGrammarMatcher, cutEverywhere, readEvents } from "../../testing/index.ts";
import type { Translation } from "../dialect.ts";
import { bedrockInvoke, messagesOn } from "./index.ts";

addEventGrammarMatcher();

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const folder = new URL("../../../fixtures/streams/", import.meta.url);
const body = new TextEncoder().encode('{"model":"sonnet","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}');
const eventStream = "application/vnd.amazon.eventstream";

function translation(askedModel = "sonnet"): Translation {
  const target = { model: "eu.anthropic.claude-sonnet-4-6" };
  return messagesOn(bedrockInvoke).translate({ body, envelope: readEnvelope(body) }, target, {
    messageId: "msg_1",
    askedModel,
  });
}

/** One event as Bedrock frames it, padded so that its length tells nothing. */
const chunk = (json: string): Uint8Array =>
  awsEvent("chunk", { bytes: Buffer.from(json).toString("base64"), p: "abcdefghijklmnop".slice(0, json.length % 16) });

function linesOf(name: string): string[] {
  return readFileSync(new URL(`bedrock-invoke-${name}.jsonl`, folder), "utf8")
    .trim()
    .split("\n");
}

function run(chunks: Iterable<Uint8Array>, askedModel?: string) {
  const stream = translation(askedModel).answerStream();
  let out = "";
  for (const piece of chunks) out += decode(stream.push(piece));
  return { out: out + decode(stream.end()), stream };
}

const recordings = ["thinks-and-calls", "short-answer"].map((name) => ({ name, lines: linesOf(name) }));

describe.each(recordings)("$name", ({ name, lines }) => {
  const bytes = joinBytes(...lines.map(chunk));
  const { out: expected, stream } = run([bytes]);

  test("BR-13 STR-01: becomes the events that are on file", async () => {
    expect(readEvents(expected)).toFollowEventGrammar();
    expect(stream.failure).toBeUndefined();
    await expect(expected).toMatchFileSnapshot(new URL(`bedrock-invoke-${name}.sse`, folder).pathname);
  });

  test("BR-13 RS-03: each event's JSON stays as it is, but for the model's name and Bedrock's own account", () => {
    const data = [...expected.matchAll(/^data: (.*)$/gmu)].map(([, json]) => json);
    const kept = lines.map((json) =>
      json.replace(/"model":"[^"]*"/, '"model":"sonnet"').replace(/,"amazon-bedrock-invocationMetrics":.*\}$/, "}"),
    );
    expect(data).toEqual(kept);
  });

  test("BR-13 FR-01 FR-10 FR-17: the cut does not matter", { timeout: 30_000 }, () => {
    for (const chunks of cutEverywhere(bytes)) {
      const cut = run(chunks);
      if (cut.out !== expected) expect(cut.out).toBe(expected);
      expect(cut.stream.metered).toEqual(stream.metered);
    }
  });

  test("STR-25 STR-26 STR-29: broken anywhere it ends in one error, never in a complete answer", () => {
    const finished = joinBytes(...lines.slice(0, -2).map(chunk)).length;
    for (let at = 0; at <= finished; at += 7) {
      for (const breakOff of ["end", "fail"] as const) {
        const answer = translation().answerStream();
        const head = answer.push(bytes.slice(0, at));
        const tail = breakOff === "end" ? answer.end() : answer.fail({ kind: "reset", message: "gone" });
        const seen = readEvents(decode(head) + decode(tail));
        expect(seen).toFollowEventGrammar();
        expect(seen.at(-1)?.type).toBe("error");
        expect(answer.failure?.kind).toMatch(breakOff === "fail" ? /^reset$/ : /^(?:truncated|malformed)$/);
      }
    }
  });

  test("STR-34: read as a whole it holds the same answer", () => {
    const whole = translation().answerWhole(bytes, eventStream);
    const { usage: _, ...answer } = JSON.parse(JSON.stringify(assembleAnswer(readEvents(expected))));
    expect(whole.ok && JSON.parse(decode(whole.body))).toMatchObject(answer);
    expect(whole.ok && whole.metered).toEqual(stream.metered);
  });
});

test("RS-03: a client that asks by the provider's own name is told that name", () => {
  const { out } = run(linesOf("short-answer").map(chunk), "eu.anthropic.claude-sonnet-4-6");
  expect(out).toContain('"model":"eu.anthropic.claude-sonnet-4-6"');
});

test("USG-01: usage is counted from the events", () => {
  const { stream } = run(linesOf("thinks-and-calls").map(chunk));
  expect(stream.metered).toMatchObject({
    stopReason: "tool_use",
    usage: { inputTokens: 12, cacheReadTokens: 5_000, cacheWrite5mTokens: 100, cacheWrite1hTokens: 200 },
  });
});

describe("failures", () => {
  const start = linesOf("short-answer").slice(0, 3).map(chunk);

  test.each([
    ["throttlingException", "Too many tokens, please wait before trying again.", "rate-limited"],
    ["modelStreamErrorException", "The system encountered an unexpected error during processing.", "server-error"],
    ["modelTimeoutException", "The model timed out.", "timed-out"],
    ["validationException", "Input is too long for requested model.", "context-overflow"],
    ["internalServerException", "Internal error", "server-error"],
    ["serviceUnavailableException", "Bedrock is unable to process your request.", "overloaded"],
  ])("ERR-01 STR-27: %s in the middle of a stream ends it with its own kind", (type, message, kind) => {
    const stream = translation().answerStream();
    const events = readEvents(stream.push(joinBytes(...start, awsException(type, message), ...start)));
    expect(events).toFollowEventGrammar();
    expect(events.at(-1)).toMatchObject({ type: "error", error: { message } });
    expect(stream.failure).toMatchObject({ kind, message });
    expect(stream.push(joinBytes(...start))).toHaveLength(0);
    expect(stream.end()).toHaveLength(0);
  });

  test("STR-27: an error without a payload is told by its headers", () => {
    const frame = awsFrame(
      { ":message-type": "error", ":error-code": "throttlingException", ":error-message": "slow" },
      "",
    );
    const stream = translation().answerStream();
    stream.push(frame);
    expect(stream.failure).toMatchObject({ kind: "rate-limited", message: "slow" });
  });

  test("STR-27: an exception before anything else leaves the answer uncommitted, and a whole one refused", () => {
    const bytes = awsException("throttlingException", "slow");
    const stream = translation().answerStream();
    stream.push(bytes);
    expect(stream.committed).toBe(false);
    expect(translation().answerWhole(bytes, eventStream)).toMatchObject({
      ok: false,
      failure: { kind: "rate-limited" },
    });
  });

  test.each([
    ["is no base64", { bytes: "?" }],
    ["has no bytes", { p: "abc" }],
    ["has bytes that are no text", { bytes: 7 }],
    ["holds no JSON", { bytes: btoa("hello") }],
    ["holds something other than an event", { bytes: btoa("7") }],
    ["holds a type that would forge a line", { bytes: btoa('{"type":"a\\nb"}') }],
    ["is no JSON itself", "{"],
  ])("a chunk that %s is a failure, never a gap", (_, payload) => {
    const { out, stream } = run([joinBytes(...start, awsEvent("chunk", payload))]);
    expect(stream.failure?.kind).toBe("malformed");
    expect(readEvents(out)).toFollowEventGrammar();
  });

  test("FR-17: a damaged frame is a failure", () => {
    const bytes = joinBytes(...start);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect(run([bytes]).stream.failure?.kind).toBe("malformed");
  });
});

test("JSON that is written otherwise is read all the same", () => {
  const spread = linesOf("short-answer").map((line) => JSON.stringify(JSON.parse(line), null, 2));
  const escaped = spread.map((json) => {
    const base64 = Buffer.from(json).toString("base64");
    return awsEvent(
      "chunk",
      `{ "p": "a", "bytes": "${base64.slice(0, 4)}\\u00${base64.charCodeAt(4).toString(16)}${base64.slice(5)}" }`,
    );
  });
  const { out, stream } = run(escaped);
  expect(stream.failure).toBeUndefined();
  expect(assembleAnswer(readEvents(out))).toMatchObject({ content: [{ text: "Hello" }] });
});

test("chunks that say nothing keep the connection alive and mean nothing", () => {
  const frames = linesOf("short-answer").flatMap((line) => [chunk(line), chunk("{}")]);
  expect(run(frames).out).toBe(run(linesOf("short-answer").map(chunk)).out);
});

test("frames of a type that is newer than this version mean nothing", () => {
  const frames = linesOf("short-answer").flatMap((line) => [chunk(line), awsEvent("somethingNew", { a: 1 })]);
  expect(run(frames).out).toBe(run(linesOf("short-answer").map(chunk)).out);
});

test("an answer that comes as server-sent events, or as JSON, is read as such", () => {
  const { out } = run(linesOf("short-answer").map(chunk));
  expect(run([new TextEncoder().encode(out)]).out).toBe(out);
  const answer = { type: "message", role: "assistant", model: "m", content: [{ type: "text", text: "a" }] };
  const whole = translation().answerWhole(new TextEncoder().encode(JSON.stringify(answer)), "application/json");
  expect(whole.ok && JSON.parse(decode(whole.body))).toEqual({ ...answer, model: "sonnet" });
});

test("STR-01: any frames and any bytes end in one way and never throw", () => {
  const line = fc.constantFrom(...linesOf("thinks-and-calls"));
  const piece = fc.oneof(
    { weight: 8, arbitrary: line.map(chunk) },
    fc.jsonValue().map((value) => chunk(JSON.stringify(value))),
    fc.jsonValue().map((value) => awsEvent("chunk", JSON.stringify(value))),
    fc.constantFrom("throttlingException", "x").map((type) => awsException(type, "m")),
    fc.uint8Array(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, breaks) => {
      const stream = translation().answerStream();
      const out = pieces.map((bytes) => decode(stream.push(bytes)));
      out.push(decode(breaks ? stream.fail({ kind: "reset", message: "gone" }) : stream.end()));
      expect(stream.finished).toBe(true);
      expect(out.join("")).toMatch(/(?:event: error\ndata: .*|"message_stop".*)\n\n/u);
      expect(translation().answerWhole(joinBytes(...pieces), eventStream).ok).toBeTypeOf("boolean");
    }),
    { numRuns: 400 },
  );
});

test("a streamed event costs a few microseconds, from bytes to bytes", () => {
  const [first = ""] = linesOf("short-answer");
  const delta = (text: string): string =>
    `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${text}"}}`;
  const many = joinBytes(...Array.from({ length: 16 }, (_, index) => chunk(delta(` word${index}`))));
  const round = (): number => {
    const stream = translation().answerStream();
    stream.push(chunk(first));
    let length = 0;
    for (let count = 0; count < 200; count++) length += stream.push(many).length;
    return length;
  };
  for (let warm = 0; warm < 10; warm++) round();
  const before = process.cpuUsage();
  for (let count = 0; count < 10; count++) expect(round()).toBeGreaterThan(0);
  const { user, system } = process.cpuUsage(before);
  console.info(`InvokeModel streams: ${((user + system) / (10 * 200 * 16)).toFixed(2)} µs of CPU per event`);
});
