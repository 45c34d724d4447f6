import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sealOpaque } from "../../messages/opaque.ts";
import { readEnvelope } from "../../messages/read-envelope.ts";
import type { ClientRequest, Translation } from "../dialect.ts";
import { anthropicMessages, filterForeignThinking } from "./index.ts";

const recordings = new URL("../../../../../../shared/fixtures/claude-code-requests/", import.meta.url);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function requestOf(value: unknown): ClientRequest {
  const body = encode(typeof value === "string" ? value : JSON.stringify(value));
  return { body, envelope: readEnvelope(body) };
}

function translate(request: ClientRequest, model = request.envelope.model): Translation {
  const context = { messageId: "msg_1", askedModel: request.envelope.model };
  return anthropicMessages.translate(request, { model }, context);
}

const own = sealOpaque("openai-chat", "state");
const call = { type: "tool_use", id: "toolu_1", name: "Bash", input: { name: "thinking", list: ["thinking", 1] } };
const result = { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "ok" }] };
const user = { role: "user", content: "hi" };
const assistant = (...content: unknown[]) => ({ role: "assistant", content });
const signed = { type: "thinking", thinking: "native", signature: "EqQBCgIYAhIk" };
const foreign = { type: "thinking", thinking: "foreign", signature: own };
const unsigned = { type: "thinking", thinking: "unsigned", signature: "" };
const withMessages = (...messages: unknown[]) => ({ model: "claude-x", max_tokens: 10, messages });

/** What is left of the messages, and the paths of what went. */
function filtered(...messages: unknown[]) {
  const request = requestOf(withMessages(...messages));
  const { body, dropped } = translate(request);
  return {
    messages: JSON.parse(decode(body)).messages,
    paths: dropped.map(({ path }) => path),
    same: body === request.body,
  };
}

