import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { auditBreak } from "../directory-store/audit-entry.ts";
import {
  createEntry,
  createKey,
  type DirectoryChange,
  removeEntry,
  revokeKey,
  rotateKey,
  updateEntry,
  updateKey,
} from "../directory-store/directory-change.ts";
import type { DirectoryState, DirectoryStore } from "../directory-store/directory-store.ts";
import type { GovernedCheck } from "../directory-store/check-edits.ts";
import type { Governed } from "../directory-store/governed.ts";
import { GovernanceError } from "../errors.ts";
import type { Limit } from "../limits/limit.ts";
import { compareDirectories, directoryCommands } from "./compare-directories.ts";

/** A directory store that a suite has opened, empty. */
export interface OpenedDirectory {
  readonly store: DirectoryStore;
  /** Another object over the same directory, as a process has that starts later; undefined for one that cannot be shared. */
  readonly again?: () => Promise<DirectoryStore>;
  readonly close?: () => Promise<void>;
}

/** A kind of directory store. */
export interface DirectoryKind {
  readonly name: string;
  open(opening: { readonly clock: () => number; readonly check: GovernedCheck }): Promise<OpenedDirectory>;
}

const dollars = (amount: number): Limit => {
  return { of: "nanoUsd", amount: amount * 1e9, window: { kind: "calendar", unit: "month", timeZone: "UTC" } };
};
const digest = (text: string): string => text.padEnd(43, "0");
const admin = "alice@example.com";
const file = "drawbridge.yaml";

const declared: Governed = {
  directory: {
    customers: [{ name: "acme", limits: [dollars(500)] }],
    teams: [{ name: "payments", customer: "acme", policy: { models: { allow: ["claude-*"] } } }],
    users: [{ name: "bob", team: "payments" }],
    keys: [{ name: "bob-laptop", digest: digest("bob"), user: "bob", tags: { project: "ledger" } }],
    providers: [{ name: "openai", limits: [dollars(1_000)] }],
  },
  rules: [
    { name: "small", when: "tier == 'haiku'", route: [{ targets: [{ target: "gpu/qwen" }] }] },
    { name: "big", tag: { size: "big" } },
  ],
};

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof GovernanceError) return error.code;
    throw error;
  }
}

