import type { Directory } from "../directory/directory.ts";
import {
  directoryOver,
  type DirectoryOverOptions,
  type DirectorySource,
  nothingPrepared,
} from "../directory/directory-over.ts";
import { directoryProblems } from "../directory/directory-problems.ts";
import { GovernanceError } from "../errors.ts";
import { type DirectoryEntry, entryTitle, ownersOf } from "./directory-entry.ts";
import type { EntryView } from "./entry-index.ts";
import { isInForce, ruleOf } from "./governed.ts";

/** Makes the directory of what a store keeps at one version. */
export type StoredDirectories = (entries: EntryView) => Directory;

/**
 * Directories of what a store keeps, at one version and at the next. Each is made in no time, also of a million keys; what
 * a key may use is put together when it is first used, and again only when the key or something above it has changed.
 * Entries are checked as they are used, since another version of this package may have written them: a key that makes no
 * sense, or hangs on what makes none, is refused, and keeps out nobody else.
 */
export function storedDirectories(options: DirectoryOverOptions): StoredDirectories {
  const prepared = nothingPrepared<DirectoryEntry>();
  return (entries) => directoryOver(sourceOf(entries), options, prepared);
}

function sourceOf(entries: EntryView): DirectorySource<DirectoryEntry, DirectoryEntry> {
  const { file, start } = entries.keysBy;
  const inForce = (key: DirectoryEntry | undefined): DirectoryEntry | undefined =>
    key !== undefined && isInForce(key, entries) ? key : undefined;
  return {
    size: entries.of("key").size - (file > 0 ? start : 0),
    withDigest: (digest) => inForce(entries.withDigest(digest)),
    named: (name) => inForce(entries.get("key", name)),
    rulesOf: (key) => ruleOf("key", key),
    checkKey: check,
    findLevel: (kind, name) => entries.get(kind, name),
    rulesOfLevel: (kind, level) => ruleOf(kind, level),
    checkLevel: (_, level) => check(level),
    limitsOf(provider) {
      const entry = entries.get("provider", provider);
      if (entry === undefined) return [];
      check(entry);
      return ruleOf("provider", entry).limits ?? [];
    },
  };
}

/** Throws where an entry makes no sense by itself. What it hangs on is looked at in turn. */
function check(entry: DirectoryEntry): void {
  const { kind, spec } = entry;
  if (kind === "rule") return;
  const owners = ownersOf(kind, spec);
  if (owners.length > 1) throw invalid(entry, `hangs on ${owners.map(entryTitle).join(" and ")}; give it one of them`);
  const alone = { ...entry, spec: { ...spec, user: undefined, team: undefined, customer: undefined } };
  const problem = directoryProblems({ [`${kind}s`]: [ruleOf(kind, alone)] }).find(({ warning }) => !warning);
  if (problem !== undefined) throw invalid(entry, [...problem.path.slice(2), problem.message].join(" "));
}

function invalid(entry: DirectoryEntry, what: string): GovernanceError {
  return new GovernanceError("invalid-directory", `${entryTitle(entry)}: ${what}`);
}
