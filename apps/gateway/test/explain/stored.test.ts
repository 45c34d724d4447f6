import { type CreatedDatabase } from "@drawbridge/governance/testing";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createEntry, createKey, type DirectoryStore } from "@drawbridge/governance";
import { journalDirectoryStore } from "@drawbridge/governance/node";
import { connectPostgres, postgresDirectoryStore } from "@drawbridge/governance/postgres";
import { type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { explain } from "../../src/cli/explain.ts";
import { type RunningGateway, startGateway } from "../../src/start-gateway.ts";
import { ask, post } from "../support/post.ts";
import { createTestDatabase, hasSharedServices, redisUrl } from "../support/shared-services.ts";

const aliceKey = "db-alice-0123456789abcdef";
const atOnce = { of: "requests", amount: 3, window: { kind: "parallel" } } as const;
const monthly = (nanoUsd: number) =>
  ({ of: "nanoUsd", amount: nanoUsd, window: { kind: "calendar", unit: "month", timeZone: "UTC" } }) as const;

let folder: string;
let upstream: FakeProvider;
let gateway: RunningGateway | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "drawbridge-explain-"));
  upstream = await startFakeProvider({
    models: ["qwen"],
    script: ({ call }) => ({
      text: "Here.",
      usage: { inputTokens: 10, outputTokens: 90 },
      // The second request runs as long as the test does.
      ...(call === 1 && { delayMs: 60_000 }),
    }),
  });
});
afterEach(async () => {
  await stop();
  await upstream.close();
  await rm(folder, { recursive: true, force: true });
});

async function configure(more: object = {}): Promise<void> {
  const config = {
    server: { drain: "0s" },
    providers: { gpu: { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl, limits: { parallel: 9 } } },
    models: [{ match: "claude-*", target: "gpu/qwen" }],
    prices: { "gpu/*": { input: 1, output: 10 } },
    teams: { payments: { budgets: [{ usd: 1, per: "month" }] } },
    keys: [{ name: "alice", value: aliceKey, team: "payments" }],
    ...more,
  };
  await writeFile(path.join(folder, "drawbridge.yaml"), JSON.stringify(config));
}

/** One request that has ended, at 910,000 nano-USD, and one that runs. */
async function useSome(): Promise<void> {
  const sink = { write: () => undefined };
  gateway = await startGateway({ argv: ["--port", "0"], env: {}, cwd: folder, stdout: sink, logTo: sink });
  const { url } = gateway;
  const patiently = async (): Promise<number> => {
    const { status } = await post(url, ask(false), { key: aliceKey });
    return status === 503 ? patiently() : status;
  };
  expect(await patiently()).toBe(200);
  void post(url, ask(false), { key: aliceKey }).catch(() => undefined);
  await upstream.until(({ calls }) => calls.length === 2);
}

async function stop(): Promise<void> {
  await gateway?.close();
  gateway = undefined;
}

async function run(...argv: string[]): Promise<string> {
  let printed = "";
  const stdout = { write: (text: string) => (printed += text) };
  await explain({ argv, env: {}, cwd: folder, stdout });
  return printed;
}

async function read(...argv: string[]): Promise<unknown> {
  return JSON.parse(await run(...argv, "--json"));
}

/** What somebody has made beside the file. */
async function makeMore(store: DirectoryStore): Promise<void> {
  await store.change("admin", createEntry("team", { name: "made", limits: [monthly(5e6), atOnce] }));
  await store.change("admin", createKey({ name: "ci", team: "made", digest: "x".repeat(43) }));
  await store.change("admin", createEntry("rule", { name: "no opus", when: 'tier == "opus"', refuse: "Not here." }));
  await store.change("admin", createEntry("rule", { name: "odd", when: 'healthy("gone")', refuse: "Never." }));
}

async function expectMade(place: RegExp): Promise<void> {
  const made = await run("--key", "ci", "--model", "claude-sonnet-5");
  expect(made).toContain("key ci, team made");
  expect(made).toMatch(
    /team made: 0\.005 USD a month \(UTC\), 0 % used; this request would hold 0\.01\d+ USD, for which there is no room/u,
  );
  expect(made).toMatch(/team made: 3 requests at once, 0 % used; this request would hold 1 request$/mu);
  expect(made).toMatch(/left out, as it makes no sense with this configuration: rule odd: .*"gone"/u);
  expect(made).toMatch(place);
  expect(await read("--key", "ci", "--model", "claude-opus-5")).toMatchObject({
    refusals: [{ by: "rule", reason: "Not here." }],
  });
  await expect(run("--key", "cj")).rejects.toThrow('--key: there is no key "cj"; did you mean "ci"?');
  await expect(run("--key", "ci", "--file-only")).rejects.toThrow('there is no key "ci"');
}

