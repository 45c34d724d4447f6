export type { Drift } from "./drift-audit.ts";
export type { RedisClient } from "./redis-client.ts";
export {
  type RedisLimitStore,
  redisLimitStore,
  type RedisLimitStoreOptions,
  type StoreChange,
} from "./redis-limit-store.ts";
export { type MessageBus, redisMessageBus, type RedisMessageBusOptions } from "./redis-message-bus.ts";
