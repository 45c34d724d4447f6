import { describe, expect, test } from "vitest";
import { geminiRequestOf, messagesRequest } from "../../testing/index.ts";
import { geminiProfileOf } from "./known-models.ts";
import { encodeGeminiRequest } from "./request.ts";
import { emptyThought, sealThought } from "./thought-state.ts";

const model = "gemini-3.8-flash";
const png = { type: "base64", media_type: "image/jpeg", data: "iVBORw0KGgoAAA" };
const user = (...content: unknown[]) => ({ role: "user", content });
const assistant = (...content: unknown[]) => ({ role: "assistant", content });
const text = (said: string) => ({ type: "text", text: said });
const call = (id: string, name = "Bash", input: unknown = {}) => ({ type: "tool_use", id, name, input });
const result = (id: string, content?: unknown, more: object = {}) => ({
  type: "tool_result",
  tool_use_id: id,
  content,
  ...more,
});
const contentsOf = (...messages: unknown[]) => geminiRequestOf({ messages }).body.contents;
const reasonsOf = (parts: Record<string, unknown>, differences = {}) =>
  Object.fromEntries(geminiRequestOf(parts, differences).dropped.map(({ path, reason }) => [path, reason]));

describe("the system prompt", () => {
  test("SYS-04 SYS-06 SYS-07 SYS-08: blocks become parts, without the billing line at their head", () => {
    const system = [
      text("x-anthropic-billing-header: cc_version=2; cch=1;\r\nYou are"),
      text("B"),
      text("x-anthropic-billing-header: y"),
    ];
    expect(geminiRequestOf({ system }).body.systemInstruction).toEqual({
      parts: [{ text: "You are" }, { text: "B" }, { text: "x-anthropic-billing-header: y" }],
    });
  });

  test("SYS-11 SYS-12 SYS-13: a system message in mid-conversation stays there, after the results", () => {
    const contents = contentsOf(
      user(text("q")),
      assistant(call("a")),
      { role: "system", content: "rule" },
      user(result("a", "ok"), text("more")),
    );
    expect(contents.slice(2)).toEqual([
      { role: "user", parts: [{ functionResponse: { id: "a", name: "Bash", response: { output: "ok" } } }] },
      {
        role: "user",
        parts: [{ text: "<system-reminder>\nrule\n</system-reminder>" }, { text: "more" }],
      },
    ]);
  });

  test("SYS-15 SYS-18 MSG-07 MSG-17: nothing to say becomes a blank, as empty contents are refused", () => {
    const { body } = geminiRequestOf({ system: "S", messages: [user(), { role: "system", content: null }] });
    expect(body.contents).toEqual([{ role: "user", parts: [{ text: " " }] }]);
    expect(geminiRequestOf({ system: [text("")] }).body.systemInstruction).toBeUndefined();
  });

  test("SYS-16: twenty thousand system messages take linear time", () => {
    const messages = Array.from({ length: 20_000 }, () => ({ role: "system", content: "r" }));
    const start = process.cpuUsage().user;
    expect(contentsOf(user(text("q")), ...messages)).toHaveLength(1);
    expect(process.cpuUsage().user - start).toBeLessThan(2_000_000);
  });

  test("a model without system instruction reads it in the first content", () => {
    const { body } = geminiRequestOf({ system: "S" }, geminiProfileOf("gemma-3-27b-it"));
    expect(body).toMatchObject({ contents: [{ role: "user", parts: [{ text: "S" }, { text: "hi" }] }] });
    expect(body.systemInstruction).toBeUndefined();
  });
});

