import { randomUUID } from "node:crypto";
import { Client } from "pg";

/** An empty database of a test's own. */
export interface CreatedDatabase {
  readonly url: string;
  /** Runs a statement there. */
  query(statement: string): Promise<void>;
  /** Drops it, whoever is still connected to it. */
  drop(): Promise<void>;
}

/** Creates a database on a PostgreSQL server, which `url` leads to. */
export async function createDatabase(url: string): Promise<CreatedDatabase> {
  const name = `drawbridge_${randomUUID().replaceAll("-", "")}`;
  await run(url, `create database ${name}`);
  const created = new URL(url);
  created.pathname = `/${name}`;
  return {
    url: created.href,
    query: (statement) => run(created.href, statement),
    drop: () => run(url, `drop database ${name} with (force)`),
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
