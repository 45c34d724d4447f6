import { GovernanceError } from "../errors.ts";
import type { KeyHasher } from "../keys/key-hasher.ts";
import type { Directory } from "./directory.ts";
import { directoryOver } from "./directory-over.ts";
import { directoryProblems } from "./directory-problems.ts";
import type { DirectoryRules, KeyRules, LevelRules } from "./directory-rules.ts";
import type { LevelSource, Owned, OwnerKind } from "./owners.ts";

/** What a {@link Directory} needs beside its rules. */
export interface DirectoryOptions {
  readonly hasher: KeyHasher;
}

/**
 * Makes the rules ready to be asked. Keys are found by digest in constant time; who they belong to and what they may use
 * is put together when one is first used, so that a million keys cost little more than their rules.
 * Throws a GovernanceError `invalid-directory` that tells every problem at once.
 */
export function compileDirectory(rules: DirectoryRules, { hasher }: DirectoryOptions): Directory {
  checkRules(rules);
  const keys = rules.keys ?? [];
  const byDigest = digestsOf(keys);
  const providers = new Map((rules.providers ?? []).map(({ name, limits = [] }) => [name, limits]));
  return directoryOver(
    {
      size: keys.length,
      withDigest: (digest) => byDigest.get(digest),
      named: (name) => keys.find((key) => key.name === name),
      rulesOf: (key: KeyRules) => key,
      findLevel: levelsOf(rules),
      rulesOfLevel: (_, level) => level,
      limitsOf: (provider) => providers.get(provider) ?? [],
    },
    { hasher },
  );
}

function levelsOf({ customers, teams, users }: DirectoryRules): LevelSource<LevelRules & Owned>["findLevel"] {
  const levels: Readonly<Record<OwnerKind, ReadonlyMap<string, LevelRules & Owned>>> = {
    customer: byName(customers),
    team: byName(teams),
    user: byName(users),
  };
  return (kind, name) => levels[kind].get(name);
}

function byName(levels: readonly (LevelRules & Owned)[] = []): ReadonlyMap<string, LevelRules & Owned> {
  return new Map(levels.map((level) => [level.name, level]));
}

const mostShown = 50;

function checkRules(rules: DirectoryRules): void {
  const errors = directoryProblems(rules).filter(({ warning }) => !warning);
  if (errors.length === 0) return;
  const lines = errors.slice(0, mostShown).map(({ path, message }) => `${path.join(".")}: ${message}`);
  if (errors.length > mostShown) lines.push(`and ${errors.length - mostShown} problems more`);
  throw new GovernanceError("invalid-directory", lines.join("\n"));
}

function digestsOf(keys: readonly KeyRules[]): ReadonlyMap<string, KeyRules> {
  const byDigest = new Map<string, KeyRules>();
  for (const key of keys) {
    byDigest.set(key.digest, key);
    if (key.previous !== undefined) byDigest.set(key.previous.digest, key);
  }
  return byDigest;
}
