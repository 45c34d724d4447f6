import { expect, test } from "vitest";
import type { Answer } from "@drawbridge/providers/testing";
import { chatRequest, textOfAll } from "../support/chat-request.ts";
import { describeClaude } from "../support/describe-claude.ts";
import { aliceKey, openScenario } from "../support/scenario.ts";

const long = "The first half of a long answer, and then the second half of it, word by word.";
const fewRetries = { env: { CLAUDE_CODE_MAX_RETRIES: "1" } };

describeClaude("Claude Code when an upstream fails", () => {
  test.each(["reset-mid-stream", "truncated", "half-event", "close-mid-stream"] as const)(
    "recovers from a stream that breaks off (%s) without showing half an answer as a whole one",
    async (kind) => {
      await using scenario = await openScenario({
        script: ({ call }): Answer => (call === 0 ? { text: long, fault: { kind, afterEvents: 4 } } : { text: long }),
      });
      const { result, exitCode } = await scenario.claude("Tell me.");

      expect([exitCode, result.is_error, result.result]).toEqual([0, false, long]);
      expect(scenario.upstream.calls).toHaveLength(2);
    },
  );

  test("names the provider when its streams break off again and again", async () => {
    await using scenario = await openScenario({
      script: () => ({ text: long, fault: { kind: "reset-mid-stream", afterEvents: 4 } }),
      // Whole answers die as well.
      refusal: ({ stream }) =>
        stream ? undefined : { kind: "http-error", status: 502, body: "html", message: "Bad Gateway" },
    });
    const { result, exitCode } = await scenario.claude("Tell me.", fewRetries);

    expect([exitCode, result.is_error]).toEqual([1, true]);
    expect(result.result).toContain("gpu");
    expect(result.result).not.toMatch(/<html|<h1|\/login/i);
  });

  // One delta a call: three events are the call whole, then come the finish reason, the usage and [DONE].
  test.each([
    { kind: "no-finish" },
    { kind: "truncated", afterEvents: 3 },
    { kind: "reset-mid-stream", afterEvents: 3 },
  ] as const)("runs a tool once although the stream broke off after its call ($kind)", async (fault) => {
    await using scenario = await openScenario({
      script: ({ assistantTurns, call }): Answer => {
        const toolCalls = [{ name: "Bash", input: { command: "echo once >> count.txt && cat count.txt" } }];
        if (assistantTurns > 0) return { text: "Done." };
        return call === 0 ? { toolCalls, deltaChars: 1_000, fault } : { toolCalls };
      },
    });
    const { result } = await scenario.claude("Count.", { args: ["--allowedTools", "Bash"] });

    expect(result).toMatchObject({ is_error: false, result: "Done." });
    const last = textOfAll(chatRequest(scenario.upstream.calls.at(-1)));
    expect(last.match(/^once$/gm)).toHaveLength(1);
  });

  test("notices nothing of a short retry-after, which the gateway waits for itself", async () => {
    await using scenario = await openScenario({
      script: ({ call }): Answer =>
        call === 0
          ? { fault: { kind: "http-error", status: 429, message: "Slow down", headers: { "retry-after": "2" } } }
          : { text: "Here I am." },
    });
    const { result, events } = await scenario.claude("Hello?");

    expect(result).toMatchObject({ is_error: false, result: "Here I am." });
    const [first, second] = scenario.upstream.calls;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
    expect(scenario.upstream.calls).toHaveLength(2);
    expect(events.filter((event) => event.subtype === "api_retry")).toEqual([]);
  });

  test("stops at once when the upstream's quota is used up", async () => {
    await using scenario = await openScenario({
      script: () => ({
        fault: {
          kind: "http-error",
          status: 429,
          message: "You exceeded your current quota, please check your plan and billing details.",
          type: "insufficient_quota",
          code: "insufficient_quota",
        },
      }),
    });
    const { result, exitCode } = await scenario.claude("Hello?");

    expect([exitCode, result.is_error]).toEqual([1, true]);
    expect(result.result).toMatch(/quota/i);
    expect(result.result).toContain("gpu");
    expect(scenario.upstream.calls).toHaveLength(1);
  });

  test("is not told to log in when the upstream refuses the gateway's own credential", async () => {
    await using scenario = await openScenario({ script: () => ({ text: "never" }), apiKey: "sk-another" });
    const { result, exitCode } = await scenario.claude("Hello?");

    expect([exitCode, result.is_error]).toEqual([1, true]);
    expect(result.result).not.toMatch(/\/login|external API key|Failed to authenticate/i);
    expect(result.result).toContain("gpu");
    expect(scenario.upstream.calls).toHaveLength(1);
  });

  test("is told which provider cannot be reached", async () => {
    await using scenario = await openScenario({ script: () => ({ text: "never" }) });
    await scenario.upstream.refuseConnections();
    const { result, exitCode } = await scenario.claude("Hello?", fewRetries);

    expect([exitCode, result.is_error]).toEqual([1, true]);
    expect(result.result).toContain("gpu");
  });
});

describeClaude("Claude Code when the gateway refuses", () => {
  test("is told about a bad virtual key after one request", async () => {
    await using scenario = await openScenario({ script: () => ({ text: "never" }) });
    const { result, exitCode, events } = await scenario.claude("Hello?", { key: "db-no-such-key" });

    expect([exitCode, result.is_error]).toEqual([1, true]);
    expect(result.result).toMatch(/key is not known/);
    expect(events.filter((event) => event.subtype === "api_retry")).toEqual([]);
    expect(scenario.gateway.exchanges()).toHaveLength(1);
    expect(scenario.upstream.calls).toEqual([]);
    expect(scenario.gateway.output()).not.toContain("db-no-such-key");
  });

  test("is told about a model that its key may not use after one request", async () => {
    await using scenario = await openScenario({
      script: () => ({ text: "never" }),
      config: { keys: [{ name: "alice", value: aliceKey, models: { allow: ["claude-haiku-*"] } }] },
    });
    const { result, exitCode } = await scenario.claude("Hello?", { args: ["--model", "claude-opus-5-5"] });

    expect([exitCode, result.is_error]).toEqual([1, true]);
    expect(result.result).toContain("claude-opus-5-5");
    expect(result.result).toContain("claude-haiku-*");
    expect(scenario.gateway.exchanges()).toHaveLength(1);
    expect(scenario.upstream.calls).toEqual([]);
  });

  test("is told about a model that nothing serves after one request", async () => {
    await using scenario = await openScenario({ script: () => ({ text: "never" }) });
    const { result, exitCode } = await scenario.claude("Hello?", { args: ["--model", "gpt-99"] });

    expect([exitCode, result.is_error]).toEqual([1, true]);
    expect(result.result).toContain("gpt-99");
    expect(scenario.gateway.exchanges()).toHaveLength(1);
  });
});
