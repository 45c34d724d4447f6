import type { Client, ClientConfig, Pool, PoolClient } from "pg";
import { isGovernanceError } from "../errors.ts";
import type { Database, Listener, Queries } from "./database.ts";
import { Turns } from "./turns.ts";
import { withStoreErrors } from "./with-store-errors.ts";

/** How a PostgreSQL server is reached. */
export interface ConnectPostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Connections that are open at most, those for locks and channels aside; 10 unless told. */
  readonly mostConnections?: number;
  /** How long a connection may take to come about or to be free; 5 s unless told. */
  readonly connectMs?: number;
  /** How long a statement may take; 5 s unless told. A server that says nothing for a second more is left. */
  readonly statementMs?: number;
  /** The role that statements run as, if not the one that logs in: `drawbridge_app` can only add to the books. */
  readonly role?: string;
}

/**
 * A database on a server, through `pg`. Nothing is connected until it is used.
 * The schema is not looked at: call `migrate` first.
 */
export async function connectPostgres(options: ConnectPostgresOptions): Promise<Database> {
  const { url, mostConnections = 10, connectMs = 5000, statementMs = 5000, role } = options;
  const [{ default: pg }, { drizzle }] = await Promise.all([import("pg"), import("drizzle-orm/node-postgres")]);
  const settings: ClientConfig = {
    connectionString: url,
    connectionTimeoutMillis: connectMs,
    application_name: "drawbridge",
    keepAlive: true,
    ...(role === undefined ? {} : { options: `-c role=${role}` }),
  };
  const pool = new pg.Pool({
    ...settings,
    max: mostConnections,
    statement_timeout: statementMs,
    // A process that stands still in a transaction would hold up all others for as long.
    idle_in_transaction_session_timeout: statementMs / 2,
    // For servers that have gone without a word, as behind a cut cable.
    query_timeout: statementMs + silenceMs,
  });
  // A connection that breaks while idle leaves the pool by itself; who needs one next gets another.
  pool.on("error", () => undefined);
  pool.on("connect", heedless);
  return new PostgresDatabase({
    pool,
    queries: drizzle(pool),
    queriesOn: (client) => drizzle(client),
    connect: async () => {
      const client = heedless(new pg.Client(settings));
      await client.connect();
      return client;
    },
  });
}

const silenceMs = 1_000;

interface Connections {
  readonly pool: Pool;
  readonly queries: Queries;
  readonly queriesOn: (client: PoolClient) => Queries;
  /** A connection outside the pool, so that long waits take none from it. */
  readonly connect: () => Promise<Client>;
}

class PostgresDatabase implements Database {
  readonly kind = "postgres";
  readonly #connections: Connections;
  readonly #turns = new Turns();
  readonly #listening = new Set<Client>();

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  run<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    return withStoreErrors(() => work(this.#connections.queries));
  }

  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    return this.#onClient((queries) => queries.transaction(work));
  }

  async #onClient<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    const { pool, queriesOn } = this.#connections;
    const client = await withStoreErrors(() => pool.connect());
    try {
      const result = await withStoreErrors(() => work(queriesOn(client)));
      client.release();
      return result;
    } catch (error) {
      // One on which a statement still hangs would let all that come after it hang too.
      client.release(isGovernanceError(error) && error.code === "store-unavailable");
      throw error;
    }
  }

  locked<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    return this.#turns.take(name, async () => {
      const client = await withStoreErrors(this.#connections.connect);
      try {
        await withStoreErrors(() => client.query("select pg_advisory_lock(hashtextextended($1, 0))", [name]));
        return await work();
      } finally {
        await endOf(client);
      }
    });
  }

  async listen(channel: string, { onPayload, onLost }: Listener): Promise<() => Promise<void>> {
    const client = await withStoreErrors(this.#connections.connect);
    const end = async (): Promise<void> => {
      if (this.#listening.delete(client)) await endOf(client);
    };
    this.#listening.add(client);
    client.on("end", () => {
      if (this.#listening.delete(client)) onLost();
    });
    client.on("notification", ({ payload = "" }) => onPayload(payload));
    await withStoreErrors(() => client.query(`listen ${client.escapeIdentifier(channel)}`));
    return end;
  }

  async close(): Promise<void> {
    const listening = [...this.#listening];
    this.#listening.clear();
    await Promise.all([this.#connections.pool, ...listening].map(endOf));
  }
}

/**
 * A connection that may break while nobody asks anything of it, as in the middle of a transaction: who asks next is told.
 * Unheard, the error would end the process.
 */
function heedless<Connection extends Client | PoolClient>(connection: Connection): Connection {
  connection.on("error", () => undefined);
  return connection;
}

/** Takes leave of a server, and does not wait for one that does not answer. */
async function endOf(connection: { end(): Promise<void> }): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, silenceMs);
  try {
    await Promise.race([connection.end(), late]);
  } finally {
    clearTimeout(timer);
  }
}
