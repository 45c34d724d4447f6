import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { compileDirectory } from "../directory/compile-directory.ts";
import type { Directory } from "../directory/directory.ts";
import { isGovernanceError } from "../errors.ts";
import type { KeyHasher } from "../keys/key-hasher.ts";
import type { Limit } from "../limits/limit.ts";
import {
  createEntry,
  createKey,
  type DirectoryChange,
  removeEntry,
  revokeKey,
  rotateKey,
  updateEntry,
  updateKey,
} from "./directory-change.ts";
import type { DirectoryEntry, EntryKind, EntrySpec } from "./directory-entry.ts";
import type { DirectoryState } from "./directory-store.ts";
import { EntryIndex, type EntryView } from "./entry-index.ts";
import type { Governed } from "./governed.ts";
import { memoryDirectoryStore } from "./memory-directory-store.ts";
import { storedDirectories } from "./stored-directories.ts";

const hasher: KeyHasher = { digest: (token) => token.padEnd(43, "0") };
const tokens = ["1", "2", "3", "4", "5"];
const changedAtMs = 1_000;

const names = fc.constantFrom("a", "b", "c");
const providerNames = ["openai", "gpu"];
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });
const limits = maybe(
  fc.constantFrom(0, 1, 5e9).map((amount): readonly Limit[] => [{ of: "nanoUsd", amount, window: { kind: "total" } }]),
);
const level = {
  limits,
  disabled: maybe(fc.boolean()),
  tags: maybe(fc.dictionary(fc.constantFrom("x", "y"), fc.constantFrom("1", "2"))),
  policy: maybe(fc.constantFrom({ models: { deny: ["*-preview"] } }, { regions: ["eu-*"] }, {})),
  terms: maybe(fc.constantFrom({ mode: "strict" } as const, {})),
  providerLimits: maybe(
    fc.dictionary(
      fc.constantFrom(...providerNames),
      limits.map((some = []) => some),
    ),
  ),
};
const customer = fc.record({ name: names, ...level });
const team = fc.record({ name: names, customer: maybe(names), ...level });
const user = fc.record({ name: names, team: maybe(names), ...level });
const ofKey = {
  ...level,
  expiresAtMs: maybe(fc.constantFrom(changedAtMs, 9_000)),
  addresses: maybe(fc.constantFrom(["10.0.0.0/8"], ["::1", "192.0.2.7"], [])),
};
const owner = fc.oneof(
  fc.constant({}),
  names.map((name) => ({ user: name })),
  names.map((name) => ({ team: name })),
  names.map((name) => ({ customer: name })),
);
const digests = fc.constantFrom(...tokens).map((token) => hasher.digest(token));
const key = fc
  .tuple(fc.record({ name: names, digest: digests, ...ofKey }), owner)
  .map(([rules, hangsOn]) => ({ ...rules, ...hangsOn }));
const kinds = fc.constantFrom<EntryKind>("customer", "team", "user", "key", "provider");
const provider = fc.record({ name: fc.constantFrom(...providerNames), limits });

const change: fc.Arbitrary<DirectoryChange> = fc.oneof(
  customer.map((rules) => createEntry("customer", rules)),
  team.map((rules) => createEntry("team", rules)),
  user.map((rules) => createEntry("user", rules)),
  provider.map((rules) => createEntry("provider", rules)),
  fc.tuple(key, fc.constantFrom("store", "start")).map(([rules, by]) => createKey(rules, by)),
  customer.map(({ name, ...spec }) => updateEntry("customer", name, spec)),
  team.map(({ name, ...spec }) => updateEntry("team", name, spec)),
  user.map(({ name, ...spec }) => updateEntry("user", name, spec)),
  provider.map(({ name, ...spec }) => updateEntry("provider", name, spec)),
  fc.tuple(names, fc.record(ofKey), owner).map(([name, spec, hangsOn]) => {
    return updateKey(name, { user: undefined, team: undefined, customer: undefined, ...spec, ...hangsOn });
  }),
  fc.tuple(names, digests).map(([name, digest]) => rotateKey(name, digest, 2_000)),
  names.map(revokeKey),
  fc.tuple(kinds, names).map(([kind, name]) => removeEntry(kind, name)),
);
const file: fc.Arbitrary<Governed> = fc.record({
  directory: fc.record({
    customers: fc.uniqueArray(customer, { selector: ({ name }) => name }),
    teams: fc.uniqueArray(team, { selector: ({ name }) => name, maxLength: 2 }),
    keys: fc.uniqueArray(key, { selector: ({ name }) => name, maxLength: 2 }),
  }),
  rules: fc.constant([]),
});
const works = fc.array(fc.oneof({ arbitrary: change, weight: 9 }, { arbitrary: file, weight: 1 }), {
  minLength: 10,
  maxLength: 25,
  size: "max",
});

