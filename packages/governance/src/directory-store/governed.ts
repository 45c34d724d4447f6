import type { DirectoryRules } from "../directory/directory-rules.ts";
import type { RulesOfKind, StoredRule } from "./directory-change.ts";
import { type DirectoryEntry, type EntryKind, specOf } from "./directory-entry.ts";
import type { EntryView } from "./entry-index.ts";

/** All that is governed: who there is, and the rules by which requests are routed. */
export interface Governed {
  /** Its `providers` are those that have limits. */
  readonly directory: DirectoryRules;
  /** In the order in which they are asked. */
  readonly rules: readonly StoredRule[];
}

/** What the entries of a directory say. Rules of the configuration file come before others. */
export function governedBy(entries: EntryView): Governed {
  return {
    directory: {
      customers: rulesOf("customer", entries.of("customer")),
      teams: rulesOf("team", entries.of("team")),
      users: rulesOf("user", entries.of("user")),
      keys: rulesOf(
        "key",
        Iterator.from(entries.of("key")).filter((key) => isInForce(key, entries)),
      ),
      providers: rulesOf("provider", entries.of("provider")),
    },
    rules: rulesIn(entries),
  };
}

/** The rules among entries, in the order in which they are asked. */
export function rulesIn(entries: EntryView): readonly StoredRule[] {
  return rulesOf("rule", [...entries.of("rule")].sort(byPosition));
}

/** False for a key that steps back because a configuration file declares some. */
export function isInForce({ managedBy }: DirectoryEntry, { keysBy }: EntryView): boolean {
  return managedBy !== "start" || keysBy.file === 0;
}

/** What the entries must say for this to be governed. */
export function specsOf({ directory, rules }: Governed): readonly SpecOfEntry[] {
  const { customers = [], teams = [], users = [], keys = [], providers = [] } = directory;
  return [
    ...customers.map((one) => named("customer", one)),
    ...teams.map((one) => named("team", one)),
    ...users.map((one) => named("user", one)),
    ...keys.map((one) => named("key", one)),
    ...providers.map((one) => named("provider", one)),
    ...rules.map((one, index) => named("rule", { ...one, position: index + 1 })),
  ];
}

/** An entry before anybody manages it. */
export type SpecOfEntry = Pick<DirectoryEntry, "kind" | "name" | "spec">;

function named(kind: EntryKind, { name, ...settings }: RulesOfKind[EntryKind]): SpecOfEntry {
  return { kind, name, spec: specOf(settings) };
}

function rulesOf<Kind extends EntryKind>(kind: Kind, entries: Iterable<DirectoryEntry>): RulesOfKind[Kind][] {
  return Array.from(entries, (entry) => ruleOf(kind, entry));
}

/** What an entry of a kind says, its name among it. */
export function ruleOf<Kind extends EntryKind>(_: Kind, { name, spec }: DirectoryEntry): RulesOfKind[Kind] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only what `checkEdits` passed is stored under a kind
  return { ...spec, name } as RulesOfKind[Kind];
}

function byPosition(one: DirectoryEntry, other: DirectoryEntry): number {
  const fileFirst = Number(other.managedBy === "file") - Number(one.managedBy === "file");
  const position = Number(one.spec["position"] ?? 0) - Number(other.spec["position"] ?? 0);
  return fileFirst || position || (one.name < other.name ? -1 : 1);
}
