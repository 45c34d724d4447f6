import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasRedis, RedisServer } from "../testing/redis-server.ts";
import { startRedisCluster } from "../testing/start-redis-cluster.ts";
import type { RedisClient } from "./redis-client.ts";
import { type MessageBus, redisMessageBus } from "./redis-message-bus.ts";

interface Place {
  client(): RedisClient;
  stop(): Promise<void>;
}

describe.skipIf(!hasRedis)("a bus of messages", () => {
  test.each<[string, () => Promise<Place>]>([
    ["Redis", () => RedisServer.start()],
    ["a cluster", () => startRedisCluster()],
  ])("over %s reaches every process that listens to its channel", async (_, start) => {
    const place = await start();
    const open = (channel: string): MessageBus => redisMessageBus({ client: place.client(), channel });
    const buses = [open("cooldowns"), open("cooldowns"), open("versions")] as const;
    const heard: string[][] = [[], [], []];
    for (const [index, bus] of buses.entries()) bus.subscribe((message) => heard[index]?.push(message));
    await expect
      .poll(() => {
        buses[0].publish("a");
        buses[2].publish("b");
        return heard.map((messages) => [...new Set(messages)]);
      })
      .toEqual([["a"], ["a"], ["b"]]);
    for (const bus of buses) bus.close();
    await place.stop();
  });

  describe("when Redis was away", () => {
    let server: RedisServer;
    beforeAll(async () => void (server = await RedisServer.start()));
    afterAll(() => server.stop());

    test("listens again, and gives word of what may have been said meanwhile", async () => {
      const bus = redisMessageBus({ client: server.client(), channel: "versions" });
      let words = 0;
      const end = await bus.listenTo(
        () => (words += 1),
        () => {},
      );
      await expect.poll(() => words).toBeGreaterThan(0);
      await server.kill();
      const early = words;
      bus.publish("lost");
      await server.run();
      await expect.poll(() => words).toBeGreaterThan(early);
      const before = words;
      await expect
        .poll(() => {
          bus.publish("heard");
          return words;
        })
        .toBeGreaterThan(before);
      await end();
      const other: string[] = [];
      bus.subscribe((message) => other.push(message));
      const ended = words;
      await expect
        .poll(() => {
          bus.publish("last");
          return other;
        })
        .toContain("last");
      expect(words).toBe(ended);
      bus.close();
    });
  });
});
