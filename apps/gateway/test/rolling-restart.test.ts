import { type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { ask, post, streamedText } from "./support/post.ts";
import { aliceKey } from "./support/scenario.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const restarts = isCampaign ? 100 : 4;
const perSecond = isCampaign ? 200 : 40;
const text = "An answer that takes a while to be told in full.";

let fake: FakeProvider;

beforeAll(async () => {
  fake = await startFakeProvider({ script: () => ({ text, deltaChars: 6, gapMs: 40 }), models: [] });
});
afterAll(() => fake?.close());

const start = (): Promise<GatewayHere> =>
  startGatewayHere({
    server: { notice: isCampaign ? "400ms" : "2s", drain: "30s" },
    providers: { fake: { kind: "anthropic-messages", baseUrl: fake.url, apiKey: "sk-fake-0123456789" } },
    models: [{ match: "claude-*", target: "fake/big" }],
    keys: [{ name: "alice", value: aliceKey }],
  });

/** Sends requests to replicas in turn, to those alone that have lately said that they are ready. */
class Balancer {
  readonly #ready = new Map<GatewayHere, boolean>();
  #turn = 0;

  add(gateway: GatewayHere): void {
    this.#ready.set(gateway, true);
  }

  remove(gateway: GatewayHere): void {
    this.#ready.delete(gateway);
  }

  /** Looks at all of them, as a load balancer does every few seconds. */
  async look(): Promise<void> {
    const looks = [...this.#ready.keys()].map(async (gateway) => {
      const answer = await fetch(`${gateway.url}/readyz`).catch(() => undefined);
      await answer?.text();
      if (this.#ready.has(gateway)) this.#ready.set(gateway, answer?.ok === true);
    });
    await Promise.all(looks);
  }

  async ask(): Promise<string> {
    const ready = [...this.#ready].flatMap(([gateway, isReady]) => (isReady ? gateway : []));
    const gateway = ready[(this.#turn += 1) % ready.length];
    if (gateway === undefined) return "nobody is ready";
    try {
      const got = await post(gateway.url, ask(true));
      return `${got.status} ${streamedText(got)} ${got.events.at(-1)?.type}`;
    } catch (error) {
      return String(error);
    }
  }
}

test(
  `${restarts} restarts of two replicas, one after the other under load, break no stream and refuse no connection`,
  { timeout: isCampaign ? 600_000 : 120_000 },
  async () => {
    const balancer = new Balancer();
    const replicas = [await start(), await start()];
    const started = [...replicas];
    for (const replica of replicas) balancer.add(replica);
    const answers: Promise<string>[] = [];
    const load = setInterval(() => answers.push(balancer.ask()), 1_000 / perSecond);
    const looks = setInterval(() => void balancer.look(), 50);

    const closing: Promise<void>[] = [];
    for (let count = 0; count < restarts; count++) {
      const [oldest] = replicas.splice(0, 1);
      const next = await start();
      balancer.add(next);
      replicas.push(next);
      started.push(next);
      if (oldest === undefined) continue;
      const closed = oldest.close({ announced: true }).then(() => balancer.remove(oldest));
      closing.push(closed);
      await closed;
    }
    clearInterval(load);
    const heard = await Promise.all(answers);
    clearInterval(looks);
    await Promise.all([...closing, ...replicas.map((replica) => replica.close())]);

    expect(heard.length).toBeGreaterThan(restarts * perSecond * 0.2);
    expect(new Set(heard)).toEqual(new Set([`200 ${text} message_stop`]));
    expect(fake.calls.length).toBe(heard.length);
    const recorded = started.flatMap((replica) => replica.exchanges());
    expect(new Set(recorded.map(({ outcome }) => outcome))).toEqual(new Set(["ok"]));
    expect(recorded).toHaveLength(heard.length);
  },
);