const usedAndHeld = {
  limits: [
    { scope: "team payments", used: 910_000, held: expect.toSatisfy((held: number) => held > 900_000) },
    { scope: "provider gpu", used: 0, held: 1, need: 1 },
  ],
};

async function digestsOf(of: string): Promise<readonly string[]> {
  const names = (await readdir(of, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const digests = names.map(async ({ parentPath, name }) => {
    const digest = createHash("sha256")
      .update(await readFile(path.join(parentPath, name)))
      .digest("hex");
    return `${name} ${digest}`;
  });
  return (await Promise.all(digests)).sort();
}

describe("a dry run beside a gateway on one machine", () => {
  test("tells what is used and held now, and writes nothing", async () => {
    await configure();
    await useSome();
    const written = async (): Promise<boolean> => {
      const before = await digestsOf(folder);
      expect(await read()).toMatchObject(usedAndHeld);
      expect(await run("--used", "50")).toContain("team payments: 1.00 USD a month (UTC), 50 % used;");
      expect(await read("--at", "2030-01-01T00:00:00Z")).toMatchObject({ limits: [{ used: 0, held: 0 }, {}] });
      return (await digestsOf(folder)).join() !== before.join();
    };
    // The gateway itself writes now and then.
    await expect.poll(written, { timeout: 30_000 }).toBe(false);
  });

  test("knows what was made beside the file", async () => {
    await configure();
    const journal = path.join(folder, ".drawbridge", "directory.journal");
    await useSome();
    await stop();
    const store = await journalDirectoryStore({ path: journal, clock: Date.now });
    await makeMore(store);
    await store.close();
    await expectMade(/^By the configuration and what is stored in .*\.drawbridge\.$/mu);
  });

  test("goes by the configuration where nothing was kept, and says what is damaged", async () => {
    await configure();
    expect(await run()).not.toContain("what is stored");
    expect(await readdir(folder)).toEqual(["drawbridge.yaml"]);
    await useSome();
    await stop();
    const journal = path.join(folder, ".drawbridge", "limits.journal");
    await writeFile(journal, `nonsense\n${await readFile(journal, "utf8")}`);
    await expect(run()).rejects.toThrow(/line 1 of the journal .*limits\.journal is damaged and whole ones follow/u);
    expect(await run("--file-only")).toContain("It would be sent.");
  });
});

describe.skipIf(!hasSharedServices)("a dry run beside gateways that share PostgreSQL and Redis", () => {
  let database: CreatedDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
    return () => database.drop();
  });

  test.each([
    ["with Redis", { redis: redisUrl }],
    ["without Redis", {}],
  ])("tells what is used and held, and what was made elsewhere, %s", async (_, storage) => {
    await configure({ storage: { postgres: database.url, ...storage } });
    expect(await run()).not.toContain("what is stored");
    await useSome();
    await expect.poll(() => read()).toMatchObject(usedAndHeld);
    const connected = await connectPostgres({ url: database.url });
    const store = postgresDirectoryStore({ database: connected });
    await makeMore(store);
    const { version } = await store.load();
    await expectMade(
      /^By the configuration and what is stored in PostgreSQL at 127\.0\.0\.1:\d+\/drawbridge_\w+ as \w+\.$/mu,
    );
    expect((await store.load()).version).toBe(version);
    await store.close();
    await connected.close();
  });

  test("says why a database cannot be read, and goes without it where told", async () => {
    await configure({ storage: { postgres: "postgres://gateway:hunter2@127.0.0.1:9/books" } });
    await expect(run()).rejects.toThrow(
      "storage.postgres: PostgreSQL at 127.0.0.1:9/books as gateway cannot be used: nothing listens there; " +
        "start the server, or mend the address",
    );
    expect(await run("--file-only")).toContain("It would be sent.");
  });
});