describe("messages", () => {
  test("MSG-01 MSG-02 MSG-05 MSG-06 MSG-08: forms, markers, blanks and neighbours leave no trace", () => {
    const marked = { ...text("x"), cache_control: { type: "ephemeral" } };
    const blocks = contentsOf(user(marked, text(" \n")), user(text("y")));
    expect(blocks).toEqual([{ role: "user", parts: [{ text: "x" }, { text: "y" }] }]);
    expect(contentsOf({ role: "user", content: "x" }, { role: "user", content: "y" })).toEqual(blocks);
  });

  test("MSG-12 MSG-13: the model's parts keep their order, also at the end", () => {
    expect(contentsOf(user(text("q")), assistant(text("a"), call("1"), text("b"))).at(1)).toEqual({
      role: "model",
      parts: [
        { text: "a" },
        {
          functionCall: { id: "1", name: "Bash", args: {} },
          thoughtSignature: "skip_thought_signature_validator",
        },
        { text: "b" },
      ],
    });
    expect(contentsOf(user(text("q")), assistant(text("{"))).at(-1)).toEqual({ role: "model", parts: [{ text: "{" }] });
  });

  test("a conversation that begins with the model gets a blank before it", () => {
    expect(contentsOf(assistant(text("a")))[0]).toEqual({ role: "user", parts: [{ text: " " }] });
  });

  test("MSG-15 MSG-16 MSG-18 PR-11 PR-12 PR-13 SRV-08 SRV-09 TS-03: the unknown is told or reported, never sent", () => {
    const request = {
      messages: [user({ type: "search_result", title: "T", source: "u", content: [text("x")] }, { type: "novelty" })],
      context_management: { edits: [] },
      speed: "fast",
      service_tier: "auto",
      mcp_servers: [{}],
      metadata: { user_id: "u", other: 1 },
    };
    const { body } = geminiRequestOf(request);
    expect(Object.keys(body)).toEqual(["generationConfig", "contents"]);
    expect(body.contents).toEqual([{ role: "user", parts: [{ text: "[T](u)\nx" }] }]);
    expect(Object.keys(reasonsOf(request))).toEqual(
      expect.arrayContaining(["context_management", "speed", "service_tier", "mcp_servers", "metadata.user_id"]),
    );
  });
});

