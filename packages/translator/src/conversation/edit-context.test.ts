import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { estimateInputTokens } from "../messages/estimate-input-tokens.ts";
import { readEnvelope } from "../messages/read-envelope.ts";
import type { Message, MessagesRequest } from "../messages/request.ts";
import { readEvents } from "../testing/read-events.ts";
import { chatSpeaker } from "../testing/walk/chat-speaker.ts";
import { converseSpeaker } from "../testing/walk/converse-speaker.ts";
import { geminiSpeaker } from "../testing/walk/gemini-speaker.ts";
import { responsesSpeaker } from "../testing/walk/responses-speaker.ts";
import { clearedResult } from "./clear-tool-uses.ts";
import { editContext } from "./edit-context.ts";

const clearThinking = "clear_thinking_20251015";
const clearToolUses = "clear_tool_uses_20250919";
const output = (at: number): string => `output ${at}: ${"lorem ipsum ".repeat(40)}`;

/** A turn of the user's with one call in its answer, which thinks before it and after it. */
function turn(at: number, name = "Read"): Message[] {
  const think = (part: string) => ({ type: "thinking", thinking: `${part} of ${at}`, signature: "s" }) as const;
  return [
    { role: "user", content: `question ${at}` },
    {
      role: "assistant",
      content: [think("plan"), { type: "tool_use", id: `t${at}`, name, input: { path: `/${at}` } }],
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: `t${at}`, content: output(at) }] },
    { role: "assistant", content: [think("check"), { type: "text", text: `answer ${at}` }] },
  ];
}

function requestOf(messages: readonly Message[], ...edits: readonly unknown[]): MessagesRequest {
  return { model: "m", max_tokens: 100, messages, context_management: { edits } };
}

const session = (turns: number): Message[] => Array.from({ length: turns }, (_, at) => turn(at)).flat();
const edited = (messages: readonly Message[], ...edits: readonly unknown[]) =>
  editContext(requestOf(messages, ...edits));
const blocksIn = (messages: readonly Message[], type: string) =>
  messages.flatMap(({ content }) => (Array.isArray(content) ? content.filter((block) => block.type === type) : []));
const outputs = (messages: readonly Message[]) =>
  blocksIn(messages, "tool_result").map((block) => (block.type === "tool_result" ? block.content : undefined));
const many = { trigger: { type: "tool_uses", value: 2 } };

describe("clearing thinking", () => {
  test("keeps the thinking of the last turn, through its calls, when nothing else is said", () => {
    const { request, contextManagement } = edited(session(3), { type: clearThinking });
    expect(blocksIn(request.messages, "thinking")).toEqual(blocksIn(turn(2), "thinking"));
    expect(contextManagement?.applied_edits).toEqual([
      { type: clearThinking, cleared_thinking_turns: 2, cleared_input_tokens: expect.any(Number) },
    ]);
    expect(contextManagement?.applied_edits[0]?.cleared_input_tokens).toBeGreaterThan(0);
  });

  test("keeps as many turns as are asked for, and counts only those that thought", () => {
    const silent: Message[] = [
      { role: "user", content: "and?" },
      { role: "assistant", content: "nothing" },
    ];
    const keep = { type: "thinking_turns", value: 2 };
    const { request } = edited([...session(3), ...silent], { type: clearThinking, keep });
    expect(blocksIn(request.messages, "thinking")).toEqual(blocksIn([...turn(1), ...turn(2)], "thinking"));
  });

  test.each(["all", { type: "all" }])(
    "SRV-09: leaves everything in place for %j, and says that it did nothing",
    (keep) => {
      const messages = session(3);
      const { request, dropped, contextManagement } = edited(messages, { type: clearThinking, keep });
      expect(request.messages).toBe(messages);
      expect(dropped).toEqual([]);
      expect(contextManagement).toEqual({ applied_edits: [] });
    },
  );
});

