import {
  batchedBook,
  compileDirectory,
  compileRules,
  createGovernance,
  followDirectory,
  type Governed,
  type GovernanceSnapshot,
  type KeyHasher,
} from "@drawbridge/governance";
import {
  connectPostgres,
  migrate,
  postgresBook,
  postgresDirectoryStore,
  postgresLimitBook,
} from "@drawbridge/governance/postgres";
import { redisLimitStore } from "@drawbridge/governance/redis";
import { Redis } from "ioredis";
import { randomUUID } from "node:crypto";
import type { OpenGovernance } from "./open-single-process.ts";
import { routes } from "./what-is-governed.ts";

/** Where the servers are. */
export interface Servers {
  readonly postgres: string;
  readonly redis: string;
  /** What all keys in Redis begin with, where others use it as well. */
  readonly prefix?: string;
}

/**
 * Governance for any number of processes. Redis decides about limits, PostgreSQL remembers them, keeps the account of
 * attempts and what is governed; a change there reaches every process within a second.
 */
export async function openShared(
  servers: Servers,
  { governed, hasher }: { readonly governed: Governed; readonly hasher: KeyHasher },
): Promise<OpenGovernance> {
  const database = await connectPostgres({ url: servers.postgres });
  await migrate(database);
  const client = new Redis(servers.redis, { maxRetriesPerRequest: 1 });
  const { prefix = "example" } = servers;
  const limits = redisLimitStore({ client, clock: Date.now, book: postgresLimitBook({ database }), prefix });
  const store = postgresDirectoryStore({ database });
  await store.applyFile("the example", governed);

  let snapshot: GovernanceSnapshot;
  const take = ({ directory, rules }: Governed): void => {
    snapshot = { directory: compileDirectory(directory, { hasher }), routes, rules: compileRules(rules, { routes }) };
  };
  const follower = await followDirectory({
    store,
    clock: () => performance.now(),
    onState: ({ governed: newer }) => take(newer),
  });
  take(follower.state.governed);

  const book = batchedBook({ book: postgresBook({ database }) });
  const governance = createGovernance({ snapshot: () => snapshot, limits, book, clock: Date.now, newId: randomUUID });
  const timer = setInterval(() => void governance.tick(), 1_000).unref();
  return {
    governance,
    async close() {
      clearInterval(timer);
      await governance.flush();
      follower.close();
      await limits.close();
      await store.close();
      client.disconnect();
      await database.close();
    },
  };
}