describe("tools", () => {
  const tool = (input_schema: unknown, name = "T") => ({ name, description: "d", input_schema });
  const functionOf = (input_schema: unknown, differences = {}) =>
    geminiRequestOf({ tools: [tool(input_schema)] }, differences).body.tools?.[0]?.functionDeclarations?.[0];

  test("TD-04 TD-05 TD-10 TD-35: a schema is sent whole, with an object at its root", () => {
    const schema = { $schema: "d", properties: { a: { oneOf: [{ type: "string" }] } }, additionalProperties: false };
    expect(functionOf(schema)).toEqual({
      name: "T",
      description: "d",
      parametersJsonSchema: {
        type: "object",
        properties: { a: { oneOf: [{ type: "string" }] } },
        additionalProperties: false,
      },
    });
  });

  test("TD-07: a tool without parameters has none", () => {
    const bare = { name: "T", description: "d" };
    expect(functionOf({ type: "object" })).toEqual(bare);
    expect(functionOf({ type: "string" })).toEqual(bare);
    expect(functionOf({ type: "object", properties: {}, additionalProperties: false })).toEqual(bare);
  });

  test("TD-09: endpoints that know a part of JSON Schema get that part, and it is reported", () => {
    const schema = { type: "object", properties: { a: { type: "string", default: "x" } }, $comment: "c" };
    expect(functionOf(schema, { schemas: "openapi" })).toMatchObject({
      parameters: { type: "object", properties: { a: { type: "string" } } },
    });
    expect(reasonsOf({ tools: [tool(schema)] }, { schemas: "openapi" })).toHaveProperty("tools[*].input_schema");
  });

  test("TD-20 TD-21 TD-22 TD-23 TD-24 TD-25 TH-29: names are legal, distinct and the same in the history", () => {
    const long = `mcp__${"x".repeat(70)}`;
    const names = [long, `${long}y`, "1st", "a b", "mcp.server:do-it", ""];
    const tools = names.map((name) => tool({ type: "object" }, name));
    const messages = [user(text("q")), assistant(...names.map((name, index) => call(`${index}`, name)))];
    const { body, toolNames } = geminiRequestOf({ tools, messages });
    const wire = body.tools?.[0]?.functionDeclarations?.map(({ name }) => name) ?? [];
    expect(new Set(wire).size).toBe(names.length);
    for (const name of wire) expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/);
    expect(wire[4]).toBe("mcp.server:do-it");
    expect(wire.map((name) => toolNames.get(name) ?? name)).toEqual(names);
    const responses = body.contents[2]?.parts.map((part) => ("functionResponse" in part ? part : {}));
    expect(responses).toMatchObject(wire.map((name) => ({ functionResponse: { name } })));
  });

  test("TD-26 TD-27 TD-29 TD-31 TH-21 SRV-07 TS-01 TS-02: what the client runs is declared, the rest is reported", () => {
    const tools = [
      { type: "bash_20250124", name: "bash" },
      { type: "web_fetch_20250910", name: "web_fetch" },
      { ...tool({ type: "object" }, "A"), strict: true, input_examples: [{}], eager_input_streaming: true },
      tool({ type: "object" }, "A"),
      { ...tool({ type: "object" }, "ToolSearch") },
      { ...tool({ type: "object" }, "B"), defer_loading: true },
      { ...tool({ type: "object" }, "C"), defer_loading: true },
    ];
    const messages = [
      user(text("q")),
      assistant(call("1", "ToolSearch")),
      user(result("1", [{ type: "tool_reference", tool_name: "B" }])),
    ];
    const { body } = geminiRequestOf({ tools, messages });
    expect(body.tools?.[0]?.functionDeclarations?.map(({ name }) => name)).toEqual(["bash", "A", "ToolSearch", "B"]);
    expect(JSON.stringify(body)).not.toMatch(/defer_loading|input_examples|strict|eager/);
    expect(Object.keys(reasonsOf({ tools, messages }))).toEqual(
      expect.arrayContaining(["tools[1]", "tools[3]", "tools[6]", "tools[2].strict", "tools[*].input_examples"]),
    );
    expect(JSON.stringify(body.contents[2])).toContain("[Loaded tool: B]");
  });

  test.each([
    [{ type: "auto" }, { mode: "AUTO" }],
    [{ type: "any", disable_parallel_tool_use: true }, { mode: "ANY" }],
    [
      { type: "tool", name: "T" },
      { mode: "ANY", allowedFunctionNames: ["T"] },
    ],
    [{ type: "tool", name: "gone" }, { mode: "AUTO" }],
    [{ type: "none" }, { mode: "NONE" }],
  ])("TC-04 TC-07 TC-09 TC-11: tool_choice %j becomes %j", (tool_choice, functionCallingConfig) => {
    const { body } = geminiRequestOf({ tools: [tool({ type: "object" })], tool_choice });
    expect(body.toolConfig).toEqual({ functionCallingConfig });
  });

  test("TC-10 TD-28: without tools there is no choice", () => {
    const { body } = geminiRequestOf({ tools: [], tool_choice: { type: "any" } });
    expect([body.tools, body.toolConfig]).toEqual([undefined, undefined]);
  });

  const search = { type: "web_search_20250305", name: "web_search", max_uses: 8, blocked_domains: ["b.example"] };

  test("SRV-03 SRV-05: a search alone is Google's, and its limits are reported", () => {
    const parts = { tools: [search], tool_choice: { type: "tool", name: "web_search" } };
    const { body, search: offered } = geminiRequestOf(parts);
    expect(body.tools).toEqual([{ googleSearch: {} }]);
    expect(body.toolConfig).toBeUndefined();
    expect(offered).toEqual({ alone: true, domains: { allowed: [], blocked: ["b.example"] } });
    expect(Object.keys(reasonsOf(parts))).toEqual(["tool_choice", "tools[0].max_uses", "tools[0].blocked_domains"]);
  });

  test("SRV-03: beside functions the search is offered only where both may stand", () => {
    const tools = [search, tool({ type: "object" })];
    expect(geminiRequestOf({ tools }).body.tools).toHaveLength(1);
    expect(reasonsOf({ tools })).toHaveProperty("tools[0]");
    const both = geminiRequestOf({ tools }, { searchBesideFunctions: true });
    expect(both.body.tools).toEqual([
      { functionDeclarations: [{ name: "T", description: "d" }] },
      { googleSearch: {} },
    ]);
    expect(both.body.toolConfig).toEqual({ includeServerSideToolInvocations: true });
    const forced = geminiRequestOf({ tools, tool_choice: { type: "tool", name: "web_search" } });
    expect(forced.body.tools).toEqual([{ googleSearch: {} }]);
    expect(geminiRequestOf({ tools: [search], tool_choice: { type: "none" } }).body.tools).toBeUndefined();
  });

  test("TH-33: a client's own tool named web_search stays a function", () => {
    const { body, search: offered } = geminiRequestOf({ tools: [tool({ type: "object" }, "web_search")] });
    expect(body.tools?.[0]?.functionDeclarations?.[0]?.name).toBe("web_search");
    expect(offered).toBeUndefined();
  });
});

