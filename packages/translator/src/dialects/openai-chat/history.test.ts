import { expect, test } from "vitest";
import { chatRequestOf } from "../../testing/chat-request-of.ts";
import type { ChatProfile } from "./profile.ts";

const text = (value: unknown) => ({ type: "text", text: value });
const call = (id: string, input: unknown = {}, name = "T") => ({ type: "tool_use", id, name, input });
const result = (id: string, content?: unknown, more: object = {}) => ({
  type: "tool_result",
  tool_use_id: id,
  ...(content === undefined ? {} : { content }),
  ...more,
});
const user = (...content: readonly unknown[]) => ({ role: "user", content });
const assistant = (...content: readonly unknown[]) => ({ role: "assistant", content });
const system = (content: string) => ({ role: "system", content });
const said = (content: string) => ({ role: "user", content });
const output = (id: string, content: unknown) => ({ role: "tool", tool_call_id: id, content });
const calls = (...ids: readonly string[]) => ({ role: "assistant", tool_calls: ids.map((id) => ({ id })) });

function historyOf(messages: readonly unknown[], differences: Partial<ChatProfile> = {}) {
  return chatRequestOf({ messages: [user(text("q")), ...messages] }, differences).body.messages.slice(1);
}
const contentOf = (content: unknown, more: object = {}, differences: Partial<ChatProfile> = {}) =>
  historyOf([assistant(call("1")), user(result("1", content, more))], differences)[1]?.content;

test("SYS-12: a system message between a call and its result comes after the result", () => {
  const corrected = system("Use the corrected result.");
  expect(historyOf([assistant(call("1")), corrected, user(result("1", "r"))])).toMatchObject([
    calls("1"),
    output("1", "r"),
    said("<system-reminder>\nUse the corrected result.\n</system-reminder>"),
  ]);
});

test("MSG-09: results come directly after the calls, whatever the order in the user's message", () => {
  expect(
    historyOf([assistant(call("1"), call("2")), user(text("t"), result("1", "a"), result("2", "b"))]),
  ).toMatchObject([calls("1", "2"), output("1", "a"), output("2", "b"), said("t")]);
});

test("TH-01 TH-03: parallel results are put in the order of the calls, also when split over messages", () => {
  const expected = [calls("1", "2"), output("1", "a"), output("2", "b")];
  expect(historyOf([assistant(call("1"), call("2")), user(result("2", "b"), result("1", "a"))])).toMatchObject(
    expected,
  );
  const split = [assistant(call("1"), call("2")), user(result("2", "b")), user(text("and")), user(result("1", "a"))];
  expect(historyOf(split)).toMatchObject([...expected, said("and")]);
});

test("calls split over two assistant messages are one turn", () => {
  expect(
    historyOf([assistant(text("a"), call("1")), assistant(call("2")), user(result("1", "a"), result("2", "b"))]),
  ).toMatchObject([{ content: "a", ...calls("1", "2") }, output("1", "a"), output("2", "b")]);
});

test("a server that takes no user message after tool results gets an assistant's in between", () => {
  const turn = [assistant(call("1")), user(result("1", "a"), text("t"))];
  expect(historyOf(turn, { userAfterTool: false })).toMatchObject([
    calls("1"),
    output("1", "a"),
    { role: "assistant", content: "Understood." },
    said("t"),
  ]);
  expect(historyOf([assistant(call("1")), user(result("1", "a"))], { userAfterTool: false })).toHaveLength(2);
});

test("TH-04: a call without a result gets one that says so", () => {
  const interrupted = "[no result: interrupted]";
  expect(historyOf([assistant(call("1"), call("2")), user(result("1", "a"), text("stop"))])).toMatchObject([
    calls("1", "2"),
    output("1", "a"),
    output("2", interrupted),
    said("stop"),
  ]);
  expect(historyOf([assistant(call("1")), user(text("no")), assistant(text("ok"))])).toMatchObject([
    calls("1"),
    output("1", interrupted),
    said("no"),
    { content: "ok" },
  ]);
  expect(historyOf([assistant(call("1"))])).toMatchObject([calls("1"), output("1", interrupted)]);
});

test("TH-05: a result without its call is told as text, and not at all when it is empty", () => {
  expect(historyOf([user(result("orphan", "Sunny"), text("t"))])).toEqual([said("Tool result: Sunny\n\nt")]);
  expect(historyOf([user(result("orphan")), user(text("t"))])).toEqual([said("t")]);
  const late = [assistant(call("1")), user(text("a")), assistant(text("b")), user(result("1", "late"))];
  expect(historyOf(late).at(-1)).toEqual(said("Tool result: late"));
});

test("TH-06: of two results for one call the last counts", () => {
  expect(historyOf([assistant(call("1")), user(result("1", "a"), result("1", "b"))])).toMatchObject([
    calls("1"),
    output("1", "b"),
  ]);
});

