import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";
import type { LimitBook } from "../limits/limit-book.ts";
import { type LimitScope, limitScope } from "../limits/limit-scope.ts";
import { postgresLimitBook } from "../postgres/postgres-limit-book.ts";
import { memoryLimitBook } from "../testing/memory-limit-book.ts";
import { hasRedis, RedisServer } from "../testing/redis-server.ts";
import { onPostgres } from "../testing/test-database.ts";
import { redisLimitStore } from "./redis-limit-store.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] !== undefined;
const [rounds, roundsOfTenant] = isCampaign ? [1_000, 50] : [20, 20];
const stores = 10;
const processes = isCampaign ? 10 : 3;
const options = { clock: () => Date.now(), leaseMs: 3_600_000, timeoutMs: 30_000, bookTimeoutMs: 30_000 };
const dollars = (nanoUsd: number) => ({ nanoUsd, inputTokens: 0, outputTokens: 0 });

/** How a scope's limit stands. */
interface Standing {
  readonly used: number | undefined;
  readonly held: number | undefined;
}

/** One of those who race. */
interface Reader {
  read(scope: LimitScope): Promise<Standing>;
  close(): Promise<void>;
}

function storeReader(server: RedisServer, book: LimitBook): Reader {
  const store = redisLimitStore({ ...options, client: server.client(), book });
  return {
    read: async (scope) => {
      const [usage] = await store.usage(scope);
      return { used: usage?.used, held: usage?.held };
    },
    close: () => store.close(),
  };
}

async function processReader(server: RedisServer, postgres: string): Promise<Reader> {
  const program = join(import.meta.dirname, "../testing/counter-reader.ts");
  const child = spawn(process.execPath, [program, server.url, postgres], { stdio: ["pipe", "pipe", "inherit"] });
  const closed = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => String((await lines.next()).value);
  expect(await line()).toBe("ready");
  return {
    read: async ({ partition }) => {
      child.stdin.write(`${partition}\n`);
      const told: Standing = JSON.parse(await line());
      return told;
    },
    close: async () => {
      child.stdin.end();
      await closed;
    },
  };
}

async function race(server: RedisServer, book: LimitBook, readers: readonly Reader[]): Promise<void> {
  const writer = redisLimitStore({ ...options, client: server.client(), book });
  // What ends does not have to wait until requests are let in again: a round takes a moment, and not a second.
  for (let begun = 0; begun < rounds; begun += roundsOfTenant) {
    const partition = `customer ${begun}`;
    const scope = limitScope({
      id: partition,
      partition,
      limits: [{ of: "nanoUsd", amount: 1e6, window: { kind: "total" } }],
    });
    const ids = Array.from({ length: roundsOfTenant }, (_, index) => index + 1);
    for (const id of ids) await writer.reserve({ id: `${id}`, partition, scopes: [scope], need: dollars(100) });
    for (const id of ids) {
      await writer.settle({ id: `${id}`, partition }, dollars(7));
      await writer.flush();
      await server.client().flushall();
      const seen = await Promise.all(readers.map((reader) => reader.read(scope)));
      const expected = { used: 7 * id, held: 100 * (roundsOfTenant - id) };
      expect(seen).toEqual(readers.map(() => expected));
    }
  }
  await Promise.all([writer, ...readers].map((one) => one.close()));
}

describe.skipIf(!hasRedis)("L-19: who races for a cold counter finds it filled once", () => {
  let server: RedisServer | undefined;
  afterEach(() => server?.stop());

  test(`${stores} stores with a book in memory, ${rounds} rounds`, async () => {
    const redis = (server = await RedisServer.start());
    const book = memoryLimitBook();
    const readers = Array.from({ length: stores }, () => storeReader(redis, book));
    await race(redis, book, readers);
  }, 1_800_000);

  onPostgres((opened) => {
    test(`${processes} processes with a book in PostgreSQL, ${rounds} rounds`, async () => {
      const redis = (server = await RedisServer.start());
      const url = opened.url ?? "";
      const readers = await Promise.all(Array.from({ length: processes }, () => processReader(redis, url)));
      await race(redis, postgresLimitBook({ database: opened.database }), readers);
    }, 1_800_000);
  });
});
