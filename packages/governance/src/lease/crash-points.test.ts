import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import type { Book } from "../book/book.ts";
import type { LedgerEntry } from "../book/ledger-entry.ts";
import { memoryBook } from "../book/memory-book.ts";
import { compileDirectory } from "../directory/compile-directory.ts";
import { isGovernanceError } from "../errors.ts";
import { createGovernance, type Governance } from "../governance.ts";
import { type LimitScope, limitScope } from "../limits/limit-scope.ts";
import type { LimitStore } from "../limits/limit-store.ts";
import { journalBook } from "../node/journal-book.ts";
import { journalLimitStore } from "../node/journal-limit-store.ts";
import { postgresBook } from "../postgres/postgres-book.ts";
import { postgresLimitStore } from "../postgres/postgres-limit-store.ts";
import { redisLimitStore } from "../redis/redis-limit-store.ts";
import { memoryLimitBook } from "../testing/memory-limit-book.ts";
import { Mortal } from "../testing/mortal.ts";
import { hasRedis, RedisServer } from "../testing/redis-server.ts";
import { onEachDatabase } from "../testing/test-database.ts";
import { endsIn } from "./ended-as.ts";
import type { LeaseHolder } from "./lease-request.ts";

/** At each crash point: before and after each step of a request on which something could be left. */
const deathsAtEach = process.env["DRAWBRIDGE_CAMPAIGN"] === undefined ? 2 : 25;
const patienceMs = 600_000;
const mostTries = 20;
const [input, slice] = [100, 1_024];
/** 1 nano-USD an input token and 5 an output token. */
const costOf = (output: number): number => input + 5 * output;
const bound = { inputTokens: input, outputTokens: 64_000, nanoUsd: costOf };
const expected = () => ({ inputTokens: input, outputTokens: 0, nanoUsd: costOf });

interface Stores {
  readonly limits: LimitStore;
  readonly book: Book;
  readonly audit?: () => Promise<unknown>;
}

/** Where stores are, and those of one process, which may die. */
interface World {
  readonly clock: { now: number };
  open(process: Mortal): Promise<Stores>;
  /** What else is lost when a process dies. */
  readonly onDeath?: (() => Promise<unknown>) | undefined;
  /** Those of a process that comes after them all. */
  reopen(): Promise<Stores>;
}

/** The account of one process, which is slower than its limits. */
function slowly(process: Mortal, book: Book): Book {
  return process.within({
    ...book,
    append: async (entries) => {
      await process.lives(3);
      await book.append(entries);
    },
  });
}

/** A request, and what its provider bills for it as it goes on. */
interface Case {
  readonly id: string;
  readonly tenant: LimitScope;
  readonly provider: LimitScope;
  billed: number;
  /** Whether its client may have been given something. */
  isAnswered: boolean;
}

function newCase(id: string): Case {
  const month = { kind: "calendar", unit: "month", timeZone: "UTC" } as const;
  const scope = (name: string): LimitScope =>
    limitScope({ id: name, partition: name, limits: [{ of: "nanoUsd", amount: 1e9, window: month }] });
  return { id, tenant: scope(`customer ${id}`), provider: scope(`provider ${id}`), billed: 0, isAnswered: false };
}

function govern({ limits, book }: Stores, { clock }: World): Governance {
  const directory = { ...compileDirectory({}, { hasher: { digest: (token) => token } }) };
  const parts = { limits, book, clock: () => clock.now, newId: () => "unused" };
  return createGovernance({ ...parts, snapshot: () => ({ directory }), settings: { sliceTokens: slice } });
}

