import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startFakeProvider } from "@drawbridge/providers/testing";
import { expect, test } from "vitest";
import { ask, post } from "../support/post.ts";
import { aliceKey, upstreamKey } from "../support/scenario.ts";
import { startGateway } from "../support/start-gateway.ts";
import { billOf, limitedConfig } from "./scene.ts";

const budget = 1_000_000_000;
/** The input of such a request, and one slice of output. */
const heldAtMost = 1_200 * 3_000 + 1_024 * 15_000;
const remaining = (headers: Headers): number => Number(headers.get("x-drawbridge-budget-remaining")) * 1e9;

test(
  "L-22 L-10: a gateway that is killed in mid-answer has forgotten nothing when it is back",
  { timeout: 120_000 },
  async () => {
    const home = await mkdtemp(path.join(tmpdir(), "drawbridge-home-"));
    const upstream = await startFakeProvider({
      apiKey: upstreamKey,
      script: ({ call }) => ({ text: "four ".repeat(300), gapMs: call < 5 ? 0 : 20 }),
    });
    const config = limitedConfig(upstream, {
      keys: [{ name: "alice", value: aliceKey, budgets: [{ usd: "1", per: "month" }] }],
    });
    const env = { DRAWBRIDGE_HOME: home };
    try {
      const first = await startGateway(config, { env });
      for (let count = 0; count < 5; count += 1) await post(first.url, ask(true, { max_tokens: 2_000 }));
      const broken = Array.from({ length: 5 }, () =>
        post(first.url, ask(true, { max_tokens: 2_000 })).catch(() => undefined),
      );
      await upstream.until(({ calls }) => calls.length === 10);
      await new Promise((resolve) => setTimeout(resolve, 200));
      first.signal("SIGKILL");
      await Promise.all([first.ended, ...broken]);
      await upstream.until(({ bill }) => bill.completed + bill.abandoned === 10);

      const second = await startGateway(config, { env });
      const answer = await post(second.url, ask(true, { max_tokens: 2_000 }));
      expect(answer.status).toBe(200);
      const bill = billOf(upstream);
      // All that was held for the five is still held, and for this one too.
      expect(remaining(answer.headers)).toBeLessThanOrEqual(budget - bill);
      expect(remaining(answer.headers)).toBeGreaterThan(budget - bill - 6 * heldAtMost);
      await second.close();
      await first.close();
    } finally {
      await upstream.close();
      await rm(home, { recursive: true, force: true });
    }
  },
);
