import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readEnvelope } from "../../messages/read-envelope.ts";
import {
  compatibleMessages,
  deepseekMessages,
  messagesOn,
  minimaxMessages,
  moonshotMessages,
  type MessagesPlatform,
} from "./index.ts";

const user = { role: "user", content: "hi" };
const endpoints = [compatibleMessages, deepseekMessages, minimaxMessages, moonshotMessages].map((platform) => ({
  title: platform.title,
  platform,
}));

function sentTo(platform: MessagesPlatform, parts: object) {
  const text = JSON.stringify({ model: "m", max_tokens: 10, messages: [user], ...parts });
  const body = new TextEncoder().encode(text);
  const context = { messageId: "msg_1", askedModel: "m" };
  const request = { body, envelope: readEnvelope(body) };
  const { body: bytes, dropped } = messagesOn(platform).translate(request, { model: "m" }, context);
  return { sent: JSON.parse(new TextDecoder().decode(bytes)), paths: dropped.map(({ path }) => path) };
}

describe.each(endpoints)("$title", ({ platform }) => {
  test("SYS-11: what the system says in mid-conversation is said by the user", () => {
    const cached = { type: "ephemeral" };
    const messages = [
      user,
      { role: "system", content: "Today is Monday." },
      { role: "assistant", content: "ok" },
      { role: "system", content: [{ type: "text", text: "Be brief.", cache_control: cached }] },
    ];
    expect(sentTo(platform, { messages }).sent.messages).toEqual([
      user,
      { role: "user", content: "<system-reminder>\nToday is Monday.\n</system-reminder>" },
      { role: "assistant", content: "ok" },
      {
        role: "user",
        content: [{ type: "text", text: "<system-reminder>\nBe brief.\n</system-reminder>", cache_control: cached }],
      },
    ]);
  });

  test("a reference to a loaded tool is put into words, with its cache marker", () => {
    const reference = { type: "tool_reference", tool_name: "Grep", cache_control: { type: "ephemeral" } };
    const call = { type: "tool_use", id: "a", name: "ToolSearch", input: {} };
    const loaded = { type: "text", text: "Tool loaded." };
    const result = { type: "tool_result", tool_use_id: "a", content: [reference, loaded] };
    const turn = { role: "assistant", content: [{ type: "thinking", thinking: "t", signature: "" }, call] };
    const { sent, paths } = sentTo(platform, {
      messages: [user, turn, { role: "user", content: [result] }],
      tools: [{ name: "Grep", input_schema: {}, defer_loading: true }],
    });
    const words = { type: "text", text: "[Loaded tool: Grep]", cache_control: { type: "ephemeral" } };
    expect(sent.messages).toEqual([user, turn, { role: "user", content: [{ ...result, content: [words, loaded] }] }]);
    expect(sent.tools).toEqual([{ name: "Grep", input_schema: {} }]);
    expect(paths).toEqual(["tools[0].defer_loading"]);
  });

  test("learns nothing of the user, the machine and Anthropic's own services", () => {
    const parts = {
      metadata: { user_id: "device" },
      safeguards: [{ type: "dangerous_tool_use", classifier_context: { cwd: "/home/alice" } }],
      mcp_servers: [],
      service_tier: "auto",
      container: "c",
      context_management: { edits: [] },
    };
    const { sent, paths } = sentTo(platform, parts);
    expect(sent).toEqual({ model: "m", max_tokens: 10, messages: [user] });
    expect(paths.toSorted()).toEqual(Object.keys(parts).toSorted());
  });

  test("blocks that only Anthropic writes leave words or nothing behind, never an empty message", () => {
    const result = {
      type: "code_execution_tool_result",
      tool_use_id: "srvtoolu_1",
      content: { type: "code_execution_result" },
    };
    const { sent, paths } = sentTo(platform, { messages: [user, { role: "assistant", content: [result] }, user] });
    expect(sent.messages).toEqual([
      user,
      { role: "assistant", content: [{ type: "text", text: "[content omitted]" }] },
      user,
    ]);
    expect(paths).toHaveLength(1);
  });

  test("a block that is at fault itself is left for the provider to refuse", () => {
    const messages = [{ role: "user", content: [{ type: "search_result", content: 7 }] }];
    expect(sentTo(platform, { messages }).sent.messages).toEqual(messages);
  });
});