describe("clearing tool uses", () => {
  test("replaces all results but the last three, and leaves the calls and their inputs", () => {
    const { request, contextManagement } = edited(session(5), { type: clearToolUses, ...many });
    expect(outputs(request.messages)).toEqual([clearedResult, clearedResult, output(2), output(3), output(4)]);
    expect(blocksIn(request.messages, "tool_use")).toEqual(blocksIn(session(5), "tool_use"));
    const saved = estimateInputTokens({ messages: session(5) }) - estimateInputTokens(request);
    expect(contextManagement?.applied_edits).toEqual([
      { type: clearToolUses, cleared_tool_uses: 2, cleared_input_tokens: saved },
    ]);
  });

  test("waits for the trigger, which is 100,000 tokens when nothing else is said", () => {
    const last = { ...many, keep: { type: "tool_uses", value: 0 } };
    expect(edited(session(2), { type: clearToolUses, ...last }).contextManagement?.applied_edits).toEqual([]);
    expect(edited(session(5), { type: clearToolUses }).contextManagement?.applied_edits).toEqual([]);
    const large: Message = { role: "user", content: "word ".repeat(120_000) };
    const long = edited([large, ...session(5)], { type: clearToolUses });
    expect(long.contextManagement?.applied_edits).toMatchObject([{ cleared_tool_uses: 2 }]);
    const trigger = { type: "input_tokens", value: 200 };
    expect(edited(session(5), { type: clearToolUses, trigger }).contextManagement?.applied_edits).toHaveLength(1);
  });

  test("spares the tools that are excluded", () => {
    const messages = [...turn(0, "memory"), ...turn(1), ...turn(2)];
    const keep = { type: "tool_uses", value: 0 };
    const { request } = edited(messages, { type: clearToolUses, ...many, keep, exclude_tools: ["memory"] });
    expect(outputs(request.messages)).toEqual([output(0), clearedResult, clearedResult]);
  });

  test.each([
    [true, [{}, {}]],
    [["Read"], [{}, { path: "/1" }]],
    [false, [{ path: "/0" }, { path: "/1" }]],
  ])("clears the inputs that clear_tool_inputs: %j names", (clear_tool_inputs, inputs) => {
    const messages = [...turn(0), ...turn(1, "Bash"), ...turn(2)];
    const keep = { type: "tool_uses", value: 1 };
    const { request } = edited(messages, { type: clearToolUses, ...many, keep, clear_tool_inputs });
    const calls = blocksIn(request.messages, "tool_use").map((block) => block.type === "tool_use" && block.input);
    expect(calls).toEqual([...inputs, { path: "/2" }]);
  });

  test("clears nothing where less than clear_at_least would be gained", () => {
    const messages = session(5);
    const clear_at_least = { type: "input_tokens", value: 1_000_000 };
    const { request } = edited(messages, { type: clearToolUses, ...many, clear_at_least });
    expect(request.messages).toBe(messages);
  });

  test("clears in steps, so that most turns begin with all of the turn before", () => {
    const clear_at_least = { type: "input_tokens", value: 500 };
    const clearings = Array.from({ length: 20 }, (_, at) => {
      const { contextManagement } = edited(session(at + 3), { type: clearToolUses, ...many, clear_at_least });
      return contextManagement?.applied_edits[0];
    });
    const counts = clearings.map((edit) => (edit?.type === clearToolUses ? edit.cleared_tool_uses : 0));
    expect(counts.at(-1)).toBeGreaterThan(6);
    expect(new Set(counts).size).toBeLessThan(10);
    for (const edit of clearings) if (edit) expect(edit.cleared_input_tokens).toBeGreaterThanOrEqual(500);
  });
});

test("the edits are made in their order, and the request no longer asks for them", () => {
  const { request, contextManagement } = edited(session(5), { type: clearThinking }, { type: clearToolUses, ...many });
  expect(contextManagement?.applied_edits.map(({ type }) => type)).toEqual([clearThinking, clearToolUses]);
  expect(request).not.toHaveProperty("context_management");
});

test("SRV-09: edits that only Anthropic makes, and settings that nobody knows, are reported by their place", () => {
  const { request, dropped, contextManagement } = edited(
    session(5),
    { type: "compact_20260112", trigger: { type: "input_tokens", value: 150_000 } },
    { type: clearThinking, keep: "some" },
    { type: clearToolUses, keep: { type: "words", value: 1 } },
    { type: clearToolUses, exclude_tools: "Read" },
    "clear",
  );
  expect(dropped.map(({ path }) => path)).toEqual([0, 1, 2, 3, 4].map((at) => `context_management.edits[${at}]`));
  expect(contextManagement).toEqual({ applied_edits: [] });
  expect(request.messages).toEqual(session(5));
});