/** A request of two calls, the first of which fails and is billed, the second of which outgrows what was held first. */
async function request(governance: Governance, one: Case): Promise<void> {
  const { id, tenant, provider } = one;
  const scopesAt = (name: string): readonly LimitScope[] => (name === "second" ? [provider] : []);
  const { partition } = tenant;
  const holder: LeaseHolder = { keyId: "key_1", keyName: "alice", tags: {}, partition, scopes: [tenant], scopesAt };
  const admission = await governance.admit({ id, holder, modelAsked: "opus", bound, expected });
  if (!admission.allowed) throw new Error(admission.reason);
  const lease = admission.value;
  const begin = async (name: string) => {
    const attempt = await lease.attempt({ provider: name, model: "opus", credential: "default" });
    if (!attempt.allowed) throw new Error(attempt.reason);
    one.billed += input;
    return attempt.value;
  };
  const first = await begin("first");
  first.end({ nanoUsd: input, source: "final", outcome: "timed-out" });
  const second = await begin("second");
  await second.recorded;
  one.isAnswered = true;
  one.billed += 5 * 900;
  await second.extend(900);
  one.billed += 5 * 400;
  second.end({ nanoUsd: input + 5 * 1_300, source: "final", outcome: "ok" });
  lease.settle();
  await governance.flush();
}

/** What a request cost by its entries, and whether that is said to be exact. Each attempt has exactly one end. */
function recorded(entries: readonly LedgerEntry[]): { nanoUsd: number; isExact: boolean } {
  const attempts = Map.groupBy(entries, ({ attempt }) => attempt);
  const ends = [...attempts.values()].map((all) => all.filter(({ kind }) => kind !== "open"));
  expect(ends.filter(({ length }) => length !== 1)).toEqual([]);
  const counted = ends.flat();
  return {
    nanoUsd: counted.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0),
    isExact: counted.every(({ source }) => source === "final"),
  };
}

async function standing({ limits }: Stores, scope: LimitScope): Promise<{ used: number; held: number }> {
  const [usage] = await limits.usage(scope);
  return { used: usage?.used ?? Number.NaN, held: usage?.held ?? Number.NaN };
}

/**
 * Runs a request until its process dies or it ends. A machine that stands still for longer than stores are waited for has it
 * refused half-way, as it should be: then another one is begun, and both are judged.
 */
async function lived(world: World, name: string, newProcess: () => Mortal): Promise<readonly Case[]> {
  const cases: Case[] = [];
  for (;;) {
    const process = newProcess();
    const one = newCase(`${name}-${cases.length}`);
    cases.push(one);
    try {
      await Promise.race([process.died, request(govern(await world.open(process), world), one)]);
      return cases;
    } catch (error) {
      if (cases.length === mostTries || !isGovernanceError(error) || error.code !== "store-unavailable") throw error;
    }
  }
}

/** Lets a process die at each of its steps, many at once, and another one find what they have left. */
async function dieEverywhere(world: World): Promise<void> {
  let lives = new Mortal(0, "before");
  const cases = [...(await lived(world, "whole", () => (lives = new Mortal(0, "before"))))];
  const { steps } = lives;
  for (let step = 1; step <= steps; step++) {
    for (const when of ["before", "after"] as const) {
      for (let again = 0; again < deathsAtEach; again++) {
        cases.push(...(await lived(world, `${when}-${step}-${again}`, () => new Mortal(step, when))));
        await world.onDeath?.();
      }
    }
  }
  expect(cases.length).toBeGreaterThanOrEqual(12 * 2 * deathsAtEach);
  const stores = await world.reopen();
  const survivor = govern(stores, world);
  for (let second = 5; second <= 320; second += 5) {
    world.clock.now += 5_000;
    if (second % 60 === 0) await stores.audit?.();
    await survivor.tick();
  }
  // What a busy machine had no time for is done with the next renewal.
  await vi.waitFor(
    async () => {
      await survivor.tick();
      await survivor.flush();
      await judge(stores, cases, world.onDeath !== undefined);
    },
    { timeout: 60_000, interval: 500 },
  );
}

