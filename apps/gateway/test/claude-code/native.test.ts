import { expect, test } from "vitest";
import { describeClaude } from "../support/describe-claude.ts";
import { aliceKey, openScenario, upstreamKey } from "../support/scenario.ts";

describeClaude("Claude Code on an upstream that speaks Messages itself", () => {
  test("gets its own bytes there, its features and its thinking, but not its key", async () => {
    await using scenario = await openScenario({
      provider: { kind: "anthropic-messages" },
      files: { "in.txt": "heron\n" },
      // The upstream refuses any thinking that it has not signed itself.
      script: ({ assistantTurns }) =>
        assistantTurns === 0
          ? {
              thinking: "The file will tell.",
              toolCalls: [{ name: "Read", input: { file_path: scenario.file("in.txt") } }],
            }
          : { thinking: "It did.", text: "A heron." },
    });
    const { result, exitCode } = await scenario.claude("Which bird?", { args: ["--allowedTools", "Read"] });

    expect([exitCode, result.is_error, result.result]).toEqual([0, false, "A heron."]);
    expect(scenario.upstream.calls).toHaveLength(2);
    for (const seen of scenario.upstream.calls) {
      expect(seen.path).toMatch(/^\/v1\/messages/);
      expect(seen.headers["anthropic-version"]).toBe("2023-06-01");
      expect(seen.headers["anthropic-beta"]).toContain("claude-code-20250219");
      expect(seen.headers["x-api-key"]).toBe(upstreamKey);
      expect(JSON.stringify(seen.headers)).not.toContain(aliceKey);
      const text = Buffer.from(seen.raw).toString("utf8");
      expect(text).toMatch(/^\{"model":"qwen3-coder","messages":\[/);
      for (const kept of ["cache_control", "defer_loading", "context_management", "user_id"])
        expect(text).toContain(kept);
    }
    expect(JSON.stringify(scenario.upstream.calls[1]?.body)).toContain('"thinking":"The file will tell."');
  });

  test("is shown the upstream's own refusal, word for word", async () => {
    await using scenario = await openScenario({
      provider: { kind: "anthropic-messages" },
      script: () => ({
        fault: { kind: "http-error", status: 400, type: "billing_error", message: "Your credit is 12 herons too low." },
      }),
    });
    const { result, exitCode } = await scenario.claude("Which bird?");

    expect([exitCode, result.is_error]).toEqual([1, true]);
    expect(result.result).toContain("Your credit is 12 herons too low.");
    expect(scenario.upstream.calls).toHaveLength(1);
  });
});
