import { compileGlob, type Glob } from "./compile-glob.ts";

/** What a key may do, as written down. */
export interface PolicyRules {
  readonly models?: {
    /** Globs; absent or empty allows everything. */
    readonly allow?: readonly string[];
    /** Globs; a match refuses, whatever `allow` says. */
    readonly deny?: readonly string[];
  };
}

/** What a key may do, ready to be asked. Immutable. */
export interface Policy {
  readonly models: { readonly allow: readonly Glob[]; readonly deny: readonly Glob[] };
}

/** The rules made ready. Throws a GovernanceError for a pattern that is none. */
export function compilePolicy({ models = {} }: PolicyRules = {}): Policy {
  const allow = Object.freeze((models.allow ?? []).map((pattern) => compileGlob(pattern)));
  const deny = Object.freeze((models.deny ?? []).map((pattern) => compileGlob(pattern)));
  return Object.freeze({ models: Object.freeze({ allow, deny }) });
}
