import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { expect, test } from "vitest";
import { startGatewayHere } from "../support/gateway-here.ts";
import { ask, post } from "../support/post.ts";
import { aliceKey } from "../support/scenario.ts";
import { wholeMessage } from "../support/whole-message.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const total = isCampaign ? 100_000 : 300;
/** Both the provider and the clients take up to that long until they do something, so that it often coincides. */
const longestMs = isCampaign ? 4 : 20;
const atOnce = isCampaign ? 16 : 4;

const answer = wholeMessage({ input_tokens: 3, output_tokens: 2 });

/** From 0 to 1, the same in each run. */
const chance = (index: number): number => (Math.imul(index + 1, 0x9e_37_79_b1) >>> 0) / 2 ** 32;

test(
  `a provider that closes idle connections at any moment answers each of ${total} requests once, and no client sees it`,
  { timeout: isCampaign ? 1_200_000 : 120_000 },
  async () => {
    let asked = 0;
    let connections = 0;
    const idle = new Map<Socket, NodeJS.Timeout>();
    const provider = createServer((request, response) => {
      const { socket } = request;
      clearTimeout(idle.get(socket));
      request.resume().once("end", () => {
        if (request.method === "GET") return void response.end('{"data":[]}');
        const index = (asked += 1);
        response.writeHead(200, { "content-type": "application/json" });
        response.end(answer, () => {
          // Where the next request has come already, this resets the connection.
          idle.set(
            socket,
            setTimeout(() => socket.destroy(), chance(index) * longestMs),
          );
        });
      });
    });
    provider.on("connection", (socket) => {
      connections += 1;
      socket.once("close", () => idle.delete(socket));
    });
    provider.keepAliveTimeout = 0;
    await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
    const { port } = provider.address() as AddressInfo;
    const gateway = await startGatewayHere({
      providers: {
        fake: { kind: "anthropic-messages", baseUrl: `http://127.0.0.1:${port}`, apiKey: "sk-fake-0123456789" },
      },
      models: [{ match: "claude-*", target: "fake/big" }],
      keys: [{ name: "alice", value: aliceKey }],
    });
    const statuses = new Map<number, number>();
    let next = 0;
    const oneByOne = async (): Promise<void> => {
      while (next < total) {
        const index = (next += 1);
        const { status } = await post(gateway.url, ask(false));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (index % 3 > 0) await new Promise((resolve) => setTimeout(resolve, chance(index + total) * longestMs));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, oneByOne));
    await gateway.close();
    provider.closeAllConnections();
    provider.close();
    expect(Object.fromEntries(statuses)).toEqual({ 200: total });
    expect(asked).toBe(total);
    // Nothing had to be asked again where it might have been done: what had gone stale was sent once more without a word.
    expect(new Set(gateway.exchanges().map(({ attempts }) => attempts))).toEqual(new Set([1]));
    // Connections were used more than once, and many were closed.
    expect(connections).toBeLessThan(total);
    expect(connections).toBeGreaterThan(total / 20);
  },
);
