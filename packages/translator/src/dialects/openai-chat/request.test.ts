import { expect, test } from "vitest";
import { chatRequestOf, type LooseRequest } from "../../testing/chat-request-of.ts";
import type { ChatProfile } from "./profile.ts";

const messagesOf = (parts: LooseRequest, differences: Partial<ChatProfile> = {}) =>
  chatRequestOf(parts, differences).body.messages;
const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: unknown) => ({ role: "assistant", content });
const system = (content: unknown) => ({ role: "system", content });
const text = (value: unknown) => ({ type: "text", text: value });
const billing = "x-anthropic-billing-header: cc_version=2.1.177.01c; cc_entrypoint=sdk-cli; cch=36ee5;";

test("SYS-01 SYS-17: a system string is one system message", () => {
  expect(messagesOf({ system: "S" })).toEqual([system("S"), user("hi")]);
  expect(messagesOf({ system: "S" }, { systemRole: "developer" })[0]).toEqual({ role: "developer", content: "S" });
});

test("SYS-02: system blocks become one string and no words run together", () => {
  expect(messagesOf({ system: [text("A"), text("B\n"), text("C")] })[0]).toEqual(system("A\n\nB\nC"));
});

test("SYS-06: the billing block goes and the rest stays as it is", () => {
  const encoded = chatRequestOf({ system: [text(billing), text("You are Claude Code…")] });
  expect(encoded.body.messages[0]).toEqual(system("You are Claude Code…"));
  expect(encoded.dropped).toEqual([{ path: "system[0]", reason: expect.stringContaining("billing line") }]);
});

test.each(["\n", "\r\n"])("SYS-07: a leading billing line is cut off up to its line end (%j)", (end) => {
  expect(messagesOf({ system: `${billing}${end}You are Claude Code` })[0]).toEqual(system("You are Claude Code"));
  expect(messagesOf({ system: [text(`${billing}${end}You are Claude Code`)] })[0]).toEqual(
    system("You are Claude Code"),
  );
});

test("SYS-08: the same words later in the prompt are content", () => {
  const docs = "Docs: x-anthropic-billing-header: is …";
  expect(messagesOf({ system: docs })[0]).toEqual(system(docs));
  expect(messagesOf({ system: [text("A"), text(billing)] })[0]).toEqual(system(`A\n\n${billing}`));
});

test("SYS-11 SYS-13: a system message in mid-conversation stays in its place", () => {
  const parts = {
    system: [text("Top")],
    messages: [user("Hello"), system("rule"), assistant("Hi"), user("Follow up")],
  };
  expect(messagesOf(parts)).toEqual([
    system("Top"),
    user("Hello"),
    user("<system-reminder>\nrule\n</system-reminder>"),
    assistant("Hi"),
    user("Follow up"),
  ]);
  expect(messagesOf(parts, { midSystem: "system" })[2]).toEqual(system("rule"));
});

test("SYS-11: a text that is a reminder already is not wrapped again", () => {
  const reminder = "<system-reminder>\nx\n</system-reminder>";
  expect(messagesOf({ messages: [user("a"), system([text(reminder)])] })[1]).toEqual(user(reminder));
});

test("SYS-11: system messages before the first turn belong to the system prompt", () => {
  expect(messagesOf({ system: "S", messages: [system("T"), user("hi")] })).toEqual([system("S\n\nT"), user("hi")]);
});

test("SYS-14: a system message with effort alone says nothing and sets the effort", () => {
  const { body } = chatRequestOf(
    { messages: [user("a"), { ...system([]), output_config: { effort: "low" } }], output_config: { effort: "high" } },
    { efforts: ["low", "medium", "high"] },
  );
  expect(body.messages).toEqual([user("a")]);
  expect(body.reasoning_effort).toBe("low");
});

test("SYS-15: empty system entries leave nothing behind", () => {
  expect(messagesOf({ system: null, messages: [system(null), system(""), user("hi")] })).toEqual([user("hi")]);
  expect(messagesOf({ system: [], messages: [user("hi"), system(null), system("")] })).toEqual([user("hi")]);
});

