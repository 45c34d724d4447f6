import { keyIdOf } from "../keys/key-id-of.ts";
import { limitScope, type LimitScope } from "../limits/limit-scope.ts";
import type { KeyRules } from "./directory-rules.ts";
import type { Principal } from "./principal.ts";
import type { Standing } from "./standing.ts";

/** The principal of a key. What it may use at a provider is made when that is first asked for. */
export function principalOf(key: KeyRules, standing: Standing): Principal {
  const { names, partition, tags, policies, terms, scopes, providerLimits } = standing;
  const atProviders = new Map<string, readonly LimitScope[]>();
  const scopesAt = (provider: string): readonly LimitScope[] =>
    providerLimits.flatMap(({ title, limits }) => {
      const own = Object.hasOwn(limits, provider) ? limits[provider] : undefined;
      if (own === undefined || own.length === 0) return [];
      return [limitScope({ id: `${title} at ${provider}`, partition, limits: own })];
    });
  return Object.freeze({
    keyId: key.id ?? keyIdOf(key.digest),
    keyName: key.name,
    user: names.user,
    team: names.team,
    customer: names.customer,
    tags,
    policies,
    terms,
    partition,
    scopes,
    scopesAt(provider: string) {
      if (providerLimits.length === 0) return noScopes;
      const known = atProviders.get(provider);
      if (known !== undefined) return known;
      const made = Object.freeze(scopesAt(provider));
      atProviders.set(provider, made);
      return made;
    },
  });
}

const noScopes: readonly LimitScope[] = Object.freeze([]);
