import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sealOpaque } from "../../messages/opaque.ts";
import { readEnvelope } from "../../messages/read-envelope.ts";
import type { ClientRequest, Translation } from "../dialect.ts";
import { chooseBetas } from "./choose-betas.ts";
import {
  azureFoundry,
  bedrockInvoke,
  deepseekMessages,
  messagesOn,
  readBetas,
  vertexRawPredict,
  type MessagesPlatform,
} from "./index.ts";
import { anthropicItself } from "./platforms/anthropic-itself.ts";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const user = { role: "user", content: "hi" };
const base = { model: "claude-opus-4-6", max_tokens: 10, messages: [user] };
const advanced = "advanced-tool-use-2025-11-20";
const toolSearch = "tool-search-tool-2025-10-19";
const clearing = "context-management-2025-06-27";
const compaction = "compact-2026-01-12";

function requestOf(value: unknown, betas: readonly string[] = []): ClientRequest {
  const body = new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
  return { body, envelope: readEnvelope(body), betas };
}

function translated(platform: MessagesPlatform, parts: object, betas: readonly string[] = []) {
  const request = requestOf({ ...base, ...parts }, betas);
  const context = { messageId: "msg_1", askedModel: "claude-opus-4-6" };
  const translation: Translation = messagesOn(platform).translate(request, { model: "m" }, context);
  const paths = translation.dropped.map(({ path }) => path);
  return { ...translation, sent: JSON.parse(decode(translation.body)), paths };
}

function translationOn(platform: MessagesPlatform, request: ClientRequest, model = "m"): Translation {
  return messagesOn(platform).translate(request, { model }, { messageId: "msg_1", askedModel: model });
}

const pathOn = (platform: MessagesPlatform, model: string, stream: boolean): string | undefined =>
  messagesOn(platform).pathFor?.(model, stream);

