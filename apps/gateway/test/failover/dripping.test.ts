import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { startFakeProvider } from "@drawbridge/providers/testing";
import { expect, test } from "vitest";
import { ask, post } from "../support/post.ts";
import { aliceKey } from "../support/scenario.ts";
import { startGateway } from "../support/start-gateway.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const dripping = isCampaign ? 2_000 : 200;
const asked = isCampaign ? 1_000 : 100;

/** How many of those clients are connected. */
async function connected(clients: ChildProcess): Promise<number> {
  clients.send("count");
  const [count] = (await once(clients, "message")) as [number];
  return count;
}

/** How long requests take, one after the other, in rising order. */
async function latencies(url: string): Promise<number[]> {
  const all: number[] = [];
  for (let count = 0; count < asked; count++) {
    const began = performance.now();
    expect((await post(url, ask(false))).status).toBe(200);
    all.push(performance.now() - began);
  }
  return all.toSorted((one, other) => one - other);
}

test(
  `${dripping} connections that drip a request do not slow others down`,
  { timeout: isCampaign ? 120_000 : 120_000 },
  async () => {
    const fake = await startFakeProvider({ script: () => ({ text: "Here." }), models: [] });
    await using gateway = await startGateway({
      providers: { fake: { kind: "anthropic-messages", baseUrl: fake.url, apiKey: "sk-fake-0123456789" } },
      models: [{ match: "claude-*", target: "fake/big" }],
      keys: [{ name: "alice", value: aliceKey }],
    });
    await latencies(gateway.url);
    const before = await latencies(gateway.url);
    const args = [new URL(gateway.url).port, String(dripping)];
    const execArgv = ["--conditions=@drawbridge/source"];
    const clients = fork(path.join(import.meta.dirname, "dripping-clients.ts"), args, { execArgv });
    await expect.poll(() => connected(clients)).toBe(dripping);
    const during = await latencies(gateway.url);
    const p99 = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
    if (isCampaign) {
      process.stdout.write(`dripping: p99 ${p99(before).toFixed(1)} ms before, ${p99(during).toFixed(1)} ms beside\n`);
    }
    // Machines that test other things at the same time have slow moments of their own; a dripped head has ten seconds.
    expect(p99(during)).toBeLessThan(isCampaign ? 2 * p99(before) : 8_000);
    // A head has ten seconds, a body must have come at a thousand bytes a second by then: longer than other tests wait.
    if (isCampaign) await expect.poll(() => connected(clients)).toBe(0);
    clients.disconnect();
    await fake.close();
  },
);
