import type { LimitScope } from "../limits/limit-scope.ts";
import type { LeaseTerms } from "../lease/lease-request.ts";
import type { Policy } from "../policy/policy.ts";

/** Who is asking, under which policies and limits. Immutable. */
export interface Principal {
  /** Stable for the same key and hash key; tells nothing about the key. */
  readonly keyId: string;
  readonly keyName: string;
  readonly user: string | undefined;
  readonly team: string | undefined;
  readonly customer: string | undefined;
  /** Those of all levels. */
  readonly tags: Readonly<Record<string, string>>;
  /** Of every level that forbids something, the highest first. All must allow a request. */
  readonly policies: readonly Policy[];
  /** How requests are held, as far as a level says it: the strictest of all levels. */
  readonly terms: Partial<LeaseTerms>;
  /** The highest level, like `customer acme`: what all scopes of a tenant are kept together under. */
  readonly partition: string;
  /** Of every level that has limits, the highest first. All must have room. */
  readonly scopes: readonly LimitScope[];
  /** The same for what goes to one provider, without the provider's own scope. */
  scopesAt(provider: string): readonly LimitScope[];
}