test.each([
  [{ edits: [], mode: "x" }, ["context_management.mode"]],
  [{ edits: { type: clearThinking } }, ["context_management.edits"]],
  ["auto", ["context_management"]],
])(
  "context_management: %j leaves the conversation as it is, and what is strange about it is reported",
  (value, paths) => {
    const { dropped, request } = editContext({ ...requestOf(session(1)), context_management: value });
    expect(dropped.map(({ path }) => path)).toEqual(paths);
    expect(request.messages).toEqual(session(1));
  },
);

test("a request without edits passes untouched, and its answer says nothing of them", () => {
  const request: MessagesRequest = { model: "m", max_tokens: 1, messages: session(1) };
  expect(editContext(request)).toEqual({ request, dropped: [], contextManagement: undefined });
  expect(editContext(request).request).toBe(request);
});

test("whatever the settings, calls keep their results and the kept end stays as it was", () => {
  const amount = (type: string) => fc.option(fc.record({ type: fc.constant(type), value: fc.nat(400) }));
  const edit = fc.record({
    type: fc.constant(clearToolUses),
    trigger: fc.oneof(amount("tool_uses"), amount("input_tokens")),
    keep: fc.option(fc.record({ type: fc.constant("tool_uses"), value: fc.nat(6) })),
    clear_at_least: amount("input_tokens"),
    exclude_tools: fc.option(fc.constantFrom(["Read"], ["Bash"], [])),
    clear_tool_inputs: fc.constantFrom(true, false, null, ["Bash"]),
  });
  fc.assert(
    fc.property(edit, fc.array(fc.constantFrom("Read", "Bash"), { maxLength: 8 }), (settings, names) => {
      const messages = names.flatMap((name, at) => turn(at, name));
      const { request, dropped } = edited(messages, settings);
      const kept = settings.keep?.value ?? 3;
      expect(dropped).toEqual([]);
      expect(request.messages).toHaveLength(messages.length);
      expect(blocksIn(request.messages, "tool_result")).toHaveLength(names.length);
      expect(outputs(request.messages).slice(-kept || names.length)).toEqual(
        outputs(messages).slice(-kept || names.length),
      );
      expect(estimateInputTokens(request)).toBeLessThanOrEqual(estimateInputTokens({ messages }));
      expect(edited(messages, settings)).toEqual(edited(messages, settings));
    }),
    { numRuns: 100 },
  );
});

test.each(
  [
    chatSpeaker("generic", {}),
    responsesSpeaker("gpt-5.6"),
    geminiSpeaker("gemini-3.8-flash", true),
    converseSpeaker("amazon.nova-pro-v1:0"),
  ].map((speaker) => [speaker.name, speaker] as const),
)("SRV-09: %s is sent the edited conversation, and its answer tells of the edits", (_name, speaker) => {
  const messages = [...session(5), { role: "user" as const, content: "go on" }];
  const request = requestOf(messages, { type: clearToolUses, ...many }, { type: "compact_20260112" });
  const body = new TextEncoder().encode(JSON.stringify(request));
  const context = { messageId: "msg_1", askedModel: "m" };
  const translation = speaker.dialect.translate({ body, envelope: readEnvelope(body) }, speaker.target, context);
  const sent = new TextDecoder().decode(translation.body);
  expect(sent).not.toContain("context_management");
  expect(sent.split(clearedResult)).toHaveLength(3);
  expect(sent).not.toContain("output 0");
  expect(sent).toContain("output 2");
  const paths = translation.dropped.map(({ path }) => path).filter((path) => path.startsWith("context_management"));
  expect(paths).toEqual(["context_management.edits[1]"]);
  const stream = translation.answerStream();
  const wire = speaker.say({ thinking: undefined, state: undefined, text: "done", calls: [] });
  const events = [stream.push(wire), stream.end()].flatMap((bytes) => readEvents(bytes));
  expect(events.find(({ type }) => type === "message_delta")).toMatchObject({
    context_management: { applied_edits: [{ type: clearToolUses, cleared_tool_uses: 2 }] },
  });
});