/** Somebody on every level, to begin with. */
const base: readonly DirectoryChange[] = [
  createEntry("customer", { name: "a", limits: [{ of: "nanoUsd", amount: 9e9, window: { kind: "total" } }] }),
  createEntry("team", { name: "a", customer: "a" }),
  createEntry("team", { name: "b", policy: { regions: ["eu-*"] } }),
  createEntry("user", { name: "a", team: "a", tags: { x: "1" } }),
  createEntry("user", { name: "b", team: "b" }),
  createKey({ name: "a", user: "a", digest: hasher.digest("1") }),
  createKey({ name: "b", team: "a", digest: hasher.digest("2"), addresses: ["10.0.0.0/8"] }),
  createKey({ name: "c", user: "b", digest: hasher.digest("3") }),
];

/** All that can be asked of it, at several times and from several addresses. */
function answersOf(directory: Directory): unknown {
  const from = [0, changedAtMs, 5_000, 9_000].flatMap((atMs) => [
    { atMs, address: "::ffff:10.1.2.3" },
    { atMs, address: undefined },
  ]);
  const decisions = [...tokens, "unknown"].flatMap((token) =>
    from.map((presentation) => {
      const decision = directory.authenticate([token], presentation);
      if (!decision.allowed) return decision;
      const principal = decision.value;
      return { principal, scopes: providerNames.map((name) => principal.scopesAt(name)) };
    }),
  );
  const all = {
    size: directory.size,
    decisions,
    named: ["a", "b", "c", "d"].map((name) => directory.principalOf(name)?.keyId),
    providers: providerNames.map((name) => directory.providerScope(name)),
  };
  return JSON.parse(JSON.stringify(all));
}

/** The same compiled from plain data, as if it had been so from the beginning. */
function afresh({ governed: { directory } }: DirectoryState): Directory {
  const limited = directory.providers ?? [];
  const others = providerNames.filter((name) => limited.every((one) => one.name !== name)).map((name) => ({ name }));
  return compileDirectory({ ...directory, providers: [...limited, ...others] }, { hasher });
}

const allKinds = ["customer", "team", "user", "key", "provider", "rule"] as const;

/** Everything that an index has to say of itself. */
function saidBy(entries: EntryView): unknown {
  const all = allKinds.flatMap((kind) => [...entries.of(kind)]);
  const titles = (list: Iterable<DirectoryEntry>): string[] =>
    Array.from(list, ({ kind, name }) => `${kind} ${name}`).sort();
  return {
    sizes: allKinds.map((kind) => entries.of(kind).size),
    all: titles(all),
    hanging: ["a", "b", "c"].flatMap((name) =>
      allKinds.map((kind) => {
        const list = entries.hangingOn({ kind, name });
        expect(titles(list)).toHaveLength(list.size);
        return titles(list);
      }),
    ),
    digests: tokens.map((token) => entries.withDigest(hasher.digest(token))?.name),
    ofFile: titles(entries.ofFile),
    limited: entries.limited,
    keysBy: entries.keysBy,
  };
}

