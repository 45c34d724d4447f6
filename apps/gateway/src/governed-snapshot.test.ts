import { createRouteTable, type KeyHasher } from "@drawbridge/governance";
import { createModelBook, loadPriceList } from "@drawbridge/providers/models";
import { expect, test } from "vitest";
import { governedSnapshot } from "./governed-snapshot.ts";

const hasher: KeyHasher = { digest: (token) => `digest-of-${token}` };

test("a change is taken over whatever providers it names, since another gateway may have them", async () => {
  const prices = await loadPriceList();
  const base: Parameters<typeof governedSnapshot>[0] = {
    providers: new Map(),
    routes: createRouteTable({ models: [], providers: [] }),
    ruleSettings: {},
    models: createModelBook({ prices, overrides: [] }),
    trustedProxies: [],
    terms: { mode: "incremental", whenSpent: "cut" },
    bodyLimitBytes: 1,
    deadlineMs: undefined,
    search: undefined,
  };
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
