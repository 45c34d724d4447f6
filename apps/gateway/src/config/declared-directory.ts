import type { DirectoryRules, KeyRules, LevelRules, ProviderRules } from "@drawbridge/governance";
import type { KeySettings } from "./key-schema.ts";
import type { LevelSettings } from "./level-schema.ts";
import { type LimitSettings, limitsOf } from "./limits-schema.ts";

type Named<Settings> = Readonly<Record<string, Settings>>;

/** As much of a configuration as declares who there is. */
export interface DirectorySettings {
  readonly customers: Named<LevelSettings>;
  readonly teams: Named<LevelSettings & { readonly customer?: string }>;
  readonly users: Named<LevelSettings & { readonly team?: string }>;
  readonly keys: readonly KeySettings[];
  /** Where the keys stand in the file, when some of its are not in `keys`. */
  readonly keyPlaces?: readonly number[];
  /** The limits of each provider; none where nothing was set. */
  readonly providers: Named<LimitSettings>;
}

/** Customers, teams, users and keys as governance takes them. `digest` hashes a key's value. */
export function directoryRules(settings: DirectorySettings, digest: (value: string) => string): DirectoryRules {
  const { customers, teams, users, keys, providers } = settings;
  return {
    customers: named(customers, levelRules),
    teams: named(teams, (name, { customer, ...level }) => ({ ...levelRules(name, level), customer })),
    users: named(users, (name, { team, ...level }) => ({ ...levelRules(name, level), team })),
    keys: keys.map((key) => keyRules(key, digest)),
    providers: named(providers, (name, limits): ProviderRules => ({
      name,
      limits: limitsOf(limits).map(({ limit }) => limit),
    })),
  };
}

function named<Settings, Rules>(entries: Named<Settings>, make: (name: string, entry: Settings) => Rules): Rules[] {
  return Object.entries(entries).map(([name, entry]) => make(name, entry));
}

function levelRules(name: string, level: LevelSettings): LevelRules {
  const { models, providers, regions, endpoints, tools, tags, disabled, providerLimits, hold, whenSpent } = level;
  const byProvider = Object.entries(providerLimits ?? {}).map(([provider, limits]) => [
    provider,
    limitsOf(limits).map(({ limit }) => limit),
  ]);
  return {
    name,
    limits: limitsOf(level).map(({ limit }) => limit),
    ...(providerLimits && { providerLimits: Object.fromEntries(byProvider) }),
    ...((hold ?? whenSpent) && { terms: { ...(hold && { mode: hold }), ...(whenSpent && { whenSpent }) } }),
    policy: { models, providers, regions, endpoints, tools },
    tags,
    disabled,
  };
}

function keyRules(key: KeySettings, digest: (value: string) => string): KeyRules {
  const { name, value, user, team, customer, previous, expires, revoked, addresses } = key;
  return {
    ...levelRules(name, key),
    digest: digest(value.reveal()),
    ...(previous && { previous: { digest: digest(previous.value.reveal()), untilMs: previous.until } }),
    user,
    team,
    customer,
    expiresAtMs: expires,
    revokedAtMs: revoked,
    addresses,
  };
}
