import { readFileSync } from "node:fs";
import { type CreatedDatabase, hasRedis, RedisServer } from "@drawbridge/governance/testing";
import { type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, post } from "../support/post.ts";
import { upstreamKey } from "../support/scenario.ts";
import { createTestDatabase, hasSharedServices } from "../support/shared-services.ts";
import { type GatewayProcess, startGateway } from "../support/start-gateway.ts";
import { limitedConfig } from "../limits/scene.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const [perSecond, frozenMs] = isCampaign ? [500, 10_000] : [20, 1_000];
const keys = [
  { name: "money", value: "db-money-0123456789abcdef", budgets: [{ usd: "9000", per: "month" }] },
  { name: "rate", value: "db-rate-0123456789abcdef", rates: [{ requests: 1_000_000, per: "minute" }] },
] as const;
type Asker = (typeof keys)[number]["name"];

interface Answer {
  readonly by: Asker;
  readonly status: number;
  readonly shouldRetry: string | null;
  readonly retryAfter: string | null;
  /** When it was asked, and how long it took. */
  readonly atMs: number;
  readonly tookMs: number;
}

interface LogLine {
  readonly time: string;
}

describe.skipIf(!hasSharedServices || !hasRedis)("a gateway whose Redis stands still", () => {
  let redis: RedisServer;
  let database: CreatedDatabase;
  let upstream: FakeProvider;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    [redis, database, upstream] = await Promise.all([
      RedisServer.start(),
      createTestDatabase(),
      startFakeProvider({ apiKey: upstreamKey, models: ["qwen3-coder"], script: () => ({ text: "Here." }) }),
    ]);
    const storage = { postgres: database.url, redis: redis.url };
    gateway = await startGateway(limitedConfig(upstream, { keys, storage }));
  });
  afterAll(async () => {
    redis.thaw();
    await gateway.close();
    await upstream.close();
    await redis.stop();
    await database.drop();
  });

  async function asked(by: Asker, isAgain = false): Promise<Answer> {
    const [atMs, beganMs] = [Date.now(), performance.now()];
    const key = keys.find(({ name }) => name === by)?.value;
    const answer = await post(gateway.url, ask(false), { key }).catch((error: unknown) => {
      // A connection that was idle for seconds may have been closed in this very moment.
      if (isAgain) throw error;
    });
    if (answer === undefined) return asked(by, true);
    const { status, headers } = answer;
    const [shouldRetry, retryAfter] = [headers.get("x-should-retry"), headers.get("retry-after")];
    return { by, status, shouldRetry, retryAfter, atMs, tookMs: performance.now() - beganMs };
  }

  /** Half of the requests are of each key. */
  async function load(forMs: number): Promise<readonly Answer[]> {
    const all: Promise<Answer>[] = [];
    const beganMs = performance.now();
    while (all.length < (forMs / 1_000) * perSecond) {
      const passedMs = performance.now() - beganMs;
      while (all.length < (passedMs / 1_000) * perSecond) all.push(asked(all.length % 2 === 0 ? "money" : "rate"));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return Promise.all(all);
  }

  /** Milliseconds of a processor that the gateway has used; looked up in campaigns, which Linux alone can be asked for. */
  function cpuMs(): number {
    if (!isCampaign) return 0;
    const [, fields = ""] = readFileSync(`/proc/${gateway.pid}/stat`, "utf8").split(") ");
    const [user, system] = fields.split(" ").slice(11, 13).map(Number);
    return 10 * ((user ?? Number.NaN) + (system ?? Number.NaN));
  }

  async function measured(): Promise<{ readonly answers: readonly Answer[]; readonly cpuOfOneMs: number }> {
    const beganMs = cpuMs();
    const answers = await load(frozenMs);
    return { answers, cpuOfOneMs: (cpuMs() - beganMs) / answers.length };
  }

  /** What it has said beside the lines of exchanges, but for so many at first. */
  const said = (skipped = 0): readonly string[] =>
    gateway
      .output()
      .split("\n")
      .filter((line) => line.startsWith("{") && !line.includes('"event":"exchange"'))
      .slice(skipped);

  const until = (by: Asker): Promise<unknown> =>
    expect.poll(async () => (await asked(by)).status, { timeout: 60_000 }).toBe(200);

  test(`R-07: for ${frozenMs} ms sends those away who have budgets, goes on for the others, and says so once`, async () => {
    await Promise.all([until("money"), until("rate")]);
    if (isCampaign) await load(5_000);
    const usual = isCampaign ? await measured() : undefined;
    const saidBefore = said().length;

    redis.freeze();
    const frozenAtMs = Date.now();
    const { answers, cpuOfOneMs } = await measured();
    await until("rate");
    const money = answers.filter(({ by }) => by === "money");
    for (const answer of money) expect(answer).toMatchObject({ status: 503, shouldRetry: "true", retryAfter: "1" });
    const away = (lines: readonly string[]) => lines.filter((line) => line.includes("Redis does not answer"));
    const whileFrozen = said(saidBefore);
    // On a busy machine it may have been given up a moment before.
    expect(away(whileFrozen).length).toBeLessThanOrEqual(1);
    await expect.poll(() => away(said()).length).toBeGreaterThanOrEqual(1);
    expect(whileFrozen.length).toBeLessThanOrEqual(10);
    redis.thaw();
    await until("money");
    const last = () => said().findLast((line) => /Redis (?:does not answer|answers again)/u.test(line));
    await expect.poll(last).toContain("Redis answers again");
    if (usual === undefined) return;
    const { time } = JSON.parse(away(whileFrozen)[0] ?? "{}") as LogLine;
    const openMs = Date.parse(time) - frozenAtMs;
    // Of nearly all: this process asks, answers for the provider and looks at its clock. What each waits for Redis is
    // measured where the store is tested.
    const p99Of = (some: readonly Answer[]): number =>
      some.map(({ tookMs }) => tookMs).toSorted((one, other) => one - other)[Math.floor(0.99 * some.length)] ??
      Infinity;
    const figures = {
      lines: said(saidBefore).length,
      openMs,
      p99Ms: p99Of(answers),
      p99ClosedMs: p99Of(money.filter(({ atMs }) => atMs > frozenAtMs + openMs)),
      cpu: cpuOfOneMs / usual.cpuOfOneMs,
    };
    console.log("R-07", figures);
    // Else the processor was short before, and nothing follows.
    expect(usual.answers.filter(({ status }) => status !== 200).length).toBeLessThan(usual.answers.length / 100);
    expect(figures.lines).toBeLessThanOrEqual(10);
    expect(figures.openMs).toBeLessThanOrEqual(1_000);
    expect(figures.p99Ms).toBeLessThanOrEqual(150);
    expect(figures.p99ClosedMs).toBeLessThanOrEqual(100);
    expect(figures.cpu).toBeLessThanOrEqual(1.1);
    const served = answers.filter(({ by, atMs }) => by === "rate" && atMs > frozenAtMs + openMs + 1_000);
    expect(served.length).toBeGreaterThan(1_000);
    expect(served.filter(({ status }) => status !== 200)).toEqual([]);
  }, 300_000);
});
