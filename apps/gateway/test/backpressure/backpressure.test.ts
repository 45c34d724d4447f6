import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { expect, test } from "vitest";
import { measurable, readMemory } from "../support/read-memory.ts";
import { aliceKey } from "../support/scenario.ts";
import { startFlags } from "../support/start-flags.ts";
import { startGateway } from "../support/start-gateway.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const count = isCampaign ? 1_000 : 20;
const deaf = count / 20;
const warmingUp = 5;
/** Among few, what is allocated once counts for more. */
const perStreamBytes = (isCampaign ? 256 : 768) * 1024;

interface Seen {
  readonly answered: number;
}

function start(name: string, ...args: readonly (string | number)[]): ChildProcess {
  const execArgv = ["--conditions=@drawbridge/source"];
  return fork(path.join(import.meta.dirname, name), args.map(String), { execArgv });
}

async function look(clients: ChildProcess): Promise<Seen> {
  clients.send("look");
  const [seen] = (await once(clients, "message")) as [Seen];
  return seen;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test.each(["native", "translated"])(
  `${count} slow clients of %s streams of 50 MB hold 256 KB each at most, and those that take nothing are left after a minute`,
  { timeout: isCampaign ? 600_000 : 120_000 },
  async (model) => {
    const provider = start("fast-provider.ts");
    const [port] = (await once(provider, "message")) as [number];
    const origin = `http://127.0.0.1:${port}`;
    const apiKey = "sk-fake-0123456789";
    await using gateway = await startGateway(
      {
        providers: {
          messages: { kind: "anthropic-messages", baseUrl: origin, apiKey },
          chat: { kind: "openai-chat", baseUrl: `${origin}/v1`, apiKey },
        },
        models: [
          { match: "native", target: "messages/big" },
          { match: "translated", target: "chat/big" },
        ],
        keys: [{ name: "alice", value: aliceKey }],
      },
      { nodeFlags: [...measurable, ...startFlags] },
    );
    // What is loaded with the first answers is no part of later ones.
    const first = start("slow-clients.ts", new URL(gateway.url).port, warmingUp, 0, model);
    await expect.poll(async () => (await look(first)).answered, { timeout: 30_000 }).toBe(warmingUp);
    first.disconnect();
    await gateway.printed(() => gateway.exchanges().length === warmingUp);
    const before = await readMemory(gateway);

    const began = performance.now();
    const clients = start("slow-clients.ts", new URL(gateway.url).port, count, deaf, model);
    await expect
      .poll(async () => (await look(clients)).answered, { timeout: isCampaign ? 240_000 : 50_000 })
      .toBe(count);
    await pause(isCampaign ? 20_000 : 1_000);
    // What has just been read is not held for long.
    const held = async (): Promise<number> => (await readMemory(gateway)).heldBytes - before.heldBytes;
    await expect
      .poll(held, { timeout: isCampaign ? 60_000 : 10_000, interval: 1_000 })
      .toBeLessThan(count * perStreamBytes);
    if (isCampaign) {
      const kilobytes = (bytes: number): string => `${(bytes / count / 1_024).toFixed(0)} KB`;
      const rss = (await readMemory(gateway)).rssBytes - before.rssBytes;
      const ms = (performance.now() - began).toFixed(0);
      process.stdout.write(
        `backpressure, ${model}: RSS ${kilobytes(rss)}, held ${kilobytes(await held())} each after ${ms} ms\n`,
      );
      expect(rss).toBeLessThan(count * perStreamBytes);
      // Those that take nothing cannot see that they have been left; each is settled as one that has gone.
      const gone = (): number => gateway.exchanges().length - warmingUp;
      await expect.poll(gone, { timeout: 120_000, interval: 1_000 }).toBeGreaterThanOrEqual(deaf);
      const left = gateway.exchanges().slice(warmingUp);
      expect(new Set(left.map(({ outcome }) => outcome))).toEqual(new Set(["cancelled"]));
    }
    clients.disconnect();
    provider.disconnect();
  },
);
