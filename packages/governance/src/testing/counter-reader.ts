import { argv, stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import { Redis } from "ioredis";
import { limitScope } from "../limits/limit-scope.ts";
import { connectPostgres } from "../postgres/connect-postgres.ts";
import { postgresLimitBook } from "../postgres/postgres-limit-book.ts";
import { redisLimitStore } from "../redis/redis-limit-store.ts";

// A process that shares limits with others, and says how those of each partition stand whose name it is told.
const [, , redis = "", postgres = ""] = argv;
const client = new Redis(redis, { retryStrategy: () => 20 });
client.on("error", () => {});
const database = await connectPostgres({ url: postgres });
const waiting = { leaseMs: 3_600_000, timeoutMs: 30_000, bookTimeoutMs: 30_000 };
const store = redisLimitStore({ client, clock: () => Date.now(), book: postgresLimitBook({ database }), ...waiting });
stdout.write("ready\n");
for await (const partition of createInterface({ input: stdin })) {
  const limits = [{ of: "nanoUsd", amount: 1e6, window: { kind: "total" } }] as const;
  const [usage] = await store.usage(limitScope({ id: partition, partition, limits }));
  stdout.write(`${JSON.stringify({ used: usage?.used, held: usage?.held })}\n`);
}
await store.close();
client.disconnect();
await database.close();
