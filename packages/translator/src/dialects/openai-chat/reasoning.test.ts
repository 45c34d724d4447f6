import { expect, test } from "vitest";
import { sealOpaque } from "../../messages/opaque.ts";
import { chatRequestOf, type LooseRequest } from "../../testing/chat-request-of.ts";
import { genericChat, type ChatProfile } from "./profile.ts";

const efforts: ChatProfile["efforts"] = ["none", "minimal", "low", "medium", "high", "xhigh"];
const tools = [{ name: "T", input_schema: { type: "object" } }];

function reasoningOf(parts: LooseRequest, differences: Partial<ChatProfile> = {}) {
  const { body, dropped } = chatRequestOf(parts, { efforts, ...differences });
  return { effort: body.reasoning_effort, thinking: body.thinking, lost: dropped.map(({ path }) => path) };
}
const adaptive = { type: "adaptive" };
const asks = (effort: string) => ({ thinking: adaptive, output_config: { effort } });

test.each([
  [1_024, "low"],
  [4_095, "low"],
  [4_096, "medium"],
  [16_383, "medium"],
  [16_384, "high"],
  [31_999, "high"],
])("TK-01: a budget of %i tokens is %s effort", (budget_tokens, effort) => {
  const asked = reasoningOf({ thinking: { type: "enabled", budget_tokens } });
  expect(asked).toEqual({ effort, thinking: undefined, lost: ["thinking.budget_tokens"] });
});

test("TK-02: an effort is taken as it is, or the nearest one below", () => {
  expect(reasoningOf(asks("xhigh"))).toMatchObject({ effort: "xhigh", lost: [] });
  expect(reasoningOf(asks("max"))).toMatchObject({ effort: "xhigh", lost: ["output_config.effort"] });
  expect(reasoningOf(asks("max"), { efforts: ["low", "medium", "high"] }).effort).toBe("high");
  expect(reasoningOf(asks("low"), { efforts: ["none", "high", "max"] }).effort).toBe("high");
});

test("TK-03: adaptive thinking alone is high effort", () => {
  expect(reasoningOf({ thinking: adaptive })).toMatchObject({ effort: "high", lost: [] });
});

test("TK-04: an effort without thinking counts", () => {
  expect(reasoningOf({ output_config: { effort: "medium" } })).toMatchObject({ effort: "medium", lost: [] });
  expect(reasoningOf({})).toEqual({ effort: undefined, thinking: undefined, lost: [] });
});

test("TK-05: reasoning is switched off in the model's own way", () => {
  const off = { thinking: { type: "disabled" }, output_config: { effort: "high" } };
  expect(reasoningOf(off, { reasoningOff: "none" }).effort).toBe("none");
  expect(reasoningOf(off, { reasoningOff: "minimal" }).effort).toBe("minimal");
  expect(reasoningOf(off, { reasoningOff: "thinking-disabled" })).toEqual({
    effort: undefined,
    thinking: { type: "disabled" },
    lost: [],
  });
  expect(reasoningOf(off, { reasoningOff: "omit" })).toEqual({
    effort: undefined,
    thinking: undefined,
    lost: ["thinking"],
  });
  expect(reasoningOf(off, { reasoningOff: "omit", efforts: [] }).lost).toEqual([]);
});

test("TK-06: a model that does not reason is asked for nothing", () => {
  const { body, dropped } = chatRequestOf({ ...asks("high") });
  expect(body).not.toHaveProperty("reasoning_effort");
  expect(dropped.map(({ path }) => path)).toEqual(["thinking", "output_config.effort"]);
});

test("TK-07: a model that takes no effort beside tools gets none there", () => {
  const without = { effortWithTools: false };
  expect(reasoningOf({ ...asks("high"), tools }, without)).toMatchObject({
    effort: "none",
    lost: ["output_config.effort"],
  });
  expect(reasoningOf({ ...asks("high"), tools }, { ...without, efforts: ["low", "high"] }).effort).toBeUndefined();
  expect(reasoningOf(asks("high"), without).effort).toBe("high");
});

test("a server with a switch for thinking has it switched on", () => {
  const profile: Partial<ChatProfile> = { reasoningOn: "thinking-enabled", efforts: [] };
  expect(reasoningOf({ thinking: adaptive }, profile)).toEqual({
    effort: undefined,
    thinking: { type: "enabled" },
    lost: [],
  });
});

test("SYS-14: the latest effort of a system message wins", () => {
  const turn = (effort: string) => ({ role: "system", content: "e", output_config: { effort } });
  const messages = [{ role: "user", content: "a" }, turn("low"), { role: "user", content: "b" }, turn("medium")];
  expect(reasoningOf({ ...asks("xhigh"), messages })).toMatchObject({ effort: "medium", lost: [] });
});

