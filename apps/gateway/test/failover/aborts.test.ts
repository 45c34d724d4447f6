import { expect, test } from "vitest";
import { aliceKey } from "../support/scenario.ts";
import { startGateway } from "../support/start-gateway.ts";
import { askAndLeave, type LeavingReport, startLeavingProvider } from "./leaving.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const total = isCampaign ? 10_000 : 500;
const atOnce = 8;

/** What `leaving-provider.ts` does when a client leaves. */
const stages = ["head", "content", "streaming", "flooding", "whole", "backoff"];

/** A number from 0 to 1 for each index, the same in each run. */
const chance = (index: number): number => (Math.imul(index + 1, 0x9e_37_79_b1) >>> 0) / 2 ** 32;

interface Urls {
  readonly gateway: string;
  readonly provider: string;
}

/**
 * Gives when each of the clients left that did, by the model it had asked for: each has one of its own, so that no
 * breaker opens. Every fourth asks the provider itself, which tells how slow the machine is with everything.
 */
async function leaveAll({ gateway, provider }: Urls): Promise<ReadonlyMap<string, number>> {
  const leftAt = new Map<string, number>();
  const leaveOnce = async (index: number): Promise<void> => {
    const stage = stages[index % stages.length] ?? "";
    const isDirect = Math.floor(index / stages.length) % 4 === 3;
    const model = `${stage}-${isDirect ? "directly" : "through"}-${index}`;
    const leftMs = await askAndLeave(isDirect ? provider : gateway, {
      model: isDirect ? model : `fake/${model}`,
      stream: stage !== "whole",
      afterMs: chance(index) * 150,
      isDeaf: stage === "flooding",
    });
    if (leftMs !== undefined) leftAt.set(model, leftMs);
  };
  let next = 0;
  const leaveOneByOne = async (): Promise<void> => {
    while (next < (total * 4) / 3) await leaveOnce(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, leaveOneByOne));
  return leftAt;
}

/** How long after its client had left each call was closed, in rising order. */
function delaysOf({ calls }: LeavingReport, way: string, leftAt: ReadonlyMap<string, number>): number[] {
  return calls
    .filter(({ model }) => model.includes(way))
    .map(({ model, leftMs = Number.NaN }) => leftMs - (leftAt.get(model) ?? Number.NaN))
    .filter((ms) => !Number.isNaN(ms))
    .toSorted((one, other) => one - other);
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
}

test(
  `${total} clients leave at random moments, and no call, no socket and no exchange stays behind`,
  { timeout: isCampaign ? 1_200_000 : 120_000 },
  async () => {
    await using provider = await startLeavingProvider();
    await using gateway = await startGateway({
      providers: { fake: { kind: "anthropic-messages", baseUrl: provider.url, apiKey: "sk-fake-0123456789" } },
      keys: [{ name: "alice", value: aliceKey }],
    });
    const leftAt = await leaveAll({ gateway: gateway.url, provider: provider.url });
    await expect.poll(async () => (await provider.report()).underWay).toBe(0);
    await expect.poll(async () => (await provider.report()).openConnections).toBe(0);

    const report = await provider.report();
    const [through, directly] = ["through", "directly"].map((way) => delaysOf(report, way, leftAt));
    const p99 = quantile(through ?? [], 0.99);
    const machine = quantile(directly ?? [], 0.99);
    if (isCampaign) {
      process.stdout.write(
        `aborts: ${through?.length} calls closed upstream, half of them within ${quantile(through ?? [], 0.5).toFixed(1)} ms, ` +
          `p99 ${p99.toFixed(1)} ms (without a gateway ${machine.toFixed(1)} ms)\n`,
      );
    }
    expect(through?.length).toBeGreaterThan(total / 4);
    expect(directly?.length).toBeGreaterThan(total / 16);
    // On a busy machine two connections and a process more are waited for, so that only a campaign goes by the figure.
    if (isCampaign) expect(p99).toBeLessThanOrEqual(100);

    // Some have left before the gateway had read what they wanted.
    const asked = new Set(report.calls.flatMap(({ model }) => (model.includes("through") ? model : []))).size;
    await gateway.printed(() => gateway.exchanges().length >= asked);
    const outcomes = new Set(gateway.exchanges().map(({ outcome }) => outcome));
    expect(outcomes.difference(new Set(["cancelled", "ok", "failed", "truncated"]))).toEqual(new Set());
    expect(gateway.output()).not.toContain('"defect"');
  },
);