describe("tool history", () => {
  const responsesOf = (...results: unknown[]) => {
    const calls = assistant(call("1", "A"), call("2", "B"));
    const parts = contentsOf(user(text("q")), calls, user(...results)).at(2)?.parts ?? [];
    return parts.map((part) => ("functionResponse" in part ? part.functionResponse : part));
  };

  test("TH-02 TH-06 TH-08 TH-10 TH-13: responses stand in the order of the calls, one each, failures as errors", () => {
    expect(
      responsesOf(result("2", "no", { is_error: true }), result("1", "x"), result("1", [text("a"), text("b")])),
    ).toEqual([
      { id: "1", name: "A", response: { output: "a\nb" } },
      { id: "2", name: "B", response: { error: "no" } },
    ]);
  });

  test("TH-04 TH-09 TH-11: a missing result is replaced, an empty one is empty", () => {
    expect(responsesOf(result("1"))).toEqual([
      { id: "1", name: "A", response: {} },
      { id: "2", name: "B", response: { error: "[no result: interrupted]" } },
    ]);
    expect(responsesOf(result("1", { a: 1 }))[0]).toMatchObject({ response: { output: '{"a":1}' } });
    expect(responsesOf(result("1", "", { is_error: true }))[0]).toMatchObject({ response: { error: "Error" } });
  });

  test("TH-05: a result without its call is told in words, in a content without responses", () => {
    expect(contentsOf(user(result("gone", "Sunny")))).toEqual([
      { role: "user", parts: [{ text: "Tool result: Sunny" }] },
    ]);
  });

  test("TH-07 TH-23: ids are made unique and inputs objects", () => {
    const parts = contentsOf(
      user(text("q")),
      assistant(call("x"), call("x", "Bash", '{"a":1}'), call("y", "Bash", "[")),
    ).at(1);
    expect(parts?.parts).toMatchObject([
      { functionCall: { id: "x", args: {} } },
      { functionCall: { id: "x_2", args: { a: 1 } } },
      { functionCall: { id: "y", args: {} } },
    ]);
  });

  test("TH-18 TH-20 TH-35: media stand inside the response from Gemini 3 on", () => {
    const content = [
      text("ok"),
      { type: "image", source: png },
      { type: "document", source: { ...png, media_type: "application/pdf", data: "JVBE" } },
    ];
    expect(responsesOf(result("1", content), result("2", `data:image/png;base64,${"A".repeat(120)}`))).toEqual([
      {
        id: "1",
        name: "A",
        response: { output: "ok" },
        parts: [
          { inlineData: { mimeType: "image/png", data: "iVBORw0KGgoAAA" } },
          { inlineData: { mimeType: "application/pdf", data: "JVBE" } },
        ],
      },
      {
        id: "2",
        name: "B",
        response: {},
        parts: [{ inlineData: { mimeType: "image/png", data: "A".repeat(120) } }],
      },
    ]);
  });

  test("TH-18 MM-15: before Gemini 3 media follow in a content of their own, never beside responses", () => {
    const messages = [
      user(text("q")),
      assistant(call("1", "A"), call("2", "B")),
      user(result("1", [{ type: "image", source: png }]), result("2", "b"), text("so")),
    ];
    const { body } = encodeGeminiRequest(messagesRequest({ messages }), model, geminiProfileOf("gemini-2.5-pro"));
    expect(body.contents.slice(2)).toEqual([
      {
        role: "user",
        parts: [
          { functionResponse: { id: "1", name: "A", response: { output: "[image attached below]" } } },
          { functionResponse: { id: "2", name: "B", response: { output: "b" } } },
        ],
      },
      {
        role: "user",
        parts: [
          { text: "Output of the call of A (1):" },
          { inlineData: { mimeType: "image/png", data: "iVBORw0KGgoAAA" } },
        ],
      },
      { role: "user", parts: [{ text: "so" }] },
    ]);
  });

  test("TH-32: earlier searches are replayed as text", () => {
    const searched = assistant(
      { type: "server_tool_use", id: "s", name: "web_search", input: { query: "q" } },
      { type: "web_search_tool_result", tool_use_id: "s", content: [{ title: "T", url: "u" }] },
    );
    expect(contentsOf(user(text("q")), searched).at(1)?.parts).toEqual([
      { text: "[Web search: q]" },
      { text: "Web search results:\n- [T](u)" },
    ]);
  });
});

