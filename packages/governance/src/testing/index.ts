/** Servers and networks of a test's own on loopback, that can be hurt. */
export { type CreatedDatabase, createDatabase } from "./create-database.ts";
export { freePort } from "./free-port.ts";
export { hasRedis, RedisServer } from "./redis-server.ts";
export { type RedisCluster, startRedisCluster } from "./start-redis-cluster.ts";
export { type FaultProxy, startFaultProxy, type WireState } from "./start-fault-proxy.ts";
