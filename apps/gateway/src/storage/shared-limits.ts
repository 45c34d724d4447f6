import {
  type Book,
  type BreakerChange,
  type DirectoryStore,
  endsIn,
  guardedLimitStore,
  type LeaseSettings,
  type LimitStore,
  withLocalRates,
} from "@drawbridge/governance";
import type { Database } from "@drawbridge/governance/postgres";
import type { MessageBus } from "@drawbridge/governance/redis";
import type { Logger } from "pino";
import type { ConnectedRedis } from "./connect-redis.ts";
import { driftAudit } from "./drift-audit.ts";
import { countReplicas } from "./replica-count.ts";

/** What limits that gateways share are counted with. */
export interface SharedLimitsOptions {
  readonly database: Database;
  /** Decides, where there is one; else the database does. */
  readonly redis: ConnectedRedis | undefined;
  /** Is told in its audit what had to be put right. */
  readonly directory: Pick<DirectoryStore, "note">;
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
/** A Redis that has stumbled is asked again by then: each gateway counting for itself is less exact. */
const replacedAfterMs = 500;
/** What Redis has lost or counted otherwise is found within two leases, the time that looking takes included. */
const leasesBetweenAudits = 1.5;

/**
 * A store of limits that gateways share. Redis is compared with PostgreSQL each 45 seconds; what differs is logged, and is in the
 * audit of what is governed. While what
 * decides is away no money is given out, and each gateway keeps its part of the rates of those whose money has no limit.
 */
export async function openSharedLimits(
  options: SharedLimitsOptions,
): Promise<LimitStore & { close?(): Promise<void> }> {
  const { redis, clock, id } = options;
  const deciding = redis === undefined ? await inPostgres(options) : await inRedis(options, redis);
  const { store, bus, isAway } = deciding;
  const replicas = countReplicas({ bus, id, clock: () => performance.now() });
  replicas.call();
  const calling = setInterval(() => replicas.call(), callEveryMs).unref();
  return {
    ...withLocalRates({ shared: store, clock, isAway, replicas: () => replicas.count() }),
    close: async () => {
      clearInterval(calling);
      await deciding.close();
    },
  };
}

interface Deciding {
  readonly store: LimitStore;
  close(): Promise<void>;
  readonly bus: Pick<MessageBus, "publish" | "subscribe">;
  readonly isAway: () => boolean;
}

async function inPostgres({ database, clock, log, leases }: SharedLimitsOptions): Promise<Deciding> {
  const { postgresLimitStore, postgresMessageBus } = await import("@drawbridge/governance/postgres");
  const store = guardedLimitStore({
    store: postgresLimitStore({ database, clock, ...leases }),
    title: "PostgreSQL",
    probe: () => database.run((queries) => queries.execute("select 1")),
    onChange: ({ state, reason }) => logChange("PostgreSQL", { state, reason }, log),
  });
  const bus = postgresMessageBus({ database, channel: "drawbridge_gateways" });
  const close = async (): Promise<void> => {
    bus.close();
    await store.close();
  };
  return { store, close, bus, isAway: () => store.isAway };
}

async function inRedis(
  { database, directory, book, clock, id, log, leases }: SharedLimitsOptions,
  redis: ConnectedRedis,
): Promise<Deciding> {
  const [{ postgresLimitBook }, { redisLimitStore }] = await Promise.all([
    import("@drawbridge/governance/postgres"),
    import("@drawbridge/governance/redis"),
  ]);
  let awaySinceMs = Number.POSITIVE_INFINITY;
  const store = redisLimitStore({
    client: redis.client,
    clock,
    book: postgresLimitBook({ database }),
    endedAs: endsIn(book),
    ...leases,
    onChange: (change) => {
      const isLost = change.state === "unavailable";
      if (change.part === "redis") awaySinceMs = isLost ? performance.now() : Number.POSITIVE_INFINITY;
      logChange(change.part === "redis" ? "Redis" : "PostgreSQL, which remembers what Redis decides,", change, log);
    },
  });
  const { leaseMs = 30_000 } = leases ?? {};
  const audit = driftAudit({ store, directory, actor: `gateway ${id}`, log });
  const auditing = setInterval(() => void audit(), leasesBetweenAudits * leaseMs).unref();
  const close = async (): Promise<void> => {
    clearInterval(auditing);
    await store.close();
  };
  return { store, close, bus: redis.bus("gateways"), isAway: () => performance.now() - awaySinceMs > replacedAfterMs };
}

function logChange(what: string, { state, reason }: BreakerChange, log: SharedLimitsOptions["log"]): void {
  if (state === "available") log.info(`${what} answers again; budgets are open`);
  else log.warn({ reason }, `${what} does not answer; no money is given out`);
}
