import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { chatRequest } from "../support/chat-request.ts";
import { describeClaude } from "../support/describe-claude.ts";
import { openScenario } from "../support/scenario.ts";

describeClaude("Claude Code's model discovery", () => {
  test("lists every model of the gateway under an id that the client keeps, and that id routes", async () => {
    await using scenario = await openScenario({
      models: ["qwen3-coder", "openai/gpt-oss-120b"],
      script: () => ({ text: "Hello." }),
    });
    const env = { CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: "1" };
    await scenario.claude("Hello?", { home: scenario.cwd, env });

    const cache = await readFile(scenario.file(".claude/cache/gateway-models.json"), "utf8");
    const { models } = JSON.parse(cache) as { models: { id: string; display_name?: string }[] };
    const found = models.find((model) => model.display_name?.includes("gpt-oss-120b"));
    expect(models.map((model) => model.id).every((id) => /claude|anthropic/i.test(id))).toBe(true);
    expect(models.some((model) => model.display_name?.includes("qwen3-coder"))).toBe(true);

    const { result } = await scenario.claude("Hello?", { args: ["--model", found?.id ?? ""] });
    expect(result.result).toBe("Hello.");
    expect(chatRequest(scenario.upstream.calls.at(-1)).model).toBe("openai/gpt-oss-120b");
  });

  test("counts the context with the gateway's own estimate", async () => {
    await using scenario = await openScenario({ script: () => ({ text: "Hello." }) });
    const { result, exitCode } = await scenario.claude("/context");

    expect(exitCode).toBe(0);
    expect(result.result).toMatch(/tokens/i);
    expect(scenario.upstream.calls).toEqual([]);
  });
});
