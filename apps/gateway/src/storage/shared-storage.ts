import { batchedBook, type GovernedCheck, type LeaseSettings } from "@drawbridge/governance";
import { hmacKeyHasher } from "@drawbridge/governance/node";
import type { Database, PostgresDirectoryStoreOptions } from "@drawbridge/governance/postgres";
import type { MessageBus } from "@drawbridge/governance/redis";
import type { Secret } from "@drawbridge/providers";
import type { Logger } from "pino";
import type { StorageSettings } from "../config/storage-schema.ts";
import { explainedAsync, StartError } from "../start-error.ts";
import { connectRedis, type ConnectedRedis } from "./connect-redis.ts";
import { explainPostgres, postgresTitle } from "./explain-postgres.ts";
import { lazyLimitStore } from "./lazy-limit-store.ts";
import { openSharedLimits } from "./shared-limits.ts";
import type { Storage } from "./storage.ts";

/** What a storage that gateways share needs. */
export interface SharedStorageOptions {
  readonly postgres: Secret;
  readonly settings: Omit<StorageSettings, "postgres">;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly random: (bytes: number) => Uint8Array;
  readonly check?: GovernedCheck | undefined;
  /** The store of limits' own unless told. */
  readonly leases?: LeaseSettings | undefined;
  readonly log: Pick<Logger, "error" | "warn" | "info">;
}

/**
 * Keeps everything in PostgreSQL, and counters in Redis where there is one, for any number of gateways. Brings the tables
 * to what this version needs. Throws a StartError that says what to do, and no secret.
 */
export async function openSharedStorage(options: SharedStorageOptions): Promise<Storage> {
  const { settings, clock, check, random, log, leases } = options;
  const url = options.postgres.reveal();
  const { postgresBook, postgresDirectoryStore, postgresLearnedRates, settleHashKey } =
    await import("@drawbridge/governance/postgres");
  const database = await openDatabase(url);
  let redis: ConnectedRedis | undefined;
  try {
    redis = await openRedis(settings);
    const given = settings.hashKey && Buffer.from(settings.hashKey.reveal());
    const hashKey = await explainedAsync(() => settleHashKey({ database, given, random }));
    const directory = postgresDirectoryStore({ database, check, ...wordBy(redis?.bus("directory")) });
    const id = Buffer.from(random(12)).toString("base64url");
    const book = batchedBook({ book: postgresBook({ database }) });
    const limits = lazyLimitStore(() => openSharedLimits({ database, directory, redis, book, clock, id, log, leases }));
    const places = [`in PostgreSQL at ${postgresTitle(url)}`, ...(redis ? [`in Redis at ${redis.title}`] : [])];
    return {
      place: places.join(", "),
      directory,
      hasher: hmacKeyHasher(hashKey),
      limits: limits.store,
      book,
      rates: postgresLearnedRates({ database }),
      cooldowns: redis?.bus("cooldowns"),
      openLimits: async () => void (await limits.open()),
      async close() {
        await limits.close();
        await directory.close();
        redis?.close();
        await database.close();
      },
    };
  } catch (error) {
    redis?.close();
    await database.close();
    throw error;
  }
}

const leastServer = 140_000;
/** Tables of many rows may take their time to be changed. */
const migrationMs = 30 * 60_000;

async function openDatabase(url: string): Promise<Database> {
  const { connectPostgres, migrate } = await import("@drawbridge/governance/postgres");
  const patient = await connectPostgres({ url, statementMs: migrationMs, mostConnections: 1 });
  try {
    const { version, mayBeApp } = await standingOf(patient);
    if (version < leastServer) {
      const is = `${Math.floor(version / 10_000)}.${version % 10_000}`;
      throw new StartError(
        `storage.postgres: PostgreSQL at ${postgresTitle(url)} is of version ${is}; 14 is needed at least`,
      );
    }
    await migrate(patient);
    const { mayBeApp: mayNow } = mayBeApp ? { mayBeApp } : await standingOf(patient);
    // Whoever breaks into the gateway can add to the books, and change nothing in them.
    return await connectPostgres({ url, ...(mayNow && { role: "drawbridge_app" }) });
  } catch (error) {
    throw explainPostgres(url, error);
  } finally {
    await patient.close();
  }
}

async function standingOf(database: Database): Promise<{ version: number; mayBeApp: boolean }> {
  const { sql } = await import("drizzle-orm");
  const { rows } = await database.run((queries) =>
    queries.execute<{ version: number; may_be_app: boolean }>(sql`
      select current_setting('server_version_num')::int as version,
        exists (select from pg_roles where rolname = 'drawbridge_app' and pg_has_role(oid, 'MEMBER')) as may_be_app`),
  );
  const [row] = rows;
  return { version: row?.version ?? 0, mayBeApp: row?.may_be_app ?? false };
}

/** Word of changes on a channel too: it comes also where a pooler before PostgreSQL keeps no LISTEN. */
function wordBy(bus: MessageBus | undefined): Pick<PostgresDirectoryStoreOptions, "listenTo" | "onCommit"> {
  if (bus === undefined) return {};
  return { listenTo: [bus.listenTo], onCommit: async (version) => bus.publish(String(version)) };
}

async function openRedis({
  redis,
  redisCluster,
}: SharedStorageOptions["settings"]): Promise<ConnectedRedis | undefined> {
  if (redis !== undefined) return connectRedis([redis], false);
  const nodes = (redisCluster ?? []).filter((address) => address !== undefined);
  return nodes.length === 0 ? undefined : connectRedis(nodes, true);
}
