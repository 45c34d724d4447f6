import { writeFile } from "node:fs/promises";
import { startFakeProvider } from "@drawbridge/providers/testing";
import { expect, test } from "vitest";
import { ask, post } from "../support/post.ts";
import { measurable, readMemory } from "../support/read-memory.ts";
import { aliceKey } from "../support/scenario.ts";
import { startGateway } from "../support/start-gateway.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const reloads = isCampaign ? 500 : 30;
/** One configuration that is kept would be more than that for each reload. */
const mayGrowBytes = reloads * 20_000;
/** Keys make a configuration large. */
const keys = Array.from({ length: 200 }, (_, index) => ({ name: `key-${index}`, value: `${aliceKey}-${index}` }));

test(
  `the heap is as large after ${reloads} reloads under load, a tenth of them invalid, as after a few`,
  { timeout: isCampaign ? 600_000 : 120_000 },
  async () => {
    const fake = await startFakeProvider({ script: () => ({ text: "Here.", gapMs: 1 }), models: [] });
    const config = (turn: number): object => ({
      providers: {
        fake: {
          kind: "anthropic-messages",
          baseUrl: fake.url,
          apiKey: `sk-fake-${turn}-0123456789`,
          timeouts: { idle: `${10 + turn}s` },
        },
      },
      models: [{ match: "claude-*", target: `fake/model-${turn % 7}` }],
      keys: [{ name: "alice", value: aliceKey }, ...keys],
    });
    await using gateway = await startGateway(config(0), { nodeFlags: measurable });
    const over = new AbortController();
    const statuses = new Set<number>();
    const load = async (): Promise<void> => {
      while (!over.signal.aborted) statuses.add((await post(gateway.url, ask(true))).status);
    };
    const running = Array.from({ length: 4 }, load);

    let taken = 0;
    const lines = (text: string): number => gateway.output().split(text).length - 1;
    const reload = async (turn: number): Promise<void> => {
      const isBroken = turn % 10 === 9;
      const text = isBroken ? "configuration refused" : "configuration reloaded";
      const before = lines(text);
      await writeFile(
        gateway.configFile,
        JSON.stringify(isBroken ? { providers: { fake: { knid: "x" } } } : config(turn)),
      );
      gateway.signal("SIGHUP");
      await gateway.printed(() => lines(text) > before);
      taken += 1;
    };
    for (let turn = 1; turn <= 20; turn++) await reload(turn);
    const { heldBytes: before } = await readMemory(gateway);
    for (let turn = 21; turn <= 20 + reloads; turn++) await reload(turn);
    over.abort();
    await Promise.all(running);
    const { heldBytes } = await readMemory(gateway);
    if (isCampaign) process.stdout.write(`reloads: the heap grew by ${((heldBytes - before) / 1_024).toFixed(0)} KB\n`);
    expect(taken).toBe(20 + reloads);
    expect(statuses).toEqual(new Set([200]));
    expect(heldBytes - before).toBeLessThan(mayGrowBytes);
    await fake.close();
  },
);