const call = { type: "tool_use", id: "1", name: "T", input: {} };
const thought = (thinking: string, signature?: string | null) => ({ type: "thinking", thinking, signature });
const text = { type: "text", text: "t" };

function replay(content: readonly unknown[], reasoningBack: ChatProfile["reasoningBack"]) {
  const { body, dropped } = chatRequestOf({ messages: [{ role: "assistant", content }] }, { reasoningBack });
  return { message: body.messages[0], lost: dropped.map(({ path }) => path) };
}

test("TK-31 TH-34: a server that takes no reasoning back gets none", () => {
  expect(genericChat.reasoningBack).toBe("never");
  const { message, lost } = replay([thought("T", "sig"), text], "never");
  expect(message).toEqual({ role: "assistant", content: "t" });
  expect(lost).toEqual(["messages[*].content[*].thinking"]);
  expect(replay([thought("T", "sig")], "never").message).toEqual({ role: "user", content: " " });
});

test("TH-34: a turn that is nothing but thinking is left out, and that is reported", () => {
  const { message, lost } = replay([thought("T")], "reasoning_content");
  expect(message).toEqual({ role: "user", content: " " });
  expect(lost).toEqual(["messages[*].content[*].thinking"]);
});

test("TK-30 TK-40: all reasoning of a message goes back as one text, whoever signed it", () => {
  const { message, lost } = replay([thought("A", "foreign"), call, thought("B"), text], "reasoning_content");
  expect(message).toMatchObject({ content: "t", reasoning_content: "A\n\nB", tool_calls: [{ id: "1" }] });
  expect(lost).toEqual([]);
  expect(JSON.stringify(message)).not.toContain("foreign");
});

test("TK-30: where reasoning is missing before a call, a placeholder stands for it", () => {
  const redacted = { type: "redacted_thinking", data: "E" };
  expect(replay([call], "reasoning_content").message).toMatchObject({ reasoning_content: "tool call" });
  expect(replay([redacted, thought("", ""), call], "reasoning_content").message).toMatchObject({
    reasoning_content: "tool call",
  });
  expect(replay([text], "reasoning_content").message).toEqual({ role: "assistant", content: "t" });
});

test("TK-38: reasoning that the client was not shown comes back out of our own signature", () => {
  const sealed = thought("", sealOpaque("openai-chat", "hidden words"));
  expect(replay([sealed, call], "reasoning_content").message).toMatchObject({ reasoning_content: "hidden words" });
});

test("TK-38: of sealed details a server that wants text gets the text", () => {
  const details = [
    { type: "reasoning.text", text: "a" },
    { type: "reasoning.encrypted", data: "E" },
    { text: "b" },
    null,
  ];
  const sealed = thought("", sealOpaque("openai-chat", JSON.stringify(details)));
  expect(replay([sealed, call], "reasoning_content").message).toMatchObject({ reasoning_content: "ab" });
});

test("TK-34: servers that call it reasoning get it under that name", () => {
  expect(replay([thought("A"), text], "reasoning").message).toEqual({
    role: "assistant",
    content: "t",
    reasoning: "A",
  });
  expect(replay([call], "reasoning").message).not.toHaveProperty("reasoning");
});

test("TK-33 TK-19: reasoning_details go back from our own signatures only, whole and in order", () => {
  const seal = (...details: readonly unknown[]) => sealOpaque("openai-chat", JSON.stringify(details));
  const content = [
    thought("A", seal({ type: "reasoning.text", text: "A" })),
    { type: "redacted_thinking", data: seal({ type: "reasoning.encrypted", data: "E" }) },
    thought("B", "claude-signature"),
    thought("C", sealOpaque("anthropic-messages", "[]")),
    thought("D", sealOpaque("openai-chat", "[broken")),
    call,
  ];
  const { message, lost } = replay(content, "reasoning_details");
  expect(message).toMatchObject({
    reasoning_details: [
      { type: "reasoning.text", text: "A" },
      { type: "reasoning.encrypted", data: "E" },
    ],
  });
  expect(lost).toEqual(["messages[*].content[*].thinking"]);
});

test("TK-16: redacted thinking of others is left out", () => {
  for (const mode of ["never", "reasoning_content", "reasoning", "reasoning_details"] as const) {
    const { message, lost } = replay([{ type: "redacted_thinking", data: "E" }, text], mode);
    expect(message).toEqual({ role: "assistant", content: "t" });
    expect(lost).toEqual(["messages[*].content[*].data"]);
  }
});
