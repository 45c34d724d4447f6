import Anthropic from "@anthropic-ai/sdk";
import { type Answer, type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";

const model = "qwen3-coder";
const long = `Build a bridge of ${"stone ".repeat(3_000)}`;
const messages: Anthropic.Beta.BetaMessageParam[] = [
  { role: "user", content: long },
  { role: "assistant", content: "It stands." },
  { role: "user", content: "And a gate?" },
];
const edit = { type: "compact_20260112", trigger: { type: "input_tokens", value: 2_000 } } as const;

describe("Anthropic's SDK asks for compaction over a model that is not Claude", () => {
  let upstream: FakeProvider;
  let gateway: GatewayHere;
  let client: Anthropic;
  let answers: Answer[];

  const params = (edits: Anthropic.Beta.BetaContextManagementConfig["edits"] = [edit]) => ({
    model,
    max_tokens: 1_000,
    betas: ["compact-2026-01-12"],
    context_management: { edits: edits ?? [] },
    messages,
  });

  beforeAll(async () => {
    upstream = await startFakeProvider({
      apiKey: upstreamKey,
      models: [model],
      script: () => answers.shift() ?? { text: "Nothing left to say." },
    });
    gateway = await startGatewayHere({
      providers: { gpu: { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl, apiKey: upstreamKey } },
      keys: [{ name: "alice", value: aliceKey }],
    });
    client = new Anthropic({ baseURL: gateway.url, apiKey: aliceKey, maxRetries: 0 });
  });
  beforeEach(() => {
    answers = [
      { text: "They built a bridge.", usage: { inputTokens: 3_000, outputTokens: 40 } },
      { text: "Now the gate.", usage: { inputTokens: 60, outputTokens: 7 } },
    ];
  });
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  const sent = (): string[] => upstream.calls.slice(-2).map(({ body }) => JSON.stringify(body));
  const content = [
    { type: "compaction", content: "They built a bridge." },
    { type: "text", text: "Now the gate." },
  ];

  test.each(["stream", "whole"])("and reads an answer that begins with the summary (%s)", async (form) => {
    const answer =
      form === "whole"
        ? await client.beta.messages.create(params())
        : await client.beta.messages.stream(params()).finalMessage();
    expect(answer).toMatchObject({ model, content, stop_reason: "end_turn", usage: { output_tokens: 7 } });
    const [first = "", second = ""] = sent();
    expect(first).toContain("write a summary of this conversation");
    expect(second).toContain("They built a bridge.");
    expect(second).toContain("And a gate?");
    expect(second).not.toContain("Build a bridge");
    expect(gateway.exchanges().at(-1)).toMatchObject({
      outcome: "ok",
      input_tokens: 3_060,
      output_tokens: 47,
      attempts: 2,
      dropped: [],
    });

    answers = [{ text: "A wall." }];
    const next = [...messages, { role: "assistant", content: answer.content }, { role: "user", content: "A wall?" }];
    await client.beta.messages.create({ ...params(), messages: next as Anthropic.Beta.BetaMessageParam[] });
    const [, third = ""] = sent();
    for (const words of ["They built a bridge.", "Now the gate.", "A wall?"]) expect(third).toContain(words);
    expect(third).not.toContain("Build a bridge");
  });

  test("and pauses where it asks to", async () => {
    const calls = upstream.calls.length;
    const answer = await client.beta.messages
      .stream(params([{ ...edit, pause_after_compaction: true }]))
      .finalMessage();
    expect(answer).toMatchObject({ stop_reason: "compaction", content: content.slice(0, 1) });
    expect(upstream.calls).toHaveLength(calls + 1);
  });

  test("and is told a failure of the second call as an error, not as a short answer", async () => {
    answers = [
      { text: "They built a bridge." },
      { fault: { kind: "http-error", status: 400, message: "no gates here" } },
    ];
    await expect(client.beta.messages.create(params())).rejects.toThrow("no gates here");
  });
});
