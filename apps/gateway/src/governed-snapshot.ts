import {
  cautiousDirectory,
  compileRules,
  type Directory,
  type DirectoryTrust,
  type RoutingRule,
  type RoutingRules,
} from "@drawbridge/governance";
import type { Snapshot } from "./services.ts";

/** What a snapshot has beside what a configuration decides alone: who there is, from wherever that was declared. */
export interface GovernedSource {
  /** Who there is, as it is known now. */
  readonly directory: Directory;
  /** In the order in which they are asked; the same list as long as none has changed. */
  readonly rules: readonly RoutingRule[];
  /** How far both can be relied on at a moment. */
  readonly trust: () => DirectoryTrust;
  /** Told of each rule that makes no sense here, and is left out: one must not keep a key's revocation from being taken over. */
  readonly onWrongRule: (rule: string, reason: string) => void;
}

/** A snapshot before it has what is governed. */
export type SnapshotBase = Omit<Snapshot, "directory" | "rules" | "writtenRules">;

/** A snapshot with what is governed now; rules that stay as `base` has them are not compiled again. */
export function governedSnapshot(base: SnapshotBase | Snapshot, source: GovernedSource): Snapshot {
  return Object.freeze({
    ...base,
    rules: rulesFor(base, source),
    writtenRules: source.rules,
    directory: cautiousDirectory(source.directory, source.trust),
  });
}

function rulesFor(base: SnapshotBase | Snapshot, { rules, onWrongRule: onWrong }: GovernedSource): RoutingRules {
  if ("writtenRules" in base && base.writtenRules === rules) return base.rules;
  return compileRules(rules, { routes: base.routes, ...base.ruleSettings, onWrong });
}
