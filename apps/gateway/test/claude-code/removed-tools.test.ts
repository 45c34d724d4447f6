import path from "node:path";
import type { SeenRequest } from "@drawbridge/providers/testing";
import { expect, test } from "vitest";
import { describeClaude } from "../support/describe-claude.ts";
import { aliceKey, openScenario, type Scenario, type ScenarioOptions } from "../support/scenario.ts";

const server = path.resolve(import.meta.dirname, "../support/mcp-server.ts");
const mcpConfig = JSON.stringify({ mcpServers: { harbour: { command: process.execPath, args: [server] } } });
const tideTable = "mcp__harbour__tide_table";

interface Sent {
  readonly tools: readonly { readonly name: string; readonly cache_control?: unknown }[];
  readonly messages: readonly unknown[];
}

function open(forbidden: "remove" | "refuse", script: ScenarioOptions["script"]): Promise<Scenario> {
  return openScenario({
    provider: { kind: "anthropic-messages" },
    files: { "mcp.json": mcpConfig, "in.txt": "heron\n" },
    script,
    config: {
      teams: { harbour: { tools: { deny: ["mcp__harbour__*"], forbidden } } },
      keys: [{ name: "alice", value: aliceKey, team: "harbour" }],
    },
  });
}

function sent({ body }: SeenRequest): Sent {
  return body as Sent;
}

function ask(scenario: Scenario, env: Readonly<Record<string, string>> = {}): ReturnType<Scenario["claude"]> {
  const allowed = ["--allowedTools", "Read", "ToolSearch", "mcp__harbour"];
  const args = ["--mcp-config", scenario.file("mcp.json"), "--strict-mcp-config", ...allowed];
  return scenario.claude("When is the tide high in Ystad?", { args, env });
}

describeClaude("Claude Code whose MCP tools a policy removes", () => {
  test("goes on with its other tools, with the same list every turn", async () => {
    await using scenario = await open("remove", ({ assistantTurns }) =>
      assistantTurns === 0
        ? { toolCalls: [{ name: "Read", input: { file_path: scenario.file("in.txt") } }] }
        : { text: "Nobody tells." },
    );
    const { result, exitCode } = await ask(scenario, { ENABLE_TOOL_SEARCH: "false" });

    expect([exitCode, result.is_error, result.result]).toEqual([0, false, "Nobody tells."]);
    const [first, second] = scenario.upstream.calls.map(sent);
    const names = first?.tools.map(({ name }) => name) ?? [];
    expect(names).toContain("Read");
    expect(names.filter((name) => name.startsWith("mcp__"))).toEqual([]);
    expect(second?.tools).toEqual(first?.tools);
  });

  test("is told by tool search that the tool is not there, and goes on", async () => {
    await using scenario = await open("remove", ({ assistantTurns }) =>
      assistantTurns === 0
        ? { toolCalls: [{ name: "ToolSearch", input: { query: `select:${tideTable}`, max_results: 5 } }] }
        : { text: "Nobody tells." },
    );
    const { result, exitCode } = await ask(scenario);

    expect([exitCode, result.is_error, result.result]).toEqual([0, false, "Nobody tells."]);
    const [first, second] = scenario.upstream.calls.map(sent);
    expect(first?.tools.map(({ name }) => name)).toContain("ToolSearch");
    expect(second?.tools.map(({ name }) => name)).not.toContain(tideTable);
    expect(JSON.stringify(second?.messages)).toContain(`Not available here: ${tideTable}.`);
    expect(JSON.stringify(second?.messages)).not.toContain('"tool_reference"');
  });

  test("shows its user why, once, where the policy refuses instead", async () => {
    await using scenario = await open("refuse", () => ({ text: "never" }));
    const { result, exitCode } = await ask(scenario, { ENABLE_TOOL_SEARCH: "false" });

    expect([exitCode, result.is_error]).toEqual([1, true]);
    expect(result.result).toContain("team harbour may not use the tools mcp__harbour__");
    expect(result.result).toContain("/mcp");
    expect(scenario.upstream.calls).toHaveLength(0);
    expect(scenario.gateway.exchanges()).toHaveLength(1);
  });
});