test("SYS-16: 20,000 system turns take linear time", () => {
  const timed = (count: number): number => {
    const messages = [user("hi"), ...Array.from({ length: count }, (_, index) => system(`rule ${index}`))];
    const start = process.cpuUsage();
    expect(messagesOf({ messages })).toHaveLength(count + 1);
    const { user: spent, system: inKernel } = process.cpuUsage(start);
    return spent + inKernel;
  };
  // What else a process does, a garbage collection above all, only adds time.
  const least = (count: number): number => Math.min(...Array.from({ length: 3 }, () => timed(count)));
  // Both are so many that garbage is collected meanwhile. A quadratic encoder takes 64 times as long for eight times as many.
  expect(least(160_000) / least(20_000)).toBeLessThan(40);
});

test("a system message that the client wants gone after the next user message is then gone", () => {
  const shown = { ...system("until then"), clear_at: "next_user_message" };
  expect(messagesOf({ messages: [user("a"), shown] })).toHaveLength(2);
  expect(messagesOf({ messages: [user("a"), shown, assistant("b"), user("c")] })).toHaveLength(3);
});

test("MSG-01: a string and the same text as a block give the same bytes", () => {
  const asString = chatRequestOf({ system: "S", messages: [user("x"), system("r"), assistant("y"), user("z")] });
  const blocks = { messages: [user([text("x")]), system([text("r")]), assistant([text("y")]), user([text("z")])] };
  expect(JSON.stringify(chatRequestOf({ system: [text("S")], ...blocks }).body)).toBe(JSON.stringify(asString.body));
});

const marked = (value: string) => ({ ...text(value), cache_control: { type: "ephemeral" } });

test("MSG-02: no cache_control leaves for a server that does not take it, and that is said once", () => {
  const { body, dropped } = chatRequestOf({
    system: [marked("S")],
    tools: [{ name: "T", input_schema: { type: "object" }, cache_control: { type: "ephemeral" } }],
    messages: [user([marked("a")]), assistant([marked("b")]), user([marked("c"), marked("d")])],
  });
  expect(JSON.stringify(body)).not.toContain("cache_control");
  expect(dropped.map(({ path }) => path)).toEqual(["cache_control"]);
});

test("MSG-02: a server that takes cache_control gets it on text parts", () => {
  const [first, second] = messagesOf({ system: [text("A"), marked("B")] }, { cacheControl: true });
  expect(first).toEqual(system([text("A"), marked("B")]));
  expect(second).toEqual(user("hi"));
});

test("MSG-03: a server with explicit breakpoints gets them on text parts and never on images", () => {
  const image = {
    type: "image",
    source: { type: "url", url: "https://x/y.png" },
    cache_control: { type: "ephemeral" },
  };
  const { body, dropped } = chatRequestOf({ messages: [user([marked("a"), image])] }, { cacheBreakpoints: true });
  expect(body.messages[0]?.content).toEqual([
    { type: "text", text: "a", prompt_cache_breakpoint: { mode: "explicit" } },
    { type: "image_url", image_url: { url: "https://x/y.png" } },
  ]);
  expect(dropped.map(({ path }) => path)).toEqual(["messages[0].content[1].cache_control"]);
});

test("MSG-05 MSG-06 MSG-07 MSG-17: blank texts and messages without content leave no trace", () => {
  const call = { type: "tool_use", id: "t1", name: "T", input: {} };
  const messages = [user("q"), assistant([text(""), text(" \n\t"), text(null), call]), user([]), user([text(" ")])];
  expect(messagesOf({ messages })).toMatchObject([user("q"), { role: "assistant", content: null }, { role: "tool" }]);
});

test("MSG-08: neighbours of one role stay apart unless the template insists on turns", () => {
  const image = { type: "image", source: { type: "url", url: "u" } };
  const parts = { messages: [user("a"), system("r"), user([image])] };
  expect(messagesOf(parts)).toHaveLength(3);
  expect(messagesOf(parts, { mergeSameRole: true })).toEqual([
    user([text("a\n\n<system-reminder>\nr\n</system-reminder>"), { type: "image_url", image_url: { url: "u" } }]),
  ]);
});

test("MSG-11: text on both sides of a call is joined without running words together", () => {
  const call = { type: "tool_use", id: "t1", name: "T", input: {} };
  expect(
    messagesOf({
      messages: [user("q"), assistant(["a", call, "b"].map((x) => (typeof x === "string" ? text(x) : x)))],
    })[1],
  ).toMatchObject({
    content: "a\n\nb",
    tool_calls: [{ id: "t1" }],
  });
});