describe("InvokeModel", () => {
  test("BR-01 PR-17 PR-18: the version and the betas stand in the body, model and stream in the path", () => {
    const asked = ["claude-code-20250219", "interleaved-thinking-2025-05-14", "prompt-caching-2024-07-31"];
    const { sent, paths, betaHeader } = translated(bedrockInvoke, { stream: true }, asked);
    expect(sent).toEqual({
      anthropic_version: "bedrock-2023-05-31",
      anthropic_beta: ["interleaved-thinking-2025-05-14"],
      max_tokens: 10,
      messages: [user],
    });
    expect(paths).toEqual(["anthropic-beta: claude-code-20250219", "anthropic-beta: prompt-caching-2024-07-31"]);
    expect(betaHeader).toBe("");
    const arn = "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude";
    const encoded = encodeURIComponent(arn);
    expect(pathOn(bedrockInvoke, arn, false)).toBe(`/model/${encoded}/invoke`);
    expect(pathOn(bedrockInvoke, arn, true)).toBe(`/model/${encoded}/invoke-with-response-stream`);
    expect(() => pathOn(bedrockInvoke, "..", true)).toThrow(/model/);
  });

  // These were tried against InvokeModel; a single one that it does not know fails the whole request.
  test.each([
    "prompt-caching-2024-07-31",
    "extended-cache-ttl-2025-04-11",
    "thinking-token-count-2026-05-13",
    "files-api-2025-04-14",
    "code-execution-2025-05-22",
    "memory-2025-08-18",
    "something-new-2030-01-01",
  ])("BR-01: %s is not named", (beta) => {
    expect(translated(bedrockInvoke, {}, [beta]).sent).not.toHaveProperty("anthropic_beta");
  });

  test("BR-02 TS-02: a beta goes by the platform's name, once", () => {
    const { sent } = translated(bedrockInvoke, {}, [advanced, toolSearch]);
    expect(sent.anthropic_beta).toEqual([toolSearch]);
    expect(chooseBetas(["constructor", "__proto__"], bedrockInvoke).betas).toEqual([]);
  });

  test("BR-03: betas are read from one header or several, and none are no field", () => {
    expect(readBetas("a, b,,a ")).toEqual(["a", "b"]);
    expect(readBetas(["a,b", " c "])).toEqual(["a", "b", "c"]);
    expect(readBetas(undefined)).toEqual([]);
    expect(translated(bedrockInvoke, {}, []).sent).not.toHaveProperty("anthropic_beta");
  });

  test("SRV-10: context management goes with its beta in the body, and not without it", () => {
    const clear = { type: "clear_thinking_20251015", keep: "all" };
    const compact = { type: "compact_20260112" };
    const parts = { context_management: { edits: [clear, compact] } };
    const both = translated(bedrockInvoke, parts, [clearing, compaction]);
    expect(both.sent).toMatchObject({ ...parts, anthropic_beta: [clearing, compaction] });
    expect(both.paths).toEqual([]);
    const one = translated(bedrockInvoke, parts, [clearing]);
    expect(one.sent.context_management).toEqual({ edits: [clear] });
    expect(one.paths).toEqual(["context_management.edits[1]"]);
    expect(translated(bedrockInvoke, parts).sent).not.toHaveProperty("context_management");
  });

  test("BR-05 TD-30 SYS-14: what a beta adds goes only with that beta, from wherever it stands", () => {
    const cached = { type: "ephemeral", scope: "global" };
    const text = { type: "text", text: "t", cache_control: { ...cached, ttl: "1h" } };
    const tool = {
      name: "T",
      input_schema: { type: "object" },
      defer_loading: true,
      input_examples: [{}],
      strict: true,
    };
    const result = { type: "tool_result", tool_use_id: "a", content: [text], cache_control: cached };
    const parts = {
      speed: "fast",
      system: [text],
      tools: [{ ...tool, eager_input_streaming: true, allowed_callers: ["direct"], cache_control: cached }],
      messages: [
        { role: "system", content: "rule", output_config: { effort: "high" } },
        { role: "user", content: [result] },
      ],
      output_config: { effort: "high" },
    };
    const { sent, paths } = translated(bedrockInvoke, parts);
    const kept = { type: "ephemeral" };
    const keptText = { ...text, cache_control: { ...kept, ttl: "1h" } };
    expect(sent).toEqual({
      anthropic_version: "bedrock-2023-05-31",
      max_tokens: 10,
      system: [keptText],
      tools: [{ name: "T", input_schema: { type: "object" }, cache_control: kept }],
      messages: [
        { role: "system", content: "rule" },
        { role: "user", content: [{ ...result, content: [keptText], cache_control: kept }] },
      ],
      output_config: { effort: "high" },
    });
    expect(new Set(paths)).toEqual(
      new Set([
        "speed",
        "system[0].cache_control.scope",
        "tools[0].defer_loading",
        "tools[0].input_examples",
        "tools[0].strict",
        "tools[0].eager_input_streaming",
        "tools[0].allowed_callers",
        "tools[0].cache_control.scope",
        "messages[0].output_config",
        "messages[1].content[0].content[0].cache_control.scope",
        "messages[1].content[0].cache_control.scope",
      ]),
    );
    expect(translated(bedrockInvoke, parts, [advanced]).sent.tools[0]).toHaveProperty("defer_loading", true);
  });

  test.each<[string, unknown, unknown]>([
    [
      "a block of its own",
      [
        { type: "text", text: "LINE" },
        { type: "text", text: "S" },
      ],
      [{ type: "text", text: "S" }],
    ],
    ["the only block", [{ type: "text", text: "LINE" }], []],
    ["the head of a block", [{ type: "text", text: "LINE\nS" }], [{ type: "text", text: "S" }]],
    ["the head of a string", "LINE\r\nS", "S"],
    ["all of a string", "LINE", []],
    ["the middle of a text", "S LINE", "S LINE"],
  ])("SYS-10: the billing line goes from %s", (_, system, expected) => {
    const line = "x-anthropic-billing-header: cc_version=2.1; cch=36ee5;";
    const withLine = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replace("LINE", line));
    for (const platform of [bedrockInvoke, vertexRawPredict]) {
      expect(translated(platform, { system: withLine(system) }).sent.system).toEqual(withLine(expected));
    }
    expect(translated(azureFoundry, { system: withLine(system) }).sent.system).toEqual(withLine(system));
  });

  test("FR-19: every other byte stays as the client wrote it", () => {
    const odd = `{ "model" : "claude", "max_tokens":1e1,\n "messages" :[{"content":"\\u00e9","role":"user"}], "stream":true, "new":{"a":0.10} }`;
    const { body } = translationOn(bedrockInvoke, requestOf(odd));
    expect(decode(body)).toBe(
      `{"anthropic_version":"bedrock-2023-05-31", "max_tokens":1e1,\n "messages" :[{"content":"\\u00e9","role":"user"}], "new":{"a":0.10} }`,
    );
  });

  test("TK-17: thinking of another provider stays behind", () => {
    const foreign = { type: "thinking", thinking: "t", signature: sealOpaque("openai-chat", "s") };
    const messages = [user, { role: "assistant", content: [foreign, { type: "text", text: "a" }] }, user];
    expect(translated(bedrockInvoke, { messages }).sent.messages[1].content).toEqual([{ type: "text", text: "a" }]);
  });
});