test("TH-07: ids that come again are renamed, in calls and results alike", () => {
  const turn = (first: string, second: string) => [
    assistant(call("call_0"), call("call_0")),
    user(result("call_0", first), result("call_0", second)),
  ];
  expect(historyOf([...turn("a", "b"), ...turn("c", "d")])).toMatchObject([
    calls("call_0", "call_0_2"),
    output("call_0", "a"),
    output("call_0_2", "b"),
    calls("call_0_3", "call_0_4"),
    output("call_0_3", "c"),
    output("call_0_4", "d"),
  ]);
});

test("TH-07: a renamed id does not meet one that the client chose itself", () => {
  const ids = historyOf([assistant(call("a"), call("a_2"), call("a"), call("a_2"))])
    .filter(({ role }) => role === "tool")
    .map((message) => (message.role === "tool" ? message.tool_call_id : ""));
  expect(new Set(ids).size).toBe(4);
});

test("TH-08 TH-09 TH-10 TH-11: results of every shape become a string", () => {
  expect(contentOf("ok")).toBe("ok");
  expect(contentOf(undefined)).toBe("");
  expect(contentOf(null)).toBe("");
  expect(contentOf([])).toBe("");
  expect(contentOf([text("a"), text(""), text("b")])).toBe("a\nb");
  expect(contentOf({ a: 1 })).toBe('{"a":1}');
});

test("TH-12: an error is told in words, once", () => {
  const failed = { is_error: true };
  expect(contentOf("no such file", failed)).toBe("Error: no such file");
  expect(contentOf("Error: no such file", failed)).toBe("Error: no such file");
  expect(contentOf("<tool_use_error>x</tool_use_error>", failed)).toBe("<tool_use_error>x</tool_use_error>");
  expect(contentOf("Errors: 3", failed)).toBe("Error: Errors: 3");
  expect(contentOf("", failed)).toBe("Error");
  expect(contentOf("fine", { is_error: false })).toBe("fine");
});

const png = { type: "image", source: { type: "base64", media_type: "image/png", data: "ONE" } };
const pngPart = { type: "image_url", image_url: { url: "data:image/png;base64,ONE" } };
const pdf = { type: "document", source: { type: "base64", media_type: "application/pdf", data: "JVBER" } };
const pdfPart = { type: "file", file: { filename: "document.pdf", file_data: "data:application/pdf;base64,JVBER" } };

test("TH-14 TH-16 TH-20: media of results come after all of them, in one user message", () => {
  const results = user(result("1", [text("ok"), png]), text("t"), result("2", [pdf, png]));
  expect(historyOf([assistant(call("1"), call("2", {}, "Read")), results])).toMatchObject([
    calls("1", "2"),
    output("1", "ok\n[image attached below]"),
    output("2", "[document.pdf attached below]\n[image attached below]"),
    {
      role: "user",
      content: [text("Output of tool call 1 (T):"), pngPart, text("Output of tool call 2 (Read):"), pdfPart, pngPart],
    },
    said("t"),
  ]);
});

test("TH-15: a server with multimodal tool messages gets media in them", () => {
  expect(contentOf([text("ok"), png], {}, { toolMedia: "in-tool-message" })).toEqual([text("ok"), pngPart]);
  expect(contentOf([text("ok")], {}, { toolMedia: "in-tool-message" })).toBe("ok");
});

test("TH-21: a reference to a loaded tool is told by the name that the model knows", () => {
  expect(contentOf([{ type: "tool_reference", tool_name: "mcp__x__y" }])).toBe("[Loaded tool: mcp__x__y]");
  expect(contentOf([{ type: "tool_reference", tool_name: "a.b" }])).toMatch(/^\[Loaded tool: a_b_[0-9a-f]{8}\]$/);
});

const argumentsOf = (input: unknown) => {
  const { body, dropped } = chatRequestOf({ messages: [assistant(call("1", input))] });
  const [message] = body.messages;
  const made = message?.role === "assistant" ? message.tool_calls?.[0]?.function.arguments : undefined;
  return { made, lost: dropped.map(({ path }) => path) };
};

test("TH-22: input becomes the text of a JSON object", () => {
  expect(argumentsOf({ a: 1, b: "ü\n" })).toEqual({ made: '{"a":1,"b":"ü\\n"}', lost: [] });
  for (const empty of [{}, undefined, null, ""]) expect(argumentsOf(empty)).toEqual({ made: "{}", lost: [] });
});

test("TH-23: poisoned input is read when it is JSON, else replaced and reported", () => {
  expect(argumentsOf('{"a": 1}')).toEqual({ made: '{"a":1}', lost: [] });
  for (const poison of ['{"location": "Par', [1], 3, "[1]"]) {
    expect(argumentsOf(poison)).toEqual({ made: "{}", lost: ["messages[0].content[0].input"] });
  }
});

