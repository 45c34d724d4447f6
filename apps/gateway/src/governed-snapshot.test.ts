import {
  createRouteTable,
  type Governed,
  type KeyHasher,
  memoryDirectoryStore,
  type RoutingRule,
  rulesIn,
  storedDirectories,
} from "@drawbridge/governance";
import { createModelBook, loadPriceList } from "@drawbridge/providers/models";
import { expect, test } from "vitest";
import { type GovernedSource, governedSnapshot, type SnapshotBase } from "./governed-snapshot.ts";

const hasher: KeyHasher = { digest: (token) => `digest-of-${token}` };

async function baseWith(...names: string[]): Promise<SnapshotBase> {
  return {
    providers: new Map(),
    routes: createRouteTable({ models: [], providers: names.map((name) => ({ name, knows: () => false })) }),
    ruleSettings: {},
    models: createModelBook({ prices: await loadPriceList(), overrides: [] }),
    trustedProxies: [],
    terms: { mode: "incremental", whenSpent: "cut" },
    bodyLimitBytes: 1,
    deadlineMs: undefined,
    search: undefined,
  };
}

/** What a store has of it. */
async function stored(governed: Governed, wrong: string[] = []): Promise<GovernedSource> {
  const store = memoryDirectoryStore({ clock: () => 0 });
  await store.applyFile("a file", governed);
  const { entries } = await store.load();
  return {
    directory: storedDirectories({ hasher })(entries),
    rules: rulesIn(entries),
    trust: () => "current",
    onWrongRule: (rule, reason) => void wrong.push(`${rule}: ${reason}`),
  };
}

test("a change is taken over whatever providers it names, since another gateway may have them", async () => {
  const elsewhere = { providers: { allow: ["elsewhere", "gpu-*"], deny: ["gone"] } };
  const source = await stored({
    directory: {
      users: [{ name: "alice", policy: elsewhere, providerLimits: { far: [] } }],
      keys: [{ name: "k", digest: hasher.digest("sk-db-key"), user: "alice", revokedAtMs: 5 }],
    },
    rules: [],
  });
  const snapshot = governedSnapshot(await baseWith(), source);
  const decision = snapshot.directory.authenticate(["sk-db-key"], { address: undefined, atMs: 6 });
  expect(decision).toMatchObject({ allowed: false, code: "revoked-key" });
});

const rules: readonly RoutingRule[] = [
  { name: "elsewhere", route: [{ targets: [{ target: "far/model" }] }] },
  { name: "good", when: "stream", route: [{ targets: [{ target: "gpu/model" }] }] },
];

test("a stored rule that makes no sense here is left out and told, and keeps nothing else from being taken over", async () => {
  const wrong: string[] = [];
  const keys = [{ name: "k", digest: hasher.digest("sk-db-key"), revokedAtMs: 5 }];
  const source = await stored({ directory: { keys }, rules }, wrong);
  const old = { name: "old", when: "nothing > 1", refuse: "no" };
  const snapshot = governedSnapshot(await baseWith("gpu"), { ...source, rules: [...source.rules, old] });
  expect(snapshot.rules.size).toBe(1);
  expect(wrong).toEqual([
    expect.stringMatching(/^elsewhere: .*far\/model/u),
    expect.stringMatching(/^old: .*nothing/u),
  ]);
  expect(snapshot.directory.authenticate(["sk-db-key"], { address: undefined, atMs: 6 }).allowed).toBe(false);
});

test("rules that have not changed are not compiled again, and all are with other routes", async () => {
  const wrong: string[] = [];
  const source = await stored({ directory: {}, rules }, wrong);
  const first = governedSnapshot(await baseWith("gpu"), source);
  const second = governedSnapshot(first, { ...source, directory: (await stored({ directory: {}, rules })).directory });
  expect([second.rules === first.rules, wrong.length]).toEqual([true, 1]);
  expect(governedSnapshot(await baseWith("gpu", "far"), source).rules.size).toBe(2);
});
