import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { chatRequest, textOf, textOfAll, toolResults } from "../support/chat-request.ts";
import { describeClaude } from "../support/describe-claude.ts";
import { png } from "../support/png.ts";
import type { ClaudeEvent } from "../support/run-claude.ts";
import { aliceKey, openScenario, upstreamKey } from "../support/scenario.ts";

describeClaude("Claude Code on a chat completions model", () => {
  test("answers a prompt, and the upstream sees nothing that is only for Anthropic", async () => {
    await using scenario = await openScenario({
      script: () => ({
        text: "A heron stands on the bridge.",
        usage: { inputTokens: 100, cacheReadTokens: 900, outputTokens: 8 },
      }),
    });
    const { result, exitCode, events } = await scenario.claude("What stands on the bridge?");

    expect([exitCode, result.is_error, result.result]).toEqual([0, false, "A heron stands on the bridge."]);
    expect(result.usage).toMatchObject({ input_tokens: 100, cache_read_input_tokens: 900, output_tokens: 8 });
    expect(events.filter((event) => event.subtype === "api_retry")).toEqual([]);

    expect(scenario.upstream.calls).toHaveLength(1);
    const [seen] = scenario.upstream.calls;
    const request = chatRequest(seen);
    expect(request).toMatchObject({ model: "qwen3-coder", stream: true });
    expect(request.messages[0]?.role).toBe("system");
    expect(textOfAll(request)).toContain("What stands on the bridge?");
    const raw = Buffer.from(seen?.raw ?? []).toString("utf8");
    for (const foreign of ["x-anthropic-billing-header", "cache_control", "defer_loading", "device_id", aliceKey]) {
      expect(raw).not.toContain(foreign);
    }
    expect(seen?.headers["authorization"]).toBe(`Bearer ${upstreamKey}`);
    const names = Object.keys(seen?.headers ?? {});
    expect(names.filter((name) => /anthropic|claude|x-app|stainless|x-api-key/.test(name))).toEqual([]);
  });

  test("reads and writes files in a loop of tool calls", async () => {
    await using scenario = await openScenario({
      files: { "in.txt": "the secret word is heron\n" },
      script: ({ assistantTurns }) => {
        switch (assistantTurns) {
          case 0:
            return {
              text: "I look first.",
              toolCalls: [{ name: "Read", input: { file_path: scenario.file("in.txt") } }],
            };
          case 1:
            return {
              toolCalls: [{ name: "Write", input: { file_path: scenario.file("out.txt"), content: "heron\n“ö”\n" } }],
            };
          case 2:
            return {
              toolCalls: [
                {
                  name: "Edit",
                  input: { file_path: scenario.file("out.txt"), old_string: "heron", new_string: "crane" },
                },
              ],
            };
          default:
            return { text: "Done." };
        }
      },
    });
    const { result } = await scenario.claude("Copy the word.", { args: ["--allowedTools", "Read", "Write", "Edit"] });

    expect(result).toMatchObject({ is_error: false, result: "Done.", num_turns: 4 });
    expect(await readFile(scenario.file("out.txt"), "utf8")).toBe("crane\n“ö”\n");
    const { calls } = scenario.upstream;
    expect(calls).toHaveLength(4);
    const [read] = chatRequest(calls[1]).messages.flatMap((message) => message.tool_calls ?? []);
    expect(read?.function.name).toBe("Read");
    expect(toolResults(chatRequest(calls[1]))[read?.id ?? ""]).toContain("the secret word is heron");
    expect(Object.keys(toolResults(chatRequest(calls[3])))).toHaveLength(3);
  });

  test("runs three parallel tool calls and matches their results", async () => {
    const words = ["heron", "crane", "stork"];
    await using scenario = await openScenario({
      files: Object.fromEntries(words.map((word) => [`${word}.txt`, `this is the ${word}\n`])),
      script: ({ assistantTurns }) =>
        assistantTurns > 0
          ? { text: "Three birds." }
          : {
              interleaved: true,
              toolCalls: words.map((word) => ({
                name: "Read",
                id: `call_${word}`,
                input: { file_path: scenario.file(`${word}.txt`) },
              })),
            },
    });
    const { result } = await scenario.claude("Read all.", { args: ["--allowedTools", "Read"] });

    expect(result.result).toBe("Three birds.");
    const request = chatRequest(scenario.upstream.calls[1]);
    const made = request.messages.flatMap((message) => message.tool_calls ?? []);
    expect(made).toHaveLength(3);
    const results = toolResults(request);
    for (const { id, function: call } of made) {
      const word = words.find((one) => call.arguments.includes(`${one}.txt`));
      expect(results[id]).toContain(`this is the ${word}`);
    }
  });

  test("shows the model's thinking and hands it back to the model on the next turn", async () => {
    await using scenario = await openScenario({
      files: { "in.txt": "heron\n" },
      provider: { chat: { reasoningBack: "reasoning_content" } },
      script: ({ assistantTurns }) =>
        assistantTurns === 0
          ? {
              thinking: "The file will tell.",
              toolCalls: [{ name: "Read", input: { file_path: scenario.file("in.txt") } }],
            }
          : { thinking: "It did.", text: "A heron." },
    });
    const { result, events } = await scenario.claude("Which bird?", { args: ["--allowedTools", "Read"] });

    expect(result).toMatchObject({ is_error: false, result: "A heron." });
    const thinking = thinkingBlocks(events);
    expect(thinking).toHaveLength(2);
    expect(thinking[0]?.["signature"]).toMatch(/^db1\.openai-chat\./);
    // Nothing was repeated, so the thinking was accepted when it came back.
    expect(scenario.upstream.calls).toHaveLength(2);
    const turn = chatRequest(scenario.upstream.calls[1]).messages.find(({ role }) => role === "assistant");
    expect(turn?.reasoning_content).toBe("The file will tell.");
  });

  test("keeps thinking to itself where the model cannot take it back", async () => {
    await using scenario = await openScenario({
      files: { "in.txt": "heron\n" },
      reasoningKey: "think-tags",
      script: ({ assistantTurns }) =>
        assistantTurns === 0
          ? {
              thinking: "The file will tell.",
              toolCalls: [{ name: "Read", input: { file_path: scenario.file("in.txt") } }],
            }
          : { text: "A heron." },
    });
    const { result, events } = await scenario.claude("Which bird?", { args: ["--allowedTools", "Read"] });

    expect(result.result).toBe("A heron.");
    expect(thinkingBlocks(events)).toHaveLength(1);
    expect(JSON.stringify(scenario.upstream.calls[1]?.body)).not.toContain("The file will tell.");
  });

  test("passes an image that was read as a file on as an image", async () => {
    await using scenario = await openScenario({
      files: { "red.png": png(16, [255, 0, 0]) },
      script: ({ assistantTurns }) =>
        assistantTurns === 0
          ? { toolCalls: [{ name: "Read", id: "call_image", input: { file_path: scenario.file("red.png") } }] }
          : { text: "It is red." },
    });
    const { result } = await scenario.claude("Which colour?", { args: ["--allowedTools", "Read"] });

    expect(result.result).toBe("It is red.");
    const { messages } = chatRequest(scenario.upstream.calls[1]);
    const images = messages.flatMap(({ content }) =>
      Array.isArray(content) ? content.filter((part) => part.type === "image_url") : [],
    );
    expect(images).toHaveLength(1);
    const url = String(images[0]?.image_url?.url);
    expect(url).toMatch(/^data:image\/png;base64,iVBORw0KGgo/);
    expect(messages.filter((message) => message.role === "tool").map((message) => message.tool_call_id)).toHaveLength(
      1,
    );
  });

  test("goes on with an earlier session, thinking and tools included", async () => {
    await using scenario = await openScenario({
      script: ({ assistantTurns }) => ({ thinking: `Turn ${assistantTurns}.`, text: `Answer ${assistantTurns}.` }),
    });
    const home = scenario.cwd;
    await scenario.claude("First question", { home });
    const { result } = await scenario.claude("Second question", { home, args: ["-c"] });

    expect(result.result).toBe("Answer 1.");
    const request = chatRequest(scenario.upstream.calls[1]);
    const roles = request.messages.filter(({ role }) => role !== "system").map(({ role }) => role);
    expect(roles.filter((role) => role === "assistant")).toHaveLength(1);
    expect(textOf(request.messages.find(({ role }) => role === "assistant") ?? { role: "user", content: "" })).toBe(
      "Answer 0.",
    );
    expect(textOfAll(request)).toContain("Second question");
  });
});

/** The thinking that the client was given, as it keeps it. */
function thinkingBlocks(events: readonly ClaudeEvent[]): readonly Readonly<Record<string, unknown>>[] {
  return events
    .filter((event) => event.type === "assistant")
    .flatMap((event) => (event["message"] as { content: Record<string, unknown>[] }).content)
    .filter((block) => block["type"] === "thinking");
}