const idOf = (id: string, toolCallIds: ChatProfile["toolCallIds"]) => {
  const [turn, answer] = historyOf([assistant(call(id)), user(result(id, "r"))], { toolCallIds });
  const made = turn?.role === "assistant" ? turn.tool_calls?.[0]?.id : undefined;
  expect(answer).toEqual(output(made ?? "", "r"));
  return made;
};

test("TH-24 TH-25 TH-26 TH-27 TH-28: ids keep their form or become a hash, on both sides", () => {
  const long = `call_${"x".repeat(60)}`;
  expect(idOf("functions.Bash:0", "any")).toBe("functions.Bash:0");
  expect(idOf(long, "any")).toBe(long);
  expect(idOf("toolu_01", "max-40")).toBe("toolu_01");
  expect(idOf(long, "max-40")).toMatch(/^call_[0-9a-f]{35}$/);
  expect(idOf("D681PevKs", "alphanumeric-9")).toBe("D681PevKs");
  expect(idOf("tooluse_XY1", "alphanumeric-9")).toMatch(/^[a-zA-Z0-9]{9}$/);
  expect(idOf("tooluse_XY1", "alphanumeric-9")).not.toBe(idOf("tooluse_XY2", "alphanumeric-9"));
});

test("an empty id becomes one of its own", () => {
  expect(historyOf([assistant(call("")), user(result("", "r"))])).toMatchObject([calls("call"), output("call", "r")]);
});

test("TH-32: searches that Anthropic made are replayed as text", () => {
  const found = { type: "web_search_result", title: "T", url: "u", encrypted_content: "secret" };
  const { body, dropped } = chatRequestOf({
    messages: [
      assistant(
        { type: "server_tool_use", id: "s", name: "web_search", input: { query: "gateways" } },
        { type: "web_search_tool_result", tool_use_id: "s", content: [found] },
        text("So."),
        { type: "server_tool_use", id: "c", name: "code_execution", input: {} },
        { type: "code_execution_tool_result", tool_use_id: "c", content: {} },
      ),
    ],
  });
  expect(body.messages).toEqual([
    { role: "assistant", content: "[Web search: gateways]\n\nWeb search results:\n- [T](u)\n\nSo." },
  ]);
  expect(dropped.map(({ path }) => path)).toEqual([
    "messages[*].content[*].encrypted_content",
    "messages[0].content[3]",
    "messages[0].content[4] (code_execution_tool_result)",
  ]);
});

test("TH-32: a search that failed is replayed as one without results", () => {
  const failed = {
    type: "web_search_tool_result",
    tool_use_id: "s",
    content: { type: "web_search_tool_result_error" },
  };
  expect(historyOf([assistant(failed)])[0]?.content).toBe("[The web search gave no results.]");
});

const picture = `iVBORw0KGgo${"A".repeat(200)}`;
const picturePart = { type: "image_url", image_url: { url: `data:image/png;base64,${picture}` } };

test.each([
  ["a data URL", `data:image/png;base64,${picture}`],
  ["an MCP image", JSON.stringify({ type: "image", data: picture, mimeType: "image/png" })],
  ["an MCP result", JSON.stringify({ content: [{ type: "image", data: picture, mimeType: "image/png" }] })],
  [
    "an image block",
    JSON.stringify([{ type: "image", source: { type: "base64", media_type: "image/png", data: picture } }]),
  ],
])("TH-35: %s in a string is lifted out of it", (_, value) => {
  for (const content of [value, [text(value)]]) {
    const history = historyOf([assistant(call("1")), user(result("1", content))]);
    expect(history[1]).toEqual(output("1", "[image attached below]"));
    expect(history[2]?.content).toEqual([text("Output of tool call 1 (T):"), picturePart]);
  }
});

test("TH-35: text that only speaks of images stays text", () => {
  const long = "x".repeat(200);
  for (const value of [
    JSON.stringify({ type: "image", note: long }),
    JSON.stringify([{ type: "image", data: long, mimeType: "image/png" }, { other: 1 }]),
    `{"image" ${long}`,
    `data:image/png;base64,${long} and more`,
    JSON.stringify([{ type: "text", text: `"image"${long}` }]),
  ]) {
    expect(contentOf(value)).toBe(value);
  }
});

test("TD-37: a server that refuses calls without tools gets them as text", () => {
  expect(
    historyOf([assistant(text("a"), call("1", { p: 1 })), user(result("1", "r"))], { toolCallsNeedTools: true }),
  ).toEqual([{ role: "assistant", content: 'a\n\n[Called the tool T with {"p":1}]' }, said("Tool result: r")]);
  expect(historyOf([assistant(call("1")), user(result("1", "r"))])).toHaveLength(2);
});

test("a cache marker on a tool result reaches a server that takes markers", () => {
  const cache_control = { type: "ephemeral" };
  expect(contentOf("r", { cache_control }, { cacheControl: true })).toEqual([{ ...text("r"), cache_control }]);
});
