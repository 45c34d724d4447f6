import { compileGlob, type Glob } from "./compile-glob.ts";

/** What a key may do, as written down. */
export interface PolicyRules {
  readonly models?: {
    /** Globs; absent or empty allows everything. */
    readonly allow?: readonly string[];
    /** Globs; a match refuses, whatever `allow` says. */
    readonly deny?: readonly string[];
  };
  /** Globs of the regions in which requests may be computed; absent or empty allows everywhere. */
  readonly regions?: readonly string[];
}

/** What a key may do, ready to be asked. Immutable. */
export interface Policy {
  readonly models: { readonly allow: readonly Glob[]; readonly deny: readonly Glob[] };
  readonly regions: readonly Glob[];
  /** True when nothing at all is forbidden. */
  readonly permitsAll: boolean;
}

/** The rules made ready. Throws a GovernanceError for a pattern that is none. */
export function compilePolicy({ models = {}, regions: confined = [] }: PolicyRules = {}): Policy {
  const allow = Object.freeze((models.allow ?? []).map((pattern) => compileGlob(pattern)));
  const deny = Object.freeze((models.deny ?? []).map((pattern) => compileGlob(pattern)));
  const regions = Object.freeze(confined.map((pattern) => compileGlob(pattern)));
  const permitsAll = [allow, deny, regions].every((globs) => globs.length === 0);
  return Object.freeze({ models: Object.freeze({ allow, deny }), regions, permitsAll });
}