describe("thought signatures", () => {
  const thinking = (signature: string, shown = "") => ({ type: "thinking", thinking: shown, signature });
  const signed = (on: "call" | "text" | "thought", from = model, shown = "") =>
    thinking(sealThought({ model: from, state: { on, signature: `SIG-${on}` } }), shown);
  const partsOf = (...content: unknown[]) => contentsOf(user(text("q")), assistant(...content)).at(1)?.parts;

  test("TK-26 TK-28 TK-29: each signature comes back on the part that it came with, and on no other", () => {
    const parts = partsOf(
      text("a"),
      signed("text"),
      signed("thought", model, "hm"),
      signed("call"),
      call("1"),
      call("2"),
    );
    expect(parts).toEqual([
      { text: "a", thoughtSignature: "SIG-text" },
      { text: "hm", thought: true, thoughtSignature: "SIG-thought" },
      { functionCall: { id: "1", name: "Bash", args: {} }, thoughtSignature: "SIG-call" },
      { functionCall: { id: "2", name: "Bash", args: {} } },
    ]);
    expect(partsOf(signed("text"), text("a"))?.[0]).toEqual({ text: "", thoughtSignature: "SIG-text" });
  });

  test("TK-27: only the first call of a step gets the mark that excuses a missing signature, and only where it counts", () => {
    const skip = { thoughtSignature: "skip_thought_signature_validator" };
    const parts = partsOf(call("1"), call("2"));
    expect(parts?.[0]).toMatchObject(skip);
    expect(parts?.[1]).not.toHaveProperty("thoughtSignature");
    const old = geminiRequestOf({ messages: [user(text("q")), assistant(call("1"))] }, { signedCalls: false });
    expect(JSON.stringify(old.body)).not.toContain("thoughtSignature");
  });

  test("TK-16 TK-19 TH-34: other providers' thinking and other models' signatures stay behind, reported", () => {
    const foreign = [
      thinking("EqQBClaude", "t"),
      { type: "redacted_thinking", data: "X" },
      thinking("db1.openai-chat.e30", "t"),
    ];
    const { body, dropped } = geminiRequestOf({
      messages: [
        user(text("q")),
        assistant(...foreign),
        user(text("r")),
        assistant(signed("call", "gemini-4"), call("1")),
      ],
    });
    expect(body.contents[0]).toEqual({ role: "user", parts: [{ text: "q" }, { text: "r" }] });
    expect(JSON.stringify(body)).not.toMatch(/EqQB|SIG-|db1/);
    expect(dropped.map(({ path }) => path)).toContain("messages[*].content[*].thinking");
  });

  test("a part of Gemini's own comes back as it was", () => {
    const part = { toolCall: { id: "t", toolType: "GOOGLE_SEARCH_WEB" }, thoughtSignature: "S" };
    expect(partsOf(thinking(sealThought({ model, state: { on: "part", part } })), text("a"))).toEqual([
      part,
      { text: "a" },
    ]);
  });

  test("thinking of Gemini's own without a signature is reported and not sent", () => {
    const { body, dropped } = geminiRequestOf({
      messages: [user(text("q")), assistant(thinking(emptyThought, "hm"), text("a"))],
    });
    expect(body.contents[1]?.parts).toEqual([{ text: "a" }]);
    expect(dropped).toHaveLength(1);
  });
});