describe("translate", () => {
  test("MSG-19 FR-19 SYS-09 SYS-14: gives the client's very bytes when nothing must change", () => {
    const request = requestOf(
      `{ "model":"claude-x","max_tokens" : 1e1, "news":{"a":0.10},"system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1; cch=36ee5;"}],
      "messages":[{"role":"user","content":"\\u0068i"},{"role":"system","content":"rule","output_config":{"effort":"high"}}] }`,
    );
    const { body, dropped } = translate(request);
    expect(body).toBe(request.body);
    expect(dropped).toEqual([]);
  });

  test("changes nothing but the model's name when another one serves it", () => {
    const text =
      '{"max_tokens":1.0,"model" : "claude-\\u0078" ,"messages":[{"role":"user","content":"claude-x"}],"x":1e400}';
    const { body } = translate(requestOf(text), 'org/"model"');
    expect(decode(body)).toBe(text.replace('"claude-\\u0078"', '"org/\\"model\\""'));
  });

  test("TK-14: keeps thinking that Anthropic signed, also when it is empty or redacted", () => {
    const empty = { type: "thinking", thinking: "", signature: "EqQBCgIYAhIk" };
    const redacted = { type: "redacted_thinking", data: "EmwKAhgBEgy3va3pzix" };
    expect(filtered(user, assistant(signed, call), result, assistant(empty, redacted, call), result).same).toBe(true);
  });

  test("TK-17: removes thinking that was signed for another provider, and says so", () => {
    const redacted = { type: "redacted_thinking", data: own };
    const { messages, paths } = filtered(user, assistant(foreign, signed, redacted, call, foreign), result);
    expect(messages).toEqual([user, assistant(signed, call), result]);
    expect(paths).toEqual(["messages[1].content[0]", "messages[1].content[2]", "messages[1].content[4]"]);
  });

  test("TK-18: removes thinking without a signature", () => {
    for (const signature of [{ signature: "" }, { signature: null }, {}]) {
      const { messages, paths } = filtered(
        user,
        assistant({ type: "thinking", thinking: "t", ...signature }, call),
        result,
      );
      expect(messages).toEqual([user, assistant(call), result]);
      expect(paths).toEqual(["messages[1].content[0]"]);
    }
  });

  test("TK-17 MSG-07: a message that held nothing else goes whole, wherever it stands", () => {
    expect(filtered(assistant(foreign), user, assistant(unsigned, foreign), user).messages).toEqual([user, user]);
    expect(filtered(user, assistant(foreign)).messages).toEqual([user]);
    expect(filtered(assistant(foreign), assistant(foreign), user).messages).toEqual([user]);
  });

  test("TK-17: finds such blocks however their keys are ordered and the JSON is spaced", () => {
    const shuffled = { signature: own, thinking: "t", type: "thinking" };
    const text = JSON.stringify(withMessages(user, assistant(call, shuffled, signed), result), undefined, 3);
    const { body } = translate(requestOf(text));
    expect(JSON.parse(decode(body)).messages).toEqual([user, assistant(call, signed), result]);
    expect(filtered(user, assistant({ ...signed, extra: [{ type: "thinking" }] }), user).same).toBe(true);
  });

  test("leaves words that only look like thinking alone", () => {
    const talk = 'I was thinking "thinking", {"type":"thinking"} and "signature":"" and "db1.x"';
    const messages = [
      user,
      assistant({ type: "text", text: talk }, { ...call, input: { type: "thinking", thinking: "" } }),
    ];
    expect(filtered(...messages, result)).toMatchObject({ messages: [...messages, result], same: true });
    expect(filtered({ role: "user", content: "thinking" }, { role: "assistant", content: '"thinking"' }).same).toBe(
      true,
    );
  });

  test("TK-20: turns thinking off when the last call has lost its thinking, and clearing thinking with it", () => {
    const clear = { type: "clear_thinking_20251015", keep: "all" };
    const other = { type: "clear_tool_uses_20250919" };
    const request = {
      ...withMessages(user, assistant(foreign, call), result),
      thinking: { type: "enabled", budget_tokens: 31_999 },
      context_management: { edits: [clear, other] },
    };
    const { body, dropped } = translate(requestOf(request));
    const sent = JSON.parse(decode(body));
    expect(sent.thinking).toEqual({ type: "disabled" });
    expect(sent.context_management).toEqual({ edits: [other] });
    expect(dropped.map(({ path }) => path)).toEqual([
      "messages[1].content[0]",
      "thinking",
      "context_management.edits[0]",
    ]);
  });

  test("TK-20: leaves thinking on where the model takes a turn without it", () => {
    const adaptive = { ...withMessages(user, assistant(foreign, call), result), thinking: { type: "adaptive" } };
    expect(JSON.parse(decode(translate(requestOf(adaptive)).body)).thinking).toEqual({ type: "adaptive" });
    const earlier = withMessages(user, assistant(foreign, call), result, assistant(signed, call), result);
    const enabled = { ...earlier, thinking: { type: "enabled", budget_tokens: 2_000 } };
    expect(JSON.parse(decode(translate(requestOf(enabled)).body)).thinking).toEqual(enabled.thinking);
  });

  test("EP-09: translating what was translated changes nothing more", () => {
    const { body } = translate(requestOf(withMessages(user, assistant(foreign, unsigned, call), result)));
    const again = requestOf(decode(body));
    expect(translate(again).body).toBe(again.body);
  });

  test("works on count_tokens bodies, and on envelopes that noted nothing in passing", () => {
    const { thinkingAt: _, ...envelope } = requestOf({
      model: "m",
      messages: [user, assistant(foreign, call), result],
    }).envelope;
    const body = encode(JSON.stringify({ model: "m", messages: [user, assistant(foreign, call), result] }));
    expect(filterForeignThinking({ body, envelope }).dropped).toHaveLength(1);
  });

  test("is what a filter on the parsed request gives, for any mixture of blocks", () => {
    const block = fc.constantFrom<unknown>(signed, foreign, unsigned, call, { type: "text", text: 'thinking"' });
    const histories = fc.array(
      fc.record({ role: fc.constant("assistant"), content: fc.array(block, { maxLength: 5 }) }),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(histories, fc.constantFrom(0, 2), (messages, indent) => {
        const stays = (each: unknown): boolean => each !== foreign && each !== unsigned;
        const expected = messages
          .map(({ role, content }) => ({ role, content: content.filter(stays), before: content.length }))
          .filter(({ content, before }) => content.length > 0 || before === 0)
          .map(({ role, content }) => ({ role, content }));
        const request = requestOf(JSON.stringify(withMessages(...messages), undefined, indent));
        expect(JSON.parse(decode(translate(request).body)).messages).toEqual(expected);
      }),
    );
  });

  test("FR-18: reads no byte many times over, however often a body speaks of thinking", () => {
    const members = Array.from({ length: 40_000 }, (_, index) => `"k${index}":"thinking"`).join(",");
    const { body, dropped } = translate(
      requestOf(`{"model":"m","messages":[{"role":"user","content":[{${members},"signature":"Eq"}]}]}`),
    );
    expect(dropped).toEqual([]);
    const open = '{"type":"thinking","x":';
    const nested = `${open.repeat(400)}"${"y".repeat(2_000_000)}"${',"signature":"Eq"}'.repeat(400)}`;
    const deep = translate(requestOf(`{"model":"m","messages":[{"role":"assistant","content":[${nested}]}]}`));
    expect(deep.dropped).toEqual([]);
    expect(body.length).toBeGreaterThan(40_000);
  });

  test("SYS-16 FR-18: filters 20,000 messages in one pass", () => {
    const many = Array.from({ length: 10_000 }, () => [user, assistant(foreign, { type: "text", text: "t" })]).flat();
    const { dropped } = translate(requestOf(withMessages(...many)));
    expect(dropped).toHaveLength(10_000);
  });
});

describe.skipIf(!existsSync(recordings))("translate on recorded requests of Claude Code", () => {
  const names = existsSync(recordings) ? readdirSync(recordings).filter((name) => name !== "models-list.json") : [];

  test.each(names)("FR-19: %s: goes out as it came, but for thinking without a signature", (name) => {
    const { body } = JSON.parse(readFileSync(new URL(name, recordings), "utf8"));
    const request = requestOf(body);
    const { body: sent, dropped } = translate(request);
    if (name === "no-signature-turn.json") {
      expect(dropped.map(({ path }) => path)).toEqual(["messages[2].content[0]"]);
      return;
    }
    expect(sent).toBe(request.body);
    expect(dropped).toEqual([]);
  });
});
