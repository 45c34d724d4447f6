import { expect, test } from "vitest";
import { describeClaude } from "../support/describe-claude.ts";
import { ask, post } from "../support/post.ts";
import { aliceKey, openScenario } from "../support/scenario.ts";

const prices = { "gpu/*": { input: 3, output: 15 } };
const bobKey = "sk-db-bob-0123456789abcdef";
/** Longer than Claude Code takes for a tool call on a busy machine. */
const windowMs = 10_000;
const key = { name: "alice", value: aliceKey };

describeClaude("Claude Code when a limit has no room", () => {
  test("L-24: asks once where a budget is spent, and shows whose, how much and until when", async () => {
    await using scenario = await openScenario({
      script: () => ({ text: "Hello." }),
      config: {
        prices,
        teams: { payments: { budgets: [{ usd: "0.001", per: "month" }] } },
        keys: [{ ...key, team: "payments" }],
      },
    });
    const { result, exitCode, events } = await scenario.claude("Hello?");

    expect([exitCode, result.is_error]).toEqual([1, true]);
    expect(result.result).toMatch(/402 team payments may use 0\.001 USD a month \(UTC\)/u);
    expect(result.result).toMatch(/resets at 20\d\d-\d\d-01T00:00:00\.000Z|never fits/u);
    expect(events.filter((event) => event.subtype === "api_retry")).toEqual([]);
    const asked = scenario.gateway.exchanges().filter((line) => line["failure_kind"] === "budget-spent");
    expect(asked).toHaveLength(1);
    expect(scenario.upstream.calls).toHaveLength(0);
  });

  test("R-04: waits as long as it is told where others are in the way, and goes on", async () => {
    const isInTheWay = Promise.withResolvers<void>();
    await using scenario = await openScenario({
      script: async ({ call }) => {
        if (call === 0) await isInTheWay.promise;
        return { text: "Hello." };
      },
      config: { keys: [{ ...key, parallel: 1 }] },
    });
    const first = post(scenario.gateway.url, ask(false));
    await scenario.upstream.until(({ calls }) => calls.length === 1);
    const run = scenario.claude("Hello?");
    await scenario.gateway.printed(() => scenario.gateway.exchanges().some(({ status }) => status === 429));
    isInTheWay.resolve();
    const { result, events } = await run;

    expect(result).toMatchObject({ is_error: false, result: "Hello." });
    expect(await first).toMatchObject({ status: 200 });
    const retries = events.filter((event) => event.subtype === "api_retry");
    expect(retries.length).toBeGreaterThan(0);
    for (const retry of retries) {
      expect(retry["error_status"]).toBe(429);
      expect(retry["retry_delay_ms"]).toBeGreaterThanOrEqual(2_000);
      expect(retry["retry_delay_ms"]).toBeLessThan(3_000);
    }
  });

  test("R-04: waits exactly until there is room again, asks once more then, and goes on", async () => {
    await using scenario = await openScenario({
      script: ({ assistantTurns }) =>
        assistantTurns === 0
          ? {
              toolCalls: [{ name: "Bash", input: { command: "true" } }],
              usage: { inputTokens: 10, outputTokens: 1_000 },
            }
          : { text: "Hello.", usage: { inputTokens: 10, outputTokens: 5 } },
      config: {
        prices: { "gpu/*": { input: 0, output: 15 } },
        teams: { payments: { budgets: [{ usd: "0.02", per: `${windowMs / 1_000}s rolling` }] } },
        keys: [{ ...key, team: "payments" }],
      },
    });
    const { result, events } = await scenario.claude("Hello?", { args: ["--allowedTools", "Bash"] });

    expect(result).toMatchObject({ is_error: false, result: "Hello." });
    const retries = events.filter((event) => event.subtype === "api_retry");
    expect(retries.map((retry) => retry["error_status"])).toEqual([429]);
    const refused = scenario.gateway.exchanges().filter((line) => line["failure_kind"] === "rate-limited");
    expect(refused).toHaveLength(1);
    const [used, next] = scenario.upstream.calls;
    expect((next?.at ?? 0) - (used?.at ?? 0)).toBeGreaterThan(windowMs);
  });

  test("asks once where a tool or a model is denied, and shows whose rule it is", async () => {
    await using scenario = await openScenario({
      script: () => ({ text: "Hello." }),
      config: {
        teams: {
          payments: { tools: { deny: ["Bash"] } },
          ops: { models: { deny: ["*"] } },
        },
        keys: [
          { ...key, team: "payments" },
          { name: "bob", value: bobKey, team: "ops" },
        ],
      },
    });
    for (const [token, said] of [
      [aliceKey, /team payments.*Bash/u],
      [bobKey, /team ops/u],
    ] as const) {
      const { result, exitCode, events } = await scenario.claude("Hello?", { env: { ANTHROPIC_AUTH_TOKEN: token } });
      expect([exitCode, result.is_error]).toEqual([1, true]);
      expect(result.result).toMatch(said);
      expect(events.filter((event) => event.subtype === "api_retry")).toEqual([]);
    }
    expect(scenario.upstream.calls).toHaveLength(0);
  });
});