test("BR-04 PR-17 PR-18: Vertex gets its betas in the header, without those that it refuses", () => {
  const asked = [clearing, "prompt-caching-scope-2026-01-05", "per-turn-control-2026-07-01", advanced];
  const text = { type: "text", text: "t", cache_control: { type: "ephemeral", scope: "global" } };
  const { sent, paths, betaHeader } = translated(vertexRawPredict, { system: [text], stream: true }, asked);
  expect(betaHeader).toBe(`${clearing},${toolSearch}`);
  expect(sent).toEqual({
    anthropic_version: "vertex-2023-10-16",
    max_tokens: 10,
    messages: [user],
    system: [{ ...text, cache_control: { type: "ephemeral" } }],
    stream: true,
  });
  expect(paths).toHaveLength(3);
  const model = "claude-opus-4-6@20260101";
  expect(pathOn(vertexRawPredict, model, false)).toBe(`/models/${model}:rawPredict`);
  expect(pathOn(vertexRawPredict, model, true)).toBe(`/models/${model}:streamRawPredict`);
});

test("BR-10: Azure Foundry gets the native request, its deployment in the place of the model", () => {
  const request = requestOf({ ...base, stream: true }, [advanced, "brand-new-2030-01-01"]);
  const { body, betaHeader, dropped } = translationOn(azureFoundry, request, "my-deployment");
  expect(decode(body)).toBe(decode(request.body).replace("claude-opus-4-6", "my-deployment"));
  expect([betaHeader, dropped]).toEqual([`${advanced},brand-new-2030-01-01`, []]);
  expect(pathOn(azureFoundry, "my-deployment", true) ?? messagesOn(azureFoundry).paths.create).toBe("/v1/messages");
  expect(translationOn(azureFoundry, request, "claude-opus-4-6").body).toBe(request.body);
});

describe("a model that is asked for with its long context", () => {
  const longContext = "context-1m-2025-08-07";
  const requestFor = (model: string, betas: readonly string[]) => requestOf({ ...base, model }, betas);

  test("PR-19: gets the beta for it wherever betas are told, once, and its plain name", () => {
    for (const asked of [[], ["effort-2025-11-24"], ["effort-2025-11-24", longContext]]) {
      const all = [...new Set([...asked, longContext])];
      const native = translationOn(anthropicItself, requestFor("claude-opus-4-6", asked), "claude-opus-4-6[1m]");
      expect(native.betaHeader ?? asked.join(",")).toBe(all.join(","));
      expect(JSON.parse(decode(native.body)).model).toBe("claude-opus-4-6");
      const cloud = translationOn(bedrockInvoke, requestFor("claude-opus-4-6", asked), "anthropic.claude-opus-4-6[1m]");
      expect(JSON.parse(decode(cloud.body)).anthropic_beta).toEqual(all);
      expect(translationOn(vertexRawPredict, requestFor("c", asked), "c[1m]").betaHeader).toBe(all.join(","));
    }
    expect(pathOn(bedrockInvoke, "anthropic.claude-opus-4-6[1m]", false)).toBe(
      "/model/anthropic.claude-opus-4-6/invoke",
    );
    expect(pathOn(vertexRawPredict, "claude-opus-4-6@1[1M]", false)).toBe("/models/claude-opus-4-6@1:rawPredict");
  });

  test("PR-19: may carry the mark in the client's own name for it", () => {
    const { body, betaHeader } = translationOn(anthropicItself, requestFor("opus[1m]", []), "claude-opus-4-6");
    expect([JSON.parse(decode(body)).model, betaHeader]).toEqual(["claude-opus-4-6", longContext]);
  });

  test("PR-19: leaves a request without the mark to the client's own header", () => {
    expect(translationOn(anthropicItself, requestFor("m", ["a"])).betaHeader).toBeUndefined();
    expect(translationOn(anthropicItself, requestFor("m", [])).betaHeader).toBeUndefined();
  });
});

