import { createRouteTable, type KeyHasher } from "@drawbridge/governance";
import { createModelBook, loadPriceList } from "@drawbridge/providers/models";
import { expect, test } from "vitest";
import { governedSnapshot } from "./governed-snapshot.ts";

const hasher: KeyHasher = { digest: (token) => `digest-of-${token}` };

async function baseWith(...names: string[]): Promise<Parameters<typeof governedSnapshot>[0]> {
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

test("a change is taken over whatever providers it names, since another gateway may have them", async () => {
  const base = await baseWith();
  const elsewhere = { providers: { allow: ["elsewhere", "gpu-*"], deny: ["gone"] } };
  const snapshot = governedSnapshot(base, {
    governed: {
      directory: {
        users: [{ name: "alice", policy: elsewhere, providerLimits: { far: [] } }],
        keys: [{ name: "k", digest: hasher.digest("sk-db-key"), user: "alice", revokedAtMs: 5 }],
      },
      rules: [],
    },
    hasher,
    trust: () => "current",
    onWrongRule: () => undefined,
  });
  const decision = snapshot.directory.authenticate(["sk-db-key"], { address: undefined, atMs: 6 });
  expect(decision).toMatchObject({ allowed: false, code: "revoked-key" });
});

test("a stored rule that makes no sense here is left out and told, and keeps nothing else from being taken over", async () => {
  const wrong: string[] = [];
  const snapshot = governedSnapshot(await baseWith("gpu"), {
    governed: {
      directory: { keys: [{ name: "k", digest: hasher.digest("sk-db-key"), revokedAtMs: 5 }] },
      rules: [
        { name: "elsewhere", route: [{ targets: [{ target: "far/model" }] }] },
        { name: "old", when: "nothing > 1", refuse: "no" },
        { name: "good", when: "stream", route: [{ targets: [{ target: "gpu/model" }] }] },
      ],
    },
    hasher,
    trust: () => "current",
    onWrongRule: (rule, reason) => void wrong.push(`${rule}: ${reason}`),
  });
  expect(snapshot.rules.size).toBe(1);
  expect(wrong).toEqual([
    expect.stringMatching(/^elsewhere: .*far\/model/u),
    expect.stringMatching(/^old: .*nothing/u),
  ]);
  expect(snapshot.directory.authenticate(["sk-db-key"], { address: undefined, atMs: 6 }).allowed).toBe(false);
});