test("MSG-13: a last assistant message is continued in the server's own way", () => {
  const parts = { messages: [user("q"), assistant("{")] };
  expect(chatRequestOf(parts).body).toMatchObject({ messages: [user("q"), assistant("{")] });
  expect(messagesOf(parts, { prefill: "prefix" })[1]).toEqual({ role: "assistant", content: "{", prefix: true });
  const { body } = chatRequestOf(parts, { prefill: "continue_final_message" });
  expect(body).toMatchObject({ continue_final_message: true, add_generation_prompt: false });
  expect(chatRequestOf({}, { prefill: "continue_final_message" }).body).not.toHaveProperty("continue_final_message");
});

test("MSG-15: unknown blocks are reported and never refused, and their text is kept", () => {
  const { body, dropped } = chatRequestOf({
    messages: [
      user([{ type: "container_upload", file_id: "f" }, { type: "mid_conv_system", text: "known words" }, text("t")]),
      assistant([
        { type: "compaction", content: "the summary" },
        { type: "fallback", from: {}, to: {} },
      ]),
    ],
  });
  expect(body.messages).toEqual([user("known words\n\nt"), assistant("the summary")]);
  expect(dropped.map(({ path }) => path)).toEqual([
    "messages[0].content[0] (container_upload)",
    "messages[0].content[1] (mid_conv_system)",
    "messages[1].content[0] (compaction)",
    "messages[1].content[1] (fallback)",
  ]);
});

test("MSG-16: a search result becomes a link and its text", () => {
  const result = { type: "search_result", title: "T", source: "u", content: [text("x"), text("y")] };
  expect(messagesOf({ messages: [user([result])] })).toEqual([user("[T](u)\nx\ny")]);
});

test("MSG-18 PR-12 PR-13 TS-03 SRV-08 SRV-09: fields that chat does not know stay behind and are reported", () => {
  const fields = {
    context_management: { edits: [] },
    speed: "fast",
    container: "c",
    mcp_servers: [{}],
    betas: ["b"],
    service_tier: "auto",
    inference_geo: "eu",
    safeguards: [{}],
    seed_of_tomorrow: 1,
    metadata: { user_id: "u", other: "o" },
    output_config: { task_budget: {} },
    nothing: null,
  };
  const { body, dropped } = chatRequestOf(fields);
  expect(Object.keys(body)).toEqual(["model", "max_tokens", "messages"]);
  expect(dropped.map(({ path }) => path)).toEqual([
    "context_management",
    "speed",
    "container",
    "mcp_servers",
    "betas",
    "service_tier",
    "inference_geo",
    "safeguards",
    "seed_of_tomorrow",
    "metadata.user_id",
    "metadata.other",
    "output_config.task_budget",
  ]);
});

test("SYS-18: a request with nothing to say still has a user message", () => {
  expect(messagesOf({ system: "S", messages: [user([])] })).toEqual([system("S"), user(" ")]);
});

test("keys stand in one order, messages last", () => {
  const { body } = chatRequestOf(
    {
      stream: true,
      temperature: 1,
      top_p: 0.5,
      top_k: 3,
      stop_sequences: ["x"],
      thinking: { type: "adaptive" },
      output_config: { format: { type: "json_schema", schema: { type: "object" } } },
      metadata: { user_id: "u" },
      tools: [{ name: "T", input_schema: { type: "object" } }],
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
    },
    { topK: true, efforts: ["high"], promptCacheKey: true },
  );
  expect(Object.keys(body)).toEqual([
    "model",
    "stream",
    "stream_options",
    "max_tokens",
    "temperature",
    "top_p",
    "top_k",
    "stop",
    "reasoning_effort",
    "response_format",
    "prompt_cache_key",
    "parallel_tool_calls",
    "tool_choice",
    "tools",
    "messages",
  ]);
});

test("a tool's input that is nested beyond the stack is refused as the client's fault", () => {
  const input: unknown = JSON.parse(`${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`);
  const messages = [assistant([{ type: "tool_use", id: "1", name: "T", input }])];
  expect(() => chatRequestOf({ messages })).toThrow(/nested too deeply/);
});
