export type { StoreChange } from "./breaker.ts";
export type { RedisClient } from "./redis-client.ts";
export { type RedisLimitStore, redisLimitStore, type RedisLimitStoreOptions } from "./redis-limit-store.ts";
