import { afterEach } from "vitest";
import { type DirectoryFollower, followDirectory } from "../directory-store/follow-directory.ts";
import type { DirectoryEntry } from "../directory-store/directory-entry.ts";
import type { DirectoryStore } from "../directory-store/directory-store.ts";
import { storedDirectories } from "../directory-store/stored-directories.ts";
import type { Directory } from "../directory/directory.ts";
import type { Principal } from "../directory/principal.ts";
import { createGovernance, type Governance } from "../governance.ts";
import type { KeyHasher } from "../keys/key-hasher.ts";
import { connectPostgres } from "../postgres/connect-postgres.ts";
import type { Database } from "../postgres/database.ts";
import { postgresDirectoryStore } from "../postgres/directory/postgres-directory-store.ts";
import { directoryEntry, directoryHead } from "../postgres/schema/directory-tables.ts";
import { type MessageBus, redisMessageBus } from "../redis/redis-message-bus.ts";
import { type RedisLimitStore, redisLimitStore } from "../redis/redis-limit-store.ts";
import { deafDatabase } from "./deaf-database.ts";
import type { RedisServer } from "./redis-server.ts";
import type { TestDatabase } from "./test-database.ts";

/** On which ways word of changes comes. */
export interface Word {
  readonly listen: boolean;
  readonly redis: boolean;
}

/** What a gateway has of governance: a directory that it follows, and limits that it shares. */
export interface ChangingReplica {
  readonly governance: Governance;
  readonly limits: RedisLimitStore;
  /** Who presents this token now; a code where nobody is let in. */
  who(token: string): Principal | string;
  /** What one request comes to: `ok` when it ran and cost `requestNanoUsd`, else why it did not. */
  request(token: string): Promise<string>;
}

/** What each request costs. */
export const requestNanoUsd = 1_000;

/** The token's digest is made of it. */
export const plainHasher: KeyHasher = { digest: (token) => token.padEnd(43, "x") };

/** Several replicas, and a store through which somebody changes what they follow. */
export interface ChangingScene {
  readonly replicas: readonly ChangingReplica[];
  readonly admin: DirectoryStore;
}

/** Opens scenes; each ends with its test. */
export function changingScenes(
  opened: TestDatabase,
  redis: () => RedisServer,
): (entries: readonly DirectoryEntry[], word: Word) => Promise<ChangingScene> {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });
  return async (entries, word) => {
    await putEntries(opened.database, entries);
    const prefix = `p${closers.length}-${Date.now()}`;
    const bus = (): MessageBus | undefined => {
      const made = word.redis ? redisMessageBus({ client: redis().client(), channel: "directory" }) : undefined;
      closers.push(async () => made?.close());
      return made;
    };
    const replica = () => openReplica({ url: opened.url ?? "", word, bus: bus(), redis: redis(), prefix, closers });
    const replicas = [await replica(), await replica(), await replica()];
    const teller = bus();
    const onCommit = async (version: number): Promise<void> => teller?.publish(String(version));
    return { replicas, admin: postgresDirectoryStore({ database: opened.database, onCommit }) };
  };
}

/** Instead of all that there was, and without an audit, as it takes long to make many one after the other. */
async function putEntries(database: Database, entries: readonly DirectoryEntry[]): Promise<void> {
  await database.transaction(async (queries) => {
    const [head] = await queries.select().from(directoryHead);
    const version = (head?.version ?? 0) + 1;
    await queries.delete(directoryEntry);
    await queries.insert(directoryEntry).values(entries.map((entry) => ({ ...entry, version })));
    await queries.update(directoryHead).set({ version });
  });
}

interface ReplicaParts {
  readonly url: string;
  readonly word: Word;
  readonly bus: MessageBus | undefined;
  readonly redis: RedisServer;
  readonly prefix: string;
  readonly closers: (() => Promise<void>)[];
}

async function openReplica({ url, word, bus, redis, prefix, closers }: ReplicaParts): Promise<ChangingReplica> {
  const connected = await connectPostgres({ url });
  const database = word.listen ? connected : deafDatabase(connected);
  const store = postgresDirectoryStore({ database, listenTo: bus === undefined ? [] : [bus.listenTo] });
  const directoryOf = storedDirectories({ hasher: plainHasher });
  let directory: Directory | undefined;
  const follower: DirectoryFollower = await followDirectory({
    store,
    clock: () => performance.now(),
    onState: ({ entries }) => void (directory = directoryOf(entries)),
  });
  const current = (): Directory => (directory ??= directoryOf(follower.state.entries));
  const limits = redisLimitStore({ client: redis.client(), clock: Date.now, prefix, timeoutMs: 2_000 });
  const newId = (): string => crypto.randomUUID();
  const governance = createGovernance({ snapshot: () => ({ directory: current() }), limits, clock: Date.now, newId });
  const ticking = setInterval(() => void governance.tick(), 1_000);
  closers.push(async () => {
    clearInterval(ticking);
    follower.close();
    await governance.flush();
    await limits.close();
    await store.close();
    await connected.close();
  });
  const who = (token: string): Principal | string => {
    const decision = current().authenticate([token], { address: undefined, atMs: Date.now() });
    return decision.allowed ? decision.value : decision.code;
  };
  return { governance, limits, who, request: (token) => request(governance, who(token)) };
}

async function request(governance: Governance, holder: Principal | string): Promise<string> {
  if (typeof holder === "string") return holder;
  const bound = { inputTokens: 1, outputTokens: 1, nanoUsd: () => requestNanoUsd };
  const admission = await governance.admit({ holder, modelAsked: "m", bound });
  if (!admission.allowed) return admission.code;
  const attempt = await admission.value.attempt({ provider: "p", model: "m", credential: "c" });
  if (attempt.allowed) attempt.value.end({ nanoUsd: requestNanoUsd, source: "final", outcome: "ok" });
  admission.value.settle();
  return attempt.allowed ? "ok" : attempt.code;
}