test("a document is put into words where no documents are taken, and an image stays", () => {
  const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } };
  const pdf = { type: "document", source: { type: "base64", media_type: "application/pdf", data: "JVBERi0=" } };
  const messages = [{ role: "user", content: [image, pdf] }];
  const note = { type: "text", text: "[PDF omitted: the model takes no files]" };
  for (const platform of [deepseekMessages, moonshotMessages, minimaxMessages]) {
    expect(sentTo(platform, { messages }).sent.messages[0].content).toEqual([image, note]);
  }
  expect(sentTo(compatibleMessages, { messages }).sent.messages).toEqual(messages);
});

test("top_k and stop_sequences are told to be left out where an endpoint passes over them", () => {
  const { sent, paths } = sentTo(minimaxMessages, { top_k: 5, stop_sequences: ["x"] });
  expect([sent.top_k, sent.stop_sequences]).toEqual([undefined, undefined]);
  expect(paths).toEqual(["top_k", "stop_sequences"]);
});

test.each([
  "Only 'enabled' and 'disabled' are supported for thinking; 'adaptive' is not supported.",
  "invalid thinking: only type=enabled is allowed for this model",
])("ERR-18: after %j the request goes again in a form that passes", (message) => {
  const body = new TextEncoder().encode(
    JSON.stringify({ model: "m", max_tokens: 32_000, messages: [user], thinking: { type: "adaptive" } }),
  );
  const dialect = messagesOn(compatibleMessages);
  const error = JSON.stringify({ error: { type: "invalid_request_error", message } });
  const failure = dialect.readFailure({ status: 400, headers: {}, body: error });
  const repaired = JSON.parse(new TextDecoder().decode(dialect.repair(body, failure)));
  expect(repaired.thinking?.type).not.toBe("adaptive");
});

const folder = new URL("../../../../../../shared/fixtures/claude-code-requests/", import.meta.url);
const recorded = existsSync(folder)
  ? readdirSync(folder)
      .map((name) => ({ name, ...JSON.parse(readFileSync(new URL(name, folder), "utf8")) }))
      .filter(({ method, body }) => method === "POST" && body?.max_tokens !== undefined)
  : [];

describe.skipIf(recorded.length === 0)("Claude Code's requests", () => {
  test.each(recorded)("$name keeps every message, tool and text", ({ body }) => {
    for (const { platform } of endpoints) {
      const { sent } = sentTo(platform, body);
      expect(sent.messages.length).toBe(body.messages.length);
      expect(sent.messages.every(({ role }: { role: string }) => role !== "system")).toBe(true);
      expect(sent.tools?.length).toBe(body.tools?.length);
      expect(JSON.stringify(sent)).not.toMatch(/tool_reference"|"defer_loading"|"safeguards"|"device_id/);
    }
  });
});

test.each([
  [
    "image",
    "Failed to deserialize the JSON body into the target type: messages[1].content: unknown variant `image`, expected one of `text`, `tool_use`",
    "[image omitted: the model takes no images]",
  ],
  ["image", "This model does not support image input.", "[image omitted: the model takes no images]"],
  [
    "tool_reference",
    "failed to convert tool result content: unsupported content type in ContentBlockParamUnion: tool_reference",
    "[Loaded tool: Grep]",
  ],
  [
    "document",
    "messages[0].content: unknown variant `document`, expected one of `text`",
    "[PDF omitted: the model takes no files]",
  ],
])(
  "ERR-18: after a refusal of every %s the request goes again with words in their place",
  (refused, message, words) => {
    const blocks = {
      image: { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } },
      document: { type: "document", source: { type: "base64", media_type: "application/pdf", data: "JVBERi0=" } },
      tool_reference: { type: "tool_reference", tool_name: "Grep" },
    };
    const content = Object.values(blocks);
    const result = { type: "tool_result", tool_use_id: "a", content };
    const messages = [{ role: "user", content: [result, ...content] }];
    const body = new TextEncoder().encode(JSON.stringify({ model: "m", max_tokens: 9, messages }));
    const dialect = messagesOn(compatibleMessages);
    const failure = dialect.readFailure({ status: 400, headers: {}, body: JSON.stringify({ error: { message } }) });
    expect(failure).toMatchObject({ kind: "unsupported-parameter", parameter: refused });
    const expected = Object.entries(blocks).map(([type, block]) =>
      type === refused ? { type: "text", text: words } : block,
    );
    const repaired = dialect.repair(body, failure);
    expect(JSON.parse(new TextDecoder().decode(repaired)).messages).toEqual([
      { role: "user", content: [{ ...result, content: expected }, ...expected] },
    ]);
    expect(dialect.repair(repaired ?? body, failure)).toBeUndefined();
  },
);