describe("media", () => {
  const partOf = (block: object) => contentsOf(user(block))[0]?.parts;

  test("MM-01 MM-04 MM-08: images and PDFs are inline, with the type that their bytes tell", () => {
    expect(partOf({ type: "image", source: png })).toEqual([
      { inlineData: { mimeType: "image/png", data: "iVBORw0KGgoAAA" } },
    ]);
    const pdf = { type: "base64", media_type: "application/pdf", data: "JVBE" };
    expect(partOf({ type: "document", source: pdf, title: "T" })).toEqual([
      { text: "Document: T" },
      { inlineData: { mimeType: "application/pdf", data: "JVBE" } },
    ]);
  });

  test("MM-02: only Google's own addresses are files; others are told and reported", () => {
    const image = (url: string) => ({ type: "image", source: { type: "url", url } });
    expect(partOf(image("gs://b/a.png"))).toEqual([{ fileData: { mimeType: "image/png", fileUri: "gs://b/a.png" } }]);
    const file = "https://generativelanguage.googleapis.com/v1beta/files/abc";
    expect(partOf(image(file))).toEqual([{ fileData: { fileUri: file } }]);
    expect(partOf(image("https://x.example/a.png"))).toEqual([{ text: "[image at https://x.example/a.png]" }]);
    expect(reasonsOf({ messages: [user(image("https://x.example/a"))] })).toHaveProperty(
      "messages[*].content[*].source.url",
    );
  });

  test("MM-03: a file of Anthropic's store is refused by name", () => {
    const file = { type: "image", source: { type: "file", file_id: "file_x" } };
    expect(() => partOf(file)).toThrow(/messages\[0\]\.content\[0\]: file "file_x"/);
  });

  test("MM-05: a GIF and a model without vision get a note", () => {
    const gif = { type: "image", source: { type: "base64", media_type: "image/gif", data: "R0lGODlh" } };
    expect(partOf(gif)).toEqual([{ text: "[image omitted: the model takes no GIF]" }]);
    const blind = geminiRequestOf({ messages: [user({ type: "image", source: png })] }, { media: false });
    expect(blind.body.contents[0]?.parts).toEqual([{ text: "[image omitted: the model takes no images]" }]);
  });

  test("MM-09 MM-10 MM-11 MM-12: texts keep their words and lose their citations", () => {
    const document = {
      type: "document",
      title: "T",
      source: { type: "text", data: "x" },
      citations: { enabled: true },
    };
    expect(partOf(document)).toEqual([{ text: "Document: T\n\nx" }]);
    expect(partOf({ ...text("a"), citations: [{}] })).toEqual([{ text: "a" }]);
  });
});

