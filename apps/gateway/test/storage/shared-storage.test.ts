import { type CreatedDatabase, type FaultProxy, startFaultProxy } from "@drawbridge/governance/testing";
import { type DirectoryStore, createKey, revokeKey, updateEntry, createEntry } from "@drawbridge/governance";
import { connectPostgres, type Database, postgresDirectoryStore, settleHashKey } from "@drawbridge/governance/postgres";
import { hmacKeyHasher } from "@drawbridge/governance/node";
import { startFakeProvider, type FakeProvider } from "@drawbridge/providers/testing";
import { randomBytes, randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "../support/gateway-here.ts";
import { ask, post } from "../support/post.ts";
import { createTestDatabase, hasSharedServices, redisUrl } from "../support/shared-services.ts";

const fileKey = "db-file-0123456789abcdefgh";
const usd = (amount: number) => ({ nanoUsd: amount * 1e9 }).nanoUsd;

describe.skipIf(!hasSharedServices)("gateways that share PostgreSQL (at DRAWBRIDGE_TEST_POSTGRES_URL)", () => {
  let database: CreatedDatabase;
  let upstream: FakeProvider;
  let gateways: GatewayHere[] = [];
  let proxy: FaultProxy | undefined;
  let admin: { readonly database: Database; readonly store: DirectoryStore } | undefined;

  beforeEach(async () => {
    [database, upstream] = await Promise.all([
      createTestDatabase(),
      startFakeProvider({ models: ["qwen"], script: () => ({ text: "Here." }) }),
    ]);
  });
  afterEach(async () => {
    await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
    await admin?.store.close();
    await admin?.database.close();
    await proxy?.close();
    await upstream.close();
    await database.drop();
    [admin, proxy] = [undefined, undefined];
  });

  const config = (more: object = {}, storage: object = {}): object => ({
    server: { drain: "0s" },
    providers: { gpu: { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl } },
    models: [{ match: "claude-*", target: "gpu/qwen" }],
    prices: { "gpu/*": { input: 1, output: 1 } },
    keys: [{ name: "file", value: fileKey }],
    storage: { postgres: database.url, ...storage },
    ...more,
  });

  async function start(...configs: readonly object[]): Promise<readonly GatewayHere[]> {
    gateways = await Promise.all(configs.map(startGatewayHere));
    return gateways;
  }

  /** The directory as whoever administers it has it. */
  async function administered(): Promise<DirectoryStore & { digest(token: string): string }> {
    const connected = await connectPostgres({ url: database.url });
    const store = postgresDirectoryStore({ database: connected });
    admin = { database: connected, store };
    const hashKey = await settleHashKey({ database: connected, random: randomBytes });
    const hasher = hmacKeyHasher(hashKey);
    return Object.assign(store, { digest: (token: string) => hasher.digest(token) });
  }

  const statusOf = async ({ url }: GatewayHere, key: string): Promise<number> =>
    (await post(url, ask(false), { key })).status;
  /** Asks again as a client does, where it is told to: the first requests of a team may come before Redis knows it. */
  async function patiently(gateway: GatewayHere): Promise<number> {
    for (;;) {
      const { status, headers } = await post(gateway.url, ask(false), { key: fileKey });
      if (status !== 503 || headers.get("x-should-retry") !== "true") return status;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const statuses = (key: string): Promise<number[]> => Promise.all(gateways.map((one) => statusOf(one, key)));

  test("start at once on an empty database, and all know the keys of their file", async () => {
    await start(config(), config(), config());
    expect(await statuses(fileKey)).toEqual([200, 200, 200]);
    expect(await statuses("db-unknown")).toEqual([401, 401, 401]);
  });

  test.each([
    ["with", { redis: redisUrl }],
    ["without", {}],
  ])("%s Redis take over a key, its revocation and a lower limit, all of them", async (_, storage) => {
    await start(config({}, storage), config({}, storage), config({}, storage));
    const directory = await administered();
    const key = `db-made-${randomUUID()}`;
    // Three gateways in one busy process; how soon one has it is measured where the directory is tested.
    const within = { interval: 20 };
    await directory.change("alice", createEntry("team", { name: "made" }));
    await directory.change("alice", createKey({ name: "made", team: "made", digest: directory.digest(key) }));
    await expect.poll(() => statuses(key), within).toEqual([200, 200, 200]);
    const window = { kind: "total" } as const;
    await directory.change(
      "alice",
      updateEntry("team", "made", { limits: [{ of: "nanoUsd", amount: usd(0), window }] }),
    );
    await expect.poll(() => statuses(key), within).toEqual([402, 402, 402]);
    await directory.change("alice", updateEntry("team", "made", { limits: [] }));
    await expect.poll(() => statuses(key), within).toEqual([200, 200, 200]);
    await directory.change("alice", revokeKey("made"));
    await expect.poll(() => statuses(key), within).toEqual([401, 401, 401]);
  });

  test.each([
    ["with", { redis: redisUrl }],
    ["without", {}],
  ])("%s Redis admit together exactly as many requests as fit", async (_, storage) => {
    const team = `team-${randomUUID()}`;
    const limited = config(
      {
        teams: { [team]: { rates: [{ requests: 7, per: "day" }] } },
        keys: [{ name: "file", value: fileKey, team }],
      },
      storage,
    );
    await start(limited, limited, limited);
    const asked = gateways.flatMap((gateway) => Array.from({ length: 10 }, () => patiently(gateway)));
    const answers = await Promise.all(asked);
    expect(new Set(answers)).toEqual(new Set([200, 429]));
    let admitted = answers.filter((status) => status === 200).length;
    // What was held for a request that then was sent away with a 503 is free again some moments later.
    const more = async (): Promise<number> => {
      for (const gateway of gateways) while ((await patiently(gateway)) === 200) admitted += 1;
      return admitted;
    };
    await expect.poll(more).toBeGreaterThanOrEqual(7);
    expect(admitted).toBe(7);
  });

  test("what one file no longer declares is gone everywhere, and what was made elsewhere stays", async () => {
    const [first] = await start(config(), config());
    const directory = await administered();
    await directory.change("alice", createKey({ name: "made", digest: directory.digest("db-made") }));
    const other = config({ keys: [{ name: "other", value: "db-other-0123456789abcdef" }] });
    expect(await first?.reload(other)).toBe(true);
    await expect.poll(() => statuses(fileKey)).toEqual([401, 401]);
    expect(await statuses("db-other-0123456789abcdef")).toEqual([200, 200]);
    await expect.poll(() => statuses("db-made")).toEqual([200, 200]);
    const audit = await directory.audit();
    expect(audit.map(({ actor, action, name }) => [actor, action, name])).toEqual([
      ["drawbridge.yaml", "create", "file"],
      ["alice", "create", "made"],
      ["drawbridge.yaml", "remove", "file"],
      ["drawbridge.yaml", "create", "other"],
    ]);
    expect(JSON.stringify(audit)).not.toMatch(/db-/u);
  });

  test("a file that declares what was made elsewhere is refused as a whole, with the reason", async () => {
    const [gateway] = await start(config());
    const directory = await administered();
    await directory.change("alice", createKey({ name: "made", digest: directory.digest("db-made") }));
    const keys = [{ name: "made", value: "db-other-0123456789abcdef" }];
    expect(await gateway?.reload(config({ keys }))).toBe(false);
    expect(gateway?.output()).toMatch(/key \\"made\\" is declared in the configuration file, but was made elsewhere/u);
    expect(await statuses(fileKey)).toEqual([200]);
    await expect.poll(() => statuses("db-made")).toEqual([200]);
  });

  test("of several that start without keys one mints the first, and it works on all", async () => {
    const { keys: _, ...withoutKeys } = config() as { readonly keys: unknown };
    await start(withoutKeys, withoutKeys, withoutKeys);
    const minted = gateways.flatMap((one) => /sk-db-[\w-]{32}/u.exec(one.output()) ?? []);
    expect(minted).toHaveLength(1);
    expect(await statuses(minted[0] ?? "")).toEqual([200, 200, 200]);
  });

  test("cut off from PostgreSQL one knows its keys, asks for patience with others, and says so", async () => {
    const url = new URL(database.url);
    proxy = await startFaultProxy(Number(url.port));
    url.port = String(proxy.port);
    const [gateway] = await start(config({}, { postgres: url.href }));
    if (gateway === undefined) throw new Error("no gateway");
    const ready = async (): Promise<string> => {
      const answer = await fetch(`${gateway.url}/readyz`);
      return `${answer.status} ${await answer.text()}`;
    };
    expect(await ready()).toBe("200 ready");
    proxy.set({ kind: "refusing" });
    await expect.poll(ready).toMatch(/^200 ready, but the database could not be asked for \d+ s$/u);
    const models = (key: string) => fetch(`${gateway.url}/anthropic/v1/models`, { headers: { "x-api-key": key } });
    expect((await models(fileKey)).status).toBe(200);
    const unknown = await models("db-unknown");
    expect([unknown.status, unknown.headers.get("x-should-retry")]).toEqual([503, "true"]);
    expect(await unknown.text()).toContain("does not reach its database");
    expect(await gateway.reload(config({ keys: [] }, { postgres: url.href }))).toBe(false);
    proxy.set({ kind: "open" });
    await expect.poll(ready).toBe("200 ready");
    // The configuration that could not be applied is taken over by itself.
    await expect.poll(async () => (await models(fileKey)).status).toBe(401);
    const lines = gateway.output().match(/"msg":"the database [^"]*/gu) ?? [];
    expect(lines.map((line) => line.slice(0, 40))).toEqual([
      '"msg":"the database cannot be reached: k',
      '"msg":"the database is there again',
    ]);
  });
});
