import { type Answer, startFakeProvider } from "@drawbridge/providers/testing";
import { expect, test } from "vitest";
import { chatRequest, textOfAll } from "../support/chat-request.ts";
import { describeClaude } from "../support/describe-claude.ts";
import { aliceKey, openScenario, upstreamKey } from "../support/scenario.ts";

const toolTask = ({ assistantTurns }: { readonly assistantTurns: number }): Answer =>
  assistantTurns === 0
    ? { toolCalls: [{ name: "Bash", input: { command: "echo once >> count.txt && cat count.txt" } }] }
    : { text: "Done." };

/** Claude Code behind a primary that fails in some way, and a spare that answers all. */
async function openWithSpare(script: (request: { readonly assistantTurns: number; readonly call: number }) => Answer) {
  const spare = await startFakeProvider({ apiKey: upstreamKey, script: toolTask });
  const primary = await startFakeProvider({ apiKey: upstreamKey, script });
  const settings = (baseUrl: string): object => ({ kind: "openai-chat", baseUrl, apiKey: upstreamKey });
  const scenario = await openScenario({
    script: toolTask,
    config: {
      providers: { primary: settings(primary.openaiBaseUrl), spare: settings(spare.openaiBaseUrl) },
      models: [{ match: "claude-*", targets: ["primary/big", "spare/big"] }],
      keys: [{ name: "alice", value: aliceKey }],
    },
  });
  return {
    ...scenario,
    primary,
    spare,
    async [Symbol.asyncDispose]() {
      await scenario[Symbol.asyncDispose]();
      await Promise.all([primary.close(), spare.close()]);
    },
  };
}

describeClaude("Claude Code whose primary is killed", () => {
  test("between two turns finishes its task on the next target and never hears of it", async () => {
    await using scenario = await openWithSpare(toolTask);
    const killed = scenario.primary.until(
      ({ calls }) => calls.some(({ assistantTurns }) => assistantTurns === 0),
      50_000,
    );
    const run = scenario.claude("Count.", { args: ["--allowedTools", "Bash"] });
    await killed;
    await scenario.primary.calls.find(({ assistantTurns }) => assistantTurns === 0)?.ended;
    await scenario.primary.refuseConnections();
    const { result, events } = await run;

    expect(result).toMatchObject({ is_error: false, result: "Done." });
    expect(events.filter((event) => event.subtype === "api_retry")).toEqual([]);
    const last = scenario.spare.calls.findLast(({ assistantTurns }) => assistantTurns > 0);
    expect(textOfAll(chatRequest(last)).match(/^once$/gm)).toHaveLength(1);
  });

  test.each([
    { kind: "reset-mid-head" },
    { kind: "reset-mid-stream", afterEvents: 1 },
    { kind: "http-error", status: 503, body: "html" },
  ] as const)("before its first content, in every turn, finishes without one retry ($kind)", async (fault) => {
    await using scenario = await openWithSpare(() => ({ text: "never to be heard", fault }));
    const { result, events } = await scenario.claude("Count.", { args: ["--allowedTools", "Bash"] });

    expect(result).toMatchObject({ is_error: false, result: "Done." });
    expect(events.filter((event) => event.subtype === "api_retry")).toEqual([]);
    expect(JSON.stringify(events)).not.toContain("never to be heard");
    expect(scenario.primary.calls.length).toBeGreaterThan(0);
  });
});
