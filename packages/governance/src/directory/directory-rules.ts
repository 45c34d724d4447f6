import type { LeaseTerms } from "../lease/lease-request.ts";
import type { Limit } from "../limits/limit.ts";
import type { PolicyRules } from "../policy/policy.ts";

/** What every level of the hierarchy can have. A request must pass all levels above its key, and the key. */
export interface LevelRules {
  /** Unique among its like. What was used is kept under it. */
  readonly name: string;
  readonly limits?: readonly Limit[] | undefined;
  /** Limits on what goes to one provider, by the provider's name. */
  readonly providerLimits?: Readonly<Record<string, readonly Limit[]>> | undefined;
  /** How requests are held. The strictest of the levels that a request passes counts; where none says it, the default. */
  readonly terms?: Partial<LeaseTerms> | undefined;
  readonly policy?: PolicyRules | undefined;
  /** For accounts and rules: a project, a cost centre. Passed down; a lower level's value wins. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Refuses every key below. */
  readonly disabled?: boolean | undefined;
}

/** Somebody with teams. */
export type CustomerRules = LevelRules;

/** Several users. */
export interface TeamRules extends LevelRules {
  readonly customer?: string | undefined;
}

/** Somebody with keys. */
export interface UserRules extends LevelRules {
  readonly team?: string | undefined;
}

/** One virtual key as it is stored: its digest, never itself. Hangs on one user, team or customer, or on none. */
export interface KeyRules extends LevelRules {
  /** Stands for the key in records. Default: made from the digest. */
  readonly id?: string | undefined;
  /** What a `KeyHasher` makes of the key. */
  readonly digest: string;
  /** The value before a rotation, which is taken until `untilMs` (since 1970). */
  readonly previous?: { readonly digest: string; readonly untilMs: number } | undefined;
  readonly user?: string | undefined;
  readonly team?: string | undefined;
  readonly customer?: string | undefined;
  /** In ms since 1970; from then on it is refused. */
  readonly expiresAtMs?: number | undefined;
  /** In ms since 1970; from then on it is refused for good. */
  readonly revokedAtMs?: number | undefined;
  /** Addresses and ranges, like `10.0.0.0/8`, that requests must come from; absent or empty takes all. */
  readonly addresses?: readonly string[] | undefined;
}

/** A provider, with limits on what all keys together send there. */
export interface ProviderRules {
  readonly name: string;
  readonly limits?: readonly Limit[] | undefined;
}

/** Who there is and what they may do and use: plain data. It has no cycles, since each level names the one above. */
export interface DirectoryRules {
  readonly customers?: readonly CustomerRules[] | undefined;
  readonly teams?: readonly TeamRules[] | undefined;
  readonly users?: readonly UserRules[] | undefined;
  readonly keys?: readonly KeyRules[] | undefined;
  /** All that there are. Left out, names of providers are not checked. */
  readonly providers?: readonly ProviderRules[] | undefined;
}
