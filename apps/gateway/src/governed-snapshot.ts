import {
  cautiousDirectory,
  compileDirectory,
  compileRules,
  type DirectoryRules,
  type DirectoryTrust,
} from "@drawbridge/governance";
import type { Governed, KeyHasher } from "@drawbridge/governance";
import type { Snapshot } from "./services.ts";

/** What a snapshot has beside what a configuration decides alone: who there is, from wherever that was declared. */
export interface GovernedSource {
  readonly governed: Governed;
  readonly hasher: KeyHasher;
  /** How far `governed` can be relied on at a moment. */
  readonly trust: () => DirectoryTrust;
  /** Told of each rule that makes no sense here, and is left out: one must not keep a key's revocation from being taken over. */
  readonly onWrongRule: (rule: string, reason: string) => void;
}

/** A snapshot with what is governed now. Throws a GovernanceError that tells every problem at once. */
export function governedSnapshot(base: Omit<Snapshot, "directory" | "rules">, source: GovernedSource): Snapshot {
  const { directory } = source.governed;
  const { routes, ruleSettings } = base;
  const levels = { ...directory, providers: providersOf(directory, base.providers.keys()) };
  return Object.freeze({
    ...base,
    rules: compileRules(source.governed.rules, { routes, ...ruleSettings, onWrong: source.onWrongRule }),
    directory: cautiousDirectory(compileDirectory(levels, { hasher: source.hasher }), source.trust),
  });
}

/**
 * All providers that there are, and those that are named where they are not: what another gateway or an earlier
 * configuration knew must not keep a change, such as a key's revocation, from being taken over.
 */
function providersOf(directory: DirectoryRules, configured: Iterable<string>): DirectoryRules["providers"] {
  const { customers = [], teams = [], users = [], keys = [], providers = [] } = directory;
  const levels = [...customers, ...teams, ...users, ...keys];
  const limited = new Map(providers.map((rules) => [rules.name, rules]));
  const named = levels.flatMap(({ providerLimits = {}, policy }) => {
    const { allow = [], deny = [] } = policy?.providers ?? {};
    return [...Object.keys(providerLimits), ...allow, ...deny];
  });
  const names = new Set([...limited.keys(), ...configured, ...named]);
  return Array.from(names, (name) => limited.get(name) ?? { name });
}
