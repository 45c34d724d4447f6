import fc from "fast-check";
import { expect } from "vitest";
import {
  createEntry,
  createKey,
  type DirectoryChange,
  removeEntry,
  revokeKey,
  rotateKey,
  updateEntry,
} from "../directory-store/directory-change.ts";
import type { AuditEntry } from "../directory-store/audit-entry.ts";
import type { DirectoryStore } from "../directory-store/directory-store.ts";
import type { Governed } from "../directory-store/governed.ts";
import { memoryDirectoryStore } from "../directory-store/memory-directory-store.ts";
import { isGovernanceError } from "../errors.ts";

/** Something that is done to a directory, by one of those who share it. */
export interface DirectoryCommand {
  readonly by: number;
  readonly work: DirectoryChange | Governed;
}

const names = fc.constantFrom("a", "b", "c");
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });
const digests = fc.constantFrom("1", "2", "3", "4").map((digit) => digit.padEnd(43, "0"));
const limits = fc
  .constantFrom(0, 1, 5e9)
  .map((amount) => [{ of: "nanoUsd", amount, window: { kind: "total" } } as const]);
const team = fc.record({ name: names, customer: maybe(names), limits: maybe(limits) });
const key = fc.record({ name: names, team: maybe(names), digest: digests });

const change: fc.Arbitrary<DirectoryChange> = fc.oneof(
  names.map((name) => createEntry("customer", { name })),
  team.map((rules) => createEntry("team", rules)),
  key.map((rules) => createKey(rules)),
  fc
    .tuple(names, maybe(names), limits)
    .map(([name, customer, some]) => updateEntry("team", name, { customer, limits: some })),
  fc.tuple(names, digests).map(([name, digest]) => rotateKey(name, digest, 60_000)),
  names.map(revokeKey),
  fc.tuple(fc.constantFrom("customer", "team", "key"), names).map(([kind, name]) => removeEntry(kind, name)),
);

const file: fc.Arbitrary<Governed> = fc.record({
  directory: fc.record({
    customers: fc.uniqueArray(fc.record({ name: names }), { selector: ({ name }) => name }),
    teams: fc.uniqueArray(team, { selector: ({ name }) => name, maxLength: 2 }),
    keys: fc.uniqueArray(key, { selector: ({ name }) => name, maxLength: 2 }),
  }),
  rules: fc.uniqueArray(fc.record({ name: names, maxTokens: fc.constantFrom(1, 2) }), { selector: ({ name }) => name }),
});

/** Random changes and files, by so many. */
export function directoryCommands(sharers: number): fc.Arbitrary<readonly DirectoryCommand[]> {
  const by = fc.nat(sharers - 1);
  const work = fc.oneof({ arbitrary: change, weight: 5 }, { arbitrary: file, weight: 1 });
  return fc.array(fc.record({ by, work }), { minLength: 10, maxLength: 25 });
}

/** Does commands by several objects over one directory, and the same to one in memory; nobody can tell them apart. */
export async function compareDirectories(
  stores: readonly DirectoryStore[],
  commands: readonly DirectoryCommand[],
): Promise<void> {
  const model = memoryDirectoryStore({ clock: Date.now });
  for (const { by, work } of commands) {
    const store = stores[by % stores.length] ?? model;
    expect(await outcome(store, work)).toEqual(await outcome(model, work));
    const reader = stores[(by + 1) % stores.length] ?? model;
    expect(await stateOf(reader)).toEqual(await stateOf(model));
  }
  expect((await stores[0]?.audit({ limit: 1_000 }))?.map(timeless)).toEqual(
    (await model.audit({ limit: 1_000 })).map(timeless),
  );
}

async function outcome(store: DirectoryStore, work: DirectoryCommand["work"]): Promise<unknown> {
  try {
    return await ("rules" in work ? store.applyFile("file", work) : store.change("admin", work));
  } catch (error) {
    if (isGovernanceError(error)) return error.code;
    throw error;
  }
}

/** Times are each directory's own, and entries of a kind have no order. */
async function stateOf(store: DirectoryStore): Promise<unknown> {
  const { version, governed } = await store.load();
  const lists = Object.entries(governed.directory).map(([kind, list = []]) => [
    kind,
    Array.from<{ name: string }>(list).sort((one, other) => (one.name < other.name ? -1 : 1)),
  ]);
  const text = JSON.stringify({ version, rules: governed.rules, directory: lists }, withoutTimes);
  return JSON.parse(text);
}

function timeless(entry: AuditEntry): unknown {
  return JSON.parse(JSON.stringify(entry, withoutTimes));
}

const ofTheirOwn: ReadonlySet<string> = new Set(["untilMs", "revokedAtMs", "atMs", "hash"]);

function withoutTimes(name: string, value: unknown): unknown {
  return ofTheirOwn.has(name) ? "some time" : value;
}