test("after any changes it answers all as one compiled afresh, and earlier ones go on as they were", async () => {
  const seen = { taken: 0, allowed: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(works, async (all) => {
      const store = memoryDirectoryStore({ clock: () => changedAtMs });
      const directoryOf = storedDirectories({ hasher });
      const earlier: { readonly directory: Directory; readonly answers: unknown }[] = [];
      for (const one of base) await store.change("admin", one);
      for (const work of all) {
        try {
          await ("rules" in work ? store.applyFile("file", work) : store.change("admin", work));
        } catch (error) {
          if (!isGovernanceError(error)) throw error;
          continue;
        }
        const state = await store.load();
        const directory = directoryOf(state.entries);
        const answers = answersOf(directory);
        expect(answers).toEqual(answersOf(afresh(state)));
        const entries = allKinds.flatMap((kind) => [...state.entries.of(kind)]);
        const anew = new EntryIndex().after(entries.map((entry) => ({ ...entry, after: entry })));
        expect(saidBy(state.entries)).toEqual(saidBy(anew));
        earlier.push({ directory, answers });
        seen.taken += 1;
        const text = JSON.stringify(answers);
        seen.allowed += text.includes('"principal"') ? 1 : 0;
        seen.refused += /revoked-key|disabled-key|expired-key|address-not-allowed/.test(text) ? 1 : 0;
      }
      for (const { directory, answers } of earlier) expect(answersOf(directory)).toEqual(answers);
    }),
    { numRuns: 60 },
  );
  expect(Math.min(seen.taken, seen.allowed, seen.refused)).toBeGreaterThan(100);
});

/** Entries that no store would take, as another version or another hand may have left them. */
function entriesOf(...all: readonly [kind: EntryKind, name: string, spec: EntrySpec][]): EntryIndex {
  return new EntryIndex().after(
    all.map(([kind, name, spec]) => ({ kind, name, after: { kind, name, spec, managedBy: "store", version: 1 } })),
  );
}

test.each<[string, EntryIndex, RegExp]>([
  ["hangs on nobody", entriesOf(["key", "k", { digest: hasher.digest("1"), user: "gone" }]), /there is no user "gone"/],
  [
    "hangs on two",
    entriesOf(["user", "u", {}], ["team", "t", {}], ["key", "k", { digest: hasher.digest("1"), user: "u", team: "t" }]),
    /hangs on user "u" and team "t"/,
  ],
  [
    "has an address that is none",
    entriesOf(["key", "k", { digest: hasher.digest("1"), addresses: ["here"] }]),
    /key "k": addresses 0 "here" is no address/,
  ],
  [
    "hangs below a limit that is not known here",
    entriesOf(
      ["team", "t", { limits: [{ of: "nanoUsd", amount: 1, window: { kind: "lunar" } }] }],
      ["user", "u", { team: "t" }],
      ["key", "k", { digest: hasher.digest("1"), user: "u" }],
    ),
    /team "t": limits 0 .*of a kind that is not known here/,
  ],
])("a stored key that %s is refused, told of once, and keeps nobody else out", (_, entries, told) => {
  const onWrong = vi.fn<(key: string, reason: string) => void>();
  const other = {
    kind: "key",
    name: "other",
    spec: { digest: hasher.digest("2") },
    managedBy: "store",
    version: 1,
  } as const;
  const directory = storedDirectories({ hasher, onWrong })(entries.after([{ ...other, after: other }]));
  const from = { address: "10.1.2.3", atMs: 0 };
  for (let round = 0; round < 2; round++) {
    expect(directory.authenticate(["1"], from)).toMatchObject({ allowed: false, code: "disabled-key" });
  }
  expect(onWrong.mock.calls).toEqual([["k", expect.stringMatching(told)]]);
  expect(directory.principalOf("k")).toBeUndefined();
  expect(directory.authenticate(["2"], from)).toMatchObject({ allowed: true, value: { keyName: "other" } });
});
