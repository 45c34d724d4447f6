import { expect, test } from "vitest";
import { ask } from "../support/post.ts";
import { describeClaude } from "../support/describe-claude.ts";
import { aliceKey, openScenario } from "../support/scenario.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const silentMs = isCampaign ? 600_000 : 4_000;
/** The usual one in a campaign. */
const pingMs = isCampaign ? 10_000 : 1_000;

/** An answer, and the longest time between two pieces of it, from the request on. */
async function askPatiently(url: string): Promise<{ readonly gapMs: number; readonly text: string }> {
  const headers = { "x-api-key": aliceKey, "content-type": "application/json" };
  let last = performance.now();
  let longest = 0;
  let text = "";
  const note = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const answer = await fetch(`${url}/v1/messages`, { method: "POST", headers, body: JSON.stringify(ask(true)) });
  note();
  for await (const piece of answer.body ?? []) {
    note();
    text += Buffer.from(piece).toString();
  }
  return { gapMs: longest, text };
}

describeClaude("Claude Code whose model thinks without a word", () => {
  test(
    `for ${silentMs / 1_000} s is never left without a byte for long, and finishes without one retry`,
    { timeout: silentMs + 90_000 },
    async () => {
      await using scenario = await openScenario({
        script: () => ({ text: "Done at last.", delayMs: silentMs }),
        provider: { timeouts: { firstByte: "20m" } },
        ...(!isCampaign && { config: { server: { ping: `${pingMs}ms` } } }),
      });
      const [{ gapMs, text }, { result, events }] = await Promise.all([
        askPatiently(scenario.gateway.url),
        scenario.claude("Think.", { timeoutMs: silentMs + 60_000 }),
      ]);
      expect(result).toMatchObject({ is_error: false, result: "Done at last." });
      expect(events.filter((event) => event.subtype === "api_retry")).toEqual([]);
      expect(gapMs).toBeGreaterThan(pingMs * 0.9);
      expect(text.slice(0, text.indexOf("content_block_start"))).toContain("event: ping");
      // Elsewhere other processes take the processor away.
      if (isCampaign) expect(gapMs).toBeLessThan(11_000);
    },
  );
});
