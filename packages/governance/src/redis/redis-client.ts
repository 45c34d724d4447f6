import type { Cluster, Redis } from "ioredis";

/** A client of Redis, or of a cluster, as `ioredis` makes them. */
export type RedisClient = Redis | Cluster;
