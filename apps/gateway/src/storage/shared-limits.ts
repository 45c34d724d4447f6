import { type Book, endsIn, type LeaseSettings, type LimitStore, withLocalRates } from "@drawbridge/governance";
import type { Database } from "@drawbridge/governance/postgres";
import type { RedisLimitStore, StoreChange } from "@drawbridge/governance/redis";
import type { Logger } from "pino";
import type { ConnectedRedis } from "./connect-redis.ts";
import { countReplicas } from "./replica-count.ts";

/** What limits that gateways share are counted with. */
export interface SharedLimitsOptions {
  readonly database: Database;
  /** Decides, where there is one; else the database does. */
  readonly redis: ConnectedRedis | undefined;
  /** Says how requests ended whose gateway is gone. */
  readonly book: Pick<Book, "entriesOf">;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Names this gateway and no other. */
  readonly id: string;
  readonly log: Pick<Logger, "error" | "warn" | "info">;
  /** The store's own unless told. */
  readonly leases?: LeaseSettings | undefined;
}

const callEveryMs = 5_000;
/** What Redis has lost is found so many leases later at most, also where nobody asks for anything any more. */
const leasesBetweenAudits = 2;

/**
 * A store of limits that gateways share. Redis is compared with PostgreSQL each minute, and what differs is logged. While
 * Redis is away each gateway keeps its part of the rates of those whose money has no limit.
 */
export async function openSharedLimits(
  options: SharedLimitsOptions,
): Promise<LimitStore & { close?(): Promise<void> }> {
  const { database, redis, clock, id, log, leases } = options;
  const { leaseMs = 30_000 } = leases ?? {};
  const { postgresLimitBook, postgresLimitStore } = await import("@drawbridge/governance/postgres");
  if (redis === undefined) return postgresLimitStore({ database, clock, ...leases });
  const { redisLimitStore } = await import("@drawbridge/governance/redis");
  let isAway = false;
  const store = redisLimitStore({
    client: redis.client,
    clock,
    ...leases,
    book: postgresLimitBook({ database }),
    endedAs: endsIn(options.book),
    onChange: (change) => {
      if (change.part === "redis") isAway = change.state === "unavailable";
      logChange(change, log);
    },
  });
  const replicas = countReplicas({ bus: redis.bus("gateways"), id, clock: () => performance.now() });
  replicas.call();
  const timers = [
    setInterval(() => void audit(store, log), leasesBetweenAudits * leaseMs).unref(),
    setInterval(() => replicas.call(), callEveryMs).unref(),
  ];
  return {
    ...withLocalRates({ shared: store, clock, isAway: () => isAway, replicas: () => replicas.count() }),
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      await store.close();
    },
  };
}

function logChange({ part, state, reason }: StoreChange, log: SharedLimitsOptions["log"]): void {
  const what = part === "redis" ? "Redis" : "PostgreSQL, which remembers what Redis decides,";
  if (state === "available") log.info(`${what} answers again; budgets are open`);
  else log.warn({ reason }, `${what} does not answer; no money is given out`);
}

async function audit(store: RedisLimitStore, log: SharedLimitsOptions["log"]): Promise<void> {
  try {
    for (const drift of await store.audit()) {
      log.error({ event: "drift", ...drift }, "Redis had counted otherwise than the book, and was put right");
    }
  } catch (error) {
    // Redis or PostgreSQL is away, which is told where it matters; the next minute looks again.
    log.info({ reason: error instanceof Error ? error.message : String(error) }, "limits could not be compared");
  }
}
