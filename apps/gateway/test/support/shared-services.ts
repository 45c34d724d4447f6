import { randomUUID } from "node:crypto";
import { Client } from "pg";

/** Where the services are that gateways share; CI has to have them, other machines may test without. */
const inCi = process.env["CI"] !== undefined;
const postgresUrl = process.env["DRAWBRIDGE_TEST_POSTGRES_URL"] ?? (inCi ? "postgres://missing" : undefined);
/** Of a Redis for tests; undefined where there is none. */
export const redisUrl = process.env["DRAWBRIDGE_TEST_REDIS_URL"] ?? (inCi ? "redis://missing" : undefined);
/** False where tests of storages that gateways share are left out: set DRAWBRIDGE_TEST_POSTGRES_URL and …_REDIS_URL. */
export const hasSharedServices = postgresUrl !== undefined && redisUrl !== undefined;

/** An empty database of a test's own. */
export interface TestDatabase {
  readonly url: string;
  /** Runs a statement there. */
  query(statement: string): Promise<void>;
  drop(): Promise<void>;
}

/** Creates a database. */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `gateway_${randomUUID().replaceAll("-", "")}`;
  const server = postgresUrl ?? "";
  await run(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: (statement) => run(url.href, statement),
    drop: () => run(server, `drop database ${name} with (force)`),
  };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
