import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startFakeProvider } from "@drawbridge/providers/testing";
import { expect, test } from "vitest";
import { describeClaude } from "../support/describe-claude.ts";
import { startGatewayHere } from "../support/gateway-here.ts";
import { runClaude } from "../support/run-claude.ts";
import { aliceKey, upstreamKey } from "../support/scenario.ts";

describeClaude("Claude Code on the endpoints that vendors and servers offer to Anthropic's clients", () => {
  test.each([
    ["deepseek", "deepseek-v4-pro"],
    ["ollama", "qwen3:8b"],
    ["openrouter", "anthropic/claude-sonnet-5"],
  ])("reads a file and writes another at %s", async (kind, model) => {
    const cwd = await mkdtemp(path.join(tmpdir(), "drawbridge-compatible-"));
    const file = (name: string): string => path.join(cwd, name);
    await writeFile(file("heron.txt"), "this is the heron\n");
    const upstream = await startFakeProvider({
      apiKey: upstreamKey,
      script: ({ assistantTurns }) => {
        switch (assistantTurns) {
          case 0:
            return { thinking: "I look.", toolCalls: [{ name: "Read", input: { file_path: file("heron.txt") } }] };
          case 1:
            return {
              thinking: "I write.",
              toolCalls: [{ name: "Write", input: { file_path: file("out.txt"), content: "heron\n" } }],
            };
          default:
            return { thinking: "It is done.", text: "Done." };
        }
      },
    });
    const gateway = await startGatewayHere({
      providers: { [kind]: { baseUrl: upstream.url, apiKey: upstreamKey } },
      models: [{ match: "claude-*", target: `${kind}/${model}` }],
      keys: [{ name: "alice", value: aliceKey }],
    });
    try {
      const { result, events } = await runClaude({
        gatewayUrl: gateway.url,
        key: aliceKey,
        cwd,
        prompt: "Write the bird down.",
        args: ["--allowedTools", "Read", "Write"],
      });
      expect(result).toMatchObject({ is_error: false, result: "Done." });
      expect(await readFile(file("out.txt"), "utf8")).toBe("heron\n");
      expect(events.filter((event) => event.subtype === "api_retry")).toEqual([]);
      expect(upstream.calls.map((call) => [call.dialect, call.model])).toEqual(
        Array.from({ length: 3 }, () => ["anthropic-messages", model]),
      );
    } finally {
      await gateway.close();
      await upstream.close();
      await rm(cwd, { recursive: true, force: true });
    }
  });
});
