import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { ask } from "../support/post.ts";
import { upstreamKey } from "../support/scenario.ts";
import { createTestDatabase, hasSharedServices, redisUrl } from "../support/shared-services.ts";
import { type GatewayProcess, type GatewayStart, startGateway } from "../support/start-gateway.ts";
import { limitedConfig } from "./scene.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const cap = 3;
/** Campaigns have the leases that users have. */
const leases: GatewayStart = isCampaign ? {} : { leaseMs: 3_000 };
/** Measured in campaigns: elsewhere other processes take the processor away. */
const freeMs = isCampaign ? 35_000 : 120_000;
const keys = Array.from({ length: isCampaign ? 20 : 2 }, () => {
  const name = `slots-${randomUUID()}`;
  return { name, value: `db-${name}`, parallel: cap };
});
type Key = (typeof keys)[number];
const noRoom = keys.map(() => 429);

/** Requests that go on until they are left. */
class Client {
  readonly #leaving = new AbortController();
  /** Whoever forgets an answer has left it. */
  readonly #answers: Response[] = [];

  /** Asks until so many more of each key are being answered. */
  async fill(gateway: GatewayProcess, count: number): Promise<void> {
    await Promise.all(keys.map((key) => this.#hold(gateway, key, count)));
  }

  async #hold(gateway: GatewayProcess, { name, value }: Key, count: number): Promise<void> {
    const deadline = performance.now() + freeMs;
    for (let held = 0; held < count;) {
      const status = await this.#ask(gateway, value);
      if (status === 200) held += 1;
      else if (performance.now() > deadline) throw new Error(`${name} has ${held} slots of ${count}: ${status}`);
      else await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  /** What one more request of each key is answered: 429 where no slot is left. */
  async oneMore(gateway: GatewayProcess): Promise<readonly number[]> {
    return Promise.all(keys.map(({ value }) => this.#askPatiently(gateway, value)));
  }

  /** Once more where it is asked for patience: a busy machine does not answer in time. */
  async #askPatiently(gateway: GatewayProcess, key: string): Promise<number> {
    for (;;) {
      const status = await this.#ask(gateway, key);
      if (status !== 503) return status;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  async #ask(gateway: GatewayProcess, key: string): Promise<number> {
    const answer = await fetch(`${gateway.url}/anthropic/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": key },
      body: JSON.stringify(ask(true)),
      signal: this.#leaving.signal,
    });
    if (answer.status === 200) this.#answers.push(answer);
    else await answer.text();
    return answer.status;
  }

  /** Leaves all that it has asked. */
  leave(): void {
    this.#leaving.abort();
    this.#answers.length = 0;
  }
}

let upstream: FakeProvider;
beforeAll(async () => {
  // Longer than anybody listens.
  upstream = await startFakeProvider({
    apiKey: upstreamKey,
    script: () => ({ text: "four ".repeat(9_000), gapMs: 500 }),
  });
});
afterAll(() => upstream.close());

/** Starts a gateway that is killed at the end, whatever it does then. */
async function start(storage: object, env: GatewayStart["env"] = {}): Promise<GatewayProcess> {
  const gateway = await startGateway(limitedConfig(upstream, { keys, ...storage }), { ...leases, env });
  onTestFinished(async () => {
    gateway.signal("SIGKILL");
    await gateway.close();
  });
  return gateway;
}

/** Here so many slots of each key are free in time, which others have left behind. */
async function takesOver(gateway: GatewayProcess, count: number): Promise<void> {
  const here = client();
  const beganMs = performance.now();
  await here.fill(gateway, count);
  const tookMs = Math.round(performance.now() - beganMs);
  if (isCampaign) process.stdout.write(`R-06: ${count * keys.length} slots free after ${tookMs} ms\n`);
  if (isCampaign) expect(await here.oneMore(gateway)).toEqual(noRoom);
  here.leave();
}

/** A client whose requests are left at the end. */
function client(): Client {
  const made = new Client();
  onTestFinished(() => made.leave());
  return made;
}

/**
 * All slots can be used again, and none is given out twice: a counter below zero would have room for more, whenever it is
 * asked. It is asked again where a busy machine lets leases run out.
 */
async function hasExactlyAll(gateway: GatewayProcess): Promise<void> {
  const answersBeyond = async (): Promise<readonly number[]> => {
    const all = client();
    await all.fill(gateway, cap);
    const answers = await all.oneMore(gateway);
    all.leave();
    return answers;
  };
  await expect.poll(answersBeyond, { timeout: 4 * freeMs }).toEqual(noRoom);
}

test("R-06: slots of a gateway that is killed are free when it is back, over its journal", async () => {
  const home = await mkdtemp(path.join(tmpdir(), "drawbridge-home-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const first = await start({}, { DRAWBRIDGE_HOME: home });
  const gone = client();
  await gone.fill(first, cap);
  first.signal("SIGKILL");
  await first.ended;
  const second = await start({}, { DRAWBRIDGE_HOME: home });
  await takesOver(second, cap);
  await hasExactlyAll(second);
}, 300_000);

describe.skipIf(!hasSharedServices)("gateways that share (at DRAWBRIDGE_TEST_POSTGRES_URL)", () => {
  test.each([
    ["Redis", { redis: redisUrl }],
    ["PostgreSQL", {}],
  ])(
    "R-06: %s give the slots of one that is killed, or stands still and comes back, to others, and none twice",
    async (_, storage) => {
      const database = await createTestDatabase();
      onTestFinished(() => database.drop());
      const shared = { storage: { postgres: database.url, ...storage } };
      const [other, living] = await Promise.all([start(shared), start(shared)]);
      const here = client();
      await here.fill(living, 1);
      for (const signal of ["SIGSTOP", "SIGKILL"] as const) {
        const gone = client();
        await gone.fill(other, cap - 1);
        other.signal(signal);
        await takesOver(living, cap - 1);
        other.signal("SIGCONT");
        gone.leave();
      }
      here.leave();
      await hasExactlyAll(living);
    },
    300_000,
  );
});
