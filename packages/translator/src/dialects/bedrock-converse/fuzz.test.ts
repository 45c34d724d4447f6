import fc from "fast-check";
import { expect, test } from "vitest";
import { findGrammarFault } from "../../messages/event-grammar.ts";
import type { FailureKind } from "../../messages/failure.ts";
import { errorTypeOf } from "../../messages/render-failure.ts";
import { awsEvent, awsException } from "../../testing/aws-frames.ts";
import { converseExchange } from "../../testing/converse-exchange.ts";
import { readEvents } from "../../testing/read-events.ts";
import { readFailure } from "./errors.ts";
import { repairConverseRequest } from "./repair.ts";
import { readWholeConverseAnswer, streamConverseAnswer } from "./response.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const junk = fc.oneof(
  fc.constant(null),
  fc.constant(undefined),
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.jsonValue(),
);
const maybe = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: value }, { weight: 1, arbitrary: junk });
const partly = (model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> =>
  fc.record(model, { requiredKeys: [] });

const prose = fc.constantFrom("x", "", "\n", "STOP", "ST", "🙂");
const base64 = fc.constantFrom("AAAA", "AA==", "?", "");
const toolUse = partly({
  toolUseId: maybe(fc.constantFrom("a", "b", "")),
  name: maybe(fc.constantFrom("Bash", "Read", "")),
  type: fc.constantFrom(undefined, undefined, "server_tool_use"),
});
const reasoning = fc.oneof(
  partly({ text: maybe(prose) }),
  partly({ signature: maybe(prose) }),
  partly({ redactedContent: maybe(base64) }),
  partly({ reasoningText: maybe(partly({ text: prose, signature: prose })) }),
);
const index = maybe(fc.nat(3));
const fragment = fc.constantFrom("", "{", '{"a":', "1", "}", '{"a":1}', "{}", '"', "null");
const delta = fc.oneof(
  partly({ text: maybe(prose) }),
  partly({ toolUse: maybe(partly({ input: maybe(fragment) })) }),
  partly({ reasoningContent: maybe(reasoning) }),
  junk,
);
const stopReason = fc.constantFrom("end_turn", "tool_use", "max_tokens", "stop_sequence", "content_filtered", "weird");
const usage = partly({ inputTokens: maybe(fc.nat()), outputTokens: maybe(fc.nat()), cacheDetails: junk });
const event: fc.Arbitrary<readonly [string, unknown]> = fc.oneof(
  fc.tuple(fc.constant("messageStart"), partly({ role: junk })),
  fc.tuple(
    fc.constant("contentBlockStart"),
    partly({ contentBlockIndex: index, start: maybe(partly({ toolUse: maybe(toolUse) })) }),
  ),
  { weight: 4, arbitrary: fc.tuple(fc.constant("contentBlockDelta"), partly({ contentBlockIndex: index, delta })) },
  fc.tuple(fc.constant("contentBlockStop"), partly({ contentBlockIndex: index })),
  fc.tuple(fc.constant("messageStop"), partly({ stopReason: maybe(stopReason), additionalModelResponseFields: junk })),
  fc.tuple(fc.constant("metadata"), partly({ usage: maybe(usage) })),
  fc.tuple(fc.string(), junk),
);
const exchanges = [true, false].map((nativeReasoning) =>
  converseExchange({ stop_sequences: ["STOP"] }, { nativeReasoning }),
);

function check(parts: readonly Uint8Array[], ending: FailureKind | undefined): void {
  for (const exchange of exchanges) {
    const stream = streamConverseAnswer(exchange);
    const out = parts.map((part) => stream.push(part));
    out.push(ending === undefined ? stream.end() : stream.fail({ kind: ending, message: "gone" }));
    const events = out.flatMap((part) => readEvents(part));
    expect(findGrammarFault(events)).toBeUndefined();
    const last = events.at(-1);
    if (stream.failure === undefined) expect(last?.type).toBe("message_stop");
    else expect(last).toMatchObject({ type: "error", error: { type: errorTypeOf(stream.failure.kind) } });
    for (const count of Object.values(stream.metered.usage)) {
      expect(typeof count === "boolean" || (Number.isInteger(count) && count >= 0)).toBe(true);
    }
  }
}

test("STR-01 FR-10: any events, in any order, broken anywhere, keep to the grammar", () => {
  const ending = fc.constantFrom<FailureKind | undefined>(undefined, "reset", "timed-out");
  const exception = fc
    .constantFrom("throttlingException", "validationException", "x")
    .map((type) => awsException(type, "m"));
  const frame = fc.oneof(
    { weight: 20, arbitrary: event.map(([type, payload]) => awsEvent(type, JSON.stringify(payload) ?? "")) },
    { weight: 1, arbitrary: exception },
  );
  fc.assert(fc.property(fc.array(frame, { maxLength: 14 }), ending, check), { numRuns: 600 });
});

test("STR-01: any bytes at all keep to the grammar", () => {
  const start = awsEvent("messageStart", {});
  const piece = fc.oneof(
    fc.uint8Array(),
    fc.constantFrom(bytes("{"), bytes("<"), start, start.slice(0, 20), start.slice(5)),
  );
  fc.assert(fc.property(fc.array(piece), (parts) => check(parts, undefined)));
});

test("any whole body is an answer or a failure, and never throws", () => {
  const block = fc.oneof(delta, partly({ toolUse: maybe(fc.record({ toolUseId: junk, name: prose, input: junk })) }));
  const body = partly({
    output: maybe(partly({ message: maybe(partly({ content: maybe(fc.array(block)) })) })),
    stopReason: maybe(stopReason),
    usage: maybe(usage),
  });
  const types = fc.constantFrom("application/json", "application/vnd.amazon.eventstream", "");
  fc.assert(
    fc.property(fc.oneof(body, junk), types, (value, contentType) => {
      const whole = readWholeConverseAnswer(converseExchange(), bytes(JSON.stringify(value) ?? ""), contentType);
      if (whole.ok) expect(JSON.parse(new TextDecoder().decode(whole.body))).toMatchObject({ type: "message" });
      else expect(errorTypeOf(whole.failure.kind)).toBeTypeOf("string");
    }),
  );
});

test("any error answer has a kind, and repairing after it never throws", () => {
  const words = fc.constantFrom(
    "This model doesn't support the messages.content.toolUse field.",
    "a.b[0].c: Extra inputs are not permitted",
    "did not allow prompt caching",
    "thinking.type.enabled is not supported",
  );
  const text = fc.oneof(
    fc.string(),
    junk.map((value) => JSON.stringify(value) ?? ""),
    fc.oneof(junk, words).map((message) => JSON.stringify({ message })),
  );
  const bodies = [
    '{"inferenceConfig":{"maxTokens":5},"messages":[]}',
    '{"messages":[null,{"content":[null,{"cachePoint":1}]}],"system":[{"cachePoint":1}],"toolConfig":{"tools":3}}',
    '{"additionalModelRequestFields":{"thinking":{"type":"enabled"}},"messages":{}}',
  ];
  fc.assert(
    fc.property(fc.integer({ min: 400, max: 599 }), text, fc.constantFrom(...bodies), (status, body, request) => {
      const failure = readFailure({ status, headers: {}, body, receivedAtMs: 0 });
      expect(errorTypeOf(failure.kind)).toBeTypeOf("string");
      expect(() => repairConverseRequest(bytes(request), failure)).not.toThrow();
    }),
  );
});
