import type { MessageBus, RedisClient } from "@drawbridge/governance/redis";
import type { Secret } from "@drawbridge/providers";
import { StartError } from "../start-error.ts";

/** A Redis that has answered. */
export interface ConnectedRedis {
  /** `cache:6379`, without a password. */
  readonly title: string;
  readonly client: RedisClient;
  /** A channel to all gateways that share it. */
  bus(name: string): MessageBus;
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
  const [client, { redisMessageBus }] = await Promise.all([
    clientFor(
      addresses.map((address) => address.reveal()),
      isCluster,
    ),
    import("@drawbridge/governance/redis"),
  ]);
  const title = addresses.map((address) => new URL(address.reveal()).host).join(", ");
  try {
    const { version, isNode } = await answerOf(client);
    if (version < leastVersion) throw new StartError(`it is of version ${version}; ${leastVersion} is needed at least`);
    if (isNode && !isCluster) {
      throw new StartError("it is a node of a cluster; give addresses of the cluster as storage.redisCluster");
    }
  } catch (error) {
    client.disconnect();
    const why = error instanceof Error ? error.message : "it does not answer";
    const said = isCluster ? `no node answers as one of a cluster (${why})` : why;
    throw new StartError(`storage.${isCluster ? "redisCluster" : "redis"}: Redis at ${title} cannot be used: ${said}`, {
      cause: error,
    });
  }
  const buses: MessageBus[] = [];
  return {
    title,
    client,
    bus(name) {
      const bus = redisMessageBus({ client, channel: `drawbridge:${name}` });
      buses.push(bus);
      return bus;
    },
    close() {
      for (const bus of buses) bus.close();
      client.disconnect();
    },
  };
}

async function clientFor(addresses: readonly string[], isCluster: boolean): Promise<RedisClient> {
  const { Cluster, Redis } = await import("ioredis");
  const [first = ""] = addresses;
  const retry = (attempt: number): number => Math.min(attempt * 50, longestWaitMs);
  const client: RedisClient = isCluster
    ? new Cluster([...addresses], {
        clusterRetryStrategy: retry,
        redisOptions: { ...authOf(first), connectTimeout: answerMs },
      })
    : new Redis(first, { retryStrategy: retry, maxRetriesPerRequest: 1, connectTimeout: answerMs });
  // Who asks is told; what happens in between mends itself.
  return client.on("error", () => undefined);
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

async function answerOf(client: RedisClient): Promise<{ readonly version: number; readonly isNode: boolean }> {
  let last: Error | undefined;
  client.on("error", (error: Error) => (last = error));
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(last ?? new StartError("it does not answer")), answerMs);
  try {
    const info = await Promise.race([client.info("server"), late]);
    return {
      version: Number(/redis_version:(\d+\.\d+)/u.exec(info)?.[1] ?? 0),
      isNode: /redis_mode:cluster/u.test(info),
    };
  } catch (error) {
    // The client says that it gave up; the connection says why.
    throw last ?? error;
  } finally {
    clearTimeout(timer);
  }
}
