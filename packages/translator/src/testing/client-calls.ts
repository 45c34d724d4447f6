import fc from "fast-check";
import { anthropicMessages } from "../dialects/anthropic-messages/index.ts";
import type { Answer } from "../messages/answer.ts";
import type { ContentBlock } from "../messages/content.ts";
import { replayAnswer } from "../messages/replay.ts";
import { encodeEvent } from "../stream/event-bytes.ts";
import type { ClientCall, ClientDialect, ClientTranslation } from "../clients/client-dialect.ts";

const encoder = new TextEncoder();

/** The JSON of a value as bytes. */
export function jsonBytes(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

/** Reads a request as a client of this dialect sends it, at a fixed time. */
export function callOf(client: ClientDialect, request: unknown): ClientCall {
  return client.decodeRequest(jsonBytes(request), { createdAtSeconds: 1_700_000_000 });
}

/** A call translated for a provider that speaks Messages itself, whose answers are read again for other clients. */
export function nativeTranslation(call: ClientCall): ClientTranslation {
  const context = { messageId: "msg_1", askedModel: call.facts.model };
  return call.translate(anthropicMessages, { model: "m" }, context);
}

/** A whole answer in the client's form, as a stream or whole. */
export function told(call: ClientCall, answer: unknown, form: "whole" | "stream"): string {
  const body = typeof answer === "string" ? encoder.encode(answer) : jsonBytes(answer);
  const translation = nativeTranslation(call);
  const whole =
    form === "whole"
      ? translation.answerWhole(body, "application/json")
      : translation.answerReplayed(body, "application/json");
  if (!whole.ok) throw new Error(whole.failure.message);
  return new TextDecoder().decode(whole.body);
}

/** A Messages stream that tells this answer, as a provider sends it. */
export function messagesStream(answer: Answer): Uint8Array {
  return encoder.encode(
    replayAnswer(answer)
      .map((event) => encodeEvent(event))
      .join(""),
  );
}

/** An answer with this content. */
export function answerWith(content: readonly ContentBlock[], more: Partial<Answer> = {}): Answer {
  return {
    id: "msg_01abc",
    type: "message",
    role: "assistant",
    model: "m",
    content,
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: {
      input_tokens: 10,
      output_tokens: 7,
      cache_read_input_tokens: 80,
      cache_creation_input_tokens: 5,
      output_tokens_details: { thinking_tokens: 3 },
    },
    ...more,
  };
}

const text = fc.string({ unit: "grapheme" });
const some = text.filter((value) => value !== "");
const blocks: fc.Arbitrary<ContentBlock> = fc.oneof(
  fc.record({ type: fc.constant("text" as const), text: some }),
  fc.record({ type: fc.constant("thinking" as const), thinking: text, signature: some }),
  fc.record({ type: fc.constant("redacted_thinking" as const), data: some }),
  fc.record({
    type: fc.constant("tool_use" as const),
    id: some,
    name: some,
    // -0 has no form of its own in JSON.
    input: fc.dictionary(text, fc.jsonValue()).map((value): unknown => JSON.parse(JSON.stringify(value))),
  }),
  fc.record({
    type: fc.constant("server_tool_use" as const),
    id: some,
    name: fc.constantFrom("web_search", "other"),
    input: fc.record({ query: text }),
  }),
  fc.record({ type: fc.constant("web_search_tool_result" as const), tool_use_id: some, content: fc.constant([]) }),
);

/** Any answer that a model may give. */
export const anyAnswer: fc.Arbitrary<Answer> = fc
  .record({
    content: fc.array(blocks, { maxLength: 6 }),
    stop_reason: fc.constantFrom("end_turn", "tool_use", "max_tokens", "refusal", "pause_turn"),
  })
  .map(({ content, stop_reason }) => answerWith(content, { stop_reason }));

/** The data of each server-sent event, parsed; `[DONE]` stays as it is. */
export function dataOf(bytes: Uint8Array | string): unknown[] {
  const whole = typeof bytes === "string" ? bytes : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  return whole
    .split("\n\n")
    .filter((frame) => frame !== "")
    .map((frame): unknown => {
      const data = /^data: (.*)$/ms.exec(frame)?.[1] ?? "";
      return data === "[DONE]" ? data : JSON.parse(data);
    });
}
