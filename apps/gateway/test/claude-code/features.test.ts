import { expect, test } from "vitest";
import { chatRequest, textOf, textOfAll, toolNames, toolResults } from "../support/chat-request.ts";
import { describeClaude } from "../support/describe-claude.ts";
import { openScenario } from "../support/scenario.ts";

describeClaude("Claude Code's other features on a chat completions model", () => {
  test("a subagent runs on the same model and hands its result to its parent", async () => {
    await using scenario = await openScenario({
      script: (seen) => {
        const request = chatRequest(seen);
        const own = request.messages.filter(({ role }) => role === "user").map(textOf);
        if (own.some((text) => text.includes("Count the herons."))) return { text: "There are seven herons." };
        if (seen.assistantTurns > 0) return { text: "Seven." };
        const input = { description: "Count birds", prompt: "Count the herons.", subagent_type: "general-purpose" };
        return { toolCalls: [{ name: "Agent", id: "call_agent", input: { ...input, run_in_background: false } }] };
      },
    });
    const { result } = await scenario.claude("How many birds?", { args: ["--allowedTools", "Agent"] });

    expect(result).toMatchObject({ is_error: false, result: "Seven." });
    const { calls } = scenario.upstream;
    expect(calls.map((call) => chatRequest(call).model)).toEqual(["qwen3-coder", "qwen3-coder", "qwen3-coder"]);
    expect(Object.values(toolResults(chatRequest(calls.at(-1)))).join()).toContain("There are seven herons.");
  });

  test("an answer of a given shape comes as the call of a tool", async () => {
    const schema = { type: "object", properties: { bird: { type: "string" } }, required: ["bird"] };
    await using scenario = await openScenario({
      script: ({ assistantTurns }) =>
        assistantTurns === 0
          ? { toolCalls: [{ name: "StructuredOutput", input: { bird: "heron" } }] }
          : { text: "Done." },
    });
    const { result, events } = await scenario.claude("Which bird?", {
      args: ["--json-schema", JSON.stringify(schema)],
    });

    expect(result.is_error).toBe(false);
    expect(events.at(-1)?.["structured_output"]).toEqual({ bird: "heron" });
    const first = chatRequest(scenario.upstream.calls[0]);
    const tool = first.tools?.find((one) => one.function.name === "StructuredOutput");
    expect(tool?.function.parameters).toMatchObject(schema);
  });

  test("a web search, which this model cannot do, ends in a word of it and not in an error", async () => {
    await using scenario = await openScenario({
      script: ({ assistantTurns }) => {
        switch (assistantTurns) {
          case 0:
            return { toolCalls: [{ name: "ToolSearch", input: { query: "select:WebSearch", max_results: 1 } }] };
          case 1:
            return { toolCalls: [{ name: "WebSearch", id: "call_web", input: { query: "heron" } }] };
          default:
            return { text: "I cannot search." };
        }
      },
    });
    const { result } = await scenario.claude("Search for herons.", {
      args: ["--allowedTools", "WebSearch", "ToolSearch"],
    });

    expect(result).toMatchObject({ is_error: false, result: "I cannot search." });
    const last = chatRequest(scenario.upstream.calls.at(-1));
    expect(Object.values(toolResults(last)).join()).toContain("Web search is not available");
    expect(scenario.upstream.calls.flatMap((call) => toolNames(chatRequest(call)))).not.toContain("web_search");
    const told = scenario.gateway.exchanges().map((line) => line["outcome"]);
    expect(told).not.toContain("failed");
  });

  test("a broken call of a tool is told to the model, which can mend it", async () => {
    await using scenario = await openScenario({
      files: { "in.txt": "heron\n" },
      script: ({ assistantTurns }) => {
        const input = { file_path: scenario.file("in.txt") };
        switch (assistantTurns) {
          case 0:
            return { toolCalls: [{ name: "Read", input, rawArguments: '{"file_path": "/in' }] };
          case 1:
            return { toolCalls: [{ name: "NoSuchTool", input }] };
          case 2:
            return { toolCalls: [{ name: "Read", input }] };
          default:
            return { text: "A heron after all." };
        }
      },
    });
    const { result } = await scenario.claude("Which bird?", { args: ["--allowedTools", "Read"] });

    expect(result).toMatchObject({ is_error: false, result: "A heron after all." });
    const results = Object.values(toolResults(chatRequest(scenario.upstream.calls.at(-1))));
    expect(results).toHaveLength(3);
    expect(results[0]).toMatch(/error/i);
    expect(results[1]).toMatch(/NoSuchTool/);
    expect(results[2]).toContain("heron");
  });

  test("an answer that its limit cuts off is continued", async () => {
    await using scenario = await openScenario({
      script: ({ assistantTurns }) =>
        assistantTurns === 0 ? { text: "The first half,", finish: "length" } : { text: "and the second." },
    });
    const { result } = await scenario.claude("Tell me.");

    expect(result).toMatchObject({ is_error: false, result: "and the second." });
    expect(textOfAll(chatRequest(scenario.upstream.calls[1]))).toContain("The first half,");
  });
});
