import path from "node:path";
import { expect, test } from "vitest";
import { chatRequest, textOfAll, toolNames, toolResults } from "../support/chat-request.ts";
import { describeClaude } from "../support/describe-claude.ts";
import { openScenario } from "../support/scenario.ts";

const server = path.resolve(import.meta.dirname, "../support/mcp-server.ts");
const mcpConfig = JSON.stringify({ mcpServers: { harbour: { command: process.execPath, args: [server] } } });
const tideTable = "mcp__harbour__tide_table";

describeClaude("Claude Code's tool search", () => {
  test("finds an MCP tool, loads it and calls it", async () => {
    await using scenario = await openScenario({
      files: { "mcp.json": mcpConfig },
      script: ({ assistantTurns }) => {
        switch (assistantTurns) {
          case 0:
            return {
              toolCalls: [
                { name: "ToolSearch", id: "call_search", input: { query: `select:${tideTable}`, max_results: 5 } },
              ],
            };
          case 1:
            return { toolCalls: [{ name: tideTable, id: "call_tide", input: { harbour: "Ystad" } }] };
          default:
            return { text: "High water at 06:42." };
        }
      },
    });
    const { result, exitCode } = await scenario.claude("When is the tide high in Ystad?", {
      args: [
        "--mcp-config",
        scenario.file("mcp.json"),
        "--strict-mcp-config",
        "--allowedTools",
        "ToolSearch",
        "mcp__harbour",
      ],
    });

    expect([exitCode, result.result]).toEqual([0, "High water at 06:42."]);
    const [first, second, third] = scenario.upstream.calls.map(chatRequest);
    if (!first || !second || !third) throw new Error(`the upstream saw ${scenario.upstream.calls.length} requests`);
    expect(toolNames(first)).toContain("ToolSearch");
    expect(toolNames(first)).not.toContain(tideTable);
    expect(toolNames(first)).not.toContain("DeferredToolPlaceholder");
    expect(textOfAll(first)).toContain(tideTable);

    expect(Object.values(toolResults(second)).join()).toContain(tideTable);
    expect(toolNames(second)).toContain(tideTable);
    const loaded = second.tools?.find((tool) => tool.function.name === tideTable);
    expect(loaded?.function.parameters).toMatchObject({ type: "object", required: ["harbour"] });

    expect(Object.values(toolResults(third)).join()).toContain('tide_table {"harbour":"Ystad"}: high at 06:42');
  });
});