describe("an endpoint that wants its thinking back", () => {
  const call = { type: "tool_use", id: "a", name: "T", input: {} };
  const result = { role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: "r" }] };
  const history = (...content: unknown[]) => ({ messages: [user, { role: "assistant", content }, result] });
  const contentSent = (parts: object) => translated(deepseekMessages, parts).sent.messages[1].content;

  test.each(["", "Eq", sealOpaque("openai-chat", "s")])("TK-32: keeps thinking that is signed %j", (signature) => {
    const thinking = { type: "thinking", thinking: "t", signature };
    expect(contentSent(history(thinking, call))).toEqual([thinking, call]);
  });

  test("TK-32: gets a word in the place of thinking that a turn with calls has lost", () => {
    const [first, ...rest] = contentSent(history({ type: "text", text: "a" }, call));
    expect(first).toMatchObject({ type: "thinking", thinking: expect.stringMatching(/./) });
    expect(rest).toEqual([{ type: "text", text: "a" }, call]);
  });

  test("TK-32: gets nothing added where nothing is missing, or thinking is off", () => {
    for (const parts of [history({ type: "text", text: "a" }), { ...history(call), thinking: { type: "disabled" } }]) {
      expect(contentSent(parts)).toEqual(parts.messages[1]?.content);
    }
  });
});

test("any request stays JSON, and what was fitted is fit", () => {
  const value = fc.jsonValue({ maxDepth: 4 });
  const block = fc.record({
    type: fc.constantFrom("text", "tool_use", "thinking"),
    cache_control: value,
    content: value,
  });
  const parts = fc.record(
    {
      system: fc.oneof(fc.constant("x-anthropic-billing-header: a"), fc.array(block), value),
      tools: fc.oneof(fc.array(fc.record({ defer_loading: value, name: value, cache_control: value })), value),
      // A message of nothing but unsigned thinking goes whole, and one has to stay.
      messages: fc
        .array(fc.record({ role: fc.constantFrom("user", "assistant"), content: fc.array(block) }))
        .map((messages) => [user, ...messages]),
      context_management: fc.oneof(fc.record({ edits: fc.array(fc.record({ type: fc.constant("clear_x") })) }), value),
      anthropic_version: value,
      stream: fc.boolean(),
    },
    { requiredKeys: ["messages"] },
  );
  const platform = fc.constantFrom(bedrockInvoke, vertexRawPredict, azureFoundry, deepseekMessages);
  fc.assert(
    fc.property(parts, platform, fc.constantFrom(undefined, "\t", 1), (some, where, space) => {
      const request = requestOf(JSON.stringify({ ...some, model: "m", max_tokens: 1 }, null, space), [clearing]);
      const once = translationOn(where, request);
      const body = JSON.parse(decode(once.body));
      if (where.api !== "messages") expect(body).not.toHaveProperty("model");
      if (where.api === "invoke-model") expect(body).not.toHaveProperty("stream");
      if (where.bodyVersion !== undefined) expect(body.anthropic_version).toBe(where.bodyVersion);
      const again = requestOf({ ...body, model: "m", max_tokens: 1 }, [clearing]);
      expect(JSON.parse(decode(translationOn(where, again).body))).toEqual(body);
    }),
  );
});
