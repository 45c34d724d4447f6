import { type Answer, type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "../support/gateway-here.ts";
import { aliceKey } from "../support/scenario.ts";
import { askAndLeave } from "./leaving.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const total = isCampaign ? 10_000 : 500;
const atOnce = isCampaign ? 4 : 8;

/** What the provider is doing when the client leaves. */
const stages: Readonly<Record<string, Answer>> = {
  head: { fault: { kind: "silence-before-head" } },
  content: { text: "word", fault: { kind: "silence-mid-stream", afterEvents: 1 } },
  streaming: { text: "word ".repeat(200), deltaChars: 5, gapMs: 4 },
  flooding: { text: "word ".repeat(3_000), deltaChars: 4 },
  whole: { text: "word", delayMs: 5_000 },
  backoff: { fault: { kind: "http-error", status: 500 } },
};
const names = Object.keys(stages);

let fake: FakeProvider;
let gateway: GatewayHere;
let isOpen = false;

async function closeGateway(): Promise<void> {
  if (isOpen) await gateway.close();
  isOpen = false;
}

beforeAll(async () => {
  fake = await startFakeProvider({ script: ({ model }) => stages[model.split("-")[0] ?? ""] ?? {}, models: [] });
  gateway = await startGatewayHere({
    providers: { fake: { kind: "anthropic-messages", baseUrl: fake.url, apiKey: "sk-fake-0123456789" } },
    keys: [{ name: "alice", value: aliceKey }],
  });
  isOpen = true;
});
afterAll(async () => {
  await closeGateway();
  await fake?.close();
});

/** A number from 0 to 1 for each index, the same in each run. */
const chance = (index: number): number => (Math.imul(index + 1, 0x9e_37_79_b1) >>> 0) / 2 ** 32;

async function leaveOnce(index: number): Promise<void> {
  const stage = names[index % names.length] ?? "";
  // A model of its own for each: no breaker opens, and its call can be found.
  const model = `${stage}-${index}`;
  const leftMs = await askAndLeave(gateway.url, {
    model: `fake/${model}`,
    stream: stage !== "whole",
    afterMs: chance(index) * 150,
    isDeaf: stage === "flooding",
  });
  if (leftMs !== undefined) leftAt.set(model, leftMs);
}

const leftAt = new Map<string, number>();

test(
  `${total} clients leave at random moments, and no call, no socket and no exchange stays behind`,
  { timeout: isCampaign ? 1_200_000 : 60_000 },
  async () => {
    for (let index = 0; index < total; index += atOnce) {
      await Promise.all(Array.from({ length: Math.min(atOnce, total - index) }, (_, at) => leaveOnce(index + at)));
    }
    const isOver = ({ bill, calls }: FakeProvider): boolean => bill.completed + bill.abandoned === calls.length;
    await fake.until(isOver, 5_000);
    // Some have left before the gateway had read what they wanted.
    const asked = new Set(fake.calls.map(({ model }) => model)).size;
    await gateway.printed(() => gateway.exchanges().length >= asked);

    const delays = fake.calls
      .flatMap(({ abandonedAt = Number.NaN, model }) => abandonedAt - (leftAt.get(model) ?? Number.NaN))
      .filter((ms) => !Number.isNaN(ms))
      .toSorted((one, other) => one - other);
    const p99 = delays[Math.floor(delays.length * 0.99)] ?? Number.NaN;
    if (isCampaign) process.stdout.write(`aborts: ${delays.length} closed upstream, p99 ${p99.toFixed(1)} ms\n`);
    expect(delays.length).toBeGreaterThan(total / 4);
    // What is open yet waits for the next call: all of it could serve one, and the gateway closes it with itself.
    const idle = fake.openConnections;
    expect(idle).toBeLessThanOrEqual(atOnce * 3);
    for (const { outcome } of gateway.exchanges())
      expect(["cancelled", "ok", "failed", "truncated"]).toContain(outcome);
    expect(gateway.output()).not.toContain('"defect"');
    await closeGateway();
    await expect.poll(() => fake.openConnections, { timeout: 5_000 }).toBe(0);

    // The clients, the gateway and the provider share one process, on machines that are busy with other tests.
    if (isCampaign) expect(p99).toBeLessThan(100);
    expect(delays[delays.length >> 1]).toBeLessThan(1_000);
  },
);