async function judge(stores: Stores, cases: readonly Case[], isLost: boolean): Promise<void> {
  for (const one of cases) {
    const entries = await stores.book.entriesOf(one.id);
    // Before that, what is lost with Redis is known to nobody.
    if (isLost && entries.length === 0 && !one.isAnswered) continue;
    const { nanoUsd, isExact } = recorded(entries);
    const told = { id: one.id, nanoUsd, isExact, entries: entries.map(({ attempt, kind }) => `${attempt} ${kind}`) };
    expect({ ...told, isEnough: nanoUsd >= one.billed }).toMatchObject({ isEnough: true });
    expect({ ...told, isHonest: nanoUsd === one.billed || !isExact }).toMatchObject({ isHonest: true });
    expect({ id: one.id, ...(await standing(stores, one.tenant)) }).toEqual({ id: one.id, used: nanoUsd, held: 0 });
    const atProvider = entries.filter(({ provider, kind }) => provider === "second" && kind === "close");
    const provider = await standing(stores, one.provider);
    expect(provider.held).toBe(0);
    for (const { nanoUsd: cost } of atProvider) expect({ id: one.id, ...provider }).toMatchObject({ used: cost });
    // What the account has said is not guessed again.
    const closed = entries.filter(({ kind }) => kind === "close");
    if (closed.length === 2) expect({ ...told, isExact }).toMatchObject({ nanoUsd: one.billed, isExact: true });
  }
}

const begin = Date.parse("2026-11-25T12:00:00Z");

describe("L-08 L-10: wherever a gateway dies, each attempt ends once and no less is recorded than was billed", () => {
  const folders: string[] = [];
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  test(
    "with journals on one machine",
    async () => {
      const folder = mkdtempSync(path.join(tmpdir(), "drawbridge-crash-"));
      folders.push(folder);
      const clock = { now: begin };
      const open = () => journalLimitStore({ path: path.join(folder, "limits.journal"), clock: () => clock.now });
      const view = (): never => {
        throw new Error("nobody asks");
      };
      let limits = await open();
      const account = await journalBook({ folder: path.join(folder, "account"), openView: view });
      const kept = memoryBook();
      // Read from memory what the journal has taken.
      const append = async (entries: readonly LedgerEntry[]): Promise<void> => {
        await account.append(entries);
        await kept.append(entries);
      };
      const book: Book = { ...kept, append };
      await dieEverywhere({
        clock,
        open: async (process) => ({ limits: process.within(limits), book: slowly(process, book) }),
        reopen: async () => {
          await limits.close();
          limits = await open();
          return { limits, book };
        },
      });
      await limits.close();
      await account.close();
    },
    patienceMs,
  );

  onEachDatabase((opened) => {
    test(
      "with a database that decides and remembers",
      async () => {
        const clock = { now: begin };
        const storesOn = (database: typeof opened.database): Stores => ({
          limits: postgresLimitStore({ database, clock: () => clock.now, time: "clock" }),
          book: postgresBook({ database }),
        });
        const open = async (process: Mortal): Promise<Stores> => storesOn(process.within(opened.database));
        await dieEverywhere({ clock, open, reopen: async () => storesOn(opened.database) });
      },
      patienceMs,
    );
  });

  test.skipIf(!hasRedis).each([
    ["with a Redis that decides and a book that remembers", false],
    ["with a Redis that is lost in that moment", true],
  ])(
    "%s",
    async (_, isLost) => {
      const server = await RedisServer.start();
      const [client, clock, remembered, book] = [server.client(), { now: begin }, memoryLimitBook(), memoryBook()];
      const time = { clock: () => clock.now, serverTime: () => clock.now };
      const storesOf = (process: Mortal): Stores => {
        const stores = { client: process.within(client), book: process.within(remembered) };
        const limits = redisLimitStore({ ...stores, ...time, timeoutMs: 5_000, endedAs: endsIn(book) });
        const audit = async (): Promise<void> => {
          // Whose turn it is goes by the time of the server itself.
          await client.del(...(await client.keys("drawbridge:audit:*")), "none");
          await limits.audit();
        };
        return { limits, book: slowly(process, book), audit };
      };
      const reopen = async (): Promise<Stores> => storesOf(new Mortal(0, "before"));
      const onDeath = isLost ? (): Promise<unknown> => client.flushall() : undefined;
      await dieEverywhere({ clock, open: async (process) => storesOf(process), onDeath, reopen });
      await server.stop();
    },
    patienceMs,
  );
});
