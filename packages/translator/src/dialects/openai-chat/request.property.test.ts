import fc from "fast-check";
import { expect, test } from "vitest";
import { messagesRequest } from "../../testing/chat-request-of.ts";
import type { ChatMessage, ChatToolCall } from "./chat-request.ts";
import { genericChat, type ChatProfile } from "./profile.ts";
import { encodeChatRequest } from "./request.ts";

const word = fc.constantFrom(
  "a",
  "",
  " ",
  "b\n",
  "x-anthropic-billing-header: y",
  "<system-reminder>z</system-reminder>",
);
const id = fc.constantFrom("1", "2", "1_2", "", "call.x:0", "i".repeat(70));
const name = fc.constantFrom("Read", "Bash", "a.b", "", "n".repeat(70), "web_search");
const cacheControl = fc.option(fc.constant({ type: "ephemeral" }), { nil: undefined });
const text = fc.record({
  type: fc.constant("text"),
  text: fc.oneof(word, fc.constant(null)),
  cache_control: cacheControl,
});
const source = fc.oneof(
  fc.record({
    type: fc.constant("base64"),
    media_type: fc.constantFrom("image/png", "application/pdf", "text/plain"),
    data: word,
  }),
  fc.record({ type: fc.constant("url"), url: word }),
  fc.record({ type: fc.constant("text"), data: word }),
);
const media = fc.record({
  type: fc.constantFrom("image", "document"),
  source,
  title: fc.option(word),
  cache_control: cacheControl,
});
const unknown = fc.record({
  type: fc.constantFrom("novelty", "mcp_tool_result"),
  text: fc.option(word),
  content: fc.anything(),
});
const reference = fc.record({ type: fc.constant("tool_reference"), tool_name: name });
const result = fc.record({
  type: fc.constant("tool_result"),
  tool_use_id: id,
  content: fc.oneof(
    word,
    fc.constant(null),
    fc.constant({ a: 1 }),
    fc.array(fc.oneof(text, media, reference, unknown), { maxLength: 3 }),
  ),
  is_error: fc.option(fc.boolean()),
});
const call = fc.record({
  type: fc.constant("tool_use"),
  id,
  name,
  input: fc.oneof(fc.constantFrom({}, { p: 1 }, null, "{", '{"p":1}'), fc.json()),
});
const thinking = fc.record({ type: fc.constant("thinking"), thinking: word, signature: fc.option(word) });
const redacted = fc.record({ type: fc.constant("redacted_thinking"), data: word });
const search = fc.record({ type: fc.constant("web_search_tool_result"), tool_use_id: id, content: fc.anything() });
const block = fc.oneof(text, media, unknown, result, call, thinking, redacted, search);
const turnPart = fc.record({
  role: fc.constantFrom("user", "assistant", "system"),
  content: fc.oneof(word, fc.constant(null), fc.array(block, { maxLength: 4 })),
  output_config: fc.option(fc.constant({ effort: "max" }), { nil: undefined }),
});
const tool = fc.record({
  name,
  input_schema: fc.oneof(fc.constant({ type: "object" }), fc.anything()),
  type: fc.constantFrom(undefined, null, "custom", "bash_20250124", "web_search_20250305", "mcp_toolset"),
  defer_loading: fc.option(fc.boolean(), { nil: undefined }),
  strict: fc.option(fc.boolean(), { nil: undefined }),
});
const request = fc.record({
  messages: fc.array(turnPart, { maxLength: 8 }),
  system: fc.oneof(fc.constant(undefined), word, fc.array(text, { maxLength: 3 })),
  tools: fc.option(fc.array(tool, { maxLength: 4 })),
  tool_choice: fc.option(
    fc.oneof(
      fc.constantFrom({ type: "auto" }, { type: "any" }, { type: "none" }),
      fc.record({ type: fc.constant("tool"), name }),
    ),
  ),
  thinking: fc.option(
    fc.constantFrom({ type: "adaptive" }, { type: "disabled" }, { type: "enabled", budget_tokens: 5000 }),
  ),
  stop_sequences: fc.option(fc.array(word, { maxLength: 6 })),
});
const profile: fc.Arbitrary<ChatProfile> = fc
  .record({
    midSystem: fc.constantFrom("user-reminder", "system"),
    images: fc.boolean(),
    files: fc.boolean(),
    toolMedia: fc.constantFrom("in-tool-message", "in-user-message"),
    efforts: fc.constantFrom<ChatProfile["efforts"][]>([], ["none", "low", "high"]),
    reasoningBack: fc.constantFrom("reasoning_content", "reasoning", "reasoning_details", "never"),
    toolCallIds: fc.constantFrom("any", "max-40", "alphanumeric-9"),
    cacheControl: fc.boolean(),
    mergeSameRole: fc.boolean(),
    userAfterTool: fc.boolean(),
    toolCallsNeedTools: fc.boolean(),
    prefill: fc.constantFrom("as-is", "prefix", "continue_final_message"),
  } satisfies { [Key in keyof ChatProfile]?: fc.Arbitrary<ChatProfile[Key]> })
  .map((differences) => ({ ...genericChat, ...differences }));