/** Without what an implementation may leave out. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** What every directory store promises. Each kind runs it. */
export function directoryStoreContract(kind: DirectoryKind): void {
  describe(kind.name, () => {
    let opened: OpenedDirectory;
    let store: DirectoryStore;
    beforeEach(async () => {
      const check: GovernedCheck = ({ rules }) => {
        const broken = rules.find(({ when }) => when === "broken (");
        if (broken !== undefined) throw new GovernanceError("invalid-entry", `rule "${broken.name}" is broken`);
      };
      opened = await kind.open({ clock: Date.now, check });
      ({ store } = opened);
      return opened.close;
    });
    const change = (one: DirectoryChange): Promise<number> => store.change(admin, one);
    const directory = async (): Promise<Governed["directory"]> => (await store.load()).governed.directory;

    test("begins with nothing", async () => {
      const nothing = { customers: [], teams: [], users: [], keys: [], providers: [] };
      expect(await store.load()).toEqual({ version: 0, governed: { directory: nothing, rules: [] } });
      expect(await store.audit()).toEqual([]);
    });

    test("gives back what was made, changed and taken away, each time as a newer version", async () => {
      expect(await change(createEntry("customer", { name: "acme", limits: [dollars(500)] }))).toBe(1);
      expect(await change(createEntry("team", { name: "payments", customer: "acme" }))).toBe(2);
      expect(await change(createKey({ name: "ci", team: "payments", digest: digest("a") }))).toBe(3);
      expect(await change(updateEntry("customer", "acme", { tags: { tier: "gold" } }))).toBe(4);
      const acme = { name: "acme", limits: [dollars(500)], tags: { tier: "gold" } };
      const ci = { name: "ci", team: "payments", digest: digest("a") };
      const state = await store.load();
      expect(state.version).toBe(4);
      const { customers, teams, keys } = state.governed.directory;
      expect({ customers, teams, keys }).toEqual({
        customers: [acme],
        teams: [{ name: "payments", customer: "acme" }],
        keys: [ci],
      });
      await change(removeEntry("key", "ci"));
      await change(updateEntry("customer", "acme", { tags: undefined }));
      expect(await directory()).toMatchObject({ customers: [{ name: "acme", limits: [dollars(500)] }], keys: [] });
      expect((await directory()).customers?.[0]).not.toHaveProperty("tags");
    });

    test("writes down who did what and when, from what to what, and no digest", async () => {
      const earliest = Date.now() - 1_000;
      await change(createKey({ name: "ci", digest: digest("secret-digest"), limits: [dollars(1)] }));
      await store.change("bob", updateKey("ci", { limits: [dollars(2)] }));
      await change(rotateKey("ci", digest("other-digest"), 1_000));
      await change(revokeKey("ci"));
      await change(removeEntry("key", "ci"));
      const audit = await store.audit();
      expect(audit.map(({ seq, version, actor, action }) => [seq, version, actor, action])).toEqual([
        [1, 1, admin, "create"],
        [2, 2, "bob", "update"],
        [3, 3, admin, "rotate"],
        [4, 4, admin, "revoke"],
        [5, 5, admin, "remove"],
      ]);
      const amounts = audit.map(({ before, after }) => [before?.["limits"], after?.["limits"]]);
      expect(amounts[1]).toEqual([[dollars(1)], [dollars(2)]]);
      expect(audit[0]?.before).toBeUndefined();
      expect(audit[4]?.after).toBeUndefined();
      for (const { kind: of, name, atMs } of audit) {
        expect([of, name]).toEqual(["key", "ci"]);
        expect(atMs).toBeGreaterThan(earliest);
        expect(atMs).toBeLessThan(Date.now() + 1_000);
      }
      expect(JSON.stringify(audit)).not.toMatch(/secret-digest|other-digest/u);
      expect(await store.audit({ afterSeq: 3, limit: 1 })).toEqual(audit.slice(3, 4));
    });

    test("chains the audit, so that what was changed or left out is found", async () => {
      for (const name of ["a", "b", "c", "d"]) await change(createEntry("team", { name, tags: { x: "Zoë ☃" } }));
      const audit = await store.audit();
      expect(await auditBreak(audit)).toBeUndefined();
      expect(await auditBreak(audit.slice(2), audit[1])).toBeUndefined();
      expect(await auditBreak(audit.toSpliced(1, 1))).toEqual(audit[2]);
      const [first, ...rest] = audit;
      const forged = first && { ...first, actor: "mallory" };
      expect(await auditBreak(forged === undefined ? [] : [forged, ...rest])).toEqual(forged);
    });

    test.each<[string, DirectoryChange, string]>([
      ["a team that there is", createEntry("team", { name: "payments" }), "entry-exists"],
      ["a team of nobody", createEntry("team", { name: "new", customer: "nobody" }), "invalid-entry"],
      ["a key of nobody", createKey({ name: "new", user: "nobody", digest: digest("n") }), "invalid-entry"],
      [
        "a key of two",
        createKey({ name: "new", team: "payments", customer: "acme", digest: digest("n") }),
        "invalid-entry",
      ],
      ["a key with the value of another", createKey({ name: "new", digest: digest("ci") }), "entry-exists"],
      ["a name that is none", createEntry("team", { name: " " }), "invalid-entry"],
      ["a negative limit", updateEntry("customer", "acme", { limits: [dollars(-1)] }), "invalid-entry"],
      [
        "a limit that is no number",
        updateEntry("customer", "acme", { limits: [dollars(Number.NaN)] }),
        "invalid-entry",
      ],
      ["a huge limit", updateEntry("customer", "acme", { limits: [dollars(1e12)] }), "invalid-entry"],
      [
        "an infinite limit of a provider",
        createEntry("provider", { name: "x", limits: [dollars(Infinity)] }),
        "invalid-entry",
      ],
      [
        "a pattern that is none",
        updateEntry("team", "payments", { policy: { models: { allow: [""] } } }),
        "invalid-entry",
      ],
      [
        "a rule that does not compile",
        createEntry("rule", { name: "r", when: "broken (", refuse: "no" }),
        "invalid-entry",
      ],
      ["text that no database keeps", createEntry("team", { name: "new", tags: { a: "\0" } }), "invalid-entry"],
      ["half a character", createEntry("team", { name: "new", tags: { a: "\uD800" } }), "invalid-entry"],
      ["a team that there is not", updateEntry("team", "paiments", { tags: {} }), "unknown-entry"],
      ["the removal of what there is not", removeEntry("user", "nobody"), "unknown-entry"],
      ["the removal of what others hang on", removeEntry("customer", "acme"), "entry-in-use"],
      [
        "a key's value by the way",
        { action: "update", kind: "key", name: "ci", spec: { digest: digest("x") } },
        "invalid-entry",
      ],
      [
        "an end of revocation",
        { action: "update", kind: "key", name: "gone", spec: { revokedAtMs: undefined } },
        "invalid-entry",
      ],
      ["a revoked key's rotation", rotateKey("gone", digest("x"), 0), "invalid-entry"],
      ["a rotation to another key's value", rotateKey("ci", digest("gone"), 0), "entry-exists"],
      ["a rotation to the same value", rotateKey("ci", digest("ci"), 0), "invalid-entry"],
      ["an endless overlap", rotateKey("ci", digest("x"), Infinity), "invalid-entry"],
    ])("refuses %s, and nothing has happened", async (_, refused, code) => {
      await change(createEntry("customer", { name: "acme", limits: [dollars(500)] }));
      await change(createEntry("team", { name: "payments", customer: "acme" }));
      await change(createKey({ name: "ci", team: "payments", digest: digest("ci") }));
      await change(createKey({ name: "gone", digest: digest("gone") }));
      await change(revokeKey("gone"));
      const before = [await store.load(), await store.audit()];
      expect(await codeOf(change(refused))).toBe(code);
      expect([await store.load(), await store.audit()]).toEqual(before);
      expect(await change(createEntry("team", { name: "next" }))).toBe(6);
    });

    test("a rotated key keeps its id, and its old value for the overlap; a revoked one has no value left but its own", async () => {
      await change(createKey({ name: "ci", digest: digest("old-value-of-ci") }));
      const before = Date.now();
      await change(rotateKey("ci", digest("new"), 60_000));
      const [rotated] = (await directory()).keys ?? [];
      expect(rotated).toMatchObject({ id: "key_old-value-of", digest: digest("new") });
      expect(rotated?.previous?.digest).toBe(digest("old-value-of-ci"));
      expect(Math.abs((rotated?.previous?.untilMs ?? 0) - before - 60_000)).toBeLessThan(5_000);
      expect(await codeOf(change(createKey({ name: "b", digest: digest("old-value-of-ci") })))).toBe("entry-exists");
      await change(rotateKey("ci", digest("newer"), 0));
      expect((await directory()).keys?.[0]).toEqual({ name: "ci", id: "key_old-value-of", digest: digest("newer") });
      await change(revokeKey("ci"));
      expect((await directory()).keys?.[0]?.revokedAtMs).toBeGreaterThan(before - 1_000);
      await change(createKey({ name: "b", digest: digest("new") }));
    });

    test("applies a file once, and changes only what it says anew", async () => {
      expect(await store.applyFile(file, declared)).toEqual({ version: 1, changed: 7 });
      expect(plain((await store.load()).governed)).toEqual(plain({ ...declared, rules: positioned(declared) }));
      expect(await store.applyFile(file, declared)).toEqual({ version: 1, changed: 0 });
      const { teams = [], ...rest } = declared.directory;
      const other = {
        ...declared,
        directory: { ...rest, keys: [], teams: teams.map((one) => ({ ...one, tags: { a: "b" } })) },
      };
      expect(await store.applyFile(file, other)).toEqual({ version: 2, changed: 2 });
      const actions = (await store.audit({ afterSeq: 7 })).map(({ action, kind: of, name }) => [action, of, name]);
      expect(actions).toEqual([
        ["remove", "key", "bob-laptop"],
        ["update", "team", "payments"],
      ]);
      expect(await store.applyFile(file, { directory: {}, rules: [] })).toEqual({ version: 3, changed: 6 });
      expect(await directory()).toMatchObject({ customers: [], teams: [], users: [], providers: [] });
      expect(await auditBreak(await store.audit())).toBeUndefined();
    });

    test("refuses another hand on what the file declares, and says where to change it", async () => {
      await store.applyFile(file, declared);
      expect(await codeOf(change(updateEntry("customer", "acme", { limits: [dollars(9_000)] })))).toBe(
        "managed-by-file",
      );
      expect(await codeOf(change(rotateKey("bob-laptop", digest("x"), 0)))).toBe("managed-by-file");
      expect(await codeOf(change(removeEntry("rule", "big")))).toBe("managed-by-file");
      await expect(change(revokeKey("bob-laptop"))).rejects.toThrow(
        /key "bob-laptop" is declared in the configuration file/u,
      );
      expect(await codeOf(change(createEntry("team", { name: "payments" })))).toBe("entry-exists");
      expect((await store.load()).version).toBe(1);
    });

    test("a file never touches what was made elsewhere", async () => {
      await store.applyFile(file, declared);
      await change(createEntry("user", { name: "carol", team: "payments" }));
      await change(createKey({ name: "carol", user: "carol", digest: digest("carol") }));
      await store.applyFile(file, { ...declared, rules: [] });
      const keys = await store.entries("key");
      expect(Object.fromEntries(keys.map(({ name, managedBy }) => [name, managedBy]))).toEqual({
        "bob-laptop": "file",
        carol: "store",
      });
      await expect(store.applyFile(file, { directory: {}, rules: [] })).rejects.toThrow(
        /team "payments" cannot be removed while user "carol" hangs on it/u,
      );
      const carol = { ...declared, directory: { ...declared.directory, users: [{ name: "carol" }], keys: [] } };
      expect(await codeOf(store.applyFile(file, carol))).toBe("entry-exists");
      expect((await directory()).users?.map(({ name }) => name).sort()).toEqual(["bob", "carol"]);
    });

    test("a key that a start without configuration minted steps back while the file declares keys", async () => {
      await store.change("start", createKey({ name: "first", digest: digest("first") }, "start"));
      await change(createKey({ name: "made", digest: digest("made") }));
      const names = async (): Promise<unknown> => (await directory()).keys?.map(({ name }) => name).sort();
      expect(await names()).toEqual(["first", "made"]);
      await store.applyFile(file, declared);
      expect(await names()).toEqual(["bob-laptop", "made"]);
      await store.applyFile(file, { directory: {}, rules: [] });
      expect(await names()).toEqual(["first", "made"]);
    });

    test("rules are asked in the order of the file, then in that of others", async () => {
      const names = async (): Promise<unknown> => (await store.load()).governed.rules.map(({ name }) => name);
      await change(createEntry("rule", { name: "one", maxTokens: 1 }));
      await change(createEntry("rule", { name: "two", maxTokens: 1 }));
      await store.applyFile(file, declared);
      expect(await names()).toEqual(["small", "big", "one", "two"]);
      await change(updateEntry("rule", "two", { position: 0.5 }));
      await store.applyFile(file, { ...declared, rules: declared.rules.toReversed() });
      expect(await names()).toEqual(["big", "small", "two", "one"]);
    });

    test("takes any text for what it is", async () => {
      const hostile = [
        "'; DROP TABLE x; --",
        "%_\\",
        '"',
        "$1",
        "${x}",
        "\u202E☃",
        "\\u0000",
        "__proto__",
        "constructor",
      ];
      for (const name of hostile) await change(createEntry("team", { name, tags: { note: name } }));
      for (const name of hostile) await change(updateEntry("team", name, { limits: [] }));
      const teams = (await directory()).teams ?? [];
      expect(teams.map(({ name }) => name).sort()).toEqual([...hostile].sort());
      for (const { name, tags = {} } of teams) expect(tags).toEqual({ note: name });
      expect(await auditBreak(await store.audit())).toBeUndefined();
    });

    test("of changes at once each is one version, and one name is given once", async () => {
      const stores = [store, (await opened.again?.()) ?? store, (await opened.again?.()) ?? store];
      const names = Array.from({ length: 30 }, (_, index) => `team ${index % 20}`);
      const results = await Promise.allSettled(
        names.map((name, index) => (stores[index % 3] ?? store).change(admin, createEntry("team", { name }))),
      );
      const versions = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      expect(versions.toSorted((one, other) => one - other)).toEqual(names.slice(0, 20).map((__, n) => n + 1));
      expect((await directory()).teams).toHaveLength(20);
      const audit = await store.audit();
      expect(audit.map(({ seq }) => seq)).toEqual(names.slice(0, 20).map((__, n) => n + 1));
      expect(await auditBreak(audit)).toBeUndefined();
      for (const one of stores.slice(1)) if (one !== store) await one.close();
    });

    test("tells each newer version once, and nothing after the end of a watch", async () => {
      await change(createEntry("team", { name: "a" }));
      const seen: number[] = [];
      const early: number[] = [];
      const watch = store.watch(1, { onVersion: (version) => seen.push(version) });
      const behind = store.watch(0, { onVersion: (version) => early.push(version) });
      await expect.poll(() => early).toEqual([1]);
      for (const name of ["b", "c"]) await change(createEntry("team", { name }));
      await expect.poll(() => [seen.at(-1), early.at(-1)]).toEqual([3, 3]);
      expect(seen).toEqual([...new Set(seen)].toSorted((one, other) => one - other));
      watch.close();
      await change(createEntry("team", { name: "d" }));
      await expect.poll(() => early.at(-1)).toBe(4);
      behind.close();
      expect(seen.at(-1)).toBe(3);
    });

    test("another process that opens it finds all of it", async ({ skip }) => {
      if (opened.again === undefined) skip("this kind is not shared");
      await store.applyFile(file, declared);
      await change(createKey({ name: "ci", digest: digest("ci") }));
      const other = await opened.again?.();
      const [state, audit]: [DirectoryState, unknown] = [await store.load(), await store.audit()];
      expect(await other?.load()).toEqual(state);
      expect(await other?.audit()).toEqual(audit);
      expect(await other?.applyFile(file, declared)).toEqual({ version: 2, changed: 0 });
      expect(await other?.change(admin, revokeKey("ci"))).toBe(3);
      await other?.close();
    });

    test("does what a directory in memory does, whoever of those that share it is asked", async () => {
      const sharing = fc.asyncProperty(directoryCommands(2), async (commands) => {
        const shared = await kind.open({ clock: Date.now, check: () => undefined });
        const other = await shared.again?.();
        try {
          await compareDirectories(other === undefined ? [shared.store] : [shared.store, other], commands);
        } finally {
          await other?.close();
          await shared.close?.();
        }
      });
      await fc.assert(sharing, { numRuns: Number(process.env["DIRECTORY_RUNS"] ?? 8) });
    }, 600_000);
  });
}

function positioned({ rules }: Governed): unknown[] {
  return rules.map((rule, index) => ({ ...rule, position: index + 1 }));
}