describe("thinking", () => {
  const thinkingOf = (parts: Record<string, unknown>, name = model) =>
    encodeGeminiRequest(messagesRequest(parts), name, geminiProfileOf(name)).body.generationConfig.thinkingConfig;
  const adaptive = { type: "adaptive" };

  test.each([
    [{ thinking: adaptive }, { includeThoughts: true, thinkingLevel: "HIGH" }],
    [
      { thinking: adaptive, output_config: { effort: "xhigh" } },
      { includeThoughts: true, thinkingLevel: "HIGH" },
    ],
    [{ output_config: { effort: "medium" } }, { thinkingLevel: "MEDIUM" }],
    [{ thinking: { type: "enabled", budget_tokens: 2000 } }, { includeThoughts: true, thinkingLevel: "LOW" }],
    [{ thinking: { type: "disabled" } }, { thinkingLevel: "LOW" }],
    [{}, undefined],
  ])("TK-01 TK-02 TK-03 TK-04 TK-05 TK-09: from Gemini 3 on %j is the level %j", (parts, expected) => {
    expect(thinkingOf(parts)).toEqual(expected);
  });

  test.each([
    [
      "gemini-2.5-pro",
      { thinking: { type: "enabled", budget_tokens: 64_000 } },
      { includeThoughts: true, thinkingBudget: 32_768 },
    ],
    ["gemini-2.5-pro", { thinking: { type: "disabled" } }, { thinkingBudget: 128 }],
    ["gemini-2.5-flash", { thinking: { type: "disabled" } }, { thinkingBudget: 0 }],
    ["gemini-2.5-flash", { thinking: adaptive }, { includeThoughts: true, thinkingBudget: -1 }],
    [
      "models/gemini-2.5-flash-lite",
      { thinking: adaptive, output_config: { effort: "low" } },
      { includeThoughts: true, thinkingBudget: 1_024 },
    ],
    ["gemini-2.5-flash", { output_config: { effort: "max" } }, { thinkingBudget: 24_576 }],
    ["gemini-3-flash-preview", { thinking: { type: "disabled" } }, { thinkingLevel: "MINIMAL" }],
    ["gemini-3-pro-preview", { output_config: { effort: "medium" } }, { thinkingLevel: "LOW" }],
  ])("TK-09: %s takes %j as %j", (name, parts, expected) => {
    expect(thinkingOf(parts, name)).toEqual(expected);
  });

  test("TK-06: a model that does not think is told nothing, and that is reported", () => {
    const parts = { thinking: adaptive, output_config: { effort: "high" } };
    expect(thinkingOf(parts, "gemini-2.0-flash")).toBeUndefined();
    expect(Object.keys(reasonsOf(parts, { thinking: { form: "none" } }))).toEqual(["thinking", "output_config.effort"]);
  });

  test("SYS-14: the effort of the latest turn wins", () => {
    const messages = [user(text("q")), { role: "system", content: "e", output_config: { effort: "low" } }];
    expect(thinkingOf({ thinking: adaptive, output_config: { effort: "high" }, messages })).toMatchObject({
      thinkingLevel: "LOW",
    });
  });
});

describe("generation", () => {
  test("PR-02 PR-08 PR-09: limits are clamped, and of six stop sequences one is left to us", () => {
    const stop_sequences = ["a", "b", "c", "d", "e", "f", ""];
    const { body, stopSequences } = geminiRequestOf({
      max_tokens: 128_000,
      temperature: 0,
      top_p: 0.5,
      top_k: 3,
      stop_sequences,
    });
    expect(body.generationConfig).toEqual({
      maxOutputTokens: 65_536,
      temperature: 0,
      topP: 0.5,
      topK: 3,
      stopSequences: ["a", "b", "c", "d", "e"],
    });
    expect(stopSequences).toEqual(["f"]);
  });

  test("PR-15 PR-16: a schema for the answer is sent, or told in words where it cannot stand beside tools", () => {
    const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
    const output_config = { format: { type: "json_schema", schema } };
    const tools = [{ name: "T", input_schema: { type: "object" } }];
    expect(geminiRequestOf({ output_config, tools }).body.generationConfig).toMatchObject({
      responseMimeType: "application/json",
      responseJsonSchema: schema,
    });
    const old = geminiRequestOf({ output_config, tools }, { formatBesideFunctions: false });
    expect(old.body.generationConfig).toEqual({ maxOutputTokens: 1000 });
    expect(JSON.stringify(old.body.systemInstruction)).toContain("Answer with nothing but JSON");
    expect(geminiRequestOf({ output_config }, { schemas: "openapi" }).body.generationConfig).toHaveProperty(
      "responseSchema",
    );
  });

  test("nesting without end is the client's fault", () => {
    let schema: object = { type: "string" };
    for (let depth = 0; depth < 20_000; depth++) schema = { anyOf: [schema, { type: "object" }] };
    const tools = [{ name: "T", input_schema: { type: "object", properties: { a: schema } } }];
    expect(() => geminiRequestOf({ tools }, { schemas: "openapi" })).toThrow(/nested too deeply/);
  });
});
