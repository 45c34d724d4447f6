import { afterEach, describe, expect, test } from "vitest";
import { memoryLimitBook } from "../testing/memory-limit-book.ts";
import { postgresLimitBook } from "../postgres/postgres-limit-book.ts";
import { RebuildScene, type Rebuilding } from "../testing/rebuild-scene.ts";
import { hasRedis, RedisServer } from "../testing/redis-server.ts";
import { startRedisCluster } from "../testing/start-redis-cluster.ts";
import { onPostgres } from "../testing/test-database.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] !== undefined;
const tenants = isCampaign ? 2_500 : 60;
/** Of a machine that has its stores' processors to itself; a busy one is waited for. */
const figures = isCampaign ? { noticedMs: 1_000, filledMs: 2_000 } : { noticedMs: 60_000, filledMs: 60_000 };

const losses: readonly (readonly [string, number, (server: RedisServer, scene: RebuildScene) => Promise<void>])[] = [
  ["is flushed", 20, async (server) => void (await server.client().flushall())],
  [
    "comes back as it was some time ago",
    20,
    async (server, scene) => {
      await server.client().save();
      await scene.useMore();
      await server.kill();
      await server.run();
    },
  ],
  [
    "is killed and comes back",
    60,
    async (server) => {
      await server.kill();
      await server.run();
    },
  ],
];

const written = (rebuildings: readonly Rebuilding[]): string =>
  (["noticedMs", "filledMs", "openMs"] as const)
    .map((name) => {
      const sorted = rebuildings.map((one) => one[name]).toSorted((one, other) => one - other);
      const [median = 0, longest = 0] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
      return `${name} ${median.toFixed(0)} (${longest.toFixed(0)} at most)`;
    })
    .join(", ");

describe.skipIf(!hasRedis)("L-18: every scope is told as before, and nobody is let beyond it, in", () => {
  let server: RedisServer | undefined;
  let scene: RebuildScene | undefined;
  afterEach(async () => {
    await scene?.close();
    await server?.stop();
    [server, scene] = [undefined, undefined];
  });

  onPostgres((opened) => {
    test.each(losses)(
      "a Redis that %s",
      async (name, times, lose) => {
        const redis = (server = await RedisServer.start());
        const book = postgresLimitBook({ database: opened.database });
        const made = (scene = new RebuildScene({ name, book, tenants, client: () => redis.client() }));
        await made.begin();
        const took: Rebuilding[] = [];
        for (let round = 0; round < (isCampaign ? times : 1); round++) {
          const rebuilding = await made.rebuilt(() => lose(redis, made));
          took.push(rebuilding);
          await made.check();
        }
        await made.checkBook();
        if (isCampaign) process.stdout.write(`rebuild, ${name} x${took.length}: ${written(took)}\n`);
        expect(Math.max(...took.map(({ noticedMs }) => noticedMs))).toBeLessThanOrEqual(figures.noticedMs);
        expect(Math.max(...took.map(({ filledMs }) => filledMs))).toBeLessThanOrEqual(figures.filledMs);
      },
      1_800_000,
    );
  });

  test("a cluster that is flushed", async () => {
    const cluster = await startRedisCluster();
    const options = { name: "of a cluster", book: memoryLimitBook(), tenants, client: () => cluster.client() };
    const made = (scene = new RebuildScene(options));
    await made.begin();
    await made.rebuilt(async () => {
      await Promise.all(cluster.servers.map((one) => one.client().flushall()));
    });
    await made.check();
    await made.checkBook();
    await made.close();
    scene = undefined;
    await cluster.stop();
  }, 600_000);
});
