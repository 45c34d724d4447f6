import type { RedisClient } from "./redis-client.ts";

const keptMs = 60 * 60 * 1000;

/**
 * Since when holds are missing that only the book has: kept in Redis, so that all processes that look for them, one after
 * the other, know it.
 */
export class MissingHolds {
  readonly #client: RedisClient;
  readonly #prefix: string;

  constructor(client: RedisClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  /** When each of these holds was first seen to be missing, which is `atMs` for those that nobody has missed before. */
  async since(partition: string, ids: readonly string[], atMs: number): Promise<ReadonlyMap<string, number>> {
    if (ids.length === 0) return new Map();
    const key = `${this.#prefix}:missing:${partition}`;
    const known = await this.#client.hmget(key, ...ids);
    const since = new Map(ids.map((id, index) => [id, Number(known[index] ?? atMs)]));
    const fresh = ids.filter((_, index) => typeof known[index] !== "string");
    if (fresh.length > 0) await this.#client.hset(key, Object.fromEntries(fresh.map((id) => [id, atMs])));
    await this.#client.pexpire(key, keptMs);
    return since;
  }
}
