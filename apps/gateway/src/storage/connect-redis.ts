import type { RedisClient } from "@drawbridge/governance/redis";
import type { Secret } from "@drawbridge/providers";
import { StartError } from "../start-error.ts";

/** A Redis that has answered. */
export interface ConnectedRedis {
  /** `cache:6379`, without a password. */
  readonly title: string;
  readonly client: RedisClient;
  /** Another connection, for what takes one for itself. */
  another(): RedisClient;
  close(): void;
}

const answerMs = 5_000;
const longestWaitMs = 2_000;
const leastVersion = 6.2;

/**
 * Connects to a Redis, or a cluster for several addresses. The client connects again by itself, and tells at once when it
 * cannot. Throws a StartError when there is no answer, or not one that helps.
 */
export async function connectRedis(addresses: readonly Secret[], isCluster: boolean): Promise<ConnectedRedis> {
  const { Cluster, Redis } = await import("ioredis");
  const title = addresses.map((address) => new URL(address.reveal()).host).join(", ");
  const retry = (attempt: number): number => Math.min(attempt * 50, longestWaitMs);
  const settings = {
    retryStrategy: retry,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: true,
    connectTimeout: answerMs,
  };
  const clients: RedisClient[] = [];
  const another = (): RedisClient => {
    const [first = ""] = addresses.map((address) => address.reveal());
    const client: RedisClient = isCluster
      ? new Cluster(
          addresses.map((address) => address.reveal()),
          { clusterRetryStrategy: retry, redisOptions: { ...authOf(first), connectTimeout: answerMs } },
        )
      : new Redis(first, settings);
    // Who asks is told; what happens in between mends itself.
    client.on("error", () => undefined);
    clients.push(client);
    return client;
  };
  const close = (): void => clients.forEach((client) => client.disconnect());
  const client = another();
  try {
    const version = await answerOf(client);
    if (version < leastVersion) throw new StartError(`it is of version ${version}; ${leastVersion} is needed at least`);
    return { title, client, another, close };
  } catch (error) {
    close();
    const why = error instanceof Error ? error.message : "it does not answer";
    throw new StartError(`storage.redis: Redis at ${title} cannot be used: ${why}`, { cause: error });
  }
}

/** What a cluster's other nodes are told too: their addresses come without. */
function authOf(address: string): { username?: string; password?: string; tls?: object } {
  const { username, password, protocol } = new URL(address);
  return {
    ...(username !== "" && { username: decodeURIComponent(username) }),
    ...(password !== "" && { password: decodeURIComponent(password) }),
    ...(protocol === "rediss:" && { tls: {} }),
  };
}

async function answerOf(client: RedisClient): Promise<number> {
  let last: Error | undefined;
  client.on("error", (error: Error) => (last = error));
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(last ?? new StartError("it does not answer")), answerMs);
  try {
    const info = await Promise.race([client.info("server"), late]);
    return Number(/redis_version:(\d+\.\d+)/u.exec(info)?.[1] ?? 0);
  } catch (error) {
    // The client says that it gave up; the connection says why.
    throw last ?? error;
  } finally {
    clearTimeout(timer);
  }
}
