import { expect, test } from "vitest";
import { describeClaude } from "../support/describe-claude.ts";
import { ask, post } from "../support/post.ts";
import { aliceKey, openScenario } from "../support/scenario.ts";

const prices = { "gpu/*": { input: 3, output: 15 } };
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
    await using scenario = await openScenario({
      script: ({ call }) => ({ text: "Hello.", ...(call === 0 ? { delayMs: 4_000 } : {}) }),
      config: { keys: [{ ...key, parallel: 1 }] },
    });
    const first = post(scenario.gateway.url, ask(false));
    await scenario.upstream.until(({ calls }) => calls.length === 1);
    const { result, events } = await scenario.claude("Hello?");

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
});
