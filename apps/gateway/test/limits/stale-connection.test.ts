import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { expect, test } from "vitest";
import { startGatewayHere } from "../support/gateway-here.ts";
import { ask, lineOf, post } from "../support/post.ts";
import { aliceKey } from "../support/scenario.ts";
import { wholeMessage } from "../support/whole-message.ts";
import { inputPrice, outputPrice } from "./scene.ts";

const usage = { input_tokens: 20, output_tokens: 2 };
const input = usage.input_tokens * inputPrice;
const whole = input + usage.output_tokens * outputPrice;
const answer = wholeMessage(usage);
/** Requests on a connection that breaks; before each, others until it is used again. */
const breaks = 3;
const mostRequests = 200;

test("a request that broke off on a connection in use, and may be billed, is sent again and both are in the account", async () => {
  let billed = 0;
  const broken: Socket[] = [];
  let isToBreak = false;
  const used = new Set<Socket>();
  const provider = createServer((request, response) => {
    const { socket } = request;
    request.resume().once("end", () => {
      if (request.method === "GET") return void response.end('{"data":[]}');
      billed += input;
      if (isToBreak && used.has(socket)) {
        isToBreak = false;
        broken.push(socket);
        return void socket.resetAndDestroy();
      }
      used.add(socket);
      billed += whole - input;
      response.writeHead(200, { "content-type": "application/json" });
      response.end(answer);
    });
  });
  provider.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
  const { port } = provider.address() as AddressInfo;
  const gateway = await startGatewayHere({
    providers: {
      fake: { kind: "anthropic-messages", baseUrl: `http://127.0.0.1:${port}`, apiKey: "sk-fake-0123456789" },
    },
    models: [{ match: "claude-*", target: "fake/big" }],
    prices: { "*/*": { input: inputPrice / 1_000, output: outputPrice / 1_000 } },
    keys: [{ name: "alice", value: aliceKey, budgets: [{ usd: "1000", per: "month" }] }],
  });
  const one = async () => {
    const [billedBefore, brokenBefore] = [billed, broken.length];
    const reply = await post(gateway.url, ask(false));
    const { cost_nano_usd: cost, cost_estimated: isEstimated } = await lineOf(gateway, reply);
    return {
      status: reply.status,
      cost: Number(cost),
      isEstimated,
      billed: billed - billedBefore,
      broken: broken.length - brokenBefore,
    };
  };
  const told = [];
  for (let count = 0; broken.length < breaks && count < mostRequests; count++) {
    isToBreak = count % 2 === 1;
    told.push(await one());
  }
  await gateway.close();
  provider.closeAllConnections();
  provider.close();
  expect(broken).toHaveLength(breaks);
  for (const { status, cost, isEstimated, ...seen } of told) {
    expect(status).toBe(200);
    if (seen.broken === 0) expect({ cost, isEstimated }).toEqual({ cost: whole, isEstimated: false });
    else {
      expect(seen.billed).toBe(whole + input);
      expect(cost).toBeGreaterThanOrEqual(seen.billed);
      expect(isEstimated).toBe(true);
    }
  }
}, 120_000);
