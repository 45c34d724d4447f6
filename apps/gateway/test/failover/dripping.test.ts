import { connect, type Socket } from "node:net";
import { startFakeProvider } from "@drawbridge/providers/testing";
import { expect, test } from "vitest";
import { ask, post } from "../support/post.ts";
import { aliceKey } from "../support/scenario.ts";
import { startGateway } from "../support/start-gateway.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const dripping = isCampaign ? 2_000 : 200;
const asked = isCampaign ? 1_000 : 100;

/** A connection that sends a byte of its request now and then: of the head, or of the body. */
function drip(port: number, index: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined).resume();
  const head = `POST /v1/messages HTTP/1.1\r\nhost: a\r\nx-api-key: ${aliceKey}\r\ncontent-length: 100000\r\n`;
  socket.write(index % 2 === 0 ? head : `${head}\r\n{`);
  const timer = setInterval(() => socket.write(index % 2 === 0 ? "x-a: b\r\n" : " "), 500 + (index % 500));
  socket.once("close", () => clearInterval(timer));
  return socket;
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
  { timeout: isCampaign ? 120_000 : 60_000 },
  async () => {
    const fake = await startFakeProvider({ script: () => ({ text: "Here." }), models: [] });
    await using gateway = await startGateway({
      providers: { fake: { kind: "anthropic-messages", baseUrl: fake.url, apiKey: "sk-fake-0123456789" } },
      models: [{ match: "claude-*", target: "fake/big" }],
      keys: [{ name: "alice", value: aliceKey }],
    });
    await latencies(gateway.url);
    const before = await latencies(gateway.url);
    const sockets = Array.from({ length: dripping }, (_, index) => drip(Number(new URL(gateway.url).port), index));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const during = await latencies(gateway.url);
    const p99 = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
    if (isCampaign) {
      process.stdout.write(`dripping: p99 ${p99(before).toFixed(1)} ms before, ${p99(during).toFixed(1)} ms beside\n`);
    }
    // Machines that test other things at the same time have slow moments of their own.
    expect(p99(during)).toBeLessThan(isCampaign ? 2 * p99(before) : 2 * p99(before) + 500);
    const left = (): number => sockets.filter(({ destroyed }) => !destroyed).length;
    // A head has ten seconds, a body must have come at a thousand bytes a second by then: longer than other tests wait.
    if (isCampaign) await expect.poll(left, { timeout: 20_000 }).toBe(0);
    else expect(left()).toBe(dripping);
    for (const socket of sockets) socket.destroy();
    await fake.close();
  },
);