/** What a strict server checks: results directly after their calls, one each, and ids that are never used again. */
function orderProblems(messages: readonly ChatMessage[]): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  const open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    if (message.role === "tool") {
      if (!open.delete(message.tool_call_id)) problems.push(`${index}: a result without its call`);
      continue;
    }
    if (open.size > 0) problems.push(`${index}: calls without results: ${[...open].join()}`);
    for (const { id: made } of callsOf(message)) {
      if (seen.has(made)) problems.push(`${index}: the id ${made} comes twice`);
      seen.add(made);
      open.add(made);
    }
  }
  return open.size > 0 ? [...problems, "calls without results at the end"] : problems;
}

/** What it checks in each message: something said, legal names, and arguments that are an object. */
function messageProblems(message: ChatMessage): string[] {
  const calls = callsOf(message);
  const says = calls.length > 0 || message.role === "tool";
  const blank = message.content === null || message.content.length === 0;
  return [
    ...(blank && !says ? ["no content"] : []),
    ...calls.filter((made) => !/^[a-zA-Z0-9_-]{1,64}$/.test(made.function.name)).map(() => "an illegal name"),
    ...calls.filter((made) => !made.function.arguments.startsWith("{")).map(() => "arguments that are no object"),
  ];
}

function callsOf(message: ChatMessage): readonly ChatToolCall[] {
  return message.role === "assistant" ? (message.tool_calls ?? []) : [];
}

const runs = { numRuns: 500 };

test("TH-01 TH-04 TH-05 TH-07 MSG-15: any request becomes one that a strict server accepts", () => {
  fc.assert(
    fc.property(request, profile, (parts, given) => {
      const { body } = encodeChatRequest(messagesRequest(parts), "model", given);
      expect([...orderProblems(body.messages), ...body.messages.flatMap(messageProblems)]).toEqual([]);
      expect(JSON.parse(JSON.stringify(body))).toMatchObject({ model: "model" });
      if (body.tool_choice !== undefined) expect(body.tools).toBeDefined();
      if (!given.cacheControl) expect(JSON.stringify(body.messages)).not.toContain('"cache_control":');
    }),
    runs,
  );
});

test("the same request gives the same bytes, and is not changed by it", () => {
  fc.assert(
    fc.property(request, profile, (parts, given) => {
      const whole = messagesRequest(parts);
      const before = JSON.stringify(whole);
      const first = JSON.stringify(encodeChatRequest(whole, "model", given));
      expect(JSON.stringify(encodeChatRequest(whole, "model", given))).toBe(first);
      expect(JSON.stringify(whole)).toBe(before);
    }),
    runs,
  );
});

test("SYS-13 MSG-01: a turn's messages begin the next turn's, whatever comes after", () => {
  const turn = fc.tuple(fc.array(fc.tuple(id, name), { maxLength: 3 }), word, word).map(([calls, said, asked]) => [
    {
      role: "assistant",
      content: [
        { type: "text", text: `${said}!` },
        ...calls.map(([key, called]) => ({ type: "tool_use", id: key, name: called, input: {} })),
      ],
    },
    {
      role: "user",
      content: [
        ...calls.map(([key]) => ({ type: "tool_result", tool_use_id: key, content: said })),
        { type: "text", text: `${asked}?` },
      ],
    },
    { role: "system", content: asked },
  ]);
  const messagesOf = (messages: readonly unknown[], given: ChatProfile) =>
    encodeChatRequest(messagesRequest({ messages }), "model", given).body.messages.map((entry) =>
      JSON.stringify(entry),
    );
  fc.assert(
    fc.property(
      fc.array(turn, { maxLength: 5 }),
      fc.array(turnPart, { maxLength: 3 }),
      profile,
      (turns, more, given) => {
        // Merged neighbours grow, and a prefill is marked only while it is the last message.
        const steady: ChatProfile = { ...given, mergeSameRole: false, prefill: "as-is", toolCallsNeedTools: false };
        const earlier = [{ role: "user", content: "q" }, ...turns.flat()];
        const next = [{ role: "assistant", content: "then" }, ...more];
        const before = messagesOf(earlier, steady);
        expect(messagesOf([...earlier, ...next], steady).slice(0, before.length)).toEqual(before);
      },
    ),
    runs,
  );
});
