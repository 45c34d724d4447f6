import { compileDirectory, createRouteTable, type RouteProvider } from "@drawbridge/governance";
import { hmacKeyHasher } from "@drawbridge/governance/node";
import { createProvider, type Provider, type ProviderParts } from "@drawbridge/providers";
import { createModelBook, type PriceList } from "@drawbridge/providers/models";
import { directoryRules } from "./config/declared-directory.ts";
import type { GatewayConfig } from "./config/gateway-config.ts";
import { createWebSearch } from "./search/create-web-search.ts";
import type { Snapshot } from "./services.ts";
import type { State } from "./state/state-directory.ts";

/** What a snapshot is built from. */
export interface SnapshotSource {
  readonly config: GatewayConfig;
  readonly prices: PriceList;
  /** Holds the keys that were minted here. */
  readonly state: State;
  /** Providers that are not made from settings, such as the demo. */
  readonly builtIn: readonly Provider[];
  /** Takes why a web search failed; never a secret. */
  readonly onSearchFailure: (reason: string) => void;
}

/**
 * Turns a configuration into what an exchange reads. Opens no connection. Throws a ProviderSettingsError or
 * GovernanceError that names the setting at fault.
 */
export function buildSnapshot(source: SnapshotSource, parts: ProviderParts): Snapshot {
  const { config, prices, state, builtIn, onSearchFailure: onFailure } = source;
  const made = Object.entries(config.providers).map(([name, settings]) => createProvider(name, settings, parts));
  const providers = [...made, ...builtIn];
  return Object.freeze({
    providers: new Map(providers.map((provider) => [provider.name, provider])),
    routes: createRouteTable({ models: config.models, providers: providers.map(routed) }),
    models: createModelBook({ prices, overrides: config.prices }),
    directory: directoryOf(config, providers, state),
    trustedProxies: config.server.trustedProxies,
    bodyLimitBytes: config.server.bodyLimitBytes,
    deadlineMs: config.routing.deadlineMs,
    search: config.search && createWebSearch(config.search, { transport: parts.transport, onFailure }),
  });
}

/** A provider as routing sees it; its list of models stays the living one. */
function routed(provider: Provider): RouteProvider {
  return {
    name: provider.name,
    kind: provider.entry.id,
    region: provider.region,
    knows: (model) => provider.knows(model),
    get models() {
      return provider.models;
    },
  };
}

/** Keys of the configuration, or else the ones minted here: a forgotten first key must not outlive the first configuration. */
function directoryOf(
  { directory }: GatewayConfig,
  providers: readonly Provider[],
  { hashKey, keys: minted }: State,
): Snapshot["directory"] {
  const hasher = hmacKeyHasher(Buffer.from(hashKey, "base64url"));
  const { keys = [], providers: limited = [], ...levels } = directoryRules(directory, (value) => hasher.digest(value));
  const limits = new Map(limited.map((rules) => [rules.name, rules]));
  const all = providers.map(({ name }) => limits.get(name) ?? { name });
  return compileDirectory({ ...levels, providers: all, keys: keys.length > 0 ? keys : minted }, { hasher });
}
